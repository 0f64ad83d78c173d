import Telemetry
import WAF

/// Takes the detector's questions about claimed crawlers to the name service and the answers back, beside the way of the records.
///
/// A few questions are under way at once; the others wait with the detector, whose board bounds and counts them, and which remembers the
/// answers for as long as they hold.
struct CrawlerVerifier: Sendable {
    /// Questions under way at once.
    static let maximumUnderWay = 16
    /// Names of an address that are followed: its owner may give it thousands.
    static let maximumNames = 3

    private let service: any NameService
    private let metrics: SelfMetrics
    private let now: @Sendable () -> Nanoseconds
    private let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    init(service: any NameService, metrics: SelfMetrics, now: @escaping @Sendable () -> Nanoseconds = SystemClock.nanoseconds) {
        self.service = service
        self.metrics = metrics
        self.now = now
        (arrivals, arrival) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// There are questions.
    func wake() { arrival.yield() }

    /// Verifies what the detector asks until it is cancelled.
    func run(_ detector: Detector) async {
        for await _ in arrivals where !Task.isCancelled { await verifyWaiting(detector) }
    }

    /// Verifies all that waits; as soon as one is answered, the next is asked.
    private func verifyWaiting(_ detector: Detector) async {
        await withTaskGroup(of: Void.self) { group in
            for question in detector.takeCrawlerQuestions(limit: CrawlerVerifier.maximumUnderWay) {
                group.addTask { await verify(question, detector) }
            }
            while await group.next() != nil, !Task.isCancelled {
                for question in detector.takeCrawlerQuestions(limit: 1) { group.addTask { await verify(question, detector) } }
            }
        }
    }

    private func verify(_ question: CrawlerBoard.Question, _ detector: Detector) async {
        let clock = ContinuousClock()
        let start = clock.now
        let answer = await service.verify(question)
        detector.take(answer, of: question.address, at: now())
        metrics.add("magewatch_waf_crawler_look_ups_total", ["answer": answer.rawValue])
        metrics.add("magewatch_waf_crawler_look_up_seconds_total", by: (clock.now - start) / .seconds(1))
    }
}
