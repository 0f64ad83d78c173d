import Compression
import Hummingbird
import NIOCore
import Telemetry

/// `POST /api/v1/read`: raw samples for other Prometheus servers, whole or as a stream of chunks.
///
/// An answer of samples is bounded by ``maximumSamples``, as it is made whole before it is sent. A stream holds one series at a
/// time and goes no faster than its reader.
struct RemoteReadRoute: Sendable {
    /// Most samples of an answer that is no stream.
    static let maximumSamples = 5_000_000
    /// Most series of a query.
    static let maximumSeries = 500_000
    /// About as large as a frame of the stream gets, in bytes.
    static let frameBytes = 512 << 10

    let services: APIServices
    let pool: QueryPool

    func register(_ router: Router<BasicRequestContext>) {
        router.post("/api/v1/read") { request, _ in await read(request) }
    }

    private func read(_ request: Request) async -> Response {
        do {
            let body = try await request.body.collect(upTo: ReadRequest.maximumBytes)
            let query = try ReadRequest(snappy: Array(body.readableBytesView))
            switch try query.form() {
            case .samples: return try await samples(query)
            case .streamedChunks: return try await chunks(query)
            }
        } catch is NIOTooManyBytesError {
            return APIResponse.failure(
                APIError(.tooLarge, "the request is larger than \(ReadRequest.maximumBytes) bytes: ask in several"))
        } catch {
            return APIResponse.failure(apiError(error))
        }
    }

    private func samples(_ request: ReadRequest) async throws -> Response {
        let source = services.series
        let packed = try await pool.run {
            var answer = ReadSamples()
            for query in request.queries { try answer.append(try RemoteReadRoute.select(source, query), query.range) }
            return Snappy.compress(answer.bytes)
        }
        return Response(
            status: .ok, headers: [.contentType: "application/x-protobuf", .contentEncoding: "snappy"],
            body: .init(byteBuffer: ByteBuffer(bytes: packed)))
    }

    /// What can be refused is refused before the answer begins: later there is only breaking off.
    private func chunks(_ request: ReadRequest) async throws -> Response {
        let source = services.series
        let pool = self.pool
        let selections = try await pool.run {
            try request.queries.map { query in (readers: try RemoteReadRoute.select(source, query), range: query.range) }
        }
        let body = ResponseBody { writer in
            for (index, selection) in selections.enumerated() {
                for reader in selection.readers {
                    let frames = try await pool.run { try ReadChunks.frames(of: reader, selection.range, query: index) }
                    for frame in frames { try await writer.write(ByteBuffer(bytes: frame)) }
                }
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse"],
            body: body)
    }

    private static func select(_ source: any SeriesSource, _ query: ReadRequest.Query) throws -> [any SeriesReader] {
        let readers = try source.select(query.matchers, in: query.range)
        guard readers.count <= maximumSeries else {
            throw APIError(.tooLarge, "the query selects more than \(maximumSeries) series: narrow its matchers")
        }
        return readers
    }
}
