import Hummingbird
import NIOCore
import PromQL
import RegularExpressions
import Telemetry

/// `/federate`: the newest samples of selected series as text, for another Prometheus to scrape.
struct Federation: Sendable {
    /// Most series in one answer.
    static let maximumSeries = 500_000

    let services: APIServices
    let pool: QueryPool
    let now: @Sendable () -> Milliseconds

    func register(_ router: Router<BasicRequestContext>) {
        router.get("/federate") { request, _ in
            await answer(request, failure: { APIResponse.text($0.message + "\n", status: $0.status) }) { parameters in
                try await federate(parameters)
            }
        }
    }

    private func federate(_ parameters: RequestParameters) async throws -> Response {
        let selectors = try parameters.all("match[]").map { try PromQLParser.parseSelector($0) }
        let end = now()
        let range = end - services.promQL.options.lookback...end
        let source = services.series
        let text = try await pool.run {
            var newest: [Labels: Sample] = [:]
            for selector in selectors { try Federation.read(source, selector, range, into: &newest) }
            return Federation.text(newest)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(bytes: text)))
    }

    private static func read(
        _ source: any SeriesSource, _ selector: [LabelMatcher], _ range: ClosedRange<Milliseconds>,
        into newest: inout [Labels: Sample]
    ) throws {
        var columns = SampleColumns()
        for reader in try source.select(selector, in: range) where newest[reader.labels] == nil {
            columns.removeAll()
            try reader.read(range, into: &columns)
            guard let time = columns.timestamps.last, let value = columns.values.last,
                value.bitPattern != SampleBatch.staleMarker.bitPattern, reader.labels.metricName != nil
            else { continue }
            guard newest.count < maximumSeries else {
                throw APIError(.tooLarge, "more than \(maximumSeries) series: narrow match[]")
            }
            newest[reader.labels] = Sample(time, value)
        }
    }

    /// The text format 0.0.4, a family at a time; names that it can't hold stand in quotes, as Prometheus 3 reads them.
    static func text(_ samples: [Labels: Sample]) -> [UInt8] {
        var text: [UInt8] = []
        var family: String?
        for (labels, sample) in samples.sorted(by: { ($0.key.metricName ?? "", $0.key) < ($1.key.metricName ?? "", $1.key) }) {
            let name = labels.metricName ?? ""
            let isPlain = isPlain(name, colons: true)
            if family != name {
                text += "# TYPE \(isPlain ? name : Labels.quoted(name)) untyped\n".utf8
                family = name
            }
            var inside = labels.filter { $0.name != Labels.metricNameLabel }.map { label in
                "\(self.isPlain(label.name, colons: false) ? label.name : Labels.quoted(label.name))=\(Labels.quoted(label.value))"
            }
            // Without an instance of its own the scraper would put the monitor's on it.
            if labels["instance"] == nil { inside.append("instance=\"\"") }
            if !isPlain { inside.insert(Labels.quoted(name), at: 0) }
            let head = (isPlain ? name : "") + "{" + inside.joined(separator: ",") + "}"
            text += "\(head) \(JSONWriter.text(of: sample.value)) \(sample.timestamp)\n".utf8
        }
        return text
    }

    private static func isPlain(_ name: String, colons: Bool) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "_"): true
            case UInt8(ascii: ":"): colons
            default: false
            }
        }
    }
}
