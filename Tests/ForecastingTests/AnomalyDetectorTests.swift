import TestKit
import Testing

@testable import Forecasting

@Suite("NAB's scoring rules", .ownThread)
struct NABScoreTests {
    let times = (0..<1000).map { Double($0) * 300 }

    func score(_ flagged: [Int], windows: [ClosedRange<Int>] = [500...599], profile: NABScore.Profile = .standard) -> NABScore {
        var flags = [Bool](repeating: false, count: times.count)
        for row in flagged { flags[row] = true }
        var score = NABScore(profile: profile)
        score.add(times: times, isFlagged: flags, windows: windows.map { times[$0.lowerBound]...times[$0.upperBound] })
        return score
    }

    @Test("Silence is 0, the first moment of a window 100, its middle less, its end half")
    func positions() {
        #expect(score([]).normalised == 0)
        #expect(abs(score([500]).normalised - 100) < 1e-9)
        // 2 / (1 + e^-2.5) - 1 = 0.848284, over 0.986614 at the start.
        #expect(abs(score([550]).raw - 0.848284 / 0.986614) < 1e-5)
        #expect(abs(score([599]).raw - 0.0249948 / 0.986614) < 1e-5)
        #expect(score([550, 500, 580]).raw == score([500]).raw)
    }

    @Test("A false alarm costs in full before any window and far behind, little right behind one; nothing while on probation")
    func falseAlarms() {
        #expect(abs(score([200]).raw - (-1.11)) < 1e-9)
        #expect(abs(score([950]).raw - (-1.11)) < 1e-9)
        #expect(score([600]).raw > -1.01 && score([600]).raw < -1)
        #expect(score([149]).raw == -1)
        #expect(score([150]).falseAlarms == 1)
        #expect(NABScore.probationRows(100_000) == 750)
    }

    @Test("Profiles weigh misses and false alarms")
    func profiles() {
        #expect(score([], profile: .fewFalseNegatives).raw == -2)
        #expect(abs(score([200], profile: .fewFalsePositives).raw - (-1.22)) < 1e-9)
    }

    @Test("A window that ends on probation is not asked for")
    func probation() {
        let score = score([], windows: [20...80, 500...599])
        #expect(score.windows == 1)
    }
}

@Suite("The anomaly detector", .ownThread)
struct AnomalyDetectorTests {
    /// A day of 288 steps with noise.
    func signal(_ days: Int, seed: UInt64) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        return (0..<288 * days).map { step in
            let place = Double(step % 288) / 288
            return 50 + 40 * place * (1 - place) * 4 + Double.random(in: -2...2, using: &generator)
        }
    }

    func alarms(_ values: [Double]) -> [Int] {
        var detector = AnomalyDetector(stepsPerDay: 288)
        return values.indices.filter { detector.observe(values[$0]).isAlarm }
    }

    @Test("A spike, a fall to nothing and a new level raise one alarm each, at once", arguments: [1, 2, 3] as [UInt64])
    func events(seed: UInt64) {
        let calm = signal(10, seed: seed)
        let events: [([Double]) -> [Double]] = [
            { values in values.enumerated().map { $0.offset == 2000 ? 300 : $0.element } },
            { values in values.enumerated().map { $0.offset >= 2000 && $0.offset < 2010 ? 0 : $0.element } },
            { values in values.enumerated().map { $0.offset >= 2000 ? $0.element + 200 : $0.element } },
        ]
        for event in events {
            let found = alarms(event(calm))
            #expect(found.contains { (2000...2003).contains($0) }, "seed \(seed): \(found)")
            #expect(found.count { (2000..<2144).contains($0) } == 1, "seed \(seed): \(found)")
        }
    }

    @Test("A spike that comes every six hours is usual")
    func usualSpike() {
        var values = signal(14, seed: 5)
        for spike in 0..<56 { values[spike * 72 + 50] = 300 }
        let late = alarms(values).filter { $0 > 9 * 288 && $0 % 72 == 50 }
        #expect(late.isEmpty)
    }

    @Test(
        "Whatever comes, scores are finite",
        arguments: [
            [], [.nan], [Double](repeating: 3, count: 600), (0..<600).map { $0 % 2 == 0 ? 1e300 : -1e300 },
            (0..<600).map { $0 % 5 == 0 ? .infinity : 0 }, [Double](repeating: .leastNonzeroMagnitude, count: 600),
        ] as [[Double]])
    func nasty(values: [Double]) {
        var detector = AnomalyDetector(stepsPerDay: 288)
        for value in values {
            let score = detector.observe(value).score
            #expect(score.isFinite && score >= 0)
        }
    }
}
