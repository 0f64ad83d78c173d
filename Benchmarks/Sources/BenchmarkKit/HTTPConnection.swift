import Foundation
import Glibc

/// One keep-alive connection to a server. As plain as can be, so that it costs little beside what it measures.
package final class HTTPConnection {
    /// A request with a body.
    package struct Request {
        package var path: String
        package var body: Data
        package var type: String
        package var encoding: String?

        package init(path: String, body: Data, type: String, encoding: String?) {
            self.path = path
            self.body = body
            self.type = type
            self.encoding = encoding
        }
    }

    private let descriptor: Int32

    package init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure("port \(port) can't be reached: \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    /// Sends a request and waits for its answer, which must be a success; one that asks to slow down is sent again.
    package func send(_ request: Request) throws {
        for _ in 0..<1000 {
            let encoding = request.encoding.map { "content-encoding: \($0)\r\n" } ?? ""
            let head =
                "POST \(request.path) HTTP/1.1\r\nhost: localhost\r\ncontent-type: \(request.type)\r\n\(encoding)"
                + "content-length: \(request.body.count)\r\n\r\n"
            try write(Data(head.utf8))
            try write(request.body)
            let status = try readAnswer().status
            if (200..<300).contains(status) { return }
            guard status == 429 || status == 503 else { throw Failure("\(request.path) answered \(status)") }
            usleep(5000)
        }
        throw Failure("\(request.path) asked to slow down a thousand times")
    }

    /// Gets a document, which must be there.
    package func get(_ path: String) throws -> Data {
        try write(Data("GET \(path) HTTP/1.1\r\nhost: localhost\r\n\r\n".utf8))
        let answer = try readAnswer()
        guard answer.status == 200 else {
            throw Failure("\(path) answered \(answer.status): \(String(decoding: answer.body.prefix(300), as: UTF8.self))")
        }
        return answer.body
    }

    private func write(_ data: Data) throws {
        try data.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = Glibc.send(descriptor, bytes.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
                guard count > 0 else { throw Failure("the server closed the connection") }
                sent += count
            }
        }
    }

    /// Reads an answer whole, of known length or in chunks.
    private func readAnswer() throws -> (status: Int, body: Data) {
        var answer = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let separator = Data("\r\n\r\n".utf8)
        var head: (status: Int, start: Int, length: Int?)?
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw Failure("the server closed the connection") }
            answer.append(contentsOf: buffer[..<count])
            if head == nil, let end = answer.range(of: separator) {
                let lines = String(decoding: answer[..<end.lowerBound], as: UTF8.self).lowercased().split(separator: "\r\n")
                let length = lines.first { $0.hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
                let isChunked = lines.contains { $0.hasPrefix("transfer-encoding:") && $0.contains("chunked") }
                let status = Int(lines[0].split(separator: " ")[1]) ?? 0
                head = (status, end.upperBound, isChunked ? nil : status == 204 ? 0 : length ?? 0)
            }
            guard let head else { continue }
            if let length = head.length {
                if answer.count - head.start >= length { return (head.status, answer[head.start...]) }
            } else if answer.suffix(5) == Data("0\r\n\r\n".utf8) {
                return (head.status, answer[head.start...])
            }
        }
    }
}
