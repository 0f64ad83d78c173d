import BenchmarkKit
import Foundation

/// Runs every way of placing on every instance.
struct Comparison {
    /// One way on one instance.
    private struct Outcome {
        var worstPercent: Int
        var moves: Int
        var milliseconds: Double
    }

    let binary: String

    /// A Markdown table. The gaps are to the file's optimum where it has one, else to the best of the ways.
    func table(_ instances: [Instance]) throws -> String {
        let ours = try instances.map(solve)
        let ways: [(String, [Outcome])] = [
            ("magewatch", ours),
            ("greedy first-fit decreasing, all anew", instances.map { measure($0, Baselines.firstFit) }),
            ("Kubernetes-like scoring, all anew", instances.map { measure($0) { Baselines.kubernetes($0, anew: true) } }),
            ("Kubernetes-like scoring, what runs stays", instances.map { measure($0) { Baselines.kubernetes($0, anew: false) } }),
        ]
        let best = instances.indices.map { index in
            instances[index].optimum?.max_util_pct ?? ways.map { $0.1[index].worstPercent }.min()!
        }
        var lines = [
            "| | worst utilisation, mean | gap to the best, mean, p90, max | moves, mean | ms, median, max |",
            "|---|---|---|---|---|",
        ]
        for (name, outcomes) in ways {
            let gaps = zip(outcomes, best).map { Double($0.worstPercent - $1) }
            let times = outcomes.map(\.milliseconds)
            lines.append(
                "| \(name) | \(text(mean(outcomes.map { Double($0.worstPercent) }))) % | \(text(mean(gaps))), \(text(quantile(gaps, 0.9))), "
                    + "\(text(gaps.max()!)) | \(text(mean(outcomes.map { Double($0.moves) }))) | \(text(quantile(times, 0.5))), \(text(times.max()!)) |"
            )
        }
        let moveGaps = zip(ours, instances).compactMap { outcome, instance in
            instance.optimum.flatMap { outcome.worstPercent == $0.max_util_pct ? Double(outcome.moves - $0.min_moves) : nil }
        }
        if !moveGaps.isEmpty {
            lines.append(
                "\nmagewatch's moves above the fewest, on \(moveGaps.count) instances at the optimum: median \(text(quantile(moveGaps, 0.5))), "
                    + "p90 \(text(quantile(moveGaps, 0.9))), max \(text(moveGaps.max()!))")
        }
        return lines.joined(separator: "\n")
    }

    private struct Answer: Decodable {
        var assignment: [String: String]
        var milliseconds: Double
    }

    private func solve(_ instance: Instance) throws -> Outcome {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("placement-\(UUID().uuidString).json")
        try JSONEncoder().encode(instance).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }  // A file left in the temporary folder does no harm.
        let process = Process()
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = ["stack", "solve", file.path, "--output", "json"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure("\(binary) stack solve ended with \(process.terminationStatus)")
        }
        let answer = try JSONDecoder().decode(Answer.self, from: data)
        let places = try instance.containers.map { container in
            guard let index = instance.servers.firstIndex(where: { $0.id == answer.assignment[container.id] }) else {
                throw Failure("\(container.id) is on no server of the instance")
            }
            return index
        }
        // Judged by the benchmark's own sums, not by what the program says of itself.
        let judged = instance.judge(places)
        return Outcome(worstPercent: judged.worstPercent, moves: judged.moves, milliseconds: answer.milliseconds)
    }

    private func measure(_ instance: Instance, _ place: (Instance) -> [Int]) -> Outcome {
        let start = ContinuousClock.now
        let places = place(instance)
        let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        let judged = instance.judge(places)
        return Outcome(worstPercent: judged.worstPercent, moves: judged.moves, milliseconds: milliseconds)
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
    private func quantile(_ values: [Double], _ share: Double) -> Double {
        values.sorted()[min(values.count - 1, Int(Double(values.count) * share))]
    }
    private func text(_ value: Double) -> String { String(format: value == value.rounded() ? "%.0f" : "%.1f", value) }
}
