import Foundation

/// One exchange with a service, short and real: what a client of its kind does first, and in part all that it does.
package enum Exchange {
    /// Each reads at most what fits one receive, and fails by the witness's patience where it has none of its own.
    private static func socket(
        _ address: String, _ port: Int, patience: Duration = Witness.patience
    ) throws(LabError) -> StreamSocket {
        try StreamSocket(address: address, port: port, timeout: patience)
    }

    private static func expect(_ condition: Bool, _ what: String, _ bytes: [UInt8]) throws(LabError) {
        guard condition else {
            throw LabError(.answer, "\(what): '\(String(decoding: bytes.prefix(60), as: UTF8.self))'")
        }
    }

    /// A page with status 200.
    /// - Parameter patience: a visitor's is longer than a witness's: one that waits was not failed.
    package static func http(_ address: String, port: Int, path: String, patience: Duration = Witness.patience) throws(LabError) {
        var request = PlainHTTP.Request(address: address, port: port, path: path)
        request.timeout = patience
        let answer = try PlainHTTP.exchange(request)
        try expect(answer.status == 200, "status \(answer.status)", answer.body)
    }

    /// A mail server that takes a greeting and a sender.
    package static func smtp(_ address: String) throws(LabError) {
        let socket = try socket(address, MailRole.port)
        for (line, answer) in [("", "220"), ("HELO witness\r\n", "250"), ("MAIL FROM:<witness@shop.lab>\r\n", "250")] {
            if !line.isEmpty { try socket.send(line) }
            let bytes = try socket.receive()
            try expect(bytes.starts(with: answer.utf8), "SMTP answers", bytes)
        }
        try socket.send("QUIT\r\n")
    }

    /// The versions, and the server's offer of ciphers.
    package static func ssh(_ address: String) throws(LabError) {
        let socket = try socket(address, AccessRole.port)
        let version = try socket.receive()
        try expect(version.starts(with: "SSH-2.0".utf8), "SSH answers", version)
        try socket.send("SSH-2.0-witness\r\n")
        // Its name may have come in one piece with the offer.
        if version.count > 64 { return }
        let offer = try socket.receive()
        try expect(offer.count > 64, "SSH offers", offer)
    }

    /// A key is written and read.
    package static func redis(_ address: String) throws(LabError) {
        let socket = try socket(address, CacheRole.redisPort)
        try socket.send("SET witness 1\r\n")
        let bytes = try socket.receive()
        try expect(bytes.starts(with: "+OK".utf8), "Redis answers", bytes)
    }

    /// A message that the broker acknowledges; nobody listens to its topic, so it goes nowhere.
    package static func stomp(_ address: String, destination: String = "/topic/witness", bodies: [String] = ["."])
        throws(LabError)
    {
        let socket = try socket(address, QueueRole.stompPort)
        try socket.send("CONNECT\naccept-version:1.1\nhost:/\nlogin:guest\npasscode:guest\n\n\0")
        let connected = try socket.receive()
        try expect(connected.starts(with: "CONNECTED".utf8), "STOMP answers", connected)
        var text = ""
        for (index, body) in bodies.enumerated() {
            let receipt = index == bodies.count - 1 ? "receipt:all\n" : ""
            text += "SEND\ndestination:\(destination)\n\(receipt)\n\(body)\0"
        }
        try socket.send(text)
        var answer = try socket.receive()
        // The frame before it may end with a line feed of its own.
        if answer == [10] { answer = try socket.receive() }
        try expect(String(decoding: answer, as: UTF8.self).contains("RECEIPT"), "STOMP answers", answer)
    }

    /// Logs in without a password and runs a statement: MariaDB's protocol, which Sphinx speaks as well.
    /// - Parameter patience: longer where a load balancer may try another server first.
    package static func mysql(
        _ address: String, port: Int, user: String, statement: String, patience: Duration = Witness.patience
    ) throws(LabError) {
        _ = try mysql(over: try socket(address, port, patience: patience), user: user, statement: statement)
    }

    /// The same over a connection; gives the bytes of the answer.
    static func mysql(
        over socket: consuming StreamSocket, user: String, statement: String
    ) throws(LabError) -> [UInt8] {
        let greeting = try socket.receive()
        try expect(greeting.count > 5 && greeting[4] == 10, "the database greets with", greeting)
        // Protocol 4.1 with authentication by plug-in: capabilities, largest packet, character set 33 (UTF-8).
        var login: [UInt8] = [0x00, 0x82, 0x08, 0x00, 0, 0, 0, 1, 33] + [UInt8](repeating: 0, count: 23)
        login += Array(user.utf8) + [0, 0] + Array("mysql_native_password".utf8) + [0]
        try socket.send(packet(login, sequence: 1))
        let welcome = try socket.receive()
        try expect(welcome.count > 4 && welcome[4] == 0, "the database answers the login with", welcome)
        try socket.send(packet([3] + Array(statement.utf8), sequence: 0))
        let answer = try socket.receive()
        try expect(answer.count > 4 && answer[4] != 0xff, "the database answers with", answer)
        return answer
    }

    /// A search.
    package static func search(_ address: String, patience: Duration = Witness.patience) throws(LabError) {
        try mysql(
            address, port: SearchRole.port, user: "witness",
            statement: "SELECT id FROM products WHERE MATCH('linen') LIMIT 1", patience: patience)
    }

    private static func packet(_ body: [UInt8], sequence: UInt8) -> [UInt8] {
        [UInt8(body.count & 0xff), UInt8(body.count >> 8 & 0xff), 0, sequence] + body
    }
}
