package import Topology

/// A question about a stack: what if a server were lost, what if a role had more containers.
package struct WhatIf: Sendable, Equatable {
    package enum Change: Sendable, Equatable {
        case lose(server: String)
        case add(count: Int, role: Role)
    }

    /// Most containers that one question adds.
    package static let maximumAdded = 1_000

    package var changes: [Change]

    /// Reads `lose SERVER` and `add COUNT ROLE`, several separated by commas.
    /// - Throws: `WhatIfError` saying what is not understood.
    package init(_ text: String) throws(WhatIfError) {
        changes = []
        for part in text.split(separator: ",") {
            let words = part.split(separator: " ").map(String.init)
            guard !words.isEmpty else { continue }
            changes.append(try WhatIf.change(words))
        }
        guard !changes.isEmpty else { throw WhatIfError("\"\(text)\" asks nothing; say \"lose SERVER\" or \"add COUNT ROLE\"") }
    }

    private static func change(_ words: [String]) throws(WhatIfError) -> Change {
        if words.count == 2, words[0] == "lose" { return .lose(server: words[1]) }
        if words.count == 3, words[0] == "add" {
            guard let count = Int(words[1]), (1...maximumAdded).contains(count) else {
                throw WhatIfError("\"\(words[1])\" is no number of containers from 1 to \(maximumAdded)")
            }
            guard let role = Role(rawValue: words[2]) else {
                let roles = Role.allCases.map(\.rawValue).joined(separator: " ")
                throw WhatIfError("there is no role \"\(words[2])\"; the roles are \(roles)")
            }
            return .add(count: count, role: role)
        }
        throw WhatIfError("\"\(words.joined(separator: " "))\" is not understood; say \"lose SERVER\" or \"add COUNT ROLE\"")
    }

    /// The stack as it would be, new containers on no server yet, and the servers that are lost.
    /// - Throws: `WhatIfError` where the stack has no such server, or nothing of the role to take as a pattern.
    package func apply(to stack: Stack) throws(WhatIfError) -> (stack: Stack, lost: Set<String>) {
        var stack = stack
        var lost: Set<String> = []
        for change in changes {
            switch change {
            case .lose(let name):
                guard stack.server(name) != nil else {
                    throw WhatIfError(
                        "the stack has no server \(name); it has \(stack.servers.map(\.name).joined(separator: " "))")
                }
                lost.insert(name)
            case .add(let count, let role): try WhatIf.add(count, role, to: &stack)
            }
        }
        for name in lost { WhatIf.takeOver(from: name, lost, in: &stack) }
        return (stack, lost)
    }

    private static func add(_ count: Int, _ role: Role, to stack: inout Stack) throws(WhatIfError) {
        guard let pattern = stack.containers(of: role).first(where: { $0.kind == .active }) else {
            throw WhatIfError("the stack has no \(role.rawValue) to take as a pattern for more")
        }
        var taken = Set(stack.containers.map(\.name))
        var number = 1
        for _ in 0..<count {
            while taken.contains("\(role.rawValue)\(number)") { number += 1 }
            var container = pattern
            container.name = "\(role.rawValue)\(number)"
            container.server = ""
            container.address = ""
            container.state = .running
            taken.insert(container.name)
            stack.containers.append(container)
        }
    }

    /// Backups on other servers take over from the lost actives, which become the backups that are to be had again somewhere.
    private static func takeOver(from server: String, _ lost: Set<String>, in stack: inout Stack) {
        for index in stack.containers.indices where stack.containers[index].server == server {
            let name = stack.containers[index].name
            guard stack.containers[index].kind == .active,
                let backup = stack.containers.firstIndex(where: { $0.backupOf == name && !lost.contains($0.server) })
            else { continue }
            let heir = stack.containers[backup].name
            for other in stack.containers.indices where stack.containers[other].backupOf == name {
                stack.containers[other].backupOf = heir
            }
            stack.containers[backup].kind = .active
            stack.containers[backup].state = .running
            stack.containers[backup].backupOf = nil
            stack.containers[index].kind = .backup
            stack.containers[index].state = .stopped
            stack.containers[index].backupOf = heir
        }
    }
}

/// What is wrong with a question.
package struct WhatIfError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
