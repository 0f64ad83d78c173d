import Telemetry

extension JSONWriter {
    /// An alert that fires, in Alertmanager's form.
    mutating func alert(_ alert: Alert, _ silencedBy: [String], _ now: Milliseconds) {
        object { writer in
            writer.key("labels")
            writer.labels(alert.labels)
            writer.key("annotations")
            writer.map(alert.annotations.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
            for (key, text) in [
                ("fingerprint", alert.fingerprint), ("generatorURL", ""),
                ("startsAt", Timestamps.rfc3339(alert.firedAt ?? alert.activeAt)), ("updatedAt", Timestamps.rfc3339(now)),
                // It fires until it ends, so the end is told to be a little ahead, as Prometheus does.
                ("endsAt", Timestamps.rfc3339(now + 300_000)),
            ] {
                writer.key(key)
                writer.string(text)
            }
            writer.key("receivers")
            writer.array { writer in writer.map([("name", "default")]) }
            writer.key("status")
            writer.object { writer in
                writer.key("state")
                writer.string(silencedBy.isEmpty ? "active" : "suppressed")
                writer.key("silencedBy")
                writer.strings(silencedBy)
                writer.key("inhibitedBy")
                writer.array { _ in }
            }
        }
    }

    /// A silence in Alertmanager's form.
    mutating func silence(_ silence: SilenceReport, _ now: Milliseconds) {
        object { writer in
            for (key, text) in [
                ("id", silence.id), ("createdBy", silence.createdBy), ("comment", silence.comment),
                ("startsAt", Timestamps.rfc3339(silence.startsAt)), ("endsAt", Timestamps.rfc3339(silence.endsAt)),
                ("updatedAt", Timestamps.rfc3339(silence.startsAt)),
            ] {
                writer.key(key)
                writer.string(text)
            }
            writer.key("status")
            writer.map([("state", silence.endsAt <= now ? "expired" : silence.startsAt > now ? "pending" : "active")])
            writer.key("matchers")
            writer.array { writer in for matcher in silence.matchers { writer.matcher(matcher) } }
        }
    }

    private mutating func matcher(_ matcher: LabelMatcher) {
        object { writer in
            writer.key("name")
            writer.string(matcher.name)
            writer.key("value")
            writer.string(matcher.value)
            writer.key("isRegex")
            writer.boolean(matcher.operation == .matches || matcher.operation == .doesNotMatch)
            writer.key("isEqual")
            writer.boolean(matcher.operation == .matches || matcher.operation == .equal)
        }
    }
}
