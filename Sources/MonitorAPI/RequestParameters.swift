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
        append(request.uri.query ?? "")
        guard request.method == .post else { return }
        do {
            let body = try await request.body.collect(upTo: RequestParameters.maximumBodyBytes)
            append(String(buffer: body))
        } catch is NIOTooManyBytesError {
            throw APIError(.tooLarge, "the request's body is larger than \(RequestParameters.maximumBodyBytes) bytes")
        }
    }

    /// Reads a query string.
    init(query: String) {
        append(query)
    }

    subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    func all(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.map(\.value)
    }

    func required(_ name: String) throws(APIError) -> String {
        guard let value = self[name], !value.isEmpty else { throw APIError(.badData, "parameter \"\(name)\" is missing") }
        return value
    }

    private mutating func append(_ query: String) {
        for part in query.split(separator: "&") where pairs.count < RequestParameters.maximumParameters {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = RequestParameters.decode(sides[0])
            guard !name.isEmpty else { continue }
            pairs.append((name, sides.count > 1 ? RequestParameters.decode(sides[1]) : ""))
        }
    }

    /// Percent-decoding with `+` as a blank.
    private static func decode(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                rest.count >= 2
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Times and durations as the Prometheus and Loki APIs take them.
enum TimeParameter {
    /// Nanoseconds from float seconds, integer nanoseconds (from 17 digits on) or RFC 3339.
    static func nanoseconds(_ text: String) -> Nanoseconds? {
        if let whole = Int64(text) {
            return whole.magnitude > 10_000_000_000_000_000 ? whole : scaled(Double(whole), by: 1e9)
        }
        if let seconds = Double(text) { return scaled(seconds, by: 1e9) }
        return rfc3339(text)
    }

    /// Milliseconds from float seconds or RFC 3339.
    static func milliseconds(_ text: String) -> Milliseconds? {
        if let seconds = Double(text) { return scaled(seconds, by: 1e3) }
        return rfc3339(text).map { $0 / 1_000_000 }
    }

    /// Seconds from float seconds, `Nms` or a duration such as `5m`.
    static func seconds(_ text: String) -> Double? {
        if let seconds = Double(text) { return seconds.isFinite ? seconds : nil }
        var rest = Substring(text)
        var total = 0.0
        let sizes: [String: Double] = [
            "ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000,
        ]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            let unit = rest.dropFirst(digits.count).prefix { $0.isLetter }
            guard let amount = Double(digits), let size = sizes[String(unit)] else { return nil }
            total += amount * size
            rest = rest.dropFirst(digits.count + unit.count)
        }
        return total
    }

    private static func scaled(_ value: Double, by factor: Double) -> Int64? {
        let scaled = (value * factor).rounded()
        return abs(scaled) < 9e18 ? Int64(scaled) : nil
    }

    private static func rfc3339(_ text: String) -> Nanoseconds? {
        // The fraction is read apart, as dates hold no nanoseconds.
        guard let separator = text.firstIndex(where: { $0 == "T" || $0 == "t" }) else { return nil }
        let time = text[text.index(after: separator)...]
        var fraction = 0.0
        var whole = text
        if let dot = time.firstIndex(of: ".") {
            let digits = time[time.index(after: dot)...].prefix { $0.isNumber }
            fraction = Double("0." + digits) ?? 0
            whole = String(text[..<dot]) + String(time[digits.endIndex...])
        }
        guard let date = try? Date(whole, strategy: .iso8601) else { return nil }
        return Int64(date.timeIntervalSince1970) * 1_000_000_000 + Int64((fraction * 1e9).rounded())
    }
}
