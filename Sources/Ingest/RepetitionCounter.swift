private import Telemetry

/// Names the messages of one connection so that a message sent again on another connection has the same name, and two equal messages
/// of one connection have different ones: a sender repeats itself only after it had to connect anew.
///
/// The name is a hash of all bytes, followed by a number from the second equal message on.
package final class RepetitionCounter {
    /// Messages remembered: at least half of it.
    package static let capacity = 8192

    private var older: [UInt64: Int] = [:]
    private var younger: [UInt64: Int] = [:]

    package init() {}

    /// The name of the connection's next message.
    package func identity(of bytes: ArraySlice<UInt8>) -> String {
        let hash = RepetitionCounter.hash(bytes)
        let seen = younger[hash] ?? older[hash] ?? 0
        if younger.count >= RepetitionCounter.capacity / 2 {
            older = younger
            younger = [:]
        }
        younger[hash] = seen + 1
        return seen == 0 ? hexadecimal(hash) : "\(hexadecimal(hash))-\(seen)"
    }

    /// 64-bit FNV-1a, the same in every run.
    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
