import Foundation
import TestKit
import Testing

/// The same series and the same questions to Debian's Prometheus and to a monitor.
@Suite(
    "Beside Prometheus", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence),
    .enabled(if: MagewatchBinary.hasPrograms(RealPrograms.prometheus), "needs prometheus"), .timeLimit(.minutes(5)))
struct DifferentialTests {
    private static let queries = 600
    /// Means, deviations and regressions are summed up in another order.
    private static let tolerance = 1e-6

    /// An answer of either: the elements by their labels, each with its points.
    private struct Answer {
        var status: String
        var elements: [[String: String]: [(time: Double, value: Double)]] = [:]

        private struct Body: Decodable {
            struct Result: Decodable { var result: [MonitorAddress.Series] }
            var status: String
            var data: Result?
        }

        init(_ body: Data) throws {
            let body = try JSONDecoder().decode(Body.self, from: body)
            status = body.status
            for series in body.data?.result ?? [] {
                let points = (series.values ?? []) + [series.value].compactMap(\.self)
                elements[series.metric] = points.map { ($0.time, $0.number) }
            }
        }
    }

    @Test("Random queries over random series are answered as Prometheus 2.42 answers them", arguments: [1, 2] as [UInt64])
    func random(seed: UInt64) async throws {
        let directory = try TemporaryDirectory("differential")
        let port = try FreePort.take()
        let peer = "http://127.0.0.1:\(port)"
        let prometheus = try RealPrograms.prometheus(listeningOn: port, in: directory)
        let monitor = try await MonitorProcess()
        let address = monitor.address
        try await eventually("Prometheus; it said \(prometheus.errors.suffix(300))", within: .seconds(60)) {
            try await address.get(peer + "/-/ready").status == 200 ? true : nil
        }
        var generator = RandomQuery(seed: seed)
        // On an hour, so that the steps of subqueries fall upon the same samples whenever this runs.
        let start = (Int(Date().timeIntervalSince1970) / 3600 - 3) * 3_600_000
        let body = RemoteWrite.body(generator.series(from: start))
        for url in [peer, address.ingest] {
            let taken = try await address.post(url + "/api/v1/write", body, type: RemoteWrite.type, headers: RemoteWrite.headers)
            #expect(taken.status == 204, "\(taken.text)")
        }
        var (elements, errors, wrong) = (0, 0, 0)
        for number in 0..<Self.queries {
            let query = generator.next()
            // Never on a step of a subquery: in 2.x a window has the sample at its very beginning, in 3.x it has not.
            let offset = number * 7 % 5000
            let at = start / 1000 + 1800 + offset + (offset.isMultiple(of: 30) ? 1 : 0)
            let parameters =
                number % 3 == 0
                ? ["query": query, "start": "\(at)", "end": "\(at + 1200)", "step": "60"] : ["query": query, "time": "\(at)"]
            let path = number % 3 == 0 ? "/api/v1/query_range" : "/api/v1/query"
            let expected = try Answer(try await address.get(peer + path, parameters).body)
            let found = try Answer(try await address.get(address.api + path, parameters).body)
            elements += expected.elements.count
            errors += expected.status == "success" ? 0 : 1
            if let difference = Self.difference(expected, found) {
                wrong += 1
                Issue.record("seed \(seed), query \(number): \(query) at \(parameters["time"] ?? "\(at) and on"): \(difference)")
            }
        }
        print(
            "beside Prometheus: seed \(seed), \(Self.queries) queries, \(elements) elements, \(errors) errors in both, \(wrong) wrong"
        )
        #expect(elements > Self.queries && errors < Self.queries / 4, "the queries find something")
        prometheus.signal(SIGTERM)
        try await monitor.stop()
    }

    /// What is not alike, if something is.
    private static func difference(_ expected: Answer, _ found: Answer) -> String? {
        guard expected.status == found.status else { return "\(found.status) instead of \(expected.status)" }
        for labels in Set(expected.elements.keys).union(found.elements.keys) {
            guard let left = expected.elements[labels] else { return "\(labels) is too much" }
            guard let right = found.elements[labels] else { return "\(labels) is missing" }
            guard left.map(\.time) == right.map(\.time) else { return "\(labels) stands at other times" }
            for (point, other) in zip(left, right) where !isAlike(point.value, other.value) {
                return "\(labels) at \(point.time) is \(other.value) instead of \(point.value)"
            }
        }
        return nil
    }

    private static func isAlike(_ left: Double, _ right: Double) -> Bool {
        if left == right || (left.isNaN && right.isNaN) { return true }
        return (left - right).magnitude <= tolerance * max(1, left.magnitude, right.magnitude)
    }
}
