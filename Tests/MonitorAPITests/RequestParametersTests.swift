import Telemetry
import TestKit
import Testing

@testable import MonitorAPI

@Suite struct RequestParametersTests {
    @Test(
        "Percent-encoding and plus are undone; what is broken stays as it is",
        arguments: [
            ("a=b+c", "b c"), ("a=b%2Bc", "b+c"), ("a=%7Bx%3d%22y%22%7d", #"{x="y"}"#), ("a=%C3%A9", "é"), ("a=%+5", "% 5"),
            ("a=%", "%"), ("a=%4", "%4"), ("a=%zz", "%zz"), ("a=1=2", "1=2"), ("a", ""), ("&&a=1&a=2", "1"),
            ("a=%FF", "\u{fffd}"),
        ])
    func decoding(query: String, value: String) throws {
        #expect(try RequestParameters(query: query)["a"] == value)
    }

    @Test("Every text survives encoding and decoding")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: .random(in: 0...(.max)))
        for _ in 0..<200 {
            let text = String.random(using: &generator)
            let parameters = try RequestParameters(query: "x=1&y=\(Scene.encoded(text))&y=2")
            #expect(parameters.all("y") == [text, "2"], "seed \(generator.seed)")
        }
    }

    @Test("A form that is too large or has too many parameters is refused")
    func limits() async throws {
        let scene = Scene()
        let large = try await scene.post(form: [("query", String(repeating: "a", count: 1 << 20))], to: "/api/v1/query")
        #expect(large.status == 413)
        #expect(try large.json["errorType"] == "too_large")
        let many = try await scene.post(form: Array(repeating: ("match[]", "up"), count: 513), to: "/api/v1/series")
        #expect(many.status == 400)
        let enough = try await scene.post(form: Array(repeating: ("match[]", "up"), count: 512), to: "/api/v1/series")
        #expect(enough.status == 200)
    }

    @Test("No text that stands where a time or a duration should makes the reader stumble")
    func anything() {
        var generator = SeededGenerator(seed: .random(in: 0...(.max)))
        let pieces = [
            "1", "9e99", "-", ".", "T", "Z", ":", "2023-11-14", "0001-01-01T00:00:00", "9223372036854775807", "ms", "h", "+02:00",
            "nan", "inf", "٣",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...4, using: &generator)).map { _ in pieces.randomElement(using: &generator)! }
                .joined()
            let nanoseconds = TimeParameter.nanoseconds(text) ?? 0
            let milliseconds = TimeParameter.milliseconds(text) ?? 0
            #expect(nanoseconds.magnitude <= TimeParameter.maximumNanoseconds, "\(text), seed \(generator.seed)")
            #expect(milliseconds.magnitude <= TimeParameter.maximumMilliseconds, "\(text), seed \(generator.seed)")
            _ = TimeParameter.seconds(text)
        }
    }
}

extension String {
    /// Text of control characters, quotes, letters and characters outside of the basic plane.
    static func random(using generator: inout SeededGenerator, upTo length: Int = 12) -> String {
        let ranges: [ClosedRange<UInt32>] = [
            0...0x1f, 0x20...0x7f, 0x80...0x7ff, 0x2028...0x2029, 0xfffd...0xffff, 0x1f600...0x1f64f,
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0...length, using: &generator) {
            let range = ranges.randomElement(using: &generator)!
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator)) { text.unicodeScalars.append(scalar) }
        }
        return text
    }
}
