import Yams

/// A crawler that visitors may claim to be, and what the names of its addresses end with.
package struct Crawler: Sendable, Equatable {
    /// Unique; shown in output.
    package let id: String
    /// What its user agents contain, in lower case.
    package let agents: [String]
    /// Domains that its names lie in.
    package let names: [String]

    /// Whether a name is in one of its domains; names are compared without regard to case, and by whole labels.
    package func owns(_ name: String) -> Bool {
        var name = name.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        return names.contains { name == $0 || name.hasSuffix("." + $0) }
    }

    private struct File: Decodable {
        struct Entry: Decodable {
            var id: String
            var agents: [String]
            var names: [String]
        }
        var crawlers: [Entry]?
    }

    /// The crawlers of a file; none where it has only rules and scenarios.
    /// - Throws: ``RuleFileError``.
    package static func parse(yaml: String, file: String) throws -> [Crawler] {
        let parsed: File
        do {
            parsed = try YAMLDecoder().decode(File.self, from: yaml)
        } catch {
            throw RuleFileError(file: file, rule: nil, message: "\(error)")
        }
        return try (parsed.crawlers ?? []).map { entry in
            guard !entry.agents.isEmpty, !entry.names.isEmpty, entry.agents.allSatisfy({ !$0.isEmpty }),
                entry.names.allSatisfy({ $0.contains(".") && !$0.hasPrefix(".") })
            else {
                throw RuleFileError(file: file, rule: entry.id, message: "needs agents, and names such as googlebot.com")
            }
            return Crawler(
                id: entry.id, agents: entry.agents.map { $0.lowercased() }, names: entry.names.map { $0.lowercased() })
        }
    }

    /// The shipped crawlers. Their own tests keep them readable, so that failing here is a defect of the build.
    package static let shipped: [Crawler] = {
        do {
            return try EmbeddedSignatures.files.flatMap { try Crawler.parse(yaml: $0.text, file: $0.name) }
        } catch {
            fatalError("a shipped crawler is unreadable: \(error)")
        }
    }()
}
