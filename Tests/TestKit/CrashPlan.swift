import Foundation

/// What a process of a crash matrix is told: what its senders have done already, and when it is killed. The same in the process that is
/// killed and in the one that checks.
package struct CrashPlan: Codable, Sendable {
    /// When the process is killed.
    package enum Instant: Codable, Sendable {
        /// So many acknowledgements after the start.
        case acknowledgements(Int)
        /// While a maintenance runs, the one of this number.
        case maintenance(Int)
        /// When this many files that are being written were seen.
        case unfinishedFiles(Int)
    }

    package static let senders = 3

    package let seed: UInt64
    /// The round that each sender did last.
    package var done = Array(repeating: 0, count: senders)
    package private(set) var instant = Instant.acknowledgements(0)
    /// Turns of an empty loop between the instant and the kill.
    package private(set) var turns = 0

    package init(seed: UInt64) {
        self.seed = seed
    }

    /// Draws when the next process is killed, at the latest after so many acknowledgements, and leaves all it needs in a directory.
    package mutating func prepare(
        _ directory: TemporaryDirectory, acknowledgements: Int, using random: inout SeededGenerator
    ) throws {
        instant =
            switch Int.random(in: 0..<3, using: &random) {
            case 0: .acknowledgements(Int.random(in: 0...acknowledgements, using: &random))
            case 1: .maintenance(Int.random(in: 1...60, using: &random))
            default: .unfinishedFiles(Int.random(in: 1...60, using: &random))
            }
        turns = Int.random(in: 0...3_000_000, using: &random)
        try JSONEncoder().encode(self).write(to: directory.url.appendingPathComponent("plan.json"))
        for sender in 0..<CrashPlan.senders {
            try Data().write(to: directory.url.appendingPathComponent("acknowledged\(sender)"))
        }
    }

    /// The plan that was left in a directory.
    package static func read(_ directory: String) throws -> CrashPlan {
        try JSONDecoder().decode(CrashPlan.self, from: Data(contentsOf: URL(fileURLWithPath: directory + "/plan.json")))
    }

    /// How many rounds the killed process acknowledged to a sender.
    package func acknowledged(by sender: Int, in directory: TemporaryDirectory) throws -> Int {
        try Data(contentsOf: directory.url.appendingPathComponent("acknowledged\(sender)")).count
    }
}
