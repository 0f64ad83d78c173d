package import Telemetry

/// A scrape target and how its last scrape went.
package struct TargetReport: Sendable {
    package var job: String
    package var url: String
    package var labels: Labels
    package var isUp: Bool
    /// 0 where it was not scraped yet.
    package var lastScrape: Milliseconds
    package var lastError: String
    package var lastSeconds: Double
    package var intervalSeconds: Double
    package var timeoutSeconds: Double

    package init(
        job: String, url: String, labels: Labels, isUp: Bool, lastScrape: Milliseconds, lastError: String,
        lastSeconds: Double = 0, intervalSeconds: Double = 0, timeoutSeconds: Double = 0
    ) {
        self.job = job
        self.url = url
        self.labels = labels
        self.isUp = isUp
        self.lastScrape = lastScrape
        self.lastError = lastError
        self.lastSeconds = lastSeconds
        self.intervalSeconds = intervalSeconds
        self.timeoutSeconds = timeoutSeconds
    }

    /// `unknown`, `up` or `down`.
    var health: String { lastScrape == 0 ? "unknown" : isUp ? "up" : "down" }

    /// The URL taken apart as Prometheus' discovery has it.
    var discovered: Labels {
        let scheme = url.firstRange(of: "://").map { String(url[..<$0.lowerBound]) } ?? "http"
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        let address = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest[address.endIndex...].prefix { $0 != "?" }
        return [
            "__address__": String(address), "__metrics_path__": path.isEmpty ? "/" : String(path), "__scheme__": scheme,
            "__scrape_interval__": TargetReport.duration(intervalSeconds),
            "__scrape_timeout__": TargetReport.duration(timeoutSeconds), "job": job,
        ]
    }

    static func duration(_ seconds: Double) -> String { JSONWriter.text(of: seconds) + "s" }
}
