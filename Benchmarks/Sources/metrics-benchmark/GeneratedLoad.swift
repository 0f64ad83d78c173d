import Foundation

/// Counters of a fleet, made while they are sent: as many series and scrapes as are asked for, the same on every run.
struct GeneratedLoad: Sequence {
    static let samplesPerRequest = 10_000

    var seriesCount: Int
    var scrapeCount: Int
    /// Time of the last scrape, in milliseconds since 1970.
    var end: Int64
    var scrapeMilliseconds: Int64 = 15_000
    /// After so many scrapes each series has made way for a new one; 0 for series that stay.
    var lifetimeScrapes = 0
    /// Metrics that the series are of.
    var metricCount = 1

    var samples: Int { seriesCount * scrapeCount }

    /// Remote-write requests as frames of snappy, in the order of time, a sample a series.
    func makeIterator() -> AnyIterator<Data> {
        var labels = (0..<seriesCount).map { self.labels($0, life: 0) }
        var values = (0..<seriesCount).map { Double($0 % 977) }
        var random = UInt64(1)
        var (scrape, series) = (0, 0)
        return AnyIterator {
            guard scrape < scrapeCount else { return nil }
            var request: [UInt8] = []
            request.reserveCapacity(GeneratedLoad.samplesPerRequest * 120)
            // Scrapes of few series share a request, so that what is measured is not how often one may be synced.
            for _ in 0..<GeneratedLoad.samplesPerRequest where scrape < scrapeCount {
                let time = end - Int64(scrapeCount - 1 - scrape) * scrapeMilliseconds
                if lifetimeScrapes > 0, scrape > 0, (scrape + series) % lifetimeScrapes == 0 {
                    labels[series] = self.labels(series, life: (scrape + series) / lifetimeScrapes)
                }
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                values[series] += Double((random >> 33) % 40)
                GeneratedLoad.append(labels[series], values[series], time, to: &request)
                series += 1
                if series == seriesCount { (scrape, series) = (scrape + 1, 0) }
            }
            return GeneratedLoad.snappy(request)
        }
    }

    /// The labels of a series as the fields of its message: a metric of 20 paths on hosts of ten roles.
    private func labels(_ series: Int, life: Int) -> [UInt8] {
        let metric = series % metricCount
        var names = [
            ("__name__", metric == 0 ? "requests_total" : "requests_\(metric)_total"), ("host", "host\(series / 20)"),
            ("job", "web"), ("path", "/p\(series % 20)"), ("role", "role\(series / 20 % 10)"),
        ]
        if lifetimeScrapes > 0 { names.insert(("life", "\(life)"), at: 3) }
        return names.reduce(into: []) { bytes, label in
            let parts = GeneratedLoad.field(1, Array(label.0.utf8)) + GeneratedLoad.field(2, Array(label.1.utf8))
            bytes += GeneratedLoad.field(1, parts)
        }
    }

    private static func append(_ labels: [UInt8], _ value: Double, _ time: Int64, to request: inout [UInt8]) {
        var sample: [UInt8] = [0x09]
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            sample.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
        }
        sample.append(0x10)
        append(UInt64(time), to: &sample)
        request.append(0x0a)
        append(UInt64(labels.count + 2 + sample.count), to: &request)
        request += labels
        request += field(2, sample)
    }

    /// A field of bytes.
    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        var message: [UInt8] = [number << 3 | 2]
        append(UInt64(bytes.count), to: &message)
        return message + bytes
    }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A snappy block of literals only: valid for every reader, and cheap to make.
    private static func snappy(_ bytes: [UInt8]) -> Data {
        var block: [UInt8] = []
        block.reserveCapacity(bytes.count + bytes.count / 10_000 + 16)
        append(UInt64(bytes.count), to: &block)
        for start in stride(from: 0, to: bytes.count, by: 65_536) {
            let part = bytes[start..<Swift.min(start + 65_536, bytes.count)]
            block += [61 << 2, UInt8((part.count - 1) & 0xff), UInt8((part.count - 1) >> 8)]
            block += part
        }
        return Data(block)
    }
}
