/// Writes lines as a Loki push request in JSON: `{"streams":[{"stream":{...},"values":[["NANOSECONDS","LINE"],...]}]}`.
struct LokiPush {
    private(set) var body: [UInt8] = Array(#"{"streams":["#.utf8)
    private(set) var lineCount = 0
    private var hasStreams = false

    /// Adds the lines of one stream, each a nanosecond after the one before so that their order is kept.
    mutating func add(
        stream: [(String, String)], bytes: [UInt8], lines: [Range<Int>], from nanoseconds: Int64
    ) {
        guard !lines.isEmpty else { return }
        if hasStreams { body.append(UInt8(ascii: ",")) }
        hasStreams = true
        body.append(contentsOf: #"{"stream":{"#.utf8)
        for (index, label) in stream.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            quote(label.0.utf8)
            body.append(UInt8(ascii: ":"))
            quote(label.1.utf8)
        }
        body.append(contentsOf: #"},"values":["#.utf8)
        for (index, line) in lines.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body.append(contentsOf: #"[""#.utf8)
            body.append(contentsOf: String(nanoseconds + Int64(index)).utf8)
            body.append(contentsOf: #"","#.utf8)
            // JSON is UTF-8: bytes that are not are repaired on the way.
            quote(String(decoding: bytes[line], as: UTF8.self).utf8)
            body.append(UInt8(ascii: "]"))
        }
        body.append(contentsOf: "]}".utf8)
        lineCount += lines.count
    }

    /// The whole request.
    consuming func finished() -> [UInt8] {
        body.append(contentsOf: "]}".utf8)
        return body
    }

    private mutating func quote(_ text: some Sequence<UInt8>) {
        let digits = Array("0123456789abcdef".utf8)
        body.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                body.append(UInt8(ascii: "\\"))
                body.append(byte)
            case 0..<32:
                body.append(contentsOf: "\\u00".utf8)
                body.append(digits[Int(byte >> 4)])
                body.append(digits[Int(byte & 15)])
            default: body.append(byte)
            }
        }
        body.append(UInt8(ascii: "\""))
    }
}
