import BenchmarkKit
import Foundation

/// A million series of which a tenth makes way for new ones every hour: what samples cost early and late, and how soon it is up again.
struct ChurnRun {
    let system: System
    let options: MetricsOptions

    static let seriesCount = 1_000_000
    static let scrapesPerHour = 12
    static let hours = 3

    /// The figures of one system, as a row.
    func row() throws -> [String] {
        let load = GeneratedLoad(
            seriesCount: ChurnRun.seriesCount, scrapeCount: ChurnRun.hours * ChurnRun.scrapesPerHour,
            end: MetricsQueries.begin + MetricsQueries.day, scrapeMilliseconds: 3_600_000 / Int64(ChurnRun.scrapesPerHour),
            lifetimeScrapes: 10 * ChurnRun.scrapesPerHour, metricCount: 10)
        let server = try Server(system, directory: options.scratch)
        defer { server.remove() }
        let connection = try HTTPConnection(port: server.ingestPort)
        let framesPerScrape = ChurnRun.seriesCount / GeneratedLoad.samplesPerRequest
        var marks = [try server.usage().processorSeconds]
        for (number, frame) in load.enumerated() {
            try connection.send(
                .init(path: system.writePath, body: frame, type: "application/x-protobuf", encoding: "snappy"))
            // Marks after the first scrape, in which every series is new, and then after every hour.
            if number + 1 == framesPerScrape || (number + 1) % (framesPerScrape * ChurnRun.scrapesPerHour) == 0 {
                marks.append(try server.usage().processorSeconds)
            }
        }
        let peak = try server.usage().peakMemoryBytes
        try server.stop()
        let stopped = Date()
        try server.start()
        let count = try HTTPConnection(port: server.queryPort)
            .get("/api/v1/query?query=\(MetricsQueries.encoded("count(requests_total)"))&time=\(load.end / 1000)")
        let seconds = Date().timeIntervalSince(stopped)
        guard String(decoding: count, as: UTF8.self).contains("\"value\"") else {
            throw Failure("\(system.name) has lost series: \(String(decoding: count.prefix(300), as: UTF8.self))")
        }
        let perMillion = Double(ChurnRun.seriesCount) / 1e6
        let steps = zip(marks, marks.dropFirst()).map { $1 - $0 }
        let scrapes = [1, ChurnRun.scrapesPerHour - 1] + Array(repeating: ChurnRun.scrapesPerHour, count: ChurnRun.hours - 1)
        let costs = zip(steps, scrapes).map { String(format: "%.2f", $0 / (Double($1) * perMillion)) }
        return [system.name] + costs + [String(peak >> 20), String(format: "%.1f", seconds)]
    }

    /// A row for each system.
    static func table(_ options: MetricsOptions) throws -> String {
        let hours = (1...hours).map { "hour \($0)" }
        var rows = [["CPU-s a million samples", "all new"] + hours + ["peak MiB", "seconds from start to first answer"]]
        for system in options.systems {
            Main.say("\(system.name): \(seriesCount) series, a tenth of them new every hour")
            rows.append(try ChurnRun(system: system, options: options).row())
            Main.say(rows[rows.count - 1].joined(separator: "  "))
        }
        return rows.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }
}
