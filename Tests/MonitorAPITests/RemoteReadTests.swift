import Compression
import HTTPTypes
import Telemetry
import TestKit
import Testing

@testable import MonitorAPI

@Suite struct RemoteReadTests {
    /// A read request as Prometheus writes it.
    private static func request(
        _ queries: [(start: Int64, end: Int64, matchers: [(UInt64, String, String)])], forms: [UInt64] = []
    ) -> [UInt8] {
        var request = ProtobufWriter()
        for query in queries {
            request.message(1) { message in
                message.integer(1, query.start)
                message.integer(2, query.end)
                for (type, name, value) in query.matchers {
                    message.message(3) { matcher in
                        matcher.varint(1, type)
                        matcher.string(2, name)
                        matcher.string(3, value)
                    }
                }
            }
        }
        if !forms.isEmpty { request.data(2, forms.map { UInt8($0) }) }
        return Snappy.compress(request.bytes)
    }

    private static let up: (Int64, Int64, [(UInt64, String, String)]) = (
        Scene.now - 120_000, Scene.now, [(0, "__name__", "up"), (2, "job", "w.*")]
    )

    private func ask(_ scene: Scene, _ body: [UInt8]) async throws -> Answer {
        try await scene.send(.post, "/api/v1/read", type: "application/x-protobuf", bytes: body)
    }

    @Test("Samples come in one snappy message, a result a query")
    func samples() async throws {
        let answer = try await ask(Scene(), Self.request([Self.up, (0, 1, [(0, "__name__", "up")])]))
        #expect(answer.status == 200)
        #expect(answer.contentType == "application/x-protobuf" && answer.headers[.contentEncoding] == "snappy")
        let results = try ReadAnswer.samples(Snappy.decompress(Array(answer.body), maximumBytes: 1 << 20))
        #expect(results.count == 2 && results[1].isEmpty)
        let series = try #require(results[0].first)
        #expect(series.labels == ["__name__": "up", "job": "web", "host": "web1"])
        #expect(series.columns.timestamps == [-120_000, -60_000, 0].map { Scene.now + $0 })
        #expect(series.columns.values == [1, 1, 1])
    }

    @Test("A stream has one frame a series, its chunks Prometheus' own", arguments: [[1], [1, 0], [7, 1]] as [[UInt64]])
    func stream(forms: [UInt64]) async throws {
        var series = SeriesInMemory()
        var generator = SeededGenerator(seed: .random(in: 0...(.max)))
        var time = Scene.now - 1_000_000_000
        for index in 0..<1000 {
            time += [1, 15_000, 15_000, 15_001, 70_000, 600_000, 1 << 33].randomElement(using: &generator)!
            let value = [Double(index), 0.1 * Double(index), .nan, -.infinity, SampleBatch.staleMarker, -0.0, 1e300]
            series.append(["__name__": "m", "a": "b"], time, value.randomElement(using: &generator)!)
            if index == 0 { series.append(["__name__": "m", "a": "c"], time, 1) }
        }
        let body = Self.request([(0, .max, [(0, "__name__", "none")]), (0, .max, [(0, "__name__", "m")])], forms: forms)
        let answer = try await ask(Scene(series: series), body)
        #expect(answer.contentType == "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse")
        let frames = try ReadAnswer.frames(Array(answer.body))
        #expect(frames.map(\.query) == [1, 1])
        for frame in frames {
            let expected = try #require(series.all[frame.labels])
            #expect(frame.columns.timestamps == expected.timestamps, "seed \(generator.seed)")
            #expect(frame.columns.values.map(\.bitPattern) == expected.values.map(\.bitPattern), "seed \(generator.seed)")
        }
        #expect(frames.map(\.chunkSizes) == [Array(repeating: 120, count: 8) + [40], [1]])
    }

    @Test("A series of many samples is cut into frames")
    func frames() throws {
        var columns = SampleColumns()
        var generator = SeededGenerator(seed: 5)
        for index in 0..<200_000 { columns.append(Int64(index) * 1000, Double.random(in: 0...1, using: &generator)) }
        let reader = SeriesInMemory.Reader(labels: ["a": "b"], columns: columns)
        let frames = try ReadChunks.frames(of: reader, 0...(.max), query: 0)
        #expect(frames.count > 2)
        #expect(frames.allSatisfy { $0.count < RemoteReadRoute.frameBytes + 4096 })
        let read = try frames.flatMap { try ReadAnswer.frames($0) }
        #expect(read.flatMap(\.columns.timestamps) == columns.timestamps)
        #expect(read.flatMap(\.columns.values) == columns.values)
    }

    @Test("What can't be answered is refused")
    func refused() async throws {
        let scene = Scene()
        let bodies: [[UInt8]] = [
            [1, 2, 3], Snappy.compress([0xff, 0xff]), Self.request([(2, 1, [])]), Self.request([Self.up], forms: [9]),
            Self.request([(0, 1, [(9, "a", "b")])]), Self.request([(0, 1, [(2, "a", "(")])]),
        ]
        for body in bodies { #expect(try await ask(scene, body).status == 400, "\(body)") }
        let many = Self.request(Array(repeating: (0, 1, []), count: ReadRequest.maximumQueries + 1))
        #expect(try await ask(scene, many).status == 413)
        let large = [UInt8](repeating: 0, count: ReadRequest.maximumBytes + 1)
        #expect(try await ask(scene, large).status == 413)
        #expect(try await ask(scene, Snappy.compress(large)).status == 413)
        var broken = SeriesInMemory()
        broken.failure = SinkError(.unavailable, "the store is closed")
        #expect(try await ask(Scene(series: broken), Self.request([Self.up], forms: [1])).status == 503)
    }

    @Test("No bytes make the decoder fail otherwise than by an error", arguments: [1, 2, 3] as [UInt64])
    func damage(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let sound = try Snappy.decompress(Self.request([Self.up, Self.up], forms: [1, 0]), maximumBytes: 1 << 20)
        for _ in 0..<2000 {
            var bytes = sound
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            bytes.removeLast(Int.random(in: 0...10, using: &generator))
            _ = try? ReadRequest(snappy: Snappy.compress(bytes))
        }
    }
}
