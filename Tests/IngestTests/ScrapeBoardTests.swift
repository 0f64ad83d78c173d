import AsyncHTTPClient
import Ingest
import Logging
import Parsing
import Telemetry
import TestKit
import Testing

@Suite(.timeLimit(.minutes(10))) struct ScrapeBoardTests {
    @Test("The board knows targets before their first scrape, and then how it went")
    func entries() async throws {
        try await withServer(RecordingSink()) { port, metrics in
            metrics.add("magewatch_x_total")
            let url = "http://127.0.0.1:\(port)"
            let targets = ["/metrics", "/ready", "/nothing"].map { path in
                ScrapeTarget(job: path, url: url + path, interval: .seconds(15), timeout: .seconds(60))
            }
            let board = ScrapeBoard()
            let scraper = Scraper(
                targets: targets, samples: RecordingSink(), client: .shared, metrics: SelfMetrics(),
                logger: Logger(label: "test"), board: board
            ) { _, _ in }
            #expect(board.entries.map(\.target) == targets)
            #expect(board.entries.allSatisfy { $0.time == 0 && $0.failure == nil })
            for target in targets {
                var memory = ScrapeMemory(target: target)
                await scraper.scrape(target, memory: &memory)
            }
            let entries = board.entries
            #expect(entries.allSatisfy { $0.time > 1_700_000_000_000 && $0.seconds > 0 })
            #expect(entries[0].failure == nil)
            #expect(entries[0].metadata.contains { $0.metric == "magewatch_x_total" && $0.type == "counter" })
            #expect(entries[1].metadata.isEmpty)
            #expect(entries[1].failure?.contains("line 1") == true, "\(entries[1].failure ?? "")")
            #expect(entries[2].failure?.contains("404") == true)
        }
    }
}
