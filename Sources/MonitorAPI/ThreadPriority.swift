private import Glibc

/// How threads share the cores.
enum ThreadPriority {
    /// Steps of niceness: with five, a thread that wants a core too gets three times as much of it.
    private static let queryNiceness: Int32 = 5

    /// Has the calling thread give way to those that take data in. On Linux niceness is a thread's own.
    static func yieldToIngest() {
        // Where it can't be had, queries only are as important as everything else.
        _ = setpriority(Int32(bitPattern: PRIO_PROCESS.rawValue), 0, queryNiceness)
    }
}
