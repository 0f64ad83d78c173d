import Compression
import Ingest
import Telemetry
import Testing

/// A request of remote-write 2.0, put together by hand.
struct WriteRequest {
    private var symbols = [""]
    private var series: [[UInt8]] = []

    /// The number of a text in the table.
    mutating func reference(_ text: String) -> UInt64 {
        if let known = symbols.firstIndex(of: text) { return UInt64(known) }
        symbols.append(text)
        return UInt64(symbols.count - 1)
    }

    /// Adds a series; what `change` writes stands behind its labels and samples.
    mutating func add(
        _ labels: [(String, String)], _ samples: [Sample], packed: Bool = true,
        _ change: (inout ProtobufWriter) -> Void = { _ in }
    ) {
        let references = labels.flatMap { [reference($0.0), reference($0.1)] }
        var message = ProtobufWriter()
        message.references(references, packed: packed)
        for sample in samples {
            message.message(2) { inner in
                inner.double(1, sample.value)
                inner.integer(2, sample.timestamp)
                inner.integer(3, sample.timestamp - 1000)
            }
        }
        change(&message)
        series.append(message.bytes)
    }

    /// Adds a series as it is.
    mutating func add(raw: ProtobufWriter) { series.append(raw.bytes) }

    /// The message; senders may put the table anywhere.
    func bytes(symbolsLast: Bool = false, first: String = "") -> [UInt8] {
        var table = ProtobufWriter()
        for (index, symbol) in symbols.enumerated() { table.string(4, index == 0 ? first : symbol) }
        var request = ProtobufWriter()
        for one in series { request.data(5, one) }
        return symbolsLast ? request.bytes + table.bytes : table.bytes + request.bytes
    }
}

extension ProtobufWriter {
    /// Label references as field 1.
    mutating func references(_ references: [UInt64], packed: Bool = true) {
        guard packed else { return references.forEach { varint(1, $0) } }
        var list: [UInt8] = []
        for reference in references { Varint.append(reference, to: &list) }
        data(1, list)
    }
}

@Suite(.timeLimit(.minutes(10))) struct RemoteWrite2Tests {
    static let type = "application/x-protobuf;proto=io.prometheus.write.v2.Request"
    private static let name = [("__name__", "m"), ("job", "j")]

    /// Status and headers of one request.
    private func send(
        _ body: [UInt8], type: String = RemoteWrite2Tests.type, encoding: String = "snappy", to sink: RecordingSink,
        check: (SelfMetrics) -> Void = { _ in }
    ) async throws -> String {
        var answer = ""
        try await withServer(sink) { port, metrics in
            answer = try await TestClient.connected(to: port) { client in
                let head =
                    "POST /api/v1/write HTTP/1.1\r\nHost: x\r\nContent-Type: \(type)\r\nContent-Encoding: \(encoding)\r\n"
                    + "X-Prometheus-Remote-Write-Version: 2.0.0\r\nContent-Length: \(body.count)\r\n"
                    + "Connection: close\r\n\r\n"
                try await client.send(Array(head.utf8) + body)
                return await client.receiveAll()
            }
            check(metrics)
        }
        return answer
    }

    private func written(_ answer: String) -> [String] {
        answer.split(separator: "\r\n").filter { $0.contains("-Written:") }.map {
            String($0.split(separator: "-Remote-Write-")[1])
        }
    }

    @Test("Samples arrive bit by bit, wherever the table stands and however references are written", arguments: [true, false])
    func samples(packed: Bool) async throws {
        var request = WriteRequest()
        request.add(Self.name, [Sample(5000, 1.5), Sample(6000, SampleBatch.staleMarker)], packed: packed)
        request.add([("__name__", "m"), ("job", "é"), ("a.b", "c d")], [Sample(7000, -0.0)], packed: packed) { series in
            series.message(5) { metadata in metadata.varint(1, 1) }
            series.integer(6, 1)
        }
        let sink = RecordingSink()
        let answer = try await send(Snappy.compress(request.bytes(symbolsLast: packed)), to: sink) { metrics in
            #expect(metrics.value(Intake.samplesMetric, ["protocol": "remote_write2"]) == 3)
        }
        #expect(answer.hasPrefix("HTTP/1.1 204"), "\(answer)")
        #expect(written(answer) == ["Samples-Written: 3", "Histograms-Written: 0", "Exemplars-Written: 0"])
        #expect(
            sink.samples.map(\.labels) == [
                ["__name__": "m", "job": "j"], ["__name__": "m", "job": "j"], ["__name__": "m", "job": "é", "a.b": "c d"],
            ])
        #expect(sink.sources == ["127.0.0.1"])
        #expect(sink.samples.map(\.sample.timestamp) == [5000, 6000, 7000])
        let values = sink.samples.map(\.sample.value.bitPattern)
        #expect(values == [1.5, SampleBatch.staleMarker, -0.0].map(\.bitPattern))
    }

    @Test("A request with something wrong keeps the rest, says 400 and how much was written")
    func partial() async throws {
        var request = WriteRequest()
        request.add(Self.name, [Sample(5000, 1)])
        request.add(Self.name, [])
        request.add(Self.name + Self.name, [Sample(5000, 2)])
        request.add(Self.name, []) { series in series.message(3) { $0.double(2, -1) } }
        request.add(Self.name, [Sample(5000, 3)]) { series in series.message(3) { _ in } }
        request.add([("", "x")], [Sample(5000, 4)])
        for references in [[1], [1, 99]] as [[UInt64]] {
            var broken = ProtobufWriter()
            broken.references(references)
            broken.message(2) { sample in sample.integer(2, 5000) }
            request.add(raw: broken)
        }
        let sink = RecordingSink()
        let answer = try await send(Snappy.compress(request.bytes()), to: sink) { metrics in
            for reason in [
                "series_without_samples", "duplicate_label", "bad_histogram", "label_without_name", "unknown_symbol",
                "bad_label_references",
            ] {
                #expect(metrics.value(Intake.refusedMetric, ["reason": .init(reason), "source": "127.0.0.1"]) == 1, "\(reason)")
            }
        }
        #expect(answer.hasPrefix("HTTP/1.1 400"), "\(answer)")
        #expect(written(answer).first == "Samples-Written: 1")
        #expect(answer.contains("kept 1 samples, refused:") && answer.contains("1 unknown_symbol"))
        #expect(sink.samples.map(\.sample.value) == [1])
    }

    @Test("Histograms, exemplars and metadata arrive and are told; an exemplar that can't be taken does not make a request fail")
    func extras() async throws {
        var request = WriteRequest()
        let (help, trace, id) = (request.reference("What it is."), request.reference("trace_id"), request.reference("abc"))
        request.add(Self.name, [Sample(5000, 1)]) { series in
            for (references, value) in [([trace, id], 7.0), ([trace], 8), ([9999, id], 9)] as [([UInt64], Double)] {
                series.message(4) { exemplar in
                    exemplar.references(references)
                    exemplar.double(2, value)
                    exemplar.integer(3, 5000)
                }
            }
            series.message(5) { metadata in
                metadata.varint(1, 2)
                metadata.varint(3, help)
            }
        }
        let histogram = NativeHistogram(count: 3, sum: 4, positive: HistogramBuckets(startingAt: 1, [1, 2]))
        request.add([("__name__", "h_bucket")], []) { series in
            series.message(3) { $0.histogram(histogram, at: 6000) }
            series.message(5) { $0.varint(1, 3) }
        }
        let sink = RecordingSink()
        let answer = try await send(Snappy.compress(request.bytes()), to: sink) { metrics in
            #expect(metrics.value(Intake.refusedMetric, ["reason": "bad_exemplar", "source": "127.0.0.1"]) == 2)
        }
        #expect(answer.hasPrefix("HTTP/1.1 204"), "\(answer)")
        #expect(written(answer) == ["Samples-Written: 1", "Histograms-Written: 1", "Exemplars-Written: 1"])
        let batch = try #require(sink.batches.first)
        #expect(batch.details[1]?.histogram == histogram)
        #expect(batch.exemplars.map(\.exemplar) == [Exemplar(labels: ["trace_id": "abc"], value: 7, timestamp: 5000)])
        #expect(
            batch.metadata == ["m": MetricMetadata(kind: .gauge, help: "What it is."), "h": MetricMetadata(kind: .histogram)])
    }

    @Test(
        "What is no request of this version is refused, with the counts at 0",
        arguments: [
            (Snappy.compress([0xff]), "400"), ([1, 2, 3], "400"), (Snappy.compress(WriteRequest().bytes(first: "x")), "400"),
        ] as [([UInt8], String)])
    func broken(body: [UInt8], status: String) async throws {
        let answer = try await send(body, to: RecordingSink())
        #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(answer)")
        #expect(written(answer) == ["Samples-Written: 0", "Histograms-Written: 0", "Exemplars-Written: 0"])
    }

    @Test(
        "A store that is busy is told by 429 with the counts",
        arguments: [(SinkError.Code.overloaded, "429"), (.unavailable, "503")])
    func busy(code: SinkError.Code, status: String) async throws {
        var request = WriteRequest()
        request.add(Self.name, [Sample(5000, 1)])
        let answer = try await send(Snappy.compress(request.bytes()), to: RecordingSink(failure: SinkError(code, "no")))
        #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(answer)")
        #expect(written(answer).first == "Samples-Written: 0" && answer.contains("Retry-After: 1"))
    }

    @Test(
        "The headers choose the message, and what is not spoken is 415",
        arguments: [
            ("application/x-protobuf", "snappy", "204"),
            ("application/x-protobuf;proto=prometheus.WriteRequest", "snappy", "204"),
            ("application/x-protobuf; proto=io.prometheus.write.v2.Request", "snappy", "204"),
            ("application/x-protobuf", "", "204"),
            ("application/x-protobuf;proto=io.prometheus.write.v3.Request", "snappy", "415"),
            ("application/json", "snappy", "415"), ("text/plain", "snappy", "415"), ("application/x-protobuf", "zstd", "415"),
            ("application/x-protobuf;proto=io.prometheus.write.v2.Request", "lz4", "415"),
        ])
    func negotiation(type: String, encoding: String, status: String) async throws {
        // An empty message is one of both versions.
        let answer = try await send(Snappy.compress([]), type: type, encoding: encoding, to: RecordingSink())
        #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(answer)")
        #expect(written(answer).isEmpty == !(status == "204" && type.contains("v2")))
    }

    @Test("Labels that unfold to far more than was sent are refused before they are held")
    func unfolding() throws {
        var request = WriteRequest()
        let long = String(repeating: "x", count: 4000)
        for index in 0..<200 {
            request.add((0..<50).map { ("l\($0)", long) } + [("i", "\(index)")], [Sample(1, 1)])
        }
        let bytes = request.bytes()
        #expect(bytes.count < 60_000)
        let error = #expect(throws: IngestError.self) {
            try RemoteWrite2Decoder.decode(bytes, maximumLabelBytes: 4 << 20)
        }
        #expect(error?.code == .bodyTooLarge)
        #expect(try RemoteWrite2Decoder.decode(bytes, maximumLabelBytes: 64 << 20).batch.sampleCount == 200)
    }
}
