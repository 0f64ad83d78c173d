import BenchmarkKit
import Foundation

/// Forecasts, scaling and anomalies on public data, in one run: each table is one of the program's own commands.
@main
enum Main {
    static func main() throws {
        let options = try ForecastOptions(CommandLine.arguments.dropFirst())
        for table in ForecastTables(options).all {
            print("\n## \(table.title)\n")
            try Main.run(options.binary, table.arguments)
        }
        try PeerTable(options).print()
        if options.simulates { try ScalingTable(options).print() }
    }

    /// Runs the program with its output on ours.
    static func run(_ binary: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = arguments
        // What is printed before stands before it in a file, too.
        fflush(nil)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure("\(binary) \(arguments.joined(separator: " ")) ended with status \(process.terminationStatus)")
        }
    }

    /// Runs the program and returns what it prints.
    static func output(_ binary: String, _ arguments: [String]) throws -> Data {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure("\(binary) \(arguments.joined(separator: " ")) ended with status \(process.terminationStatus)")
        }
        return data
    }
}
