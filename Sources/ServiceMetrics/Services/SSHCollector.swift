/// OpenSSH, from its processes' titles: logins under way saturate (`MaxStartups`), which a guessing botnet brings about. Sessions and file
/// transfers have no limit of their own.
struct SSHCollector: ServiceCollector {
    func collect(_ access: ServiceAccess) throws(ServiceError) -> ServiceReading {
        Self.reading(
            listener: access.processes.arguments(of: access.service.process),
            children: access.processes.descendants(of: access.service.process).map {
                (isDirect: $0.parent == access.service.process, name: $0.name, title: access.processes.arguments(of: $0.id))
            })
    }

    /// - Parameter listener: the first process' title; since 8.5 it tells `2 of 10-100 startups`.
    static func reading(
        listener: String, children: [(isDirect: Bool, name: String, title: String)]
    ) -> ServiceReading {
        let sessions = children.filter { $0.isDirect && $0.title.hasPrefix("sshd") }
        let transfers = children.filter { $0.name == "sftp-server" || $0.title.contains("@internal-sftp") }
        var reading = ServiceReading()
        reading.add("sshd_sftp_sessions", Double(transfers.count))
        guard let (startups, limit) = startups(listener) else {
            // Before a login an older listener's child has a child of its own that says so.
            let open = children.count { $0.title.contains("[net]") }
            reading.add("sshd_startups", Double(open))
            reading.add("sshd_sessions", Double(max(0, sessions.count - open)))
            reading.use("startups", Double(open), of: nil)
            return reading
        }
        reading.add("sshd_startups", startups)
        reading.add("sshd_sessions", max(0, Double(sessions.count) - startups))
        reading.use("startups", startups, of: limit)
        return reading
    }

    /// Logins under way and the number from which all further ones are refused.
    static func startups(_ title: String) -> (Double, Double)? {
        let words = title.split(separator: " ")
        guard let end = words.firstIndex(of: "startups"), end >= 3, words[end - 2] == "of", let now = Double(words[end - 3]),
            let limit = words[end - 1].split(separator: "-").last.flatMap({ Double($0) })
        else { return nil }
        return (now, limit)
    }
}
