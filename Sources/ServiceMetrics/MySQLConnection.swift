import Crypto

/// As much of a client of MySQL's protocol as figures need: it logs in and reads rows as text. MariaDB, MySQL and Sphinx speak it.
final class MySQLConnection {
    /// Most rows read of one answer.
    static let maximumRows = 20_000
    /// Most columns of an answer.
    static let maximumColumns = 1024

    private enum Capability {
        static let longPassword: UInt32 = 1
        static let protocol41: UInt32 = 0x200
        static let transactions: UInt32 = 0x2000
        static let secureConnection: UInt32 = 0x8000
        static let pluginAuth: UInt32 = 0x80000
    }

    /// Rows of an answer, each value under its column's name in lower case; NULL is absent.
    typealias Rows = [[String: String]]

    private let stream: ServiceStream
    private var sequence: UInt8 = 0
    /// What the server calls itself.
    private(set) var version = ""

    /// Logs in.
    /// - Parameter login: nil is root without a password, whom a Unix socket lets in when the agent is root.
    init(over stream: ServiceStream, login: ServiceCredentials.Login?) throws(ServiceError) {
        self.stream = stream
        let login = login ?? .init(user: "root", password: "")
        let greeting = try MySQLGreeting(parsing: try packet())
        version = greeting.version
        try send(response(to: greeting, login))
        while true {
            var reader = MySQLReader(try packet())
            switch reader.byte() {
            case 0: return
            case 0xfe:
                let plugin = reader.terminated()
                try send(proof(plugin, salt: Array(reader.rest().prefix(20)), login))
            case 0xff: throw MySQLConnection.denial(reader.rest())
            default: throw ServiceError(.malformed, "the answer to a login is none of MySQL's")
            }
        }
    }

    /// Asks a question and reads all of its answer.
    func query(_ text: String) throws(ServiceError) -> Rows {
        sequence = 0
        try send([3] + Array(text.utf8))
        var head = MySQLReader(try packet())
        switch head.peek {
        case 0: return []
        case 0xff:
            _ = head.byte()
            throw ServiceError(.refused, "\(text): \(MySQLConnection.message(head.rest()))")
        case 0xfb, nil: throw ServiceError(.malformed, "\(text): the answer is none of MySQL's")
        default: break
        }
        guard let count = head.length(), count <= MySQLConnection.maximumColumns else {
            throw ServiceError(.tooLarge, "\(text): more than \(MySQLConnection.maximumColumns) columns")
        }
        var names: [String] = []
        for _ in 0..<count {
            var column = MySQLReader(try packet())
            // Catalogue, schema, table and its own name stand before the column's.
            for _ in 0..<4 { _ = column.text() }
            names.append((column.text() ?? "").lowercased())
        }
        guard MySQLConnection.isEnd(try packet()) else { throw ServiceError(.malformed, "\(text): columns without an end") }
        return try rows(names, of: text)
    }

    private func rows(_ names: [String], of text: String) throws(ServiceError) -> Rows {
        var rows: Rows = []
        while true {
            let bytes = try packet()
            if MySQLConnection.isEnd(bytes) { return rows }
            if bytes.first == 0xff {
                throw ServiceError(.refused, "\(text): \(MySQLConnection.message(Array(bytes.dropFirst())))")
            }
            guard rows.count < MySQLConnection.maximumRows else {
                throw ServiceError(.tooLarge, "\(text): more than \(MySQLConnection.maximumRows) rows")
            }
            var reader = MySQLReader(bytes)
            var row: [String: String] = [:]
            for name in names {
                if reader.peek == 0xfb {
                    _ = reader.byte()
                } else if let value = reader.text() {
                    row[name] = value
                } else {
                    throw ServiceError(.malformed, "\(text): a row ends early")
                }
            }
            rows.append(row)
        }
    }

    private func response(to greeting: MySQLGreeting, _ login: ServiceCredentials.Login) -> [UInt8] {
        var capabilities =
            Capability.longPassword | Capability.protocol41 | Capability.transactions | Capability.secureConnection
        let knowsPlugins = greeting.capabilities & Capability.pluginAuth != 0
        if knowsPlugins { capabilities |= Capability.pluginAuth }
        let proof = MySQLConnection.nativeProof(login.password, salt: Array(greeting.salt.prefix(20)))
        var bytes = MySQLConnection.littleEndian(capabilities) + MySQLConnection.littleEndian(1 << 24)
        bytes += [33] + [UInt8](repeating: 0, count: 23)
        bytes += Array(login.user.utf8) + [0, UInt8(proof.count)] + proof
        if knowsPlugins { bytes += Array("mysql_native_password".utf8) + [0] }
        return bytes
    }

    private func proof(_ plugin: String, salt: [UInt8], _ login: ServiceCredentials.Login) throws(ServiceError) -> [UInt8] {
        switch plugin {
        case "mysql_native_password": return MySQLConnection.nativeProof(login.password, salt: salt)
        // The server sees who asks.
        case "auth_socket", "unix_socket": return []
        default:
            throw ServiceError(
                .denied, "the server wants \(login.user) to log in by \(plugin); give the agent a user with mysql_native_password"
            )
        }
    }

    /// The password is shown without being told.
    static func nativeProof(_ password: String, salt: [UInt8]) -> [UInt8] {
        guard !password.isEmpty else { return [] }
        let once = Array(Insecure.SHA1.hash(data: Array(password.utf8)))
        let twice = Array(Insecure.SHA1.hash(data: once))
        return zip(once, Insecure.SHA1.hash(data: salt + twice)).map { $0 ^ $1 }
    }

    private func packet() throws(ServiceError) -> [UInt8] {
        let header = try stream.read(count: 4)
        sequence = header[3] &+ 1
        return try stream.read(count: Int(header[0]) | Int(header[1]) << 8 | Int(header[2]) << 16)
    }

    private func send(_ payload: [UInt8]) throws(ServiceError) {
        let count = payload.count
        try stream.write([UInt8(count & 255), UInt8(count >> 8 & 255), UInt8(count >> 16 & 255), sequence] + payload)
    }

    private static func littleEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }

    private static func isEnd(_ bytes: [UInt8]) -> Bool { bytes.first == 0xfe && bytes.count < 9 }

    /// Code, state and text of an error.
    static func message(_ bytes: [UInt8]) -> String {
        guard bytes.count > 2 else { return "an error without a message" }
        let code = Int(bytes[0]) | Int(bytes[1]) << 8
        let text = bytes.count > 8 && bytes[2] == UInt8(ascii: "#") ? bytes[8...] : bytes[2...]
        return "error \(code): \(String(decoding: text.prefix(300), as: UTF8.self))"
    }

    static func denial(_ bytes: [UInt8]) -> ServiceError {
        ServiceError(
            .denied,
            "\(message(bytes)). A Unix socket lets root in by itself (IDENTIFIED VIA unix_socket); else give the agent a login "
                + "with --service-credentials")
    }
}

/// What a server says first.
struct MySQLGreeting {
    let version: String
    let capabilities: UInt32
    let salt: [UInt8]

    init(parsing bytes: [UInt8]) throws(ServiceError) {
        var reader = MySQLReader(bytes)
        let kind = reader.byte()
        if kind == 0xff {
            let message = MySQLConnection.message(reader.rest())
            throw ServiceError(.refused, message)
        }
        guard kind == 10 else { throw ServiceError(.malformed, "this is no MySQL server") }
        version = reader.terminated()
        reader.skip(4)
        var salt = reader.take(8)
        reader.skip(1)
        let low = reader.take(2)
        reader.skip(3)
        let high = reader.take(2)
        guard low.count == 2 else { throw ServiceError(.malformed, "a greeting that ends early") }
        capabilities = (low + high).enumerated().reduce(0) { $0 | UInt32($1.element) << UInt32(8 * $1.offset) }
        reader.skip(11)
        salt += reader.take(12)
        self.salt = salt
    }
}

/// Walks through a packet.
struct MySQLReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

    mutating func byte() -> UInt8? {
        guard let value = peek else { return nil }
        place += 1
        return value
    }

    mutating func skip(_ count: Int) { place = min(bytes.count, place + count) }

    mutating func take(_ count: Int) -> [UInt8] {
        let part = bytes[place..<min(bytes.count, place + count)]
        place = part.endIndex
        return Array(part)
    }

    mutating func rest() -> [UInt8] { take(bytes.count - place) }

    /// Up to a zero byte.
    mutating func terminated() -> String {
        let part = bytes[place...].prefix { $0 != 0 }
        place = min(bytes.count, part.endIndex + 1)
        return String(decoding: part, as: UTF8.self)
    }

    /// A number in as many bytes as it needs.
    mutating func length() -> Int? {
        guard let first = byte() else { return nil }
        let size: Int
        switch first {
        case 0..<0xfb: return Int(first)
        case 0xfc: size = 2
        case 0xfd: size = 3
        case 0xfe: size = 8
        default: return nil
        }
        let part = take(size)
        guard part.count == size, size < 8 || part[7] < 0x40 else { return nil }
        return part.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// A text after its length; nil where the packet ends before it does.
    mutating func text() -> String? {
        guard let count = length(), count <= bytes.count - place else { return nil }
        return String(decoding: take(count), as: UTF8.self)
    }
}
