package import Telemetry

/// What is to be verified, at which interval.
package struct Check: Sendable, Equatable {
    /// What counts as good.
    package enum Kind: Sendable, Equatable {
        /// A GET whose status lies in the range.
        case http(url: String, expectedStatus: Range<Int>)
        /// A TCP connection.
        case tcp(host: String, port: Int)
        /// A TLS handshake; tells when the certificate ends, valid or not.
        case tls(host: String, port: Int)
        /// A connection on which a service says who it is.
        case greeting(Greeting, host: String, port: Int)
    }

    package var name: String
    package var kind: Kind
    package var intervalSeconds: Double
    package var timeoutSeconds: Double
    /// Labels of its series, for instance `site`.
    package var labels: [String: String]

    package init(name: String, kind: Kind, intervalSeconds: Double, timeoutSeconds: Double, labels: [String: String] = [:]) {
        self.name = name
        self.kind = kind
        self.intervalSeconds = intervalSeconds
        self.timeoutSeconds = timeoutSeconds
        self.labels = labels
    }

    /// What the check looks at, for people.
    package var target: String {
        switch kind {
        case .http(let url, _): url
        case .tcp(let host, let port), .tls(let host, let port), .greeting(_, let host, let port): "\(host):\(port)"
        }
    }
}

/// One attempt of a check, as seen from one vantage point.
package struct ProbeResult: Sendable, Equatable {
    package var isUp: Bool
    package var durationSeconds: Double
    /// HTTP status, where there was one.
    package var status: Int?
    /// When the certificate ends, in seconds since 1970, where TLS was spoken.
    package var certificateEnds: Int64?
    /// Why it failed, for people; empty on success.
    package var message: String

    package init(isUp: Bool, durationSeconds: Double, status: Int? = nil, certificateEnds: Int64? = nil, message: String = "") {
        self.isUp = isUp
        self.durationSeconds = durationSeconds
        self.status = status
        self.certificateEnds = certificateEnds
        self.message = message
    }

    /// The result as series: `magewatch_check_up`, `magewatch_check_duration_seconds`, `magewatch_check_http_status`,
    /// `magewatch_check_certificate_expires_seconds` (since 1970), with the labels `check`, `target`, `vantage` and the check's own.
    package func append(to batch: inout SampleBatch, _ check: Check, vantage: String, at time: Milliseconds) {
        let base = Labels(
            check.labels.map { Label($0.key, $0.value) }
                + [Label("check", check.name), Label("target", check.target), Label("vantage", vantage)])
        func add(_ name: String, _ value: Double) {
            batch.append(base.setting(Labels.metricNameLabel, to: name), value, at: time)
        }
        add("magewatch_check_up", isUp ? 1 : 0)
        add("magewatch_check_duration_seconds", durationSeconds)
        if let status { add("magewatch_check_http_status", Double(status)) }
        if let certificateEnds { add("magewatch_check_certificate_expires_seconds", Double(certificateEnds)) }
    }
}
