import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Where a monitor listens, and the questions that tests ask it.
struct MonitorAddress: Sendable {
    /// What an HTTP request came back with.
    struct Answer: Sendable {
        var status: Int
        var body: Data

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    var ingestPort: Int
    var apiPort: Int

    var ingest: String { "http://127.0.0.1:\(ingestPort)" }
    var api: String { "http://127.0.0.1:\(apiPort)" }

    init(ingestPort: Int, apiPort: Int) {
        self.ingestPort = ingestPort
        self.apiPort = apiPort
    }

    /// Reads both ports from what a monitor prints when it is ready; nil where that is not whole yet.
    init?(greeting: String) {
        guard greeting.contains("magewatch logs --api"),
            let ingest = greeting.firstMatch(of: /ingest port  127\.0\.0\.1:([0-9]+)/).flatMap({ Int($0.output.1) }),
            let api = greeting.firstMatch(of: /API          http:\/\/127\.0\.0\.1:([0-9]+)/).flatMap({ Int($0.output.1) })
        else { return nil }
        self.init(ingestPort: ingest, apiPort: api)
    }

    func get(_ url: String, _ parameters: [String: String] = [:]) async throws -> Answer {
        var components = URLComponents(string: url)
        if !parameters.isEmpty { components?.queryItems = parameters.map { URLQueryItem(name: $0.key, value: $0.value) } }
        return try await send(HTTPClientRequest(url: (components?.string ?? url).replacing("+", with: "%2B")))
    }

    func post(
        _ url: String, _ body: [UInt8], type: String = "application/json", headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: type)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        return try await send(request)
    }

    private func send(_ request: HTTPClientRequest) async throws -> Answer {
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        return Answer(
            status: Int(response.status.code), body: Data((try await response.body.collect(upTo: 64 << 20)).readableBytesView))
    }
}

// MARK: - Questions

extension MonitorAddress {
    /// A series of a PromQL answer: its labels, and its values (one, where an instant was asked for).
    struct Series: Decodable, Sendable {
        var metric: [String: String]
        var value: Point?
        var values: [Point]?

        struct Point: Decodable, Sendable {
            var time: Double
            var number: Double

            init(from decoder: any Decoder) throws {
                var container = try decoder.unkeyedContainer()
                time = try container.decode(Double.self)
                number = Double(try container.decode(String.self)) ?? .nan
            }
        }
    }

    /// A line of a LogQL answer.
    struct Line: Decodable, Sendable {
        var nanoseconds: String
        var text: String

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            nanoseconds = try container.decode(String.self)
            text = try container.decode(String.self)
        }
    }

    private struct SeriesAnswer: Decodable {
        struct Body: Decodable { var result: [Series] }
        var data: Body
    }

    private struct LinesAnswer: Decodable {
        struct Stream: Decodable { var values: [Line] }
        struct Body: Decodable { var result: [Stream] }
        var data: Body
    }

    /// The series that a PromQL expression gives now.
    func series(_ expression: String) async throws -> [Series] {
        let answer = try await get(api + "/api/v1/query", ["query": expression])
        guard answer.status == 200 else { throw NeverHappened(description: answer.text) }
        return try JSONDecoder().decode(SeriesAnswer.self, from: answer.body).data.result
    }

    /// The value of the first of them.
    func value(_ expression: String) async throws -> Double? { try await series(expression).first?.value?.number }

    /// Most lines that one question may ask for.
    private static let maximumLines = 5000

    /// The lines of the last hours that a LogQL query finds; fails where there may be more than one answer holds.
    func lines(_ query: String, hours: Int = 2) async throws -> [String] {
        let now = Int(Date().timeIntervalSince1970)
        let answer = try await get(
            api + "/loki/api/v1/query_range",
            ["query": query, "limit": "\(MonitorAddress.maximumLines)", "start": "\(now - hours * 3600)", "end": "\(now + 3600)"])
        guard answer.status == 200 else { throw NeverHappened(description: answer.text) }
        let found = try JSONDecoder().decode(LinesAnswer.self, from: answer.body).data.result.flatMap { $0.values.map(\.text) }
        guard found.count < MonitorAddress.maximumLines else { throw NeverHappened(description: "too many lines for \(query)") }
        return found
    }

    /// The sum of one of the monitor's own counters over all series whose text contains these labels.
    func counter(_ name: String, _ labels: String...) async throws -> Double {
        let text = try await get(ingest + "/metrics").text
        return text.split(separator: "\n").reduce(0) { sum, line in
            guard line.hasPrefix(name + "{") || line.hasPrefix(name + " "), labels.allSatisfy(line.contains) else { return sum }
            return sum + (line.split(separator: " ").last.flatMap { Double($0) } ?? 0)
        }
    }
}
