import Foundation

/// One HTTP/1.1 exchange over a connection of its own: all that reading the monitor's and the agents' answers takes.
package enum PlainHTTP {
    /// Longest answer read.
    static let maximumBytes = 64 << 20

    package struct Request: Sendable {
        package var method = "GET"
        package var address: String
        package var port: Int
        package var path: String
        package var headers: [(String, String)] = []
        package var body = ""
        package var timeout = Duration.seconds(10)

        package init(_ method: String = "GET", address: String, port: Int, path: String) {
            self.method = method
            self.address = address
            self.port = port
            self.path = path
        }

        var text: String {
            var text = "\(method) \(path) HTTP/1.1\r\nHost: \(address):\(port)\r\nConnection: close\r\n"
            for (name, value) in headers { text += "\(name): \(value)\r\n" }
            if !body.isEmpty || method != "GET" { text += "Content-Length: \(body.utf8.count)\r\n" }
            return text + "\r\n" + body
        }
    }

    package struct Response: Sendable, Equatable {
        package var status: Int
        package var body: [UInt8]

        package var text: String { String(decoding: body, as: UTF8.self) }
    }

    static func exchange(_ request: Request) throws(LabError) -> Response {
        let socket = try StreamSocket(address: request.address, port: request.port, timeout: request.timeout)
        try socket.send(request.text)
        return try parse(try socket.receiveAll(limit: maximumBytes))
    }

    /// Parses a whole answer, as received up to the end of the connection.
    package static func parse(_ bytes: [UInt8]) throws(LabError) -> Response {
        let blank = Array("\r\n\r\n".utf8)
        guard let split = bytes.firstRange(of: blank) else { throw LabError(.answer, "the HTTP answer has no end of its head") }
        let head = String(decoding: bytes[..<split.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let parts = head.first?.split(separator: " ") ?? []
        guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), let status = Int(parts[1]) else {
            throw LabError(.answer, "the HTTP answer begins with '\(head.first ?? "")'")
        }
        let body = Array(bytes[split.upperBound...])
        let isChunked = head.dropFirst().contains { line in
            let line = line.lowercased()
            return line.hasPrefix("transfer-encoding:") && line.contains("chunked")
        }
        return Response(status: status, body: isChunked ? try unchunk(body) : body)
    }

    private static func unchunk(_ bytes: [UInt8]) throws(LabError) -> [UInt8] {
        var rest = bytes[...]
        var body: [UInt8] = []
        while true {
            guard let end = rest.firstRange(of: [13, 10]),
                let count = Int(
                    String(decoding: rest[..<end.lowerBound].prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self), radix: 16),
                count >= 0, rest.distance(from: end.upperBound, to: rest.endIndex) >= count
            else { throw LabError(.answer, "the HTTP answer ends within a chunk") }
            if count == 0 { return body }
            body += rest[end.upperBound..<end.upperBound + count]
            rest = rest[(end.upperBound + count)...].dropFirst(2)
        }
    }
}
