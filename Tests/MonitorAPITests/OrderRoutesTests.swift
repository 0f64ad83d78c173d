import AgentContract
import Foundation
import Hummingbird
import Logging
import Synchronization
import Testing
import Topology

@testable import MonitorAPI

@Suite("Orders over the API") struct OrderRoutesTests {
    static let base = "/api/magewatch/v1"

    private final class Orders: OperatorOrders {
        let given = Mutex<[(order: OperatorOrder, isDryRun: Bool)]>([])
        let cancelled = Mutex<[String]>([])

        func carryOut(_ order: OperatorOrder, isDryRun: Bool) async throws -> PlanReport {
            if case .stop("last") = order.action { throw APIError(.execution, "none would be left: say --force") }
            given.withLock { $0.append((order, isDryRun)) }
            return Scene.plan("p1")
        }
        func held() async throws -> [HeldOrder] {
            let order = OperatorOrder(.scale(role: .web, by: 2, forSeconds: 60), by: "ann")
            return [HeldOrder(id: "p1", order: order, role: .web, containers: ["web3"], from: 1, until: 60_001)]
        }
        func cancelPlan(_ id: String, by actor: String) async throws { cancelled.withLock { $0.append("\(id) \(actor)") } }
        func follow(_ id: String) async throws -> AsyncThrowingStream<PlanReport, any Error> {
            guard id == "p1" else { throw APIError(.notFound, "there is no plan") }
            return AsyncThrowingStream { continuation in
                for state in ["waiting", "running", "done"] {
                    var report = Scene.plan("p1")
                    report.state = state
                    continuation.yield(report)
                }
                continuation.finish()
            }
        }
        func audit(limit: Int, before: Int64?) async throws -> [AuditLine] {
            [
                AuditLine(
                    sequence: Int64(limit), time: before ?? 0, actor: "ann", kind: "order", subject: "s", detail: "d", hash: "00")
            ]
        }
        func verifyAudit(noted: String?) async throws -> AuditFinding { AuditFinding(lines: 1, head: "1:00", problem: noted) }
    }

    private let orders = Orders()

    private func send(_ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:]) async throws -> Answer {
        var services = Scene().services()
        services.orders = orders
        let server = APIServer(services: services, now: { Scene.now }, logger: .init(label: "test"))
        return try await Scene.send(server.router(), method, Self.base + path, headers: headers)
    }

    @Test(
        "Each order is read as it was meant",
        arguments: [
            ("order=restart&container=web1", .restart(container: "web1")),
            ("order=stop&container=web1", .stop(container: "web1")),
            ("order=start&container=web1", .start(container: "web1")), ("order=drain&container=web1", .drain(container: "web1")),
            ("order=move&container=web1", .move(container: "web1", server: nil)),
            ("order=move&container=web1&server=s2", .move(container: "web1", server: "s2")),
            ("order=scale&role=web&count=%2B2&for=3h", .scale(role: .web, by: 2, forSeconds: 10_800)),
            ("order=scale&role=web&count=-1", .scale(role: .web, by: -1, forSeconds: nil)),
            ("order=rollout&role=web&image=web-2", .rollout(role: .web, image: "web-2")),
            ("order=drain-server&server=s2", .drainServer("s2")), ("order=evacuate-server&server=s2", .evacuateServer("s2")),
            ("order=return-server&server=s2", .returnServer("s2")),
        ] as [(String, OperatorOrder.Action)])
    func read(query: String, action: OperatorOrder.Action) async throws {
        let answer = try await send(.post, "/orders?\(query)&by=ann&dry_run=true&force=true")
        #expect(answer.status == 200, "\(answer.text)")
        let given = try #require(orders.given.withLock { $0.first })
        #expect(given.order == OperatorOrder(action, by: "ann", isForced: true) && given.isDryRun)
    }

    @Test("An order that is none is refused with what is wrong, and so is one of a web page")
    func refused() async throws {
        for query in [
            "", "order=dance", "order=restart", "order=scale&role=web", "order=scale&role=web&count=many",
            "order=scale&role=king&count=1", "order=scale&role=web&count=1&for=soon", "order=rollout&role=web",
            "order=stop&container=web1&force=maybe",
        ] {
            let answer = try await send(.post, "/orders?\(query)")
            #expect(answer.status == 400, "\(query): \(answer.text)")
        }
        #expect(try await send(.post, "/orders?order=stop&container=last").status == 422)
        let page: HTTPFields = [.origin: "http://evil.example"]
        #expect(try await send(.post, "/orders?order=stop&container=web1", headers: page).status == 400)
        #expect(try await send(.post, "/plans/p1/cancel", headers: page).status == 400)
        #expect(orders.given.withLock { $0.isEmpty } && orders.cancelled.withLock { $0.isEmpty })
    }

    @Test("A plan is followed line by line, and cancelled by name")
    func plans() async throws {
        let answer = try await send(.get, "/plans/p1/follow")
        let reports = try answer.text.split(separator: "\n").map {
            try JSONDecoder().decode(PlanReport.self, from: Data($0.utf8))
        }
        #expect(reports.map(\.state) == ["waiting", "running", "done"])
        #expect(try await send(.get, "/plans/p9/follow").status == 404)
        #expect(try await send(.post, "/plans/p1/cancel?by=bob").status == 200)
        #expect(orders.cancelled.withLock { $0 } == ["p1 bob"])
    }

    @Test("Held orders and the audit log are told")
    func told() async throws {
        let held = try JSONDecoder().decode([HeldOrder].self, from: try await send(.get, "/orders").body)
        #expect(held.first?.containers == ["web3"])
        let lines = try JSONDecoder().decode([AuditLine].self, from: try await send(.get, "/audit?limit=7&before=9").body)
        #expect(lines.first?.sequence == 7 && lines.first?.time == 9)
        #expect(try await send(.get, "/audit?before=x").status == 400)
        let found = try JSONDecoder().decode(AuditFinding.self, from: try await send(.get, "/audit/verify?noted=1:2").body)
        #expect(found.problem == "1:2")
    }
}
