/// What nginx's configuration tells about its limits and its status page.
struct NginxConfiguration {
    /// A location with `stub_status`.
    struct StatusPage: Equatable {
        var port: UInt16
        var host: String
        var path: String
    }

    private(set) var connectionsPerWorker: Double?
    private(set) var statusPages: [StatusPage] = []

    /// Reads it with all that it includes.
    /// - Parameter read: the texts of the files that a pattern names.
    init(path: String, read: (_ pattern: String) -> [String]) {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        walk(NginxConfiguration.expanded(read(path), directory, depth: 0, read), ports: [80], host: "localhost", location: nil)
    }

    private static func expanded(
        _ texts: [String], _ directory: String, depth: Int, _ read: (String) -> [String]
    ) -> [BlockConfiguration.Statement] {
        texts.flatMap { expanded(BlockConfiguration(parsing: $0).statements, directory, depth: depth, read) }
    }

    private static func expanded(
        _ statements: [BlockConfiguration.Statement], _ directory: String, depth: Int, _ read: (String) -> [String]
    ) -> [BlockConfiguration.Statement] {
        statements.flatMap { statement -> [BlockConfiguration.Statement] in
            if statement.words.first == "include", statement.words.count == 2 {
                // A file that includes itself ends here.
                guard depth < BlockConfiguration.maximumDepth else { return [] }
                let pattern = statement.words[1]
                let path = pattern.hasPrefix("/") ? pattern : "\(directory)/\(pattern)"
                return expanded(read(path), directory, depth: depth + 1, read)
            }
            var statement = statement
            statement.block = expanded(statement.block, directory, depth: depth, read)
            return [statement]
        }
    }

    private mutating func walk(
        _ statements: [BlockConfiguration.Statement], ports: [UInt16], host: String, location: String?
    ) {
        for statement in statements {
            let words = statement.words
            switch words.first {
            case "worker_connections": connectionsPerWorker = words.dropFirst().first.flatMap { Double($0) }
            case "stub_status":
                guard let location else { continue }
                statusPages += ports.map { StatusPage(port: $0, host: host, path: location) }
            case "server" where !statement.block.isEmpty:
                let listens = statement.block.filter { $0.words.first == "listen" && !$0.words.contains("ssl") }
                    .compactMap { NginxConfiguration.port($0.words.dropFirst().first ?? "") }
                let name = statement.block.first { $0.words.first == "server_name" }?.words.dropFirst().first ?? "localhost"
                let isPlain = !name.isEmpty && name != "_" && !name.hasPrefix("~") && !name.contains("*")
                let isListed = statement.block.contains { $0.words.first == "listen" }
                walk(statement.block, ports: isListed ? listens : [80], host: isPlain ? name : "localhost", location: nil)
            case "location":
                // Prefixes and whole paths name a path to ask; expressions don't.
                let words = words.dropFirst().filter { $0 != "=" && $0 != "^~" }
                let path = words.count == 1 && words[0].hasPrefix("/") ? words[0] : nil
                walk(statement.block, ports: ports, host: host, location: path)
            default: walk(statement.block, ports: ports, host: host, location: location)
            }
        }
    }

    /// The port of a `listen`: `80`, `127.0.0.1:8080`, `[::]:80`; an address alone is at 80. Nil for a Unix socket.
    static func port(_ text: String) -> UInt16? {
        if text.hasPrefix("unix:") { return nil }
        if let port = UInt16(text) { return port }
        guard let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") else { return 80 }
        return UInt16(text[text.index(after: colon)...])
    }
}
