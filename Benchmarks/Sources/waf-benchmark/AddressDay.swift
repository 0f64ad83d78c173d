import BenchmarkKit
import Foundation

/// A day of requests by a million addresses: two of each, hours apart, a tenth of them refused and one of a hundred an attack. What the
/// WAF by itself needs for it, and what a whole monitor does that is sent it.
enum AddressDay {
    static let addresses = 1_000_000
    /// What the WAF may use.
    static let barBytes = 256 << 20

    static func measure(_ options: WAFOptions) throws {
        let path = options.scratch + "/waf-benchmark-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let lines = try write(to: path)
        // The first child of this process: the largest of its children is this one.
        let top = Program("", [options.binary, "waf", "top", "--log", "access", path], lines: lines)
        let seconds = try top.run()
        let alone = Program.largestChildBytes
        print("| a day by \(addresses) addresses, \(lines) lines | peak MiB | CPU-s |")
        print("|---|---|---|")
        print("| signatures, scenarios, offenders (`waf top`) | \(alone >> 20) (bar \(barBytes >> 20)) | \(rounded(seconds)) |")
        let monitor = try Server(.magewatch(binary: options.binary), directory: options.scratch)
        defer { monitor.remove() }
        let before = try monitor.usage()
        try send(path, to: monitor.ingestPort)
        let judged = try wait(for: lines, monitor)
        let after = try monitor.usage()
        print(
            "| the whole monitor, logs stored and metrics kept, \(judged) judged | \(after.peakMemoryBytes >> 20), "
                + "\(before.memoryBytes >> 20) when idle | \(rounded(after.processorSeconds - before.processorSeconds)) |")
        guard alone <= barBytes else { throw Failure("the WAF used \(alone >> 20) MiB, more than \(barBytes >> 20)") }
    }

    private static func rounded(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }

    private static func write(to path: String) throws -> Int {
        guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path) else {
            throw Failure("cannot write \(path)")
        }
        let lines = addresses * 2
        var buffer = ""
        for number in 0..<lines {
            // An odd factor visits every address once in each round, in an order that looks like none.
            let address = UInt32(truncatingIfNeeded: number % addresses &* 7_919 % addresses) &+ 0x0b00_0000
            let second = number * 86_400 / lines
            buffer += line(address, number, second)
            if buffer.utf8.count > 1 << 20 {
                try handle.write(contentsOf: Data(buffer.utf8))
                buffer = ""
            }
        }
        try handle.write(contentsOf: Data(buffer.utf8))
        try handle.close()
        return lines
    }

    private static func line(_ address: UInt32, _ number: Int, _ second: Int) -> String {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let time = "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
        let client = "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
        let isAttack = number % 100 == 7
        let path = isAttack ? "/search?q=1%27%20or%201=\(number)--" : "/product/\(number % 50_000).html?v=\(number % 977)"
        let status = number % 10 == 3 ? 404 : 200
        return
            "\(client) - - [\(WAFOptions.day):\(time) +0000] \"GET \(path) HTTP/1.1\" \(status) 5120 \"-\" \"Mozilla/5.0 (X11; \(number % 300))\"\n"
    }

    /// As lines of nginx, each in an RFC 5424 message, over one connection.
    private static func send(_ path: String, to port: Int) throws {
        guard let data = FileManager.default.contents(atPath: path) else { throw Failure("cannot read \(path)") }
        let connection = try LineConnection(port: port)
        var batch = Data()
        let head = Data("<190>1 \(Date().ISO8601Format()) web1 nginx - - - ".utf8)
        for line in data.split(separator: 0x0a) {
            batch.append(head)
            batch.append(line)
            batch.append(0x0a)
            if batch.count > 1 << 18 {
                try connection.send(batch)
                batch.removeAll(keepingCapacity: true)
            }
        }
        try connection.send(batch)
    }

    /// Until all are judged, or nothing is any more.
    private static func wait(for lines: Int, _ monitor: Server) throws -> Int {
        var judged = 0
        var idle = 0
        while judged < lines, idle < 40 {
            usleep(500_000)
            let now = try judgedCount(monitor)
            idle = now > judged ? 0 : idle + 1
            judged = now
        }
        return judged
    }

    private static func judgedCount(_ monitor: Server) throws -> Int {
        struct Summary: Decodable { var requests: Int }
        let data = try HTTPConnection(port: monitor.queryPort).get("/api/magewatch/v1/waf/summary")
        return try JSONDecoder().decode(Summary.self, from: data).requests
    }
}
