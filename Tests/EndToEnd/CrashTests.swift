import Foundation
import Synchronization
import TestKit
import Testing

@Suite("Kill -9", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence), .timeLimit(.minutes(8)))
struct CrashTests {
    @Test(
        "Every line that rsyslog sends through three kills is found once",
        .enabled(if: MagewatchBinary.hasPrograms(RealPrograms.rsyslogd), "needs rsyslogd with omrelp"))
    func rsyslog() async throws {
        let total = 20_000
        let monitor = try await MonitorProcess(keepsPorts: true)
        let directory = try TemporaryDirectory("rsyslog")
        let log = directory.path + "/stream.log"
        let chunks = (0..<4).map { chunk in
            Data((chunk * total / 4..<(chunk + 1) * total / 4).map { "line \($0) of the stream\n" }.joined().utf8)
        }
        try chunks[0].write(to: URL(fileURLWithPath: log))
        let stream = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        try stream.seekToEnd()
        let sender = try RealPrograms.rsyslog(following: log, to: monitor.address.ingestPort, in: directory)

        var taken = 0.0
        // Lines are added after each kill, so that however fast they are taken, every kill comes in the middle of the stream.
        for kill in 0..<3 {
            let address = monitor.address
            taken += try await eventually("two thousand more lines; rsyslog said \(sender.errors)") { () -> Double? in
                let count = try await address.counter("magewatch_ingest_entries_total", "relp")
                return count >= 2000 ? count : nil
            }
            try stream.write(contentsOf: chunks[kill + 1])
            try await monitor.crash()
            try await monitor.start()
        }
        #expect(taken < Double(total), "every kill has to come in the middle of the stream")

        let address = monitor.address
        let counted = "sum(count_over_time({app=\"stream\"}[2h]))"
        try await eventually("all lines; rsyslog said \(sender.errors)", within: .seconds(90)) {
            let answer = try await address.get(address.api + "/loki/api/v1/query", ["query": counted])
            return answer.text.contains("\"\(total)\"") ? true : nil
        }
        // Whether more come than were sent shows only once the sender has nothing left.
        sender.signal(SIGTERM)
        try await sender.end(within: .seconds(30))
        var found: [String] = []
        for digit in 0...9 {
            found += try await address.lines("{app=\"stream\"} |= \"\(digit) of the stream\"")
                .map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let sent = Set((0..<total).map { "line \($0) of the stream" })
        #expect(sent.subtracting(found).count == 0, "lost \(sent.subtracting(found).sorted().prefix(5))")
        #expect(found.count - Set(found).count == 0, "doubled")
        #expect(found.count == total)
        try await monitor.stop()
    }

    @Test("What was acknowledged over HTTP is there after every kill")
    func acknowledged() async throws {
        var random = SeededGenerator(seed: UInt64.random(in: 0...UInt64.max))
        let seed = random.seed
        let monitor = try await MonitorProcess(keepsPorts: true)
        let address = monitor.address
        let ledger = Ledger()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<4 {
                group.addTask { await push(to: address, client: client, ledger) }
            }
            for _ in 0..<3 {
                let goal = ledger.count + Int.random(in: 100...1000, using: &random)
                try await eventually("acknowledgements, seed \(seed)", within: .seconds(100)) {
                    ledger.count >= goal ? true : nil
                }
                try await monitor.crash()
                try await monitor.start()
            }
            let goal = ledger.count + 20
            try await eventually("acknowledgements after the last start, seed \(seed)", within: .seconds(100)) {
                ledger.count >= goal ? true : nil
            }
            ledger.end()
            try await group.waitForAll()
        }

        var lines: Set<String> = []
        for client in 0..<4 { lines.formUnion(try await address.lines("{job=\"ledger\", client=\"\(client)\"}")) }
        let samples = Set(
            try await address.series("ledger_number[2h]").flatMap { series in
                (series.values ?? []).map { "\(series.metric["client"] ?? "") \(Int($0.number))" }
            })
        let (keptLines, keptSamples) = ledger.acknowledged
        #expect(keptLines.count > 100 && keptSamples.count > 100)
        #expect(keptLines.subtracting(lines).isEmpty, "seed \(seed), \(keptLines.count) acknowledged")
        #expect(keptSamples.subtracting(samples).isEmpty, "seed \(seed), \(keptSamples.count) acknowledged")
        try await monitor.stop()
    }

    /// Sends numbered items, odd ones as samples and even ones as lines, until the ledger is ended.
    private func push(to address: MonitorAddress, client: Int, _ ledger: Ledger) async {
        var number = 0
        let start = Int(Date().timeIntervalSince1970 * 1000)
        while !ledger.isEnded, !Task.isCancelled {
            number += 1
            let item = "\(client) \(number)"
            do {
                if number.isMultiple(of: 2) {
                    let time = "\(start + number)000000"
                    let body =
                        #"{"streams":[{"stream":{"job":"ledger","client":"\#(client)"},"values":[["\#(time)","\#(item)"]]}]}"#
                    let answer = try await address.post(address.ingest + "/loki/api/v1/push", Array(body.utf8))
                    if answer.status == 204 { ledger.acknowledge(line: item) }
                } else {
                    let body = RemoteWrite.body(
                        ["__name__": "ledger_number", "client": "\(client)"], value: Double(number), milliseconds: start + number)
                    let answer = try await address.post(
                        address.ingest + "/api/v1/write", body, type: RemoteWrite.type, headers: RemoteWrite.headers)
                    if answer.status == 204 { ledger.acknowledge(sample: item) }
                }
            } catch {
                // The monitor is being killed; what was under way counts as not acknowledged.
                await Task.yield()
            }
        }
    }
}

/// What senders were told is kept.
private final class Ledger: Sendable {
    private struct State {
        var lines: Set<String> = []
        var samples: Set<String> = []
        var isEnded = false
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.lines.count + $0.samples.count } }
    var isEnded: Bool { state.withLock { $0.isEnded } }
    var acknowledged: (lines: Set<String>, samples: Set<String>) { state.withLock { ($0.lines, $0.samples) } }

    func acknowledge(line: String) { state.withLock { _ = $0.lines.insert(line) } }
    func acknowledge(sample: String) { state.withLock { _ = $0.samples.insert(sample) } }
    func end() { state.withLock { $0.isEnded = true } }
}
