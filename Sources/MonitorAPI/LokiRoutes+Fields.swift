import Hummingbird
import LogQL
import Telemetry

/// What logs are made of: `detected_labels`, `detected_fields`, `detected_field/NAME/values` and `patterns`.
extension LokiRoutes {
    /// Lines looked at for fields where a request says nothing.
    static let defaultFieldLines = 1_000
    /// Most patterns of an answer.
    static let maximumPatterns = 300

    func registerFields(_ router: Router<BasicRequestContext>) {
        for method in [HTTPRequest.Method.get, .post] {
            router.on("/loki/api/v1/detected_labels", method: method) { request, _ in await respond(request, detectedLabels) }
            router.on("/loki/api/v1/detected_fields", method: method) { request, _ in await respond(request, detectedFields) }
            router.on("/loki/api/v1/detected_field/:name/values", method: method) { request, context in
                let name = pathParameter("name", context)
                return await respond(request) { try await fieldValues(name, $0) }
            }
            router.on("/loki/api/v1/patterns", method: method) { request, _ in await respond(request, patterns) }
        }
    }

    private func detectedLabels(_ parameters: LokiParameters) async throws -> Response {
        let matchers = try parameters.selector()
        let range = try parameters.timeRange()
        let source = services.logs
        let streams = try await pool.run { try source.streams(matchingAny: [matchers], in: range) }
        var values: [String: Set<String>] = [:]
        for stream in streams { for label in stream { values[label.name, default: []].insert(label.value) } }
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("detectedLabels")
            writer.array { writer in
                for (name, values) in values.sorted(by: { $0.key < $1.key }) {
                    writer.object { writer in
                        writer.key("label")
                        writer.string(name)
                        writer.key("cardinality")
                        writer.integer(values.count)
                    }
                }
            }
        }
        return APIResponse.json(writer.bytes)
    }

    private func fields(_ parameters: LokiParameters) async throws -> DetectedFields {
        let range = try parameters.timeRange()
        var request = LogQLRequest(
            try parameters.query(), .range(from: range.lowerBound, to: range.upperBound, step: 1_000_000_000))
        request.limit = try parameters.limit("line_limit", default: LokiRoutes.defaultFieldLines)
        request.categorizesLabels = true
        return try await pool.run { [request, engine] in
            guard case .streams(let streams) = try engine.answer(request).result else {
                throw APIError(.badData, "fields are found in logs: give a log query such as {app=\"web\"}")
            }
            var fields = DetectedFields()
            for stream in streams { fields.add(stream) }
            return fields
        }
    }

    private func detectedFields(_ parameters: LokiParameters) async throws -> Response {
        let limit = try parameters.limit(default: DetectedFields.maximumFields)
        let fields = try await fields(parameters).all
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("fields")
            writer.array { writer in for field in fields.prefix(limit) { writer.field(field) } }
            writer.key("limit")
            writer.integer(limit)
        }
        return APIResponse.json(writer.bytes)
    }

    private func fieldValues(_ name: String, _ parameters: LokiParameters) async throws -> Response {
        let limit = try parameters.limit(default: DetectedFields.maximumValues)
        let values = try await fields(parameters)[name]?.values ?? []
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("values")
            writer.strings(values.prefix(limit))
            writer.key("limit")
            writer.integer(limit)
        }
        return APIResponse.json(writer.bytes)
    }

    private func patterns(_ parameters: LokiParameters) async throws -> Response {
        let query = try parameters.query()
        let range = try parameters.timeRange()
        let step = try parameters.step(range)
        let patterns = try await pool.run { [engine] in
            try engine.patterns(query, in: range, step: step, limit: LokiRoutes.maximumPatterns)
        }
        return APIResponse.success { writer in
            writer.array { writer in for pattern in patterns { writer.pattern(pattern) } }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func field(_ field: DetectedField) {
        object { writer in
            for (key, text) in [("label", field.name), ("type", field.kind.rawValue)] {
                writer.key(key)
                writer.string(text)
            }
            writer.key("cardinality")
            writer.integer(field.values.count)
            writer.key("parsers")
            if field.parsers.isEmpty { writer.null() } else { writer.strings(field.parsers) }
            if !field.jsonPath.isEmpty {
                writer.key("jsonPath")
                writer.strings(field.jsonPath)
            }
        }
    }

    fileprivate mutating func pattern(_ pattern: LogPattern) {
        object { writer in
            writer.key("pattern")
            writer.string(pattern.pattern)
            writer.key("samples")
            writer.array { writer in
                for point in pattern.points {
                    writer.array { writer in
                        writer.integer(point.timestamp / 1_000_000_000)
                        writer.integer(Int(point.value))
                    }
                }
            }
        }
    }
}
