import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import Telemetry

/// An HTTP connection: bodies are gathered within the limits and handed to the routes.
struct HTTPConnection: Sendable {
    /// What is sent back.
    struct Response: Sendable {
        var status: HTTPResponseStatus
        var body: [UInt8]
        var contentType: String
        /// What the protocol wants to be told beside.
        var headers: [(name: String, value: String)] = []

        init(status: HTTPResponseStatus, body: String, contentType: String = "text/plain; charset=utf-8") {
            self.init(status: status, bytes: Array(body.utf8), contentType: contentType)
        }

        init(status: HTTPResponseStatus, bytes: [UInt8], contentType: String) {
            self.status = status
            body = bytes
            self.contentType = contentType
        }
    }

    /// One request on its way in.
    struct Request: Sendable {
        var head: HTTPRequestHead
        var body: [UInt8] = []
        /// Bytes of the in-flight budget that it holds.
        var reserved = 0
        /// Known before the body has come whole.
        var refusal: Response?
        var discarded = 0

        var path: String { String(head.uri.prefix { $0 != "?" }) }

        /// A header's value up to its parameters, in lower case.
        func header(_ name: String) -> String {
            (head.headers.first(name: name) ?? "").prefix { $0 != ";" }.lowercased()
        }
    }

    /// Most bytes made room for before they have come.
    static let roomBytes = 4 << 20

    let intake: Intake
    let peer: String

    func run(_ connection: IngestServer.HTTP) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var request: Request?
            defer { intake.budget.release(request?.reserved ?? 0) }
            do {
                for try await part in inbound {
                    switch part {
                    case .head(let head):
                        request = Request(head: head)
                        request?.makeRoom(intake)
                        if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
                            try await outbound.write(.head(HTTPResponseHead(version: head.version, status: .continue)))
                        }
                    case .body(let chunk):
                        request?.take(chunk, intake)
                        // A sender that goes on long after it was refused is cut off.
                        if let refused = request, refused.discarded > intake.options.maximumBodyBytes {
                            try await answer(refused, outbound, closing: true)
                            return
                        }
                    case .end:
                        guard let complete = request else { continue }
                        let keepAlive = complete.head.isKeepAlive
                        try await answer(complete, outbound, closing: !keepAlive)
                        intake.budget.release(complete.reserved)
                        request = nil
                        if !keepAlive { return }
                    }
                }
            } catch let error as NIOHTTPDecompression.DecompressionError {
                guard var broken = request else { return }
                broken.refusal =
                    error == .limit
                    ? Request.tooLarge(intake)
                    : Response(status: .badRequest, body: "the body is not compressed as its header says\n")
                try await answer(broken, outbound, closing: true)
            }
        }
    }

    private func answer(
        _ request: Request, _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>, closing: Bool
    ) async throws {
        let response: Response
        if let refusal = request.refusal {
            response = refusal
        } else {
            response = await HTTPRoutes(intake: intake, peer: peer).respond(to: request)
        }
        if response.status.code >= 400 { intake.refuse("http_\(response.status.code)", from: peer) }
        var headers = HTTPHeaders()
        let hasBody = response.status != .noContent
        if hasBody {
            headers.add(name: "Content-Type", value: response.contentType)
            headers.add(name: "Content-Length", value: "\(response.body.count)")
        }
        for header in response.headers { headers.add(name: header.name, value: header.value) }
        if response.status == .tooManyRequests || response.status == .serviceUnavailable {
            headers.add(name: "Retry-After", value: "1")
        }
        if closing { headers.add(name: "Connection", value: "close") }
        let head = HTTPResponseHead(version: request.head.version, status: response.status, headers: headers)
        try await outbound.write(.head(head))
        if hasBody, request.head.method != .HEAD {
            try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: response.body))))
        }
        try await outbound.write(.end(nil))
    }
}

extension HTTPConnection.Request {
    static func tooLarge(_ intake: Intake) -> HTTPConnection.Response {
        HTTPConnection.Response(
            status: .payloadTooLarge,
            body: "the body is over the limit of \(intake.options.maximumBodyBytes) bytes: send smaller requests\n")
    }

    /// Makes room for the body that is announced, as far as announcing alone may cost memory.
    mutating func makeRoom(_ intake: Intake) {
        let announced = Int(head.headers.first(name: "content-length") ?? "") ?? 0
        body.reserveCapacity(max(0, min(announced, intake.options.maximumBodyBytes, HTTPConnection.roomBytes)))
    }

    /// Adds a piece of the body, or notes why the request is refused and lets the rest pass.
    mutating func take(_ chunk: ByteBuffer, _ intake: Intake) {
        guard refusal == nil else {
            discarded += chunk.readableBytes
            return
        }
        if body.count + chunk.readableBytes > intake.options.maximumBodyBytes {
            refusal = HTTPConnection.Request.tooLarge(intake)
        } else if !intake.budget.tryReserve(chunk.readableBytes) {
            refusal = HTTPConnection.Response(
                status: .tooManyRequests, body: "too much is on its way into the stores: send again later\n")
        } else {
            reserved += chunk.readableBytes
            unsafe chunk.withUnsafeReadableBytes { unsafe body.append(contentsOf: $0) }
        }
    }
}
