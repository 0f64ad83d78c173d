/// How a service shows that it is the one it should be: by what it says first, or answers to the least that can be asked.
package enum Greeting: String, Sendable, CaseIterable {
    case smtp, ssh, mysql, redis, memcached, amqp

    /// Most bytes that are looked at before a service is given up.
    static let maximumBytes = 1024

    /// What is sent first; nothing where the service begins.
    var request: [UInt8] {
        switch self {
        case .smtp, .ssh, .mysql: []
        case .redis: Array("PING\r\n".utf8)
        case .memcached: Array("version\r\n".utf8)
        case .amqp: Array("AMQP".utf8) + [0, 0, 9, 1]
        }
    }

    /// Whether an answer is the right one; nil while it is too short to tell.
    func accepts(_ answer: [UInt8]) -> Bool? {
        switch self {
        case .smtp: line(answer) { $0.starts(with: "220".utf8) }
        case .ssh: line(answer) { $0.starts(with: "SSH-2.0-".utf8) || $0.starts(with: "SSH-1.99-".utf8) }
        case .memcached: line(answer) { $0.starts(with: "VERSION ".utf8) }
        // Who is refused has reached it.
        case .redis:
            line(answer) { line in
                ["+PONG", "-NOAUTH", "-NOPERM", "-DENIED"].contains { line.starts(with: $0.utf8) }
            }
        case .mysql: mysql(answer)
        // A method frame on channel 0, connection.start; another version answers with its own name.
        case .amqp: answer.count < 11 ? nil : Array(answer[..<3]) == [1, 0, 0] && Array(answer[7..<11]) == [0, 10, 0, 10]
        }
    }

    /// What is said at the end, so that the service does not log a broken connection, nor (MySQL) block who seems to break them.
    var farewell: [UInt8] {
        switch self {
        case .smtp, .redis: Array("QUIT\r\n".utf8)
        case .memcached: Array("quit\r\n".utf8)
        case .mysql: Greeting.login
        case .ssh, .amqp: []
        }
    }

    private func line(_ answer: [UInt8], _ isGood: (ArraySlice<UInt8>) -> Bool) -> Bool? {
        answer.firstIndex(of: 10).map { isGood(answer[..<$0]) }
    }

    /// A greeting of version 10, or an error that only says that this host is not let in.
    private func mysql(_ answer: [UInt8]) -> Bool? {
        guard answer.count >= 7 else { return nil }
        if answer[4] == 10 { return true }
        let code = Int(answer[5]) | Int(answer[6]) << 8
        return answer[4] == 0xff && (code == 1129 || code == 1130)
    }

    /// A login of nobody, which is refused.
    private static let login: [UInt8] = {
        let capabilities: [UInt8] = [0x01, 0x82, 0, 0]
        let payload = capabilities + [0, 0, 0, 1, 33] + [UInt8](repeating: 0, count: 23) + Array("magewatch".utf8) + [0, 0]
        return [UInt8(payload.count), 0, 0, 1] + payload
    }()
}
