import Compression
import Hummingbird
import NIOCore
import Synchronization

/// Compresses texts and JSON for clients that take gzip, off the threads that serve connections.
struct GzipAnswers: RouterMiddleware {
    /// Smaller answers fit one packet as they are.
    static let minimumBytes = 1200
    /// What packs more than so many times is sent as it is: careful clients take it for a bomb (AsyncHTTPClient from 25 times on).
    static let maximumRatio = 20

    let pool: QueryPool

    func handle(
        _ request: Request, context: BasicRequestContext,
        next: @concurrent (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        let response = try await next(request, context)
        guard let count = response.body.contentLength, count >= GzipAnswers.minimumBytes,
            response.headers[.contentEncoding] == nil, GzipAnswers.isText(response.headers[.contentType] ?? ""),
            GzipAnswers.accepts(request.headers[.acceptEncoding] ?? "")
        else { return response }
        return try await compress(response)
    }

    private func compress(_ response: Response) async throws -> Response {
        let whole = CollectedBody()
        try await response.body.write(CollectingWriter(whole: whole))
        let bytes = whole.bytes.withLock { $0 }
        guard let packed = try await pool.run({ Gzip.compress(bytes) }),
            bytes.count <= packed.count * GzipAnswers.maximumRatio
        else { return response }
        var compressed = response
        compressed.body = .init(byteBuffer: ByteBuffer(bytes: packed))
        compressed.headers[.contentEncoding] = "gzip"
        compressed.headers[.vary] = "Accept-Encoding"
        return compressed
    }

    private static func isText(_ type: String) -> Bool {
        type.hasPrefix("application/json") || type.hasPrefix("text/plain") || type.hasPrefix("application/yaml")
    }

    /// Whether a client's list of encodings names gzip, or everything, and does not rule it out.
    static func accepts(_ header: String) -> Bool {
        var isAccepted = false
        for part in header.split(separator: ",") {
            let pieces = part.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            guard let name = pieces.first, name == "gzip" || name == "*" else { continue }
            let quality = pieces.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            if name == "gzip" { return quality > 0 }
            isAccepted = quality > 0
        }
        return isAccepted
    }
}

/// A body on its way to being compressed.
private final class CollectedBody: Sendable {
    let bytes = Mutex<[UInt8]>([])
}

/// Takes a body that would have gone to the client.
private struct CollectingWriter: ResponseBodyWriter {
    let whole: CollectedBody

    mutating func write(_ buffer: ByteBuffer) async throws {
        whole.bytes.withLock { $0 += buffer.readableBytesView }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
