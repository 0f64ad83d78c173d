import Foundation
import Hummingbird
import NIOCore
import Telemetry

/// Query parameters of a request, from the URL and from a form body alike, as Grafana and promtool send them.
struct RequestParameters: Sendable {
    /// Largest form body read, in bytes.
    static let maximumBodyBytes = 1 << 20
    /// Most parameters read.
    static let maximumParameters = 512

    private var pairs: [(name: String, value: String)] = []

    init(_ request: Request) async throws {
        try append(request.uri.query ?? "")
        guard request.method == .post || request.method == .put else { return }
        do {
            let body = try await request.body.collect(upTo: RequestParameters.maximumBodyBytes)
            try append(String(buffer: body))
        } catch is NIOTooManyBytesError {
            throw APIError(.tooLarge, "the request's body is larger than \(RequestParameters.maximumBodyBytes) bytes")
        }
    }

    /// Reads a query string.
    init(query: String) throws(APIError) {
        try append(query)
    }

    subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    func all(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.map(\.value)
    }

    func required(_ name: String) throws(APIError) -> String {
        guard let value = self[name], !value.isEmpty else { throw APIError(.badData, "parameter \"\(name)\" is missing") }
        return value
    }

    /// A parameter that says how many results are wanted at most; nil where there is none.
    func limit(_ name: String = "limit") throws(APIError) -> Int? {
        guard let text = self[name], !text.isEmpty else { return nil }
        guard let limit = Int(text), limit >= 0 else {
            throw APIError(.badData, "parameter \"\(name)\": \"\(text)\" is not a number of results")
        }
        return limit
    }

    /// A time in seconds since 1970 or RFC 3339; nil where there is none.
    func time(_ name: String) throws(APIError) -> Milliseconds? {
        guard let text = self[name], !text.isEmpty else { return nil }
        guard let time = TimeParameter.milliseconds(text) else {
            throw APIError(.badData, "parameter \"\(name)\": \"\(text)\" is neither seconds since 1970 nor an RFC 3339 time")
        }
        return time
    }

    /// The times from `start` through `end`, all times where they are absent.
    func timeRange() throws(APIError) -> ClosedRange<Milliseconds> {
        let from = try time("start") ?? 0
        let through = try time("end") ?? Milliseconds.max / 2
        guard from <= through else { throw APIError(.badData, "parameter \"end\" lies before \"start\"") }
        return from...through
    }

    /// A positive duration such as `5m`, or a number of seconds; nil where there is none.
    func seconds(_ name: String) throws(APIError) -> Double? {
        guard let text = self[name], !text.isEmpty else { return nil }
        guard let seconds = TimeParameter.seconds(text), seconds >= 0.001, seconds < 1e10 else {
            throw APIError(
                .badData, "parameter \"\(name)\": \"\(text)\" is not a positive number of seconds or a duration")
        }
        return seconds
    }

    /// `true` or `false`; false where it is absent.
    func boolean(_ name: String) throws(APIError) -> Bool {
        switch self[name] {
        case nil, "", "false", "0": return false
        case "true", "1": return true
        case let text?: throw APIError(.badData, "parameter \"\(name)\": \"\(text)\" is neither true nor false")
        }
    }

    private mutating func append(_ query: String) throws(APIError) {
        for part in query.split(separator: "&") {
            guard pairs.count < RequestParameters.maximumParameters else {
                throw APIError(.badData, "more than \(RequestParameters.maximumParameters) parameters; ask in several requests")
            }
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = RequestParameters.decode(sides[0])
            guard !name.isEmpty else { continue }
            pairs.append((name, sides.count > 1 ? RequestParameters.decode(sides[1]) : ""))
        }
    }

    /// Percent-decoding with `+` as a blank.
    static func decode(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%"), let high = hexadecimalDigit(rest.first),
                let low = hexadecimalDigit(rest.dropFirst().first)
            {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexadecimalDigit(_ byte: UInt8?) -> UInt8? {
        switch byte {
        case let digit? where (0x30...0x39).contains(digit): digit - 0x30
        case let letter? where (0x41...0x46).contains(letter & 0xdf): (letter & 0xdf) - 0x37
        default: nil
        }
    }
}
