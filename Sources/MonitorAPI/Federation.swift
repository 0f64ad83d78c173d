import Hummingbird
import NIOCore
import PromQL
import RegularExpressions
import Telemetry

/// `/federate`: the newest samples of selected series, for another Prometheus to scrape: as protobuf where it asks for that, else as
/// text, in which histograms have no place and are left out.
struct Federation: Sendable {
    /// Most series in one answer.
    static let maximumSeries = 500_000

    /// The newest sample of a series.
    struct Newest {
        var sample: Sample
        var histogram: NativeHistogram?
    }

    let services: APIServices
    let pool: QueryPool
    let now: @Sendable () -> Milliseconds

    func register(_ router: Router<BasicRequestContext>) {
        router.get("/federate") { request, _ in
            await answer(request, failure: { APIResponse.text($0.message + "\n", status: $0.status) }) { parameters in
                try await federate(parameters, asProtobuf: Federation.asksForProtobuf(request.headers[.accept] ?? ""))
            }
        }
    }

    private func federate(_ parameters: RequestParameters, asProtobuf: Bool) async throws -> Response {
        let selectors = try parameters.all("match[]").map { try PromQLParser.parseSelector($0) }
        let end = now()
        let range = end - services.promQL.options.lookback...end
        let source = services.series
        let bytes = try await pool.run {
            var newest: [Labels: Newest] = [:]
            for selector in selectors { try Federation.read(source, selector, range, into: &newest) }
            return asProtobuf ? Federation.protobuf(newest) : Federation.text(newest)
        }
        let type = asProtobuf ? Federation.protobufType : "text/plain; version=0.0.4; charset=utf-8"
        return Response(status: .ok, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private static func read(
        _ source: any SeriesSource, _ selector: [LabelMatcher], _ range: ClosedRange<Milliseconds>,
        into newest: inout [Labels: Newest]
    ) throws {
        var columns = SampleColumns()
        for reader in try source.select(selector, in: range) where newest[reader.labels] == nil {
            columns.removeAll()
            try reader.read(range, into: &columns)
            let histogram = columns.histograms.last ?? nil
            guard let time = columns.timestamps.last, let value = columns.values.last,
                histogram != nil || value.bitPattern != SampleBatch.staleMarker.bitPattern, reader.labels.metricName != nil
            else { continue }
            guard newest.count < maximumSeries else {
                throw APIError(.tooLarge, "more than \(maximumSeries) series: narrow match[]")
            }
            newest[reader.labels] = Newest(sample: Sample(time, value), histogram: histogram)
        }
    }

    /// The text format 0.0.4, a family at a time; names that it can't hold stand in quotes, as Prometheus 3 reads them.
    static func text(_ newest: [Labels: Newest]) -> [UInt8] {
        var text: [UInt8] = []
        var family: String?
        for (labels, sample) in byFamily(newest.filter { $0.value.histogram == nil }).map({ ($0.key, $0.value.sample) }) {
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

    /// Metric by metric.
    static func byFamily(_ newest: [Labels: Newest]) -> [(key: Labels, value: Newest)] {
        newest.sorted { ($0.key.metricName ?? "", $0.key) < ($1.key.metricName ?? "", $1.key) }
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
