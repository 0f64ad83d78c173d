import Foundation

/// The pools that PHP-FPM's configuration names.
struct PHPFPMConfiguration {
    /// A pool of workers.
    struct Pool: Equatable {
        var name: String
        var listen: ServiceAddress
        var maximumWorkers: Double?
        /// Nil where the status is not turned on.
        var statusPath: String?
        /// Where the status is answered beside the workers, so that it can be had while all of them are busy.
        var statusListen: ServiceAddress?
    }

    /// Most pools of one service.
    static let maximumPools = 200
    let pools: [Pool]

    /// - Parameter read: the texts of the files that a pattern names.
    init(path: String, read: (_ pattern: String) -> [String]) {
        var sections: [(name: String, values: [String: String])] = []
        var waiting = read(path)
        var files = 0
        while let text = waiting.popLast(), files < PHPFPMConfiguration.maximumPools {
            files += 1
            var section: String?
            for line in text.split(whereSeparator: \.isNewline) {
                let line = line.trimmingCharacters(in: .whitespaces)
                if line.isEmpty || line.hasPrefix(";") || line.hasPrefix("#") { continue }
                if line.hasPrefix("["), line.hasSuffix("]") {
                    section = String(line.dropFirst().dropLast())
                    sections.append((section ?? "", [:]))
                    continue
                }
                let sides = line.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
                guard sides.count == 2 else { continue }
                let value = PHPFPMConfiguration.unquoted(sides[1])
                if sides[0] == "include" {
                    waiting += read(value)
                } else if section != nil {
                    sections[sections.count - 1].values[sides[0]] = value
                }
            }
        }
        pools = sections.filter { $0.name != "global" }.prefix(PHPFPMConfiguration.maximumPools).compactMap { name, values in
            func value(_ key: String) -> String? { values[key]?.replacingOccurrences(of: "$pool", with: name) }
            guard let listen = value("listen").flatMap(PHPFPMConfiguration.address) else { return nil }
            return Pool(
                name: name, listen: listen, maximumWorkers: value("pm.max_children").flatMap { Double($0) },
                statusPath: value("pm.status_path"),
                statusListen: value("pm.status_listen").flatMap(PHPFPMConfiguration.address))
        }
        .sorted { $0.name < $1.name }
    }

    private static func unquoted(_ text: String) -> String {
        if text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") { return String(text.dropFirst().dropLast()) }
        // What follows a semicolon after a blank is a remark.
        return text.components(separatedBy: " ;")[0].trimmingCharacters(in: .whitespaces)
    }

    /// `/run/php.sock`, `9000`, `127.0.0.1:9000`, `[::]:9000`.
    static func address(_ text: String) -> ServiceAddress? {
        if text.hasPrefix("/") { return .unix(text) }
        if let port = UInt16(text) { return .tcp([0, 0, 0, 0], port) }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
        let host = text[..<colon]
        if host == "[::1]" { return .tcp([UInt8](repeating: 0, count: 15) + [1], port) }
        let bytes = host.split(separator: ".").compactMap { UInt8($0) }
        return .tcp(bytes.count == 4 ? bytes : [0, 0, 0, 0], port)
    }
}
