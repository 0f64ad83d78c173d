import BenchmarkKit
import Foundation

/// Measures judging a log and judging values, beside GoAccess and the Core Rule Set where they are installed; memory for a million
/// addresses; what is found of labelled material.
@main
enum Main {
    static func main() {
        run { try measure() }
    }

    private static func measure() throws {
        let options = try WAFOptions(CommandLine.arguments.dropFirst())
        switch options.mode {
        case .speed: try measureSpeed(options)
        case .addresses: try AddressDay.measure(options)
        case .detection:
            try DetectionTable(binary: options.binary, scratch: options.scratch)
                .print(suites: options.suites, attacks: options.attacks, benign: options.benign)
        case .crs: try RegressionCases.measure(options)
        }
    }

    private static func measureSpeed(_ options: WAFOptions) throws {
        let log = try Resampled(options.log, lines: options.lines, in: options.scratch, isFresh: options.isFresh)
        defer { log.remove() }
        var programs = [
            Program("magewatch: parse only", [options.binary, "waf", "unparsed", "--log", "access", log.path], lines: log.lines),
            Program(
                "magewatch: parse and aggregate", [options.binary, "waf", "traffic", "--log", "access", log.path],
                lines: log.lines),
            Program(
                "magewatch: signatures", [options.binary, "waf", "test", "--log", "access", "--attacks", log.path],
                lines: log.lines),
            Program(
                "magewatch: signatures, scenarios, offenders", [options.binary, "waf", "top", "--log", "access", log.path],
                lines: log.lines),
        ]
        if FileManager.default.isExecutableFile(atPath: options.goAccess) {
            programs.append(
                Program(
                    "goaccess: parse and aggregate",
                    [
                        options.goAccess, "-f", log.path, "--log-format=COMBINED", "--no-progress", "--no-global-config", "-o",
                        options.scratch + "/goaccess.json",
                    ], lines: log.lines))
        }
        if let values = options.values {
            let copies = try Resampled(values, lines: options.lines, in: options.scratch, isFresh: false)
            defer { copies.remove() }
            programs.append(
                Program(
                    "magewatch: values", [options.binary, "waf", "test", "--param", "--output", "json", copies.path],
                    lines: copies.lines))
            try Program.printTable(programs)
        } else {
            try Program.printTable(programs)
        }
        if !FileManager.default.isExecutableFile(atPath: options.goAccess) {
            print("| goaccess: parse and aggregate | not installed: apt-get install goaccess | | |")
        }
        print(try CoreRuleSetRun.row(log: log.path, scratch: options.scratch))
    }
}
