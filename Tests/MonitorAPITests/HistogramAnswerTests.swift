import Compression
import HTTPTypes
import Telemetry
import TestKit
import Testing

@testable import MonitorAPI

@Suite struct HistogramAnswerTests {
    /// A counter's histograms with now and then a number, a restart, another layout, or a gauge.
    private static func columns(_ count: Int, seed: UInt64) -> SampleColumns {
        var random = SeededGenerator(seed: seed)
        var columns = SampleColumns()
        var histogram = NativeHistogram()
        var time = Scene.now - 600_000_000
        for _ in 0..<count {
            time += [1, 15_000, 15_000, 15_001, 60_000].randomElement(using: &random) ?? 1
            switch Int.random(in: 0..<40, using: &random) {
            case 0: histogram = NativeHistogram(schema: Int8.random(in: -4...8, using: &random))
            case 1: histogram = NativeHistogram(schema: NativeHistogram.customSchema, customBounds: [-1.5, 0.25, 1e9])
            case 2: columns.append(time, 7)
            case 3: histogram.zeroThreshold = histogram.isCustom ? 0 : [1e-128, 0.25].randomElement(using: &random) ?? 0
            case 4: histogram.resetHint = .gauge
            default:
                var one = HistogramBuckets()
                one.append(Int32.random(in: 0...3, using: &random), Double.random(in: 0...9, using: &random).rounded())
                histogram.positive = histogram.positive.merged(with: one, +).compacted
                if !histogram.isCustom { histogram.negative = histogram.negative.merged(with: one, +).compacted }
                histogram.sum += 0.5
                histogram.count += 9
            }
            if columns.timestamps.last != time { columns.append(time, histogram) }
        }
        columns.detectResets()
        return columns
    }

    private func read(_ columns: SampleColumns, streamed: Bool) async throws -> ReadAnswer.Series {
        var series = SeriesInMemory()
        series.all[["__name__": "h"]] = columns
        var request = ProtobufWriter()
        request.message(1) { query in
            query.integer(1, 0)
            query.integer(2, .max)
            query.message(3) { matcher in
                matcher.string(2, "__name__")
                matcher.string(3, "h")
            }
        }
        if streamed { request.data(2, [1]) }
        let answer = try await Scene(series: series)
            .send(.post, "/api/v1/read", type: "application/x-protobuf", bytes: Snappy.compress(request.bytes))
        if streamed { return try #require(try ReadAnswer.frames(Array(answer.body)).first) }
        return try #require(try ReadAnswer.samples(Snappy.decompress(Array(answer.body), maximumBytes: 1 << 24)).first?.first)
    }

    @Test("A stream's chunks of histograms are read as Prometheus reads them", arguments: 1...20)
    func chunks(seed: Int) async throws {
        let columns = Self.columns(400, seed: UInt64(seed))
        let found = try await read(columns, streamed: true).columns
        #expect(found.timestamps == columns.timestamps, "seed \(seed)")
        for index in columns.timestamps.indices {
            let (expected, answered) = (columns.histograms[index], found.histograms[index])
            guard let expected, let answered else {
                #expect(expected == nil && answered == nil && found.values[index] == 7, "seed \(seed)")
                continue
            }
            #expect(answered.hasSameContent(as: expected), "seed \(seed), \(index)")
            // A chunk can't say that nothing is known about one of its later samples.
            #expect(answered.resetHint == expected.resetHint || expected.resetHint == .unknown, "seed \(seed), \(index)")
        }
    }

    @Test("Samples of histograms come as remote-write has them") func samples() async throws {
        var columns = SampleColumns()
        columns.append(Scene.now - 2, 7)
        var histogram = NativeHistogram(
            schema: 1, count: 12, sum: 4.5, positive: HistogramBuckets(startingAt: -1, [3, 0, 4]),
            negative: HistogramBuckets(startingAt: 2, [5]))
        columns.append(Scene.now - 1, histogram)
        histogram.count = 12.5
        columns.append(Scene.now, histogram)
        let found = try await read(columns, streamed: false)
        #expect(found.columns.values == [7])
        let messages = found.histograms
        #expect(messages.count == 2)
        let first = Dictionary(grouping: messages[0], by: \.number)
        #expect(first[1]?.first?.value == 12 && first[2] == nil && first[4]?.first?.value == 2)
        #expect(first[15]?.first?.value == UInt64(Scene.now - 1))
        #expect(try ReadAnswer.fields(first[11]?.first?.content ?? []).map(\.value) == [1, 3])
        #expect(first[12]?.first?.content == [6, 5, 8])
        #expect(try ReadAnswer.fields(first[8]?.first?.content ?? []).map(\.value) == [4, 1])
        let second = Dictionary(grouping: messages[1], by: \.number)
        #expect(second[2]?.first.map { Double(bitPattern: $0.value) } == 12.5 && second[1] == nil && second[13]?.count == 1)
    }

    @Test("Federation serves histograms to those who ask for protobuf, and leaves them out of text") func federation()
        async throws
    {
        var series = SeriesInMemory()
        series.append(["__name__": "n", "a": "b"], Scene.now, 1.5)
        var columns = SampleColumns()
        columns.append(
            Scene.now, NativeHistogram(schema: 2, count: 3, sum: 9, positive: HistogramBuckets(startingAt: 4, [1, 2])))
        series.all[["__name__": "h", "a": "b", "instance": "i"]] = columns
        var custom = SampleColumns()
        custom.append(
            Scene.now,
            NativeHistogram(
                schema: NativeHistogram.customSchema, count: 6, sum: 2, positive: HistogramBuckets(startingAt: 0, [1, 2, 3]),
                customBounds: [0.5, 1]))
        series.all[["__name__": "k", "a": "b"]] = custom
        let uri = "/federate?match[]=" + Scene.encoded(#"{a="b"}"#)
        let scene = Scene(series: series)
        #expect(try await scene.get(uri).text == "# TYPE n untyped\nn{a=\"b\",instance=\"\"} 1.5 \(Scene.now)\n")
        let accept =
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,text/plain;version=0.0.4;q=0.3"
        #expect(Federation.asksForProtobuf(accept))
        #expect(!Federation.asksForProtobuf("text/plain;version=0.0.4,application/vnd.google.protobuf;encoding=delimited;q=0.5"))
        let answer = try await scene.send(.get, uri, bytes: nil, headers: [.accept: accept])
        #expect(answer.contentType == Federation.protobufType)
        var families: [[ReadAnswer.Field]] = []
        let bytes = Array(answer.body)
        var position = 0
        while position < bytes.count {
            let length = Int(try #require(Varint.read(bytes[...], at: &position)))
            families.append(try ReadAnswer.fields(Array(bytes[position..<position + length])))
            position += length
        }
        #expect(families.map { $0[0].text } == ["n", "h", "k"] && families.map { $0[1].value } == [3, 4, 4])
        let metric = try ReadAnswer.fields(families[1][2].content)
        #expect(
            try metric.filter { $0.number == 1 }.map { try ReadAnswer.fields($0.content).map(\.text) } == [
                ["a", "b"], ["instance", "i"],
            ])
        let histogram = try ReadAnswer.fields(try #require(metric.first { $0.number == 7 }).content)
        #expect(histogram.map(\.number) == [1, 2, 5, 6, 7, 12, 13] && histogram[0].value == 3 && histogram[6].content == [2, 2])
        let classic = try ReadAnswer.fields(
            try #require(try ReadAnswer.fields(families[2][2].content).first { $0.number == 7 }).content)
        #expect(try classic.filter { $0.number == 3 }.map { try ReadAnswer.fields($0.content)[0].value } == [1, 3])
    }
}
