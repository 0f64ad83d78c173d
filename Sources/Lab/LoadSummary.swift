/// What wrk counted, from the line that the laboratory's script makes it print.
package struct LoadSummary: Sendable, Equatable {
    package var requests = 0
    package var seconds = 0.0
    package var connectErrors = 0
    package var readErrors = 0
    package var writeErrors = 0
    package var timeouts = 0
    /// Answers with a status of 400 or more.
    package var statusErrors = 0
    package var medianMilliseconds = 0.0
    package var p99Milliseconds = 0.0
    package var maximumMilliseconds = 0.0

    package init() {}

    /// Requests that a client would call failed.
    package var failed: Int { connectErrors + readErrors + writeErrors + timeouts + statusErrors }

    /// Two phases taken together; of the latencies, the worse.
    package static func + (left: LoadSummary, right: LoadSummary) -> LoadSummary {
        var sum = left
        sum.requests += right.requests
        sum.seconds += right.seconds
        sum.connectErrors += right.connectErrors
        sum.readErrors += right.readErrors
        sum.writeErrors += right.writeErrors
        sum.timeouts += right.timeouts
        sum.statusErrors += right.statusErrors
        sum.medianMilliseconds = max(left.medianMilliseconds, right.medianMilliseconds)
        sum.p99Milliseconds = max(left.p99Milliseconds, right.p99Milliseconds)
        sum.maximumMilliseconds = max(left.maximumMilliseconds, right.maximumMilliseconds)
        return sum
    }

    static let marker = "lab-summary"

    /// The end of every load script.
    static let script = """
        function done(summary, latency, requests)
            local errors = summary.errors
            io.write(string.format("\(marker) requests=%d microseconds=%d connect=%d read=%d write=%d timeout=%d status=%d",
                summary.requests, summary.duration, errors.connect, errors.read, errors.write, errors.timeout, errors.status))
            io.write(string.format(" median=%d p99=%d maximum=%d\\n",
                latency:percentile(50), latency:percentile(99), latency.max))
        end
        """

    /// Finds the line in wrk's output.
    /// - Throws: ``LabError`` where it is not there, with what there was.
    package init(parsing output: String) throws(LabError) {
        let lines = output.split(separator: "\n")
        guard let line = lines.last(where: { $0.hasPrefix(LoadSummary.marker + " ") }) else {
            throw LabError(.answer, "wrk gave no summary; it said: \(lines.suffix(3).joined(separator: " / "))")
        }
        var values: [Substring: Double] = [:]
        for pair in line.split(separator: " ").dropFirst() {
            let parts = pair.split(separator: "=")
            guard parts.count == 2, let value = Double(parts[1]) else {
                throw LabError(.answer, "wrk's summary has '\(pair)', which is no number")
            }
            values[parts[0]] = value
        }
        func whole(_ key: Substring) -> Int { Int(exactly: (values[key] ?? 0).rounded()) ?? 0 }
        requests = whole("requests")
        seconds = (values["microseconds"] ?? 0) / 1e6
        connectErrors = whole("connect")
        readErrors = whole("read")
        writeErrors = whole("write")
        timeouts = whole("timeout")
        statusErrors = whole("status")
        medianMilliseconds = (values["median"] ?? 0) / 1000
        p99Milliseconds = (values["p99"] ?? 0) / 1000
        maximumMilliseconds = (values["maximum"] ?? 0) / 1000
    }
}
