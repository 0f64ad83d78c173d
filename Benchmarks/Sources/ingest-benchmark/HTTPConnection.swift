import Foundation
import Glibc

/// One keep-alive connection to the server. As plain as can be, so that it costs little beside what it measures.
final class HTTPConnection {
    struct Request {
        var path: String
        var body: Data
        var type: String
        var encoding: String?
    }

    private let descriptor: Int32

    init(port: Int) throws {
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
    func send(_ request: Request) throws {
        for _ in 0..<1000 {
            let encoding = request.encoding.map { "content-encoding: \($0)\r\n" } ?? ""
            try write(
                Data(
                    "POST \(request.path) HTTP/1.1\r\nhost: localhost\r\ncontent-type: \(request.type)\r\n\(encoding)content-length: \(request.body.count)\r\n\r\n"
                        .utf8))
            try write(request.body)
            let status = try readAnswer()
            if (200..<300).contains(status) { return }
            guard status == 429 || status == 503 else { throw Failure("\(request.path) answered \(status)") }
            usleep(5000)
        }
        throw Failure("\(request.path) asked to slow down a thousand times")
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

    /// Reads an answer whole and returns its status.
    private func readAnswer() throws -> Int {
        var answer = [UInt8]()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw Failure("the server closed the connection") }
            answer += buffer[..<count]
            let text = String(decoding: answer, as: UTF8.self)
            guard let end = text.range(of: "\r\n\r\n") else { continue }
            let head = text[..<end.lowerBound].lowercased()
            let length =
                head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
            let body = text[end.upperBound...].utf8.count
            if body >= length { return Int(head.split(separator: " ")[1]) ?? 0 }
        }
    }
}
