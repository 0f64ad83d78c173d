import LogQL
import Telemetry
import Testing

@Suite("Tails, detected fields and labels by origin")
struct TailAndFieldsTests {
    static func row(_ text: String, at time: Int64 = 1, metadata: Labels = .empty) -> LogRow {
        LogRow(timestamp: time, line: Array(text.utf8)[...], metadata: metadata)
    }

    @Test("A tail sees what a query would, as it arrives")
    func tail() throws {
        var batch = LogBatch()
        batch.append(["app": "web"], at: 5, line: "level=error x=1".utf8, metadata: ["__id__": "7", "trace": "t"])
        batch.append(["app": "web"], at: 4, line: "level=info x=2".utf8)
        batch.append(["app": "db"], at: 6, line: "level=error x=3".utf8)
        let found = try LogTailQuery(#"{app="web"} | logfmt | level="error""#).entries(of: batch)
        #expect(found.map(\.labels) == [["app": "web", "level": "error", "trace": "t", "x": "1"]])
        #expect(found.flatMap(\.entries).map(\.timestamp) == [5])
        #expect(try LogTailQuery(#"{app="mail"}"#).entries(of: batch).isEmpty)
        let apart = try LogTailQuery(#"{app="web"} | logfmt | level="error""#, categorizesLabels: true).entries(of: batch)
        #expect(apart.map(\.labels) == [["app": "web"]])
        #expect(apart[0].entries[0].metadata == ["trace": "t"])
        #expect(apart[0].entries[0].parsed == ["level": "error", "x": "1"])
    }

    @Test("Queries that can't be followed are refused", arguments: [#"rate({a="b"}[1m])"#, #"{a="b"} | shape"#, "{"])
    func refusesTails(_ query: String) {
        #expect(throws: LogQLError.self) { try LogTailQuery(query) }
    }

    @Test("Labels stand apart by origin where that is asked for")
    func categorizes() throws {
        var source = MemoryLogSource()
        source.append(["app": "web"], Self.row("x=1 app=y", metadata: ["trace": "t"]))
        var request = LogQLRequest(#"{app="web"} | logfmt | x="1""#, .range(from: 0, to: 10, step: 1))
        request.categorizesLabels = true
        let answer = try LogQLEngine(source: source).answer(request)
        guard case .streams(let streams) = answer.result else { return }
        #expect(streams.map(\.labels) == [["app": "web"]])
        #expect(streams[0].entries.map(\.metadata) == [["trace": "t"]])
        #expect(streams[0].entries.map(\.parsed) == [["app_extracted": "y", "x": "1"]])
        #expect(answer.statistics.linesRead == 1 && answer.statistics.bytesRead == 9 && answer.statistics.linesPassed == 1)
    }

    @Test("Fields are found in JSON, logfmt and metadata, each with what its values look like")
    func detects() {
        var fields = DetectedFields()
        let lines = [
            #"{"status":200,"took":"1.5s","user":{"name":"ann"},"ok":true,"app":"x"}"#, #"{"status":404,"took":"20ms"}"#,
            "size=20MB ratio=0.5 status=1.5 word", "no fields at all",
        ]
        let entries = lines.map { LogEntryResult(timestamp: 1, line: Array($0.utf8)[...], metadata: ["trace": "abc"]) }
        fields.add(LogStreamResult(labels: ["app": "web"], entries: entries))
        let found = Dictionary(uniqueKeysWithValues: fields.all.map { ($0.name, $0) })
        #expect(found.keys.sorted() == ["app_extracted", "ok", "ratio", "size", "status", "took", "trace", "user_name"])
        #expect(found["status"]?.kind == .float)
        #expect(found["status"]?.values == ["200", "404", "1.5"])
        #expect(found["status"]?.parsers == ["json", "logfmt"])
        #expect(found["took"]?.kind == .duration)
        #expect(found["size"]?.kind == .bytes)
        #expect(found["ok"]?.kind == .boolean)
        #expect(found["user_name"]?.jsonPath == ["user", "name"])
        #expect(found["trace"]?.parsers == [] && found["trace"]?.values == ["abc"])
    }

    @Test("Fields and values have their limits")
    func limits() {
        var fields = DetectedFields()
        for index in 0..<(DetectedFields.maximumFields + 100) {
            let line = Array("a\(index)=1 same=\(index)".utf8)[...]
            fields.add(LogStreamResult(labels: .empty, entries: [LogEntryResult(timestamp: 1, line: line)]))
        }
        #expect(fields.all.count == DetectedFields.maximumFields)
        #expect(fields["same"]?.values.count == DetectedFields.maximumValues)
    }

    @Test("Volumes by steps count every entry once")
    func volumes() throws {
        var source = MemoryLogSource()
        for time in 0..<100 { source.append(["app": time % 2 == 0 ? "a" : "b"], Self.row("four", at: Int64(time))) }
        let found = try source.volumes(matching: [try LabelMatcher("app", .matches, ".+")], in: 10..<75, step: 20)
        #expect(found.map(\.labels) == [["app": "a"], ["app": "b"]])
        #expect(found[0].entries == [10, 10, 10, 3])
        #expect(found[1].bytes == [40, 40, 40, 8])
        #expect(found[0].totalEntries == 33)
    }
}
