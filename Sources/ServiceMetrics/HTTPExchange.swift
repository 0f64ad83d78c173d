/// The one request that services with a status page are asked: a GET whose answer ends with the connection.
enum HTTPExchange {
    /// The body of a page.
    /// - Throws: ``ServiceError/Reason/refused`` with the status where it is not 200.
    static func get(_ path: String, host: String, login: ServiceCredentials.Login? = nil, over stream: ServiceStream)
        throws(ServiceError) -> [UInt8]
    {
        var request = "GET \(path) HTTP/1.0\r\nHost: \(host)\r\nUser-Agent: Magewatch-agent\r\nAccept: */*\r\n"
        if let login {
            request += "Authorization: Basic \(Base64.encode(Array("\(login.user):\(login.password)".utf8)))\r\n"
        }
        try stream.write(request + "\r\n")
        return try body(of: try stream.readAll(), path: path)
    }

    /// Splits an answer; chunks, which some send in spite of 1.0, are joined.
    static func body(of answer: [UInt8], path: String) throws(ServiceError) -> [UInt8] {
        guard let end = headEnd(answer), answer.starts(with: "HTTP/1.".utf8) else {
            throw ServiceError(.malformed, "\(path): the answer is not HTTP")
        }
        let head = String(decoding: answer[..<end], as: UTF8.self)
        let words = head.prefix { $0 != "\r\n" && $0 != "\n" }.split(separator: " ")
        guard words.count >= 2, let status = Int(words[1]) else {
            throw ServiceError(.malformed, "\(path): the answer has no status")
        }
        guard status == 200 else {
            throw ServiceError(status == 401 || status == 403 ? .denied : .refused, "\(path): status \(status)")
        }
        let body = Array(answer[min(end + 4, answer.count)...])
        return head.lowercased().contains("transfer-encoding: chunked") ? try joined(body, path) : body
    }

    private static func headEnd(_ answer: [UInt8]) -> Int? {
        guard answer.count >= 4 else { return nil }
        return (0...(answer.count - 4)).first {
            answer[$0] == 13 && answer[$0 + 1] == 10 && answer[$0 + 2] == 13 && answer[$0 + 3] == 10
        }
    }

    private static func joined(_ body: [UInt8], _ path: String) throws(ServiceError) -> [UInt8] {
        var output: [UInt8] = []
        var rest = body[...]
        while let end = rest.firstIndex(of: 10) {
            let digits = String(decoding: rest[..<end].prefix { $0 != 13 && $0 != UInt8(ascii: ";") }, as: UTF8.self)
            guard let size = Int(digits, radix: 16), size >= 0 else { break }
            if size == 0 { return output }
            let start = end + 1
            guard size <= rest.endIndex - start else { break }
            output += rest[start..<start + size]
            rest = rest[(start + size)...].dropFirst(2)
        }
        throw ServiceError(.malformed, "\(path): the answer ends within a chunk")
    }
}

/// Base64, as HTTP's authorization wants it.
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var output: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let bits = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
            for place in 0..<4 {
                output.append(place <= part.count ? alphabet[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
