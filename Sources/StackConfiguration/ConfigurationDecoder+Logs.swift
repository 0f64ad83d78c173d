import Telemetry

extension ConfigurationDecoder {
    /// Less than this would not hold a block of each of a few streams.
    private static let leastDiskBytes: Int64 = 16 << 20
    /// Shorter lines would cut what every program writes.
    private static let leastLineBytes: Int64 = 256
    /// A burst that is not named holds what comes in so many seconds.
    private static let burstSeconds = 10

    func logs(_ reader: YAMLReader, _ logs: inout MagewatchConfiguration.Logs) {
        if let bytes = reader.byteCount("maximum-line") {
            if (ConfigurationDecoder.leastLineBytes...Int64(LogBatch.maximumLineBytes)).contains(bytes) {
                logs.maximumLineBytes = Int(bytes)
            } else {
                reader.fail("maximum-line", "must lie between 256 bytes and \(LogBatch.maximumLineBytes >> 10)KiB")
            }
        }
        if let text = reader.string("long-lines") {
            if let choice = MagewatchConfiguration.Logs.LongLines(rawValue: text) {
                logs.longLines = choice
            } else {
                reader.fail("long-lines", "\"\(text)\" is not cut or refuse")
            }
        }
        set(&logs.maximumFields, reader.integer("maximum-fields", in: 0...10_000))
        set(&logs.maximumStreams, reader.integer("maximum-streams", in: 1...10_000_000))
        logs.rateLimits = reader.mappings("rate-limits").compactMap(rateLimit)
    }

    private func rateLimit(_ reader: YAMLReader) -> MagewatchConfiguration.RateLimit? {
        defer { reader.finish() }
        let matchers = selector(reader, isRequired: false)
        let burst = reader.byteCount("burst")
        guard reader.has("rate") else {
            reader.fail("rate", "is missing: bytes a second such as 1MiB")
            _ = reader.string("rate")
            return nil
        }
        guard let rate = reader.byteCount("rate"), let matchers else { return nil }
        // Ten seconds' worth of the largest number would not fit.
        guard (1...(1 << 40)).contains(rate) else {
            reader.fail("rate", "must lie between 1 byte and 1TiB a second")
            return nil
        }
        if let burst, burst < rate { reader.fail("burst", "must be at least what comes in a second") }
        return .init(
            matchers: matchers, bytesPerSecond: Int(rate),
            burstBytes: Int(burst ?? rate * Int64(ConfigurationDecoder.burstSeconds)))
    }

    /// Rules for the streams that pass a selector; what they don't say is as for all others.
    func logRules(_ reader: YAMLReader, keepSeconds: Double) -> [MagewatchConfiguration.LogRetentionRule] {
        reader.mappings("logs-rules").compactMap { rule in
            defer { rule.finish() }
            let matchers = selector(rule, isRequired: true)
            let keep = positive(rule, "keep")
            let disk = logsDisk(rule, "disk")
            if !rule.has("keep"), !rule.has("disk") { rule.fail("keep", "a rule needs keep or disk") }
            guard let matchers else { return nil }
            return .init(matchers: matchers, keepSeconds: keep ?? keepSeconds, diskBytes: disk)
        }
    }

    func logsDisk(_ reader: YAMLReader, _ key: String) -> Int? {
        guard let bytes = reader.byteCount(key) else { return nil }
        if bytes < ConfigurationDecoder.leastDiskBytes { reader.fail(key, "must be at least 16MiB, a few blocks") }
        return Int(bytes)
    }

    private func selector(_ reader: YAMLReader, isRequired: Bool) -> [LabelMatcher]? {
        guard isRequired || reader.has("selector") else { return [] }
        let text = reader.requiredString("selector")
        guard reader.has("selector") else { return nil }
        if let matchers = SelectorText.matchers(text) { return matchers }
        reader.fail("selector", "\"\(text)\" is not a selector such as {app=\"audit\", host=~\"db.*\"}")
        return nil
    }
}
