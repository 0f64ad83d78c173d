import Alerting
import Foundation
import MetricStore
import PromQL
import StackConfiguration
import StateStore
import Telemetry
import TestKit
import Testing
import Topology

@testable import Monitor

@Suite("Shipped rules")
struct ShippedRuleTests {
    /// Alerts of a shipped rule that hold for some samples.
    private func firing(_ rule: String, _ samples: [Labels: Double]) async throws -> [Labels] {
        let directory = try TemporaryDirectory("rules")
        let store = try MetricStore(directory: directory.path, metrics: SelfMetrics())
        let now: Milliseconds = 1_700_000_000_000
        _ = try await store.append(ScalerTests.batch(samples, at: now))
        let groups = try RuleFiles.load(directory: nil)
        let found = try #require(groups.flatMap(\.rules).first { $0.name == rule })
        let result = try await PromQLEngine(source: store).ruleQuery(found.expression, now)
        try store.close()
        return result.map(\.labels)
    }

    private static func seen(_ server: String) -> Labels {
        ["__name__": "magewatch_container_up", "container": "web1", "role": "web", "server": server]
    }

    private static func known(_ server: String, _ state: Container.State) -> Labels {
        [
            "__name__": "magewatch_inventory_container", "container": "web1", "role": "web", "kind": "active", "server": server,
            "state": state.rawValue,
        ]
    }

    @Test(
        "A container is a stray where the inventory does not have it run; one that an operator drained is none",
        arguments: [
            (Container.State.running, "s1", false), (.draining, "s1", false), (.starting, "s1", false), (.stopped, "s1", true),
            (.failed, "s1", true), (.running, "s2", true), (.draining, "s2", true),
        ])
    func strays(state: Container.State, server: String, isStray: Bool) async throws {
        let found = try await firing("ContainerStray", [Self.seen("s1"): 1, Self.known(server, state): 1])
        #expect(found.isEmpty != isStray)
        #expect(try await firing("ContainerStray", [Self.seen("s1"): 0, Self.known(server, state): 1]).isEmpty)
    }

    /// Beside this file, as `magewatch rules test` reads them.
    private static let rules = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Rules/"
    private static let roleTests = rules + "roles-test.yaml"

    @Test("The rules of roles fire and keep quiet as their tests say, and each alert is tested both ways")
    func roles() throws {
        let text = try String(contentsOfFile: Self.roleTests, encoding: .utf8)
        let tests = try RuleTestFile(text, file: "roles-test.yaml")
        #expect(tests.ruleFiles == ["../../../alerts/roles.yaml", "../../../alerts/saturation.yaml"])
        var groups: [RuleGroup] = []
        for name in ["alerts/roles.yaml", "alerts/saturation.yaml"] {
            groups += try RuleFile.parse(try #require(EmbeddedDefaults.file(name)), file: name)
        }
        for outcome in tests.run(groups) { #expect(outcome.verdict == .passed, "\(outcome.place)") }
        let roles = try RuleFile.parse(try #require(EmbeddedDefaults.file("alerts/roles.yaml")), file: "roles.yaml")
        let alerts = roles.flatMap(\.rules).filter { $0.kind == .alert }
        #expect(alerts.count > 30)
        for alert in alerts {
            #expect(
                alert.annotations["summary"] != nil && alert.annotations["description"] != nil, "\(alert.name) says what to do")
            #expect(alert.labels["action"] == nil, "\(alert.name) orders nothing")
            #expect(text.contains("name: \(alert.name) fires") && text.contains("name: \(alert.name) is quiet"), "\(alert.name)")
        }
    }

    @Test("The rules of databases fire and keep quiet as their tests say, and each alert is tested both ways")
    func databases() throws {
        let text = try String(contentsOfFile: Self.rules + "databases-test.yaml", encoding: .utf8)
        let tests = try RuleTestFile(text, file: "databases-test.yaml")
        #expect(tests.ruleFiles == ["../../../alerts/databases.yaml"])
        let groups = try RuleFile.parse(try #require(EmbeddedDefaults.file("alerts/databases.yaml")), file: "databases.yaml")
        for outcome in tests.run(groups) { #expect(outcome.verdict == .passed, "\(outcome.place)") }
        let alerts = groups.flatMap(\.rules).filter { $0.kind == .alert }
        #expect(alerts.count >= 7)
        for alert in alerts {
            #expect(alert.annotations["summary"] != nil, "\(alert.name)")
            #expect(text.contains("name: \(alert.name) fires") && text.contains("name: \(alert.name) is quiet"), "\(alert.name)")
        }
    }

    @Test("A scaler that stood down and a budget that is spent are told")
    func scaler() async throws {
        func down(_ value: Double) -> [Labels: Double] {
            [["__name__": "magewatch_scaler_stood_down", "role": "web", "cause": "plans", "instance": "monitor"]: value]
        }
        #expect(try await firing("ScalerStoodDown", down(1)).map { $0["role"] } == ["web"])
        #expect(try await firing("ScalerStoodDown", down(0)).isEmpty)
        func spent(_ name: String, _ used: Double, _ limit: Double?) -> [Labels: Double] {
            let samples: [(Labels, Double?)] = [
                (["__name__": "magewatch_scaler_\(name)", "window": "day"], used),
                (["__name__": "magewatch_scaler_\(name)_limit", "window": "day"], limit),
            ]
            return Dictionary(uniqueKeysWithValues: samples.compactMap { labels, value in value.map { (labels, $0) } })
        }
        for (name, used, limit, isSpent) in [
            ("cost", 5.0, 5.0, true), ("cost", 4.9, 5, false), ("cost", 5, nil, false), ("leases", 6, 5, true),
            ("leases", 1, 5, false),
        ] as [(String, Double, Double?, Bool)] {
            #expect(try await firing("ScalerBudgetSpent", spent(name, used, limit)).isEmpty != isSpent, "\(name) \(used)")
        }
    }
}
