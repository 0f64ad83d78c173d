import Hummingbird
import LogQL
import Telemetry

/// How much there is, without reading it: `index/stats`, `index/volume` and `index/volume_range`.
extension LokiRoutes {
    /// Most steps of `volume_range`.
    static let maximumVolumeSteps = 11_000

    func registerVolumes(_ router: Router<BasicRequestContext>) {
        for method in [HTTPRequest.Method.get, .post] {
            router.on("/loki/api/v1/index/stats", method: method) { request, _ in await respond(request, indexStatistics) }
            router.on("/loki/api/v1/index/volume", method: method) { request, _ in await respond(request, volume) }
            router.on("/loki/api/v1/index/volume_range", method: method) { request, _ in
                await respond(request, volumeRange)
            }
        }
    }

    private func volumes(_ parameters: LokiParameters, step: Nanoseconds? = nil) async throws -> [LogVolume] {
        let matchers = try parameters.selector()
        let range = try parameters.timeRange()
        let source = services.logs
        return try await pool.run {
            try source.volumes(matching: matchers, in: range, step: step ?? max(1, range.upperBound - range.lowerBound))
        }
    }

    private func indexStatistics(_ parameters: LokiParameters) async throws -> Response {
        let volumes = try await volumes(parameters)
        var writer = JSONWriter()
        writer.object { writer in
            for (name, amount) in [
                ("streams", volumes.count), ("chunks", volumes.reduce(0) { $0 + $1.blocks }),
                ("bytes", volumes.reduce(0) { $0 + $1.totalBytes }), ("entries", volumes.reduce(0) { $0 + $1.totalEntries }),
            ] {
                writer.key(name)
                writer.integer(amount)
            }
        }
        return APIResponse.json(writer.bytes)
    }

    private func volume(_ parameters: LokiParameters) async throws -> Response {
        let end = try parameters.timeRange().upperBound
        let found = try VolumeGroups(parameters).largest(try await volumes(parameters))
        return result("vector") { writer in
            for (labels, bytes) in found {
                writer.object { writer in
                    writer.key("metric")
                    writer.labels(labels)
                    writer.key("value")
                    writer.sample(milliseconds: end / 1_000_000, value: Double(bytes.reduce(0, +)))
                }
            }
        }
    }

    private func volumeRange(_ parameters: LokiParameters) async throws -> Response {
        let range = try parameters.timeRange()
        let step = try parameters.step(range)
        guard LogVolume.steps(of: range, step: step) <= LokiRoutes.maximumVolumeSteps else {
            throw APIError(.badData, "more than \(LokiRoutes.maximumVolumeSteps) steps: use a longer step or a shorter range")
        }
        let found = try VolumeGroups(parameters).largest(try await volumes(parameters, step: step))
        return result("matrix") { writer in
            for (labels, bytes) in found {
                let points = bytes.enumerated().filter { $0.element > 0 }.map { index, bytes in
                    LogPoint(timestamp: range.lowerBound + Int64(index) * step, value: Double(bytes))
                }
                writer.series(LogMatrixSeries(labels: labels, points: points))
            }
        }
    }

    private func result(_ type: String, _ elements: (inout JSONWriter) -> Void) -> Response {
        APIResponse.success { writer in
            writer.object { writer in
                writer.key("resultType")
                writer.string(type)
                writer.key("result")
                writer.array(elements)
            }
        }
    }
}

/// How volumes are put together: by the labels that the selector or `targetLabels` names, or by the names of labels alone.
private struct VolumeGroups {
    private let labels: [String]
    private let byName: Bool
    private let limit: Int

    init(_ parameters: LokiParameters) throws {
        limit = try parameters.limit()
        switch parameters["aggregateBy"] {
        case nil, "series": byName = false
        case "labels": byName = true
        case let other?: throw APIError(.badData, "parameter \"aggregateBy\": \"\(other)\" is neither series nor labels")
        }
        let wanted = parameters["targetLabels"]?.split(separator: ",").map(String.init) ?? []
        labels = wanted.isEmpty ? try parameters.selector().map(\.name) : wanted
    }

    /// Bytes of each step by group, the largest groups first.
    func largest(_ volumes: [LogVolume]) -> [(labels: Labels, bytes: [Int])] {
        var groups: [Labels: [Int]] = [:]
        for volume in volumes {
            for group in self.groups(of: volume.labels) {
                groups[group] = groups[group].map { zip($0, volume.bytes).map { $0 + $1 } } ?? volume.bytes
            }
        }
        let sorted = groups.map { (labels: $0.key, bytes: $0.value, total: $0.value.reduce(0, +)) }
            .sorted { ($1.total, $0.labels) < ($0.total, $1.labels) }
        return sorted.prefix(limit).map { ($0.labels, $0.bytes) }
    }

    private func groups(of stream: Labels) -> [Labels] {
        guard byName else { return [labels.isEmpty ? stream : stream.keeping(labels)] }
        let names = stream.map(\.name)
        return (labels.isEmpty ? names : names.filter(labels.contains)).map { Labels(sorted: [Label($0, "")]) }
    }
}
