import Foundation
import TestKit
import Testing

@testable import ServiceMetrics

@Suite("Wires to services")
struct WireTests {
    /// Other sides that stay open until the test ends.
    private let open = Box<[FileHandle]>([])

    /// A stream that another side has written to and closed.
    private func stream(_ bytes: [UInt8], maximum: Int = 1 << 20, closes: Bool = true) throws -> (ServiceStream, FileHandle) {
        var pair: [Int32] = [0, 0]
        try #require(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        let other = FileHandle(fileDescriptor: pair[1], closeOnDealloc: true)
        try other.write(contentsOf: bytes)
        if closes { shutdown(pair[1], Int32(SHUT_WR)) }
        let stream = ServiceStream(
            descriptor: pair[0], name: "test", deadline: .now + .milliseconds(closes ? 60_000 : 50), maximumBytes: maximum)
        open.set(open.value + [other])
        return (stream, other)
    }

    private func reason(_ body: () throws -> Void) -> ServiceError.Reason? {
        do {
            try body()
            return nil
        } catch {
            return (error as? ServiceError)?.reason
        }
    }

    @Test("A service that says nothing more, too much, or ends early is told apart")
    func bounds() throws {
        let silent = try stream(Array("abc".utf8), closes: false)
        #expect(reason { _ = try silent.0.readLine() } == .timeout)
        let long = try stream([UInt8](repeating: 65, count: 5000), maximum: 4096)
        #expect(reason { _ = try long.0.readAll() } == .tooLarge)
        let announced = try stream([1, 2], maximum: 4096)
        #expect(reason { _ = try announced.0.read(count: 4097) } == .tooLarge)
        let cut = try stream(Array("no end".utf8))
        #expect(reason { _ = try cut.0.readLine() } == .malformed)
        let lines = try stream(Array("a\r\nb\n\nrest".utf8)).0
        #expect(try [lines.readLine(), lines.readLine(), lines.readLine()] == ["a", "b", ""])
        #expect(try lines.readAll() == Array("rest".utf8))
    }

    @Test(
        "Pages are read whole or in chunks; what is no page is refused",
        arguments: [
            ("HTTP/1.1 200 OK\r\nServer: x\r\n\r\nbody", "body", nil),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbod\r\n1;x=y\r\ny\r\n0\r\n\r\n", "body", nil),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffff\r\nbod", nil, .malformed),
            ("HTTP/1.0 404 Not Found\r\n\r\n", nil, .refused), ("HTTP/1.0 401 x\r\n\r\n", nil, .denied),
            ("HTTP/1.0 OK\r\n\r\n", nil, .malformed), ("220 mail ESMTP\r\n\r\n", nil, .malformed), ("", nil, .malformed),
        ] as [(String, String?, ServiceError.Reason?)])
    func pages(answer: String, body: String?, failure: ServiceError.Reason?) throws {
        let (stream, other) = try stream(Array(answer.utf8))
        var found: [UInt8]?
        #expect(
            reason { found = try HTTPExchange.get("/p", host: "h", login: .init(user: "a", password: "b"), over: stream) }
                == failure)
        #expect(found.map { String(decoding: $0, as: UTF8.self) } == body)
        let request = String(decoding: other.availableData, as: UTF8.self)
        #expect(request.hasPrefix("GET /p HTTP/1.0\r\n") && request.contains("\r\nAuthorization: Basic YTpi\r\n"))
    }

    @Test(
        "Base64 is that of the standard",
        arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE=")])
    func base64(text: String, encoded: String) { #expect(Base64.encode(Array(text.utf8)) == encoded) }

    @Test("FastCGI's records are joined and their padding left out; others are refused")
    func fastCGI() throws {
        func record(_ type: UInt8, _ content: String, padding: UInt8 = 0) -> [UInt8] {
            [1, type, 0, 1, 0, UInt8(content.utf8.count), padding, 0] + Array(content.utf8)
                + [UInt8](repeating: 9, count: Int(padding))
        }
        let head = "Content-type: text/plain\r\n\r\n"
        let good = record(6, head + "ab", padding: 3) + record(7, "a warning") + record(6, "cd") + record(3, "\0\0\0\0\0\0\0\0")
        #expect(try FastCGIExchange.get("/s", query: "json", over: try stream(good).0) == Array("abcd".utf8))
        for (bytes, expected) in [
            (Array("HTTP/1.1 400 Bad".utf8), ServiceError.Reason.malformed), (record(6, head), .malformed),
            (record(6, "Status: 404 Not Found\r\n\r\n") + record(3, "\0"), .refused), (record(9, "x"), .malformed),
            (record(6, "Status: 403 Forbidden\r\n\r\n") + record(3, "\0"), .denied), ([], .malformed),
        ] {
            #expect(reason { _ = try FastCGIExchange.get("/s", query: "", over: try stream(bytes).0) } == expected)
        }
        let request = FastCGIExchange.request("/" + String(repeating: "x", count: 200), query: "json")
        #expect(Array(request[..<16]) == [1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        #expect(Array(request.suffix(8)) == [1, 5, 0, 1, 0, 0, 0, 0])
    }

    private func packet(_ sequence: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [UInt8(payload.count & 255), UInt8(payload.count >> 8), 0, sequence] + payload
    }

    private var greeting: [UInt8] {
        packet(
            0,
            [10] + Array("10.11\0".utf8) + [1, 0, 0, 0] + Array("12345678".utf8) + [0, 0xff, 0xf7, 33, 2, 0, 0x0f, 0x80, 21]
                + [UInt8](repeating: 0, count: 10) + Array("123456789012\0mysql_native_password\0".utf8))
    }

    private func text(_ value: String) -> [UInt8] { [UInt8(value.utf8.count)] + Array(value.utf8) }

    @Test("MySQL's rows are read by their columns' names, NULL as nothing")
    func mysql() throws {
        let end: [UInt8] = [0xfe, 0, 0, 2, 0]
        func column(_ name: String) -> [UInt8] { text("def") + text("") + text("") + text("") + text(name) + text("") }
        let answer =
            greeting + packet(2, [0, 0, 0, 2, 0, 0, 0]) + packet(1, [2]) + packet(2, column("Name")) + packet(3, column("Value"))
            + packet(4, end) + packet(5, text("a") + [0xfb]) + packet(6, text("b") + text("7")) + packet(7, end)
        let connection = try MySQLConnection(over: try stream(answer).0, login: nil)
        #expect(connection.version == "10.11")
        #expect(try connection.query("x") == [["name": "a"], ["name": "b", "value": "7"]])
    }

    @Test("A server that refuses, wants another login or speaks something else is told apart")
    func mysqlRefusals() throws {
        let denied = packet(2, [0xff, 0x15, 0x04] + Array("#28000Access denied".utf8))
        let dialog = packet(2, [0xfe] + Array("dialog\0".utf8))
        let tooMany = packet(0, [0xff, 0x10, 0x04] + Array("Too many connections".utf8))
        for (bytes, expected) in [
            (greeting + denied, ServiceError.Reason.denied), (greeting + dialog, .denied), (tooMany, .refused),
            (Array("220 mail ESMTP\r\n".utf8) + [UInt8](repeating: 1, count: 100), .tooLarge), (packet(0, [9, 1]), .malformed),
            (packet(0, [10] + Array("x".utf8)), .malformed), (greeting + packet(2, [7]), .malformed),
        ] {
            #expect(reason { _ = try MySQLConnection(over: try stream(bytes, maximum: 4096).0, login: nil) } == expected)
        }
    }

    @Test("No bytes make a reader of packets read past their end")
    func torn() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0..<24, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            var reader = MySQLReader(bytes)
            while reader.peek != nil { if reader.text() == nil { _ = reader.terminated() } }
            _ = try? MySQLGreeting(parsing: bytes)
            _ = PrometheusFigures.parse(String(decoding: bytes, as: UTF8.self)) { _ in true }
        }
    }

    @Test("The kernel's tables tell listeners, connections and what waits")
    func sockets() {
        let tcp = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 77 1 x 100 0 0 10 0
               1: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 78 1 x
               2: 0100007F:9C40 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 79 1 x
               3: torn
            """
        let unix = """
            Num       RefCount Protocol Flags    Type St Inode Path
            0: 00000002 00000000 00010000 0001 01 90 /run/php.sock
            0: 00000003 00000000 00000000 0001 03 91 /run/php.sock
            0: 00000003 00000000 00000000 0001 02 0 /run/php.sock
            0: 00000003 00000000 00000000 0001 03 92
            0: 00000002 00000000 00010000 0002 01 93 /run/datagram
            """
        let table = SocketTable(tcp: tcp, unix: unix)
        let port = ServiceAddress.tcp([127, 0, 0, 1], 8080)
        #expect(table.listeners.map(\.address) == [port, .unix("/run/php.sock")])
        #expect(table.listeners.map(table.waiting) == [3, 1])
        #expect(table.connections(to: port) == 1 && table.connections(to: .unix("/run/php.sock")) == 1)
        #expect(!port.isPublic && ServiceAddress.tcp([0, 0, 0, 0], 1).isPublic)
        let six = SocketTable.address("00000000000000000000000001000000:0050")
        #expect(six == .tcp([UInt8](repeating: 0, count: 15) + [1], 80) && six?.isPublic == false)
        #expect(six?.description == "[0:0:0:0:0:0:0:1]:80")
        for text in ["", ":", "0100007F", "0100007F:XX", "01:50", "0100007F0:50"] {
            #expect(SocketTable.address(Substring(text)) == nil)
        }
    }
}
