import Foundation
import Parsing
import Telemetry
import Testing

@testable import Ingest

@Suite("Loki pushes in JSON")
struct LokiPushJSONTests {
    @Test("Lines come out as another encoder put them in, whatever stands where in a word of eight bytes", arguments: 0..<8)
    func roundTrip(seed: Int) throws {
        var lines: [String] = []
        var state = UInt64(seed + 1) &* 0x9e37_79b9_7f4a_7c15
        func next(_ limit: UInt64) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % limit)
        }
        let parts = ["\"", "\\", "/", "\n", "\u{1}", "ü", "😀", "#", "]", "!", "a", "bcdefgh", "{\"k\":\"v\"}"]
        for _ in 0..<200 { lines.append((0..<next(40)).map { _ in parts[next(UInt64(parts.count))] }.joined()) }
        let values = lines.enumerated().map { [String($0 + 1), $1] }
        for isEarly in [false, true] {
            // Either member may stand first.
            let stream = try #require(String(data: JSONEncoder().encode(["app": "x"]), encoding: .utf8))
            let entries = try #require(String(data: JSONEncoder().encode(values), encoding: .utf8))
            let members = ["\"stream\":\(stream)", "\"values\":\(entries)"]
            let body = "{\"streams\":[{\((isEarly ? members.reversed() : members).joined(separator: ","))}]}"
            var decoder = LokiPushDecoder(maximumLineBytes: 1 << 16, receivedAt: 1_000_000)
            try decoder.decode(json: Array(body.utf8))
            let batch = decoder.batch
            #expect(batch.entries.map { String(decoding: batch.line(of: $0), as: UTF8.self) } == lines, "seed \(seed)")
            #expect(batch.entries.map(\.timestamp) == (1...200).map { Nanoseconds($0) })
            // Cut anywhere it is an error, never a crash.
            for end in stride(from: 0, to: body.utf8.count, by: 97) {
                var cut = LokiPushDecoder(maximumLineBytes: 1 << 16, receivedAt: 1_000_000)
                #expect(throws: IngestError.self) { try cut.decode(json: Array(body.utf8.prefix(end))) }
            }
        }
    }

    @Test(
        "Times are whole nanoseconds of as many digits as 64 bits hold",
        arguments: [
            ("0", 0), ("1764480000123456789", 1_764_480_000_123_456_789), ("9223372036854775807", .max), ("-5", -5),
            ("9223372036854775808", nil), ("9999999999999999999", nil), ("99999999999999999999", nil), ("1e9", nil), ("", nil),
        ] as [(String, Nanoseconds?)])
    func times(text: String, expected: Nanoseconds?) throws {
        var decoder = LokiPushDecoder(maximumLineBytes: 1 << 16, receivedAt: .max / 2)
        let body = Array("{\"streams\":[{\"stream\":{\"app\":\"x\"},\"values\":[[\"\(text)\",\"line\"]]}]}".utf8)
        guard let expected else {
            #expect(throws: IngestError.self) { try decoder.decode(json: body) }
            return
        }
        try decoder.decode(json: body)
        // What is dated ahead of its arrival is dated anew.
        let isAhead = expected > .max / 2 + SyslogMessage.maximumAhead
        #expect(decoder.batch.entries.map(\.timestamp) == [isAhead ? .max / 2 : expected])
    }
}
