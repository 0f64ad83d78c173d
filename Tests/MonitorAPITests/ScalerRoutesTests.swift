import AgentContract
import Foundation
import Hummingbird
import Logging
import Synchronization
import Testing
import Topology

@testable import MonitorAPI

@Suite("The scaler over the API") struct ScalerRoutesTests {
    private final class Control: ScalerControl {
        let told = Mutex<[String]>([])

        private func tell(_ text: String) { told.withLock { $0.append(text) } }

        func status() async throws -> ScalerStatus {
            ScalerStatus(mode: "act", currency: "EUR", roles: [], rails: [], freezes: [], proposed: ["p1"])
        }
        func freeze(_ role: Role?, coversEverything: Bool, forSeconds: Double, why: String, by actor: String) async throws {
            tell("freeze \(role?.rawValue ?? "all") \(coversEverything) \(forSeconds) \(why) \(actor)")
        }
        func thaw(_ role: Role?, by actor: String) async throws -> Int {
            tell("thaw \(role?.rawValue ?? "all") \(actor)")
            return 2
        }
        func schedules() async throws -> [ScheduleReport] {
            [ScheduleReport(name: "n", schedule: "s", isConfigured: true, start: 1, end: 2)]
        }
        func addSchedule(_ schedule: ScalingSchedule, by actor: String) async throws {
            tell("add \(schedule.name): \(schedule.text) \(actor)")
        }
        func removeSchedule(_ name: String, by actor: String) async throws { tell("remove \(name) \(actor)") }
        func report(sinceSeconds: Double, role: Role?) async throws -> ScalerReport {
            tell("report \(sinceSeconds) \(role?.rawValue ?? "all")")
            return ScalerReport(
                from: 1, until: 2, billedPeriodSeconds: 3600, pricePerServerHour: 1, currency: "EUR", billedPeriods: 3, money: 3,
                roles: [])
        }
        func rejectPlan(_ id: String, by actor: String, because reason: String) async throws {
            guard id == "p1" else { throw APIError(.execution, "plan \(id) does not wait for an approval") }
            tell("reject \(id) \(actor) \(reason)")
        }
        func allowances() async throws -> [BanAllowance] {
            NetworkRange("192.0.2.1").map { [BanAllowance($0, from: 1, until: 2, why: "w", by: "ann")] } ?? []
        }
        func allow(_ network: NetworkRange, forSeconds: Double, why: String, by actor: String) async throws -> [String] {
            tell("allow \(network) \(forSeconds) \(why) \(actor)")
            return ["192.0.2.1"]
        }
        func disallow(_ network: NetworkRange, by actor: String) async throws { tell("disallow \(network) \(actor)") }
    }

    private let control = Control()

    private func send(_ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:]) async throws -> Answer {
        var services = Scene().services()
        services.scaler = control
        let server = APIServer(services: services, now: { Scene.now }, logger: .init(label: "test"))
        return try await Scene.send(server.router(), method, "/api/magewatch/v1" + path, headers: headers)
    }

    @Test(
        "What is said is understood as it was meant",
        arguments: [
            ("/scaler/freeze?for=2h&why=move&by=ann", "freeze all false 7200.0 move ann"),
            ("/scaler/freeze?for=60s&why=move&by=ann&role=web&everything=true", "freeze web true 60.0 move ann"),
            ("/waf/allowed?address=192.0.2.0/24&for=30d&why=ours&by=ann", "allow 192.0.2.0/24 2592000.0 ours ann"),
            ("/waf/allowed/remove?address=192.0.2.1&by=ann", "disallow 192.0.2.1 ann"),
            ("/scaler/thaw?by=ann", "thaw all ann"), ("/scaler/thaw?by=ann&role=db", "thaw db ann"),
            (
                "/schedules?schedule=every%20fri%2018:00%20%2B3%20web%20for%204h&by=ann",
                "add every Friday 18:00 +3 web for 4h: every Friday 18:00 +3 web for 4h ann"
            ),
            (
                "/schedules?schedule=2030-01-01%2018:00%20%2B3%20web%20for%204h&name=ny",
                "add ny: 2030-01-01 18:00 +3 web for 4h somebody"
            ),
            ("/schedules/remove?name=ny&by=ann", "remove ny ann"), ("/plans/p1/reject?by=ann&why=no", "reject p1 ann no"),
        ])
    func orders(path: String, told: String) async throws {
        let answer = try await send(.post, path)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(control.told.withLock { $0 } == [told])
        #expect(try await send(.post, path, headers: [.origin: "http://evil.example"]).status == 400)
    }

    @Test(
        "What is wrong is told, and nothing is done",
        arguments: [
            ("/scaler/freeze?why=move", 400), ("/scaler/freeze?for=2h", 400), ("/scaler/freeze?for=2h&why=m&role=wep", 400),
            ("/scaler/thaw?role=wep", 400), ("/schedules?schedule=sometimes", 400), ("/schedules", 400),
            ("/schedules/remove", 400), ("/plans/p9/reject", 422), ("/waf/allowed?address=192.0.2.1&why=w", 400),
            ("/waf/allowed?address=shop&for=1d&why=w", 400), ("/waf/allowed?address=192.0.2.1&for=1d", 400),
            ("/waf/allowed/remove", 400),
        ])
    func refused(path: String, status: Int) async throws {
        #expect(try await send(.post, path).status == status)
        #expect(control.told.withLock { $0 } == [])
    }

    @Test("Status, schedules and report are what they are made of; a monitor without a scaler says so")
    func types() async throws {
        func get<Value: Decodable>(_ type: Value.Type, _ path: String) async throws -> Value {
            try JSONDecoder().decode(type, from: try await send(.get, path).body)
        }
        #expect(try await get(ScalerStatus.self, "/scaler") == (try await control.status()))
        #expect(try await get([BanAllowance].self, "/waf/allowed") == (try await control.allowances()))
        #expect(try await get([ScheduleReport].self, "/schedules") == (try await control.schedules()))
        #expect(try await get(ScalerReport.self, "/scaler/report").money == 3)
        #expect(try await get(ScalerReport.self, "/scaler/report?since=30d&role=web").billedPeriods == 3)
        #expect(control.told.withLock { $0 } == ["report 604800.0 all", "report 2592000.0 web"])
        #expect(try await send(.get, "/scaler/report?since=91d").status == 400)
        #expect(try await send(.get, "/scaler/report?since=1s").status == 400)
        let server = APIServer(services: Scene().services(), now: { Scene.now }, logger: .init(label: "test"))
        #expect(try await Scene.send(server.router(), .get, "/api/magewatch/v1/scaler").status == 503)
    }
}
