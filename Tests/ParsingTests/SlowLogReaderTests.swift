import Parsing
import Testing

@Suite("Slow logs")
struct SlowLogReaderTests {
    private func read(_ text: String) -> (records: [SlowLogRecord], broken: Int) {
        var reader = SlowLogReader()
        let records = text.split(separator: "\n", omittingEmptySubsequences: false)
            .compactMap { reader.take(Array($0.utf8)[...]) }
        return (records, reader.broken)
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("MySQL: header, schema, time and a statement over several lines")
    func mysql() throws {
        let (records, broken) = read(
            """
            /usr/sbin/mysqld, Version: 8.0.36. started with:
            Tcp port: 3306  Unix socket: /run/mysqld/mysqld.sock
            # Time: 2026-11-23T14:14:44.123456Z
            # User@Host: shop[shop] @  [10.0.0.7]  Id:    42
            # Query_time: 2.500000  Lock_time: 0.000100 Rows_sent: 1  Rows_examined: 250000
            use magento;
            SET timestamp=1795443281;
            SELECT *
            FROM sales_order -- a comment; not the end
            WHERE a = ';';
            # User@Host: root[root] @ localhost []
            # Thread_id: 7  Schema: shop  QC_hit: No
            # Query_time: 0.7  Lock_time: 0  Rows_sent: 0  Rows_examined: 3
            SET timestamp=1795443285;
            DELETE FROM x;
            """)
        #expect(broken == 0)
        try #require(records.count == 2)
        let first = records[0]
        #expect(first.timestamp == 1_795_443_281_000_000_000)
        #expect(first.durationSeconds == 2.5)
        #expect(first.lockSeconds == 0.0001)
        #expect(first.rowsExamined == 250_000)
        #expect(first.rowsSent == 1)
        #expect(text(first.user) == "shop")
        #expect(text(first.client) == "10.0.0.7")
        #expect(text(first.schema) == "magento")
        #expect(first.identifier == 42)
        #expect(text(first.statement) == "SELECT *\nFROM sales_order -- a comment; not the end\nWHERE a = ';'")
        #expect(text(records[1].schema) == "shop")
        #expect(records[1].identifier == 7)
        #expect(text(records[1].statement) == "DELETE FROM x")
    }

    @Test("MySQL: dates of old versions; an entry without an end is counted and the next one read")
    func broken() throws {
        let (records, broken) = read(
            """
            # Time: 261123  4:14:44
            # User@Host: a[a] @ h [192.0.2.1]
            # Query_time: 1  Lock_time: 0  Rows_sent: 0  Rows_examined: 0
            SELECT 1
            # Time: 261123  4:14:45
            # User@Host: b[b] @ h [192.0.2.1]
            # Query_time: 3  Lock_time: 0  Rows_sent: 0  Rows_examined: 0
            SELECT 2;
            """)
        #expect(broken == 1)
        #expect(records.count == 1)
        #expect(text(records[0].user) == "b")
        #expect(records[0].timestamp == 1_795_407_285_000_000_000)
    }

    @Test("PHP-FPM: pool, process, script and the stack")
    func fpm() throws {
        let (records, _) = read(
            """

            [14-Sep-2018 16:55:58.866159]  [pool www] pid 31454
            script_filename = /var/www/shop/index.php
            [0x00007f5e1ac13ad0] curl_exec() /var/www/shop/lib/Client.php:310
            [0x00007f5e1ac13a00] post() /var/www/shop/lib/Api.php:12

            """)
        let record = try #require(records.first)
        #expect(record.timestamp == 1_536_944_158_866_159_000)
        #expect(text(record.pool) == "www")
        #expect(record.identifier == 31454)
        #expect(text(record.script) == "/var/www/shop/index.php")
        #expect(record.frames.map { text($0.function) } == ["curl_exec()", "post()"])
        #expect(record.frames.first.map { text($0.place) } == "/var/www/shop/lib/Client.php:310")
    }

    @Test("Statements and stacks are bounded")
    func bounds() throws {
        var reader = SlowLogReader()
        for line in ["# User@Host: a[a] @ h [192.0.2.1]", "# Query_time: 1  Lock_time: 0"] {
            _ = reader.take(Array(line.utf8)[...])
        }
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 50_000)
        for _ in 0..<3 { _ = reader.take(long[...]) }
        let last = reader.take(Array("y;".utf8)[...])
        let record = try #require(last)
        #expect(record.statement.count <= SlowLogReader.maximumStatementBytes + 1)
        var stack = SlowLogReader()
        _ = stack.take(Array("[14-Sep-2018 16:55:58]  [pool www] pid 3".utf8)[...])
        for _ in 0..<500 { _ = stack.take(Array("[0x1] f() /x.php:1".utf8)[...]) }
        let end = stack.take([])
        #expect(end?.frames.count == SlowLogReader.maximumFrames)
    }
}
