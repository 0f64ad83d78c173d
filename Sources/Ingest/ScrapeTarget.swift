package import Telemetry

/// One endpoint that is scraped, and how.
package struct ScrapeTarget: Sendable, Hashable {
    package var job: String
    /// The whole address, for instance `http://10.0.0.1:9100/metrics`.
    package var url: String
    /// Put on every series, after `job` and `instance`.
    package var labels: Labels
    package var interval: Duration
    package var timeout: Duration

    package init(job: String, url: String, labels: Labels = .empty, interval: Duration, timeout: Duration) {
        self.job = job
        self.url = url
        self.labels = labels
        self.interval = interval
        self.timeout = timeout
    }

    /// Host and port, the value of the `instance` label.
    package var instance: String {
        let afterScheme = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        return String(afterScheme.prefix { $0 != "/" && $0 != "?" })
    }

    /// What every series of the target carries.
    package var identity: Labels {
        Labels([Label("job", job), Label("instance", instance)]).merging(labels)
    }

    /// Where in the interval the target is scraped: the same in every run, and spread over the targets.
    package var offset: Duration {
        let share = Double(identity.fingerprint % 10_000) / 10_000
        return interval * share
    }
}
