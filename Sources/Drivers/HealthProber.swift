package import AgentContract
import Foundation

/// Waits until something serves: tries at short intervals, each try bounded, until the first success or the deadline.
package struct HealthProber: Sendable {
    /// Longest a single try may take.
    package static let tryMilliseconds = 1000
    /// Longest pause between tries.
    package static let maximumPause = Duration.milliseconds(200)

    /// What a probe's URL means.
    enum Target: Equatable {
        case tcp(host: String, port: UInt16)
        case http(host: String, port: UInt16, path: String)
    }

    package init() {}

    /// Returns when the probe has succeeded once.
    /// - Throws: ``DriverError`` with the last try's failure at the deadline, or at once for a URL that is no probe.
    package func wait(for probe: HealthProbe) async throws -> DriverOutcome {
        let target = try HealthProber.target(of: probe.url)
        let end = ContinuousClock.now + .seconds(min(max(0, probe.timeoutSeconds), 3600))
        var pause = Duration.milliseconds(10)
        var tries = 1
        while true {
            let failure = try await blocking { HealthProber.failure(of: target) }
            guard let failure else { return .done("\(probe.url) is healthy after \(tries) tries") }
            guard ContinuousClock.now + pause < end else {
                throw DriverError(
                    .timedOut,
                    "\(probe.url) was not healthy within \(probe.timeoutSeconds) s: \(failure). Look at the container's own log")
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, HealthProber.maximumPause)
            tries += 1
        }
    }

    /// Reads `tcp://HOST:PORT` or `http://HOST[:PORT][/PATH]`; the host is an IPv4 address.
    static func target(of url: String) throws(DriverError) -> Target {
        func wrong() -> DriverError {
            DriverError(
                .invalidRequest, "probe '\(url.prefix(200))' has to be http://ADDRESS:PORT/PATH or tcp://ADDRESS:PORT")
        }
        guard let scheme = url.range(of: "://") else { throw wrong() }
        let rest = url[scheme.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash].split(separator: ":", omittingEmptySubsequences: false)
        guard let first = authority.first, let address = IPv4Address(first), address.prefixLength == nil, authority.count <= 2
        else { throw wrong() }
        let path = slash == rest.endIndex ? "/" : String(rest[slash...])
        guard path.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else { throw wrong() }
        let port = authority.count == 2 ? UInt16(authority[1]) : nil
        if authority.count == 2, port == nil { throw wrong() }
        switch url[..<scheme.lowerBound] {
        case "tcp":
            guard let port, slash == rest.endIndex else { throw wrong() }
            return .tcp(host: address.host, port: port)
        case "http": return .http(host: address.host, port: port ?? 80, path: path)
        default: throw wrong()
        }
    }

    /// One try: nil for success, or why not.
    private static func failure(of target: Target) -> String? {
        switch target {
        case .tcp(let host, let port):
            let connection = BoundedConnection(host: host, port: port, milliseconds: tryMilliseconds)
            return connection.failure
        case .http(let host, let port, let path):
            let connection = BoundedConnection(host: host, port: port, milliseconds: tryMilliseconds)
            if let failure = connection.failure { return failure }
            let request = "GET \(path) HTTP/1.1\r\nHost: \(host):\(port)\r\nUser-Agent: magewatch\r\nConnection: close\r\n\r\n"
            guard let line = connection.firstLine(afterSending: request) else { return "no HTTP answer" }
            let parts = line.split(separator: " ")
            guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), let status = Int(parts[1]) else { return "no HTTP answer" }
            return (100..<400).contains(status) ? nil : "status \(status)"
        }
    }
}
