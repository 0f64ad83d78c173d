import Foundation

/// A program run once over a file, and what it used.
struct Program {
    let name: String
    let command: [String]
    let lines: Int

    init(_ name: String, _ command: [String], lines: Int) {
        self.name = name
        self.command = command
        self.lines = lines
    }

    /// Processor seconds of the program, user and system.
    func run() throws -> Double {
        let before = Program.childSeconds
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return Program.childSeconds - before
    }

    /// Processor seconds of all children that have ended.
    private static var childSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// Most memory that any child had that has ended.
    static var largestChildBytes: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }

    static func printTable(_ programs: [Program]) throws {
        print("| program | lines | CPU-s | lines a CPU-second |")
        print("|---|---|---|---|")
        for program in programs {
            let seconds = try program.run()
            let rounded = (seconds * 100).rounded() / 100
            print("| \(program.name) | \(program.lines) | \(rounded) | \(Int(Double(program.lines) / max(seconds, 0.01))) |")
        }
    }
}
