import Foundation

/// One request to a FastCGI responder: what PHP-FPM's status is asked with.
enum FastCGIExchange {
    private static let version: UInt8 = 1
    private enum RecordType {
        static let begin: UInt8 = 1
        static let end: UInt8 = 3
        static let parameters: UInt8 = 4
        static let input: UInt8 = 5
        static let output: UInt8 = 6
        static let errors: UInt8 = 7
    }

    /// What a script answers to a GET, without its header.
    static func get(_ script: String, query: String, over stream: ServiceStream) throws(ServiceError) -> [UInt8] {
        try stream.write(request(script, query: query))
        var output: [UInt8] = []
        while true {
            let header = try stream.read(count: 8)
            guard header[0] == version else { throw ServiceError(.malformed, "\(script): the answer is not FastCGI") }
            let content = try stream.read(count: Int(header[4]) << 8 | Int(header[5]))
            _ = try stream.read(count: Int(header[6]))
            switch header[1] {
            case RecordType.output: output += content
            case RecordType.end: return try body(of: output, script)
            case RecordType.errors: continue
            default: throw ServiceError(.malformed, "\(script): a record of type \(header[1])")
            }
        }
    }

    /// The records of a request: begin, parameters, no input.
    static func request(_ script: String, query: String) -> [UInt8] {
        let parameters = [
            ("REQUEST_METHOD", "GET"), ("SCRIPT_NAME", script), ("SCRIPT_FILENAME", script),
            ("REQUEST_URI", script + "?" + query),
            ("QUERY_STRING", query), ("SERVER_PROTOCOL", "HTTP/1.0"), ("GATEWAY_INTERFACE", "CGI/1.1"),
            ("REMOTE_ADDR", "127.0.0.1"), ("SERVER_SOFTWARE", "magewatch"),
        ]
        let encoded = parameters.flatMap { name, value in
            length(name.utf8.count) + length(value.utf8.count) + Array(name.utf8) + Array(value.utf8)
        }
        // Role 1 is a responder; no flags: it closes after the answer.
        return record(RecordType.begin, [0, 1, 0, 0, 0, 0, 0, 0]) + record(RecordType.parameters, encoded)
            + record(RecordType.parameters, []) + record(RecordType.input, [])
    }

    private static func length(_ count: Int) -> [UInt8] {
        count < 128
            ? [UInt8(count)]
            : [UInt8(count >> 24 & 127 | 128), UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)]
    }

    private static func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
        [version, type, 0, 1, UInt8(content.count >> 8 & 255), UInt8(content.count & 255), 0, 0] + content
    }

    private static func body(of output: [UInt8], _ script: String) throws(ServiceError) -> [UInt8] {
        let text = String(decoding: output, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { throw ServiceError(.malformed, "\(script): the answer has no header") }
        if text.hasPrefix("Status: ") {
            let status = text.dropFirst(8).prefix(3)
            throw ServiceError(status == "403" ? .denied : .refused, "\(script): status \(status)")
        }
        return Array(text[end.upperBound...].utf8)
    }
}
