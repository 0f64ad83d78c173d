import Ingest
import TestKit
import Testing

struct FramingTests {
    private static func frames(_ bytes: [UInt8], pieces: Int, _ framing: LineFramer.Framing, maximum: Int = 64) throws -> [String]
    {
        var framer = LineFramer(framing, maximumBytes: maximum)
        var found: [String] = []
        func show(_ frame: LineFramer.Frame) -> String {
            String(decoding: framer.buffer[frame.range], as: UTF8.self) + (frame.isCut ? "…" : "")
        }
        var start = 0
        while start < bytes.count {
            framer.feed(bytes[start..<min(start + pieces, bytes.count)])
            while let frame = try framer.next() { found.append(show(frame)) }
            start += pieces
        }
        if let frame = framer.finish() { found.append(show(frame)) }
        return found
    }

    @Test(
        "Frames are the same in every cutting",
        arguments: [
            ("a\nb\r\n\nc", ["a", "b", "c"]),
            ("<1>x\n6 <2>a\nb5 <3>yz<4>nul\u{0}<5>end", ["<1>x", "<2>a\nb", "<3>yz", "<4>nul", "<5>end"]),
            ("12 no count\n", ["12 no count"]),
            ("5 <1>ab\n5 <2>cd\n", ["<1>ab", "<2>cd"]),
            (String(repeating: "x", count: 70) + "\nnext\n", [String(repeating: "x", count: 64) + "…", "next"]),
            ("80 <1>" + String(repeating: "y", count: 77) + "<2>z\n", ["<1>" + String(repeating: "y", count: 61) + "…", "<2>z"]),
            (String(repeating: "x", count: 64) + "\n", [String(repeating: "x", count: 64)]),
        ])
    func syslog(text: String, expected: [String]) throws {
        let bytes = Array(text.utf8)
        for size in 1...bytes.count {
            #expect(try FramingTests.frames(bytes, pieces: size, .syslog) == expected, "pieces of \(size)")
        }
    }

    @Test("Invalid UTF-8 passes to the byte")
    func bytes() throws {
        var framer = LineFramer(.lines, maximumBytes: 64)
        framer.feed([0xff, 0xfe, 0x80, 10])
        let frame = try #require(try framer.next())
        #expect(Array(framer.buffer[frame.range]) == [0xff, 0xfe, 0x80])
    }

    @Test("A count that can't be true ends the stream with an error")
    func desynchronised() throws {
        var framer = LineFramer(.syslog, maximumBytes: 64)
        framer.feed("99999999 <1>x".utf8)
        let error = #expect(throws: IngestError.self) { try framer.next() }
        #expect(error?.code == .frameTooLong)
    }

    @Test("Random text is never lost: what goes in without line ends comes out")
    func property() throws {
        var generator = SeededGenerator(seed: 42)
        for _ in 0..<200 {
            let alphabet: [UInt8] = [10, 0, 60, 32, 49, 120, 200]
            let count = Int.random(in: 0...200, using: &generator)
            let bytes: [UInt8] = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            let naive = bytes.split { $0 == 10 || $0 == 0 }.map { String(decoding: $0, as: UTF8.self) }
            let size = Int.random(in: 1...50, using: &generator)
            #expect(try FramingTests.frames(bytes, pieces: size, .lines, maximum: 1000) == naive, "seed \(generator.seed)")
        }
    }
}

struct RELPSessionTests {
    private static let talk =
        "1 open 30 relp_version=0\ncommands=syslog\n2 syslog 5 hello\n3 syslog 4 a\nbc\n4 other 0\n5 close 0\n"

    @Test("A session is the same in every cutting")
    func cuttings() throws {
        let bytes = Array(RELPSessionTests.talk.utf8)
        for size in 1...bytes.count {
            var session = RELPSession()
            var (messages, replies, farewell) = ([String](), "", "")
            var start = 0
            while start < bytes.count {
                session.feed(bytes[start..<min(start + size, bytes.count)])
                let step = try session.step()
                replies += String(decoding: step.replies, as: UTF8.self)
                messages += step.messages.map { "\($0.transaction):\(String(decoding: session.buffer[$0.range], as: UTF8.self))" }
                farewell += String(decoding: step.farewell, as: UTF8.self)
                start += size
            }
            #expect(messages == ["2:hello", "3:a\nbc"])
            #expect(replies.hasPrefix("1 rsp 61 200 OK\nrelp_version=0\n"), "\(replies)")
            #expect(replies.contains("4 rsp 28 500 command not known: other\n"), "\(replies)")
            #expect(farewell == "5 rsp 0\n0 serverclose 0\n")
        }
    }

    @Test(
        "What is not RELP is an error, never a crash",
        arguments: [
            "x open 1 a\n", "1 open 5\n", "1 syslog 1 a\n", "1 open 99999999 a", "1 open 1 ab\n", "1234567890 open 1 a\n",
        ])
    func violations(text: String) {
        var session = RELPSession()
        session.feed(text.utf8)
        #expect(throws: IngestError.self) { try session.step() }
    }
}
