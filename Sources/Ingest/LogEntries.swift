import Parsing
package import Telemetry

/// Turns frames of line protocols into entries of one batch: labels, time, line, and an identity for what may be sent again.
///
/// Streams are kept few: `host`, `app`, `level`, and `role` where the program tells it. The line of a syslog message is its text
/// without the header; a JSON line stays as it came.
package struct LogEntries {
    /// Longest value of a stream label, in bytes; the rest is dropped.
    package static let maximumLabelBytes = 255
    /// The structured metadata under which the log store recognises an entry that was sent again.
    package static let identityLabel = LogBatch.retryIdentityLabel

    package private(set) var batch = LogBatch()
    /// Lines that were cut at the limit.
    package private(set) var cutLines = 0

    private let maximumLineBytes: Int
    private var streams: [[UInt8]: Int] = [:]
    private var key: [UInt8] = []

    package init(maximumLineBytes: Int) {
        self.maximumLineBytes = min(maximumLineBytes, LogBatch.maximumLineBytes)
    }

    /// Adds a syslog message.
    /// - Parameter isRepeated: whether the sender repeats what was not acknowledged. A message whose own time has a fraction of a second
    ///   then gets an identity, the hash of all its bytes: sent again it is the same entry. With coarser times two equal lines of one
    ///   second are two events, so they get none.
    package mutating func addSyslog(
        _ bytes: [UInt8], _ range: Range<Int>, isCut: Bool, peer: String, receivedAt: Nanoseconds,
        isRepeated: Bool = false
    ) {
        let message = SyslogMessage.parse(bytes, in: range, receivedAt: receivedAt)
        var metadata = Labels.empty
        if isRepeated, message.isModern, message.resolution == .subsecond {
            metadata = Labels(sorted: [Label(LogEntries.identityLabel, LogEntries.identity(of: bytes[range]))])
        }
        let stream = stream(
            host: message.host.map { bytes[$0] } ?? ArraySlice(peer.utf8), app: message.app.map { bytes[$0] } ?? [],
            level: ArraySlice((message.level ?? "").utf8))
        append(stream, at: message.timestamp, bytes[message.message], isCut: isCut, metadata)
    }

    /// Adds a line without a schema.
    package mutating func addText(_ bytes: [UInt8], _ range: Range<Int>, isCut: Bool, peer: String, receivedAt: Nanoseconds) {
        append(stream(host: ArraySlice(peer.utf8), app: [], level: []), at: receivedAt, bytes[range], isCut: isCut, .empty)
    }

    /// Adds a JSON line; one that is no JSON object is a line without a schema.
    package mutating func addJSON(_ bytes: [UInt8], _ range: Range<Int>, isCut: Bool, peer: String, receivedAt: Nanoseconds) {
        guard let fields = try? JSONLineFields(bytes, in: range, receivedAt: receivedAt) else {
            // Why it is no JSON does not matter: the line is kept to the byte either way.
            addText(bytes, range, isCut: isCut, peer: peer, receivedAt: receivedAt)
            return
        }
        let stream = stream(
            host: fields.host.map { $0[...] } ?? ArraySlice(peer.utf8), app: fields.app?[...] ?? [],
            level: fields.level?[...] ?? [])
        append(stream, at: fields.timestamp ?? receivedAt, bytes[range], isCut: isCut, .empty)
    }

    /// A 64-bit FNV-1a hash in hexadecimal, the same in every run.
    private static func identity(of bytes: ArraySlice<UInt8>) -> String {
        hexadecimal(bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
    }

    private mutating func append(
        _ stream: Int, at timestamp: Nanoseconds, _ line: ArraySlice<UInt8>, isCut: Bool, _ metadata: Labels
    ) {
        guard isCut || line.count > maximumLineBytes else {
            batch.append(stream: stream, at: timestamp, line: line, metadata: metadata)
            return
        }
        cutLines += 1
        let marker = String(describing: LogBatch.cutMarker).utf8
        let kept = line.prefix(max(0, maximumLineBytes - marker.count))
        batch.append(stream: stream, at: timestamp, line: kept + marker, metadata: metadata)
    }

    /// The stream of these labels. Lines of one stream mostly follow each other, so the lookup is by bytes, without strings.
    private mutating func stream(host: ArraySlice<UInt8>, app: ArraySlice<UInt8>, level: ArraySlice<UInt8>) -> Int {
        key.removeAll(keepingCapacity: true)
        for part in [host, app, level] {
            key.append(contentsOf: part.prefix(LogEntries.maximumLabelBytes))
            key.append(0)
        }
        if let known = streams[key] { return known }
        func text(_ part: ArraySlice<UInt8>) -> String {
            String(decoding: part.prefix(LogEntries.maximumLabelBytes), as: UTF8.self)
        }
        let program = text(app)
        let labels = Labels([
            Label("host", text(host)), Label("app", program), Label("level", text(level).lowercased()),
            Label("role", RoleOfProgram.role(program) ?? ""),
        ])
        let index = batch.stream(labels)
        streams[key] = index
        return index
    }
}

/// Which role a program's lines tell of.
package enum RoleOfProgram {
    private static let roles: [String: String] = [
        "haproxy": "lb", "keepalived": "lb",
        "nginx": "web", "apache2": "web", "httpd": "web", "php-fpm": "web", "varnishd": "web", "caddy": "web",
        "mysqld": "db", "mariadbd": "db", "mariadb": "db", "mysql": "db", "postgres": "db", "postgresql": "db", "redis": "db",
        "redis-server": "db", "mongod": "db",
        "postfix": "mail", "dovecot": "mail", "exim": "mail", "exim4": "mail", "opendkim": "mail", "rspamd": "mail",
        "elasticsearch": "search", "opensearch": "search", "solr": "search",
        "rabbitmq": "queue", "rabbitmq-server": "queue", "beanstalkd": "queue",
        "magewatch": "monitor",
    ]

    /// The role of a program by its name; a part behind `/` (as in `postfix/smtpd`) does not count.
    package static func role(_ program: String) -> String? {
        guard let name = program.split(separator: "/", maxSplits: 1).first else { return nil }
        return roles[name.lowercased()]
    }
}
