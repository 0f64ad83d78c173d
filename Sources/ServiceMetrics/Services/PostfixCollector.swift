/// Postfix: delivery processes saturate (`default_process_limit`) and the active queue; what tells first is the age of what waits. Read
/// from its spool and its processes; nothing is asked.
struct PostfixCollector: ServiceCollector {
    static let queues = ["maildrop", "incoming", "active", "deferred", "hold", "corrupt"]
    /// Most messages of one queue that are counted.
    static let maximumMessages = 100_000
    /// Deepest folders that a queue is spread over.
    static let maximumDepth = 4

    func collect(_ access: ServiceAccess) throws(ServiceError) -> ServiceReading {
        let files = access.files
        let settings = Self.settings(files.text("/etc/postfix/main.cf") ?? "")
        let spool = settings["queue_directory"] ?? "/var/spool/postfix"
        var reading = ServiceReading()
        for queue in Self.queues {
            var births: [Double] = []
            guard Self.gather("\(spool)/\(queue)", files, depth: 0, into: &births) else {
                throw ServiceError(.denied, "the queue \(spool)/\(queue) can't be read; the agent needs root for it")
            }
            reading.add("postfix_queue_messages", Double(births.count), ["queue": queue])
            // A file system that does not tell when a file was made gives no age.
            let oldest = births.filter { $0 > 0 }.min()
            if births.isEmpty || oldest != nil {
                reading.add("postfix_queue_oldest_age_seconds", oldest.map { max(0, access.now - $0) } ?? 0, ["queue": queue])
            }
        }
        let programs = access.members.map { (name: $0.name, arguments: access.processes.arguments(of: $0.id)) }
        Self.add(programs, settings, limits: Self.limits(files.text("/etc/postfix/master.cf") ?? "", settings), to: &reading)
        return reading
    }

    /// Notes when each message was made, which is when it was taken: what a message is moved and rescheduled by leaves that as it is.
    private static func gather(_ path: String, _ files: RootedFiles, depth: Int, into births: inout [Double]) -> Bool {
        guard let entries = files.entries(path) else { return false }
        for entry in entries where births.count < maximumMessages {
            if entry.isDirectory {
                // One that is gone by now held nothing more.
                if depth < maximumDepth { _ = gather("\(path)/\(entry.name)", files, depth: depth + 1, into: &births) }
            } else {
                births.append(entry.born)
            }
        }
        return true
    }

    static func add(
        _ programs: [(name: String, arguments: String)], _ settings: [String: String], limits: [String: Double],
        to reading: inout ServiceReading
    ) {
        for (program, found) in Dictionary(grouping: programs, by: \.name) {
            reading.add("postfix_process_count", Double(found.count), ["program": program])
        }
        // The same program delivers for other services under their names.
        let deliveries = programs.count { $0.name == "smtp" && !$0.arguments.contains("-n ") }
        reading.use("delivery_processes", Double(deliveries), of: limits["smtp unix"])
        reading.use("reception_processes", Double(programs.count { $0.name == "smtpd" }), of: limits["smtp inet"])
        reading.use(
            "active_queue", reading["postfix_queue_messages", ["queue": "active"]],
            of: settings["qmgr_message_active_limit"].flatMap { Double($0) } ?? 20_000)
    }

    /// `main.cf`: a line that begins with a blank goes on with the one before.
    static func settings(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) where line.first?.isWhitespace == false && line.first != "#" {
            let sides = line.split(separator: "=", maxSplits: 1).map { $0.split(separator: " ").joined(separator: " ") }
            if sides.count == 2 { values[sides[0]] = sides[1] }
        }
        return values
    }

    /// How many processes each service of `master.cf` may have, by `name type`; 0 is no limit, and left out.
    static func limits(_ text: String, _ settings: [String: String]) -> [String: Double] {
        let usual = settings["default_process_limit"].flatMap { Double($0) } ?? 100
        var limits: [String: Double] = [:]
        for line in text.split(whereSeparator: \.isNewline) where line.first?.isWhitespace == false && line.first != "#" {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 8 else { continue }
            let limit = words[6] == "-" ? usual : Double(words[6])
            if let limit, limit > 0 { limits["\(words[0]) \(words[1])"] = limit }
        }
        return limits
    }
}
