import AgentContract
import Foundation
import Hummingbird
import HummingbirdTesting
import LogQL
import Logging
import NIOCore
import PromQL
import Synchronization
import Telemetry
import Topology

@testable import MonitorAPI

/// Series in memory.
struct SeriesInMemory: SeriesSource {
    struct Reader: SeriesReader {
        let labels: Labels
        let columns: SampleColumns

        func read(_ range: ClosedRange<Milliseconds>, into target: inout SampleColumns) {
            for index in columns.timestamps.indices where range.contains(columns.timestamps[index]) {
                target.append(from: columns, at: index)
            }
        }
    }

    var all: [Labels: SampleColumns] = [:]
    /// Thrown by every reading, where there is one.
    var failure: (any Error)?

    mutating func append(_ labels: Labels, _ time: Milliseconds, _ value: Double) {
        all[labels, default: SampleColumns()].append(time, value)
    }

    func select(_ matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>) throws -> [any SeriesReader] {
        if let failure { throw failure }
        return all.filter { matchers.allMatch($0.key) }.sorted { $0.key < $1.key }
            .map { Reader(labels: $0.key, columns: $0.value) }
    }

    func series(matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>) throws -> [Labels] {
        if let failure { throw failure }
        return all.filter { labels, columns in
            (selectors.isEmpty || selectors.contains { $0.allMatch(labels) })
                && columns.timestamps.contains(where: range.contains)
        }
        .keys.sorted()
    }

    func labelNames(matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>) throws -> [String] {
        Set(try series(matchingAny: selectors, in: range).flatMap { $0.map(\.name) }).sorted()
    }

    func labelValues(
        of name: String, matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>
    ) throws -> [String] {
        Set(try series(matchingAny: selectors, in: range).compactMap { $0[name] }).sorted()
    }
}

/// What came back.
struct Answer {
    let status: Int
    let headers: HTTPFields
    let body: Data

    var contentType: String { headers[.contentType] ?? "" }

    var text: String { String(decoding: body, as: UTF8.self) }
    /// The body parsed; throws where it is no JSON.
    var json: JSON { get throws { try JSONDecoder().decode(JSON.self, from: body) } }
}

/// A monitor's API over engines with little data and a state that requests change.
final class Scene: Sendable {
    /// 2023-11-14T22:13:20Z.
    static let now: Milliseconds = 1_700_000_000_000
    static let nowNanoseconds = now * 1_000_000

    let silences = Mutex<[SilenceReport]>([])
    let alerts = Mutex<[Alert]>([])
    let approved = Mutex<[String]>([])
    var silencesNow: [SilenceReport] { silences.withLock { $0 } }
    var alertsNow: [Alert] { alerts.withLock { $0 } }
    var approvedNow: [String] { approved.withLock { $0 } }
    /// Where those who follow logs hear of new ones.
    let live = LiveLogs()
    let deletions = DeletionsInMemory()
    /// Takes the orders to the store where there is one.
    let store: RecordingStore?
    let sources: (series: SeriesInMemory, logs: MemoryLogSource, options: PromQLEngine.Options)
    let clock: @Sendable () -> Milliseconds

    init(
        series: SeriesInMemory = Scene.series(), logs: MemoryLogSource = Scene.logs(), options: PromQLEngine.Options = .init(),
        store: RecordingStore? = nil, clock: @escaping @Sendable () -> Milliseconds = { Scene.now }
    ) {
        sources = (series, logs, options)
        self.store = store
        self.clock = clock
    }

    /// Two servers' series, a point a minute for ten minutes up to now.
    static func series() -> SeriesInMemory {
        var series = SeriesInMemory()
        for minute in 0...10 {
            let time = now - Milliseconds(10 - minute) * 60_000
            series.append(["__name__": "up", "job": "web", "host": "web1"], time, 1)
            series.append(["__name__": "up", "job": "db", "host": "db+1/x y%"], time, 0)
            series.append(["__name__": "requests_total", "job": "web"], time, Double(minute) * 60)
        }
        return series
    }

    /// Three lines of one stream and one of another, the last ones invalid as text.
    static func logs() -> MemoryLogSource {
        var logs = MemoryLogSource()
        for (index, line) in ["GET /a 200", "GET /b 500", "quote \" back \\ tab \t"].enumerated() {
            let time = nowNanoseconds - Int64(3 - index) * 1_000_000_000 + 1
            logs.append(["app": "web"], LogRow(timestamp: time, line: Array(line.utf8)[...]))
        }
        logs.append(["app": "db"], LogRow(timestamp: nowNanoseconds - 5, line: [0x61, 0xff, 0xfe, 0x00, 0x1f, 0xc3]))
        return logs
    }

    private var application: some ApplicationProtocol {
        let server = APIServer(services: services(), now: clock, logger: Logger(label: "test"))
        return Application(router: server.router(), server: server.connections)
    }

    /// Asks the router, without a network.
    func get(_ uri: String) async throws -> Answer { try await send(.get, uri) }

    func post(form: [(String, String)], to uri: String) async throws -> Answer {
        let body = form.map { "\($0.0)=\(Scene.encoded($0.1))" }.joined(separator: "&")
        return try await send(.post, uri, type: "application/x-www-form-urlencoded", body: body)
    }

    func post(json: String, to uri: String) async throws -> Answer {
        try await send(.post, uri, type: "application/json", body: json)
    }

    func send(
        _ method: HTTPRequest.Method, _ uri: String, type: String? = nil, body: String? = nil, headers: HTTPFields = [:]
    ) async throws -> Answer {
        try await send(method, uri, type: type, bytes: body.map { Array($0.utf8) }, headers: headers)
    }

    func send(
        _ method: HTTPRequest.Method, _ uri: String, type: String? = nil, bytes: [UInt8]?, headers: HTTPFields = [:]
    ) async throws -> Answer {
        try await Scene.send(
            APIServer(services: services(), now: clock, logger: Logger(label: "test")).router(), method, uri, type: type,
            bytes: bytes, headers: headers)
    }

    /// Asks a router, without a network.
    static func send(
        _ router: Router<BasicRequestContext>, _ method: HTTPRequest.Method, _ uri: String, type: String? = nil,
        bytes: [UInt8]? = nil, headers: HTTPFields = [:]
    ) async throws -> Answer {
        try await Application(router: router).test(.router) { client in
            var headers = headers
            if let type { headers[.contentType] = type }
            return try await client.execute(
                uri: uri, method: method, headers: headers, body: bytes.map { ByteBuffer(bytes: $0) }
            ) { response in
                Answer(
                    status: response.status.code, headers: response.headers, body: Data(response.body.readableBytesView))
            }
        }
    }

    /// Serves on a port of the system's choice while the work runs.
    func serve<Value>(_ work: @Sendable (_ url: String) async throws -> Value) async throws -> Value {
        try await application.test(.live) { client in
            try await work("http://127.0.0.1:\(client.port ?? 0)")
        }
    }

    /// Percent-encoding of everything but letters and digits.
    static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber { return String(character) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }
        .joined()
    }
}
