import Foundation

extension Scenario {
    /// How often the monitor is killed while lines come.
    static let kills = 3

    /// 7. Lines given to rsyslog while the monitor is killed three times: every one is found.
    func delivery() async throws -> Result {
        timeline.heading(
            "7. \(pace.deliveryLines) lines to rsyslog within \(pace.deliverySeconds) s; the monitor is killed \(Scenario.kills) times"
        )
        let batches = DeliveryBatches(count: pace.deliveryLines, tag: String(stack.run.name.suffix(6)))
        let client = try stack.vantage(.client1)
        let pause = UInt32(pace.deliverySeconds * 1000 * 100 / max(1, pace.deliveryLines))
        let lines = batches.lines(host: "client1")
        async let sent: Void = client.sendLines(lines, to: "127.0.0.1", port: AddressPlan.deliveryPort, pauseMilliseconds: pause)
        let host = try stack.host(.mon)
        for kill in 1...Scenario.kills {
            try await Task.sleep(for: .milliseconds(pace.deliverySeconds * 1000 / (Scenario.kills + 2)))
            try await host.signal("monitor", "KILL")
            timeline.note("the monitor is killed (\(kill))")
            try await Task.sleep(for: .milliseconds(300))
            try await stack.startMonitor()
        }
        try await sent
        timeline.note("all lines are given")
        guard try await wait(30, until: { await monitor.isUp() }) else {
            throw LabError(.service, "the monitor does not answer after it was killed; it said:\n\(host.tail("monitor"))")
        }
        var count = DeliveryBatches.Count()
        let isComplete = try await wait(60, every: .seconds(1)) {
            count = await self.count(batches)
            return count.distinct == batches.count
        }
        let lost = batches.count - count.distinct
        timeline.note("\(count.distinct) of \(batches.count) lines are found, \(count.doubled) doubled")
        return Result(
            verdicts: [
                Verdict(
                    "every line arrives", "\(batches.count) lines, \(lost) lost, \(count.doubled) doubled",
                    unless: [(!isComplete, "\(lost) lines are not found")])
            ],
            measures: [
                Measure("lines lost over \(Scenario.kills) kills of the monitor", "\(lost)", bar: "0", held: lost == 0),
                Measure(
                    "lines doubled (resent unacknowledged)", "\(count.doubled)", bar: "counted", held: count.doubled >= 0),
            ])
    }

    private func count(_ batches: DeliveryBatches) async -> DeliveryBatches.Count {
        var count = DeliveryBatches.Count()
        for batch in 0..<batches.batches {
            let query = "{host=\"client1\"} |= \"\(batches.marker(batch))\""
            do {
                count.add(try await monitor.lines(query, limit: 5000))
            } catch {
                // What can't be read now is read again in a second.
                timeline.note("lines of batch \(batch) can't be counted: \(error)")
                return count
            }
        }
        return count
    }
}
