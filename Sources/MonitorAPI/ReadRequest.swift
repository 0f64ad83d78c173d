import Compression
import Telemetry

/// A remote-read request: what other Prometheus servers and Thanos ask for raw samples with.
///
/// ```
/// ReadRequest { 1: Query { 1: start ms, 2: end ms, 3: LabelMatcher { 1: type, 2: name, 3: value } }, 2: accepted answers }
/// ```
struct ReadRequest: Sendable {
    /// Largest request, compressed or not.
    static let maximumBytes = 1 << 20
    /// Most queries of one request.
    static let maximumQueries = 64
    /// Most matchers of one query.
    static let maximumMatchers = 64

    /// The forms an answer may have, by their number.
    enum Form: UInt64, Sendable {
        case samples = 0
        case streamedChunks = 1
    }

    /// One selection.
    struct Query: Sendable {
        var range: ClosedRange<Milliseconds>
        var matchers: [LabelMatcher]
    }

    private(set) var queries: [Query] = []
    /// What the client takes, the form it likes best first.
    private(set) var forms: [UInt64] = []

    init(snappy body: [UInt8]) throws {
        let bytes: [UInt8]
        do { bytes = try Snappy.decompress(body, maximumBytes: ReadRequest.maximumBytes) } catch {
            throw APIError(error.code == .tooLarge ? .tooLarge : .badData, error.message)
        }
        do { try read(ProtobufReader(bytes)) } catch let error as CompressionError {
            throw APIError(.badData, error.message)
        }
    }

    /// The first form of the client's that is spoken here; samples where it names none.
    func form() throws(APIError) -> Form {
        guard !forms.isEmpty else { return .samples }
        guard let form = forms.lazy.compactMap(Form.init).first else {
            throw APIError(.badData, "none of the accepted response types \(forms) is known; ask for SAMPLES")
        }
        return form
    }

    private mutating func read(_ message: ProtobufReader) throws {
        var message = message
        while let field = try message.next() {
            switch (field.number, field.wireType) {
            case (1, 2):
                guard queries.count < ReadRequest.maximumQueries else {
                    throw APIError(.tooLarge, "more than \(ReadRequest.maximumQueries) queries: ask in several requests")
                }
                queries.append(try ReadRequest.query(ProtobufReader(message.bytes, in: field.range)))
            case (2, 0): forms.append(field.value)
            case (2, 2):
                var packed = ProtobufReader(message.bytes, in: field.range)
                while let form = try packed.nextPacked() { forms.append(form) }
            default: break
            }
        }
    }

    private static func query(_ message: ProtobufReader) throws -> Query {
        var message = message
        var (start, end): (Milliseconds, Milliseconds) = (0, 0)
        var matchers: [LabelMatcher] = []
        while let field = try message.next() {
            switch (field.number, field.wireType) {
            case (1, 0): start = Int64(bitPattern: field.value)
            case (2, 0): end = Int64(bitPattern: field.value)
            case (3, 2):
                guard matchers.count < maximumMatchers else {
                    throw APIError(.tooLarge, "more than \(maximumMatchers) matchers in one query")
                }
                matchers.append(try matcher(ProtobufReader(message.bytes, in: field.range)))
            default: break
            }
        }
        let most = TimeParameter.maximumMilliseconds
        (start, end) = (min(max(start, -most), most), min(max(end, -most), most))
        guard start <= end else { throw APIError(.badData, "a query's end, \(end), lies before its start, \(start)") }
        return Query(range: start...end, matchers: matchers)
    }

    private static func matcher(_ message: ProtobufReader) throws -> LabelMatcher {
        let operations: [LabelMatcher.Operation] = [.equal, .notEqual, .matches, .doesNotMatch]
        var message = message
        var (type, name, value) = (UInt64(0), "", "")
        while let field = try message.next() {
            switch (field.number, field.wireType) {
            case (1, 0): type = field.value
            case (2, 2): name = String(decoding: message.bytes[field.range], as: UTF8.self)
            case (3, 2): value = String(decoding: message.bytes[field.range], as: UTF8.self)
            default: break
            }
        }
        guard type < operations.count else { throw APIError(.badData, "a matcher of the unknown type \(type)") }
        return try LabelMatcher(name, operations[Int(type)], value)
    }
}
