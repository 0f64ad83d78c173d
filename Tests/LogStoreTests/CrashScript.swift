import Foundation
import Telemetry
import TestKit

@testable import LogStore

/// What the senders of the crash matrix do, round by round: the same in the process that is killed and in the one that checks.
enum CrashScript {
    static let step: Nanoseconds = 10 * second
    /// Rounds of a sender in one life.
    static let roundsOfLife = 120

    static var options: LogStore.Options {
        var options = LogStore.Options()
        options.retention = nil
        options.blockLines = 60
        options.blockAge = 4 * step
        options.maximumLogBytes = 20_000
        return options
    }

    /// One round: entries to append, or a range to delete.
    enum Round: Sendable {
        case append(LogBatch)
        case delete([LabelMatcher], Range<Nanoseconds>)
    }

    static func labels(_ sender: Int, _ part: Int) -> Labels { ["sender": "\(sender)", "part": "\(part)"] }

    static func round(_ number: Int, of sender: Int, seed: UInt64) -> Round {
        var generator = LineGenerator(seed: seed &* 1_000_003 &+ UInt64(sender * 1_000_000 + number))
        let now = Nanoseconds(number) * step
        if generator.number(0..<15) == 0 {
            let from = now - Nanoseconds(generator.number(0..<80)) * step
            let matchers = [LabelMatcher.equal("sender", "\(sender)"), .equal("part", "\(generator.number(0..<2))")]
            return .delete(matchers, from..<(from + Nanoseconds(generator.number(1..<20)) * step))
        }
        var batch = LogBatch()
        for entry in 0..<generator.number(1..<8) {
            // Some come late. All can be told from repetitions.
            let time = now - Nanoseconds(generator.number(0..<4)) * step / 2
            batch.append(
                labels(sender, generator.number(0..<2)), at: time, line: Array("\(number).\(entry) ".utf8) + generator.line(),
                metadata: [LogStore.retryIdentityLabel: "0", "round": "\(number % 5)"])
        }
        return .append(batch)
    }

    /// What a round makes of a sender's entries.
    static func apply(_ round: Round, to entries: inout [CrashEntry]) {
        switch round {
        case .append(let batch):
            for entry in batch.entries {
                entries.append(
                    CrashEntry(
                        labels: batch.streams[entry.stream], timestamp: entry.timestamp, line: Array(batch.line(of: entry)),
                        round: batch.metadata(of: entry)["round"] ?? ""))
            }
        case .delete(let matchers, let range):
            entries.removeAll { matchers.allMatch($0.labels) && range.contains($0.timestamp) }
        }
    }
}

/// An entry as it must be found.
struct CrashEntry: Hashable, Sendable {
    var labels: Labels
    var timestamp: Nanoseconds
    var line: [UInt8]
    var round: String

    /// All entries of a store.
    static func all(_ store: LogStore) throws -> [CrashEntry] {
        var entries: [CrashEntry] = []
        for stream in try store.select(LogSelection(matchers: [], range: .min ..< .max)) {
            let labels = stream.labels
            try stream.forEach { row in
                entries.append(
                    CrashEntry(
                        labels: labels, timestamp: row.timestamp, line: Array(row.line), round: row.metadata["round"] ?? ""))
                return true
            }
        }
        return entries
    }
}
