package import Parsing
package import Telemetry

/// What an access log tells of traffic, attacks or not: requests, bytes, statuses by hour, and the most frequent pages, clients, sites,
/// user agents and referers. Memory does not grow with the log.
package struct TrafficSummary: Sendable {
    /// Values of each kind counted at once.
    package static let itemCapacity = 16_384
    /// Hours kept: those that come first.
    package static let maximumHours = 24 * 400

    /// One hour's requests by the first digit of their status; 0 stands for none.
    package struct Hour: Sendable, Equatable {
        /// Requests by the status's first digit.
        package var requests: [6 of Int] = .init(repeating: 0)
        /// Bytes sent.
        package var bytes: Int64 = 0

        package static func == (left: Hour, right: Hour) -> Bool {
            (0..<6).allSatisfy { left.requests[$0] == right.requests[$0] } && left.bytes == right.bytes
        }
    }

    /// Lines that are requests.
    package private(set) var requests = 0
    /// Lines that are none.
    package private(set) var unparsed = 0
    /// Bytes sent.
    package private(set) var bytes: Int64 = 0
    /// By the hour's beginning.
    package private(set) var hours: [Nanoseconds: Hour] = [:]
    /// By status.
    package private(set) var statuses: [Int: Int] = [:]
    /// Paths, without their queries.
    package private(set) var paths = FrequentItems(capacity: TrafficSummary.itemCapacity)
    /// Addresses as written.
    package private(set) var clients = FrequentItems(capacity: TrafficSummary.itemCapacity)
    /// Sites.
    package private(set) var hosts = FrequentItems(capacity: 1_024)
    /// User agents.
    package private(set) var agents = FrequentItems(capacity: 4_096)
    /// Referers.
    package private(set) var referers = FrequentItems(capacity: 4_096)
    private var distinctClients = DistinctCount()
    private var distinctPaths = DistinctCount()
    private var current: (start: Nanoseconds, hour: Hour)?
    private var statusCounts = [Int](repeating: 0, count: 1_000)

    /// Of nothing.
    package init() {}

    /// Different clients, estimated.
    package var clientCount: Int { distinctClients.estimate }
    /// Different paths, estimated.
    package var pathCount: Int { distinctPaths.estimate }

    /// Takes a line.
    package mutating func take(_ line: ArraySlice<UInt8>) {
        guard let record = AccessLogParser.parse(line) else {
            unparsed += 1
            return
        }
        take(record)
    }

    /// Takes a request.
    package mutating func take(_ record: AccessRecord) {
        requests += 1
        bytes &+= max(0, record.bytes)
        statusCounts[min(max(0, record.status), 999)] += 1
        count(record, at: record.timestamp ?? 0)
        let uri = record.uri
        let path = uri.firstIndex(of: UInt8(ascii: "?")).map { uri[..<$0] } ?? uri
        let pathHash = ByteHash.of(path)
        paths.add(path, hash: pathHash)
        distinctPaths.add(hash: pathHash)
        let clientHash = ByteHash.of(record.client)
        clients.add(record.client, hash: clientHash)
        distinctClients.add(hash: clientHash)
        if let agent = record.userAgent { agents.add(agent, hash: ByteHash.of(agent)) }
        if let referer = record.referer { referers.add(referer, hash: ByteHash.of(referer)) }
        if let host = record.host { hosts.add(host, hash: ByteHash.of(host)) }
    }

    /// Lines of one hour come together, so that the hour in hand is kept apart from the others.
    private mutating func count(_ record: AccessRecord, at time: Nanoseconds) {
        let start = time - time % AttackLedger.hour
        if current?.start != start {
            settle()
            current = (start, hours[start] ?? Hour())
        }
        current?.hour.requests[min(max(0, record.status / 100), 5)] += 1
        current?.hour.bytes &+= max(0, record.bytes)
    }

    /// Puts the hour in hand to the others, and statuses where they are read; to be called before reading.
    package mutating func settle() {
        for (status, count) in statusCounts.enumerated() where count > 0 { statuses[status] = count }
        guard let (start, hour) = current else { return }
        if hours[start] != nil || hours.count < TrafficSummary.maximumHours { hours[start] = hour }
    }
}
