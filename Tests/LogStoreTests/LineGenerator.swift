import Telemetry
import TestKit

@testable import LogStore

/// Lines as services write them, and lines nobody should write.
struct LineGenerator {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

    private mutating func hexadecimal(_ digits: Int) -> String {
        (0..<digits).map { _ in String(number(0..<16), radix: 16) }.joined()
    }

    /// A line of one of many kinds.
    mutating func line() -> [UInt8] {
        switch number(0..<10) {
        case 0: access()
        case 1: json()
        case 2:
            Array(
                "session \(hexadecimal(32)) opened for user\(number(0..<30)) after \(number(0..<9)).\(number(100..<999)) s".utf8)
        case 3:
            Array("00\(number(0..<99)):0\(number(0..<9)) \(number(0..<5000)) \(number(-50..<50)) 1.\(number(0..<99)) 007".utf8)
        case 4: (0..<number(0..<60)).map { _ in UInt8(number(0..<256)) }
        case 5: []
        case 6: Array("GET /\("é\u{1F600}")/\(number(0..<9)).html \"half quoted \\\" \(number(0..<99))".utf8)
        case 7: Array("99999999999999999999\(number(0..<99)) .5 5. 1.2.3 0.0 00 0 \u{0}\u{1}".utf8)
        case 8: Array("word\(["alpha", "beta", "gamma"][number(0..<3)]) failed: \(["timeout", "refused"][number(0..<2)])".utf8)
        default: Array(repeating: UInt8(number(32..<127)), count: number(0..<300))
        }
    }

    mutating func access() -> [UInt8] {
        let path = ["/", "/cart", "/product/\(number(0..<200))", "/index.html"][number(0..<4)]
        return Array(
            "10.0.\(number(0..<4)).\(number(1..<255)) - - \"GET \(path) HTTP/1.1\" \([200, 200, 404][number(0..<3)]) \(number(0..<90000)) \"Agent/\(number(1..<9)).0 (X11; Linux)\" 0.\(number(100..<999))"
                .utf8)
    }

    /// What a package manager writes: names and versions without form, more of them than shapes may be.
    mutating func package() -> [UInt8] {
        let parts = ["lib", "dev", "common", "doc", "http", "-", "_", ".", "gcc", "base", "ruby"]
        let name = "p" + (0..<number(1..<5)).map { _ in parts[number(0..<parts.count)] }.joined() + "x"
        let state = ["installed", "unpacked", "half-configured", "half-installed"][number(0..<4)]
        let version = [
            "\(number(0..<9)).\(number(0..<30))-\(number(1..<4))", "<none>", "1:2.\(number(0..<9))+deb12u\(number(1..<9))",
        ]
        return switch number(0..<6) {
        case 0: Array("configure \(name):amd64 \(version[number(0..<3)]) <none>".utf8)
        case 1: Array("2026-11-22 00:00:0\(number(0..<9)) trigproc \(name):all \(version[0]) <none>".utf8)
        case 2: line()
        default: Array("status \(state) \(name):amd64 \(version[number(0..<3)])".utf8)
        }
    }

    mutating func json() -> [UInt8] {
        Array(
            "{\"level\":\"\(["info", "warn"][number(0..<2)])\",\"request_id\":\"\(hexadecimal(16))\",\"duration_ms\":\(number(0..<4000)),\"msg\":\"user \\\"u\(number(0..<20))\\\" done\"}"
                .utf8)
    }

    /// A line with a time in it that need not be the entry's, nor a time that there is.
    mutating func timed() -> [UInt8] {
        let month = ["Jan", "Feb", "Nov", "Dec", "Foo"][number(0..<5)]
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let clock = "\(two(number(0..<25))):\(two(number(0..<61))):\(two(number(0..<61)))"
        let day = number(1..<33)
        return Array(
            [
                "\(number(1960..<2030))-\(two(number(0..<14)))-\(two(day))T\(clock).\(number(0..<999_999))Z level=info \(number(0..<99))",
                "[\(two(day))/\(month)/\(number(1960..<2030)):\(clock) +0100] \"GET /x\(number(0..<9)) HTTP/1.1\" 200",
                "\(month) \(day < 10 ? " " : "")\(day) \(clock) host sshd[\(number(1..<70_000))]: closed",
                "{\"ts\":\"2026-\(two(number(1..<13)))-\(two(day)) \(clock),\(number(100..<999))\",\"n\":\(number(0..<50)).\(number(0..<10))}",
                "at 2024-02-29 \(clock)x and 2023-02-29T\(clock)",
            ][number(0..<5)].utf8)
    }

    /// A line with the entry's own time in one of the usual forms.
    mutating func timed(at time: Nanoseconds) -> [UInt8] {
        var line = Array("\(["", "x ", "[", "\""][number(0..<4)])".utf8)
        let form = [
            TimeForm(kind: .iso, digits: 6, zulu: true), TimeForm(kind: .isoSpaced, digits: 3, comma: true),
            TimeForm(kind: .common),
            TimeForm(kind: .syslog),
        ][number(0..<4)]
        form.append(form.units(of: time), to: &line)
        return line + Array(" took \(number(0..<900)) ms\"".utf8)
    }

    static func isoLine(at time: Nanoseconds) -> [UInt8] {
        var line = Array("time=".utf8)
        let form = TimeForm(kind: .iso, digits: 3, zulu: true)
        form.append(form.units(of: time), to: &line)
        return line + Array(" level=info done".utf8)
    }
}
