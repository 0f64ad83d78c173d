import AgentContract
import Foundation
import Hummingbird
import Logging
import Telemetry
import Testing
import Topology

@testable import MonitorAPI

@Suite struct MagewatchRoutesTests {
    static let base = "/api/magewatch/v1"

    @Test("Own endpoints decode into the types that they are made of")
    func types() async throws {
        let scene = Scene()
        func get<Value: Decodable>(_ type: Value.Type, _ path: String) async throws -> Value {
            try JSONDecoder().decode(type, from: try await scene.get(Self.base + path).body)
        }
        #expect(try await get(Stack.self, "/stack") == Scene.stack)
        #expect(try await get([PlanReport].self, "/plans") == [Scene.plan("p2"), Scene.plan("p1")])
        #expect(try await get([PlanReport].self, "/plans?limit=1") == [Scene.plan("p2")])
        #expect(try await get(PlanReport.self, "/plans/p1") == Scene.plan("p1"))
        #expect(try await get([Forecast].self, "/forecasts") == Scene.forecasts)
        #expect(try await get([Forecast].self, "/forecasts?role=db") == [Scene.forecasts[1]])
        #expect(try await get([Forecast].self, "/forecasts?role=db&horizon=2h").map(\.leadsSeconds) == [[7200]])
        #expect(try await get([LearnedCapacity].self, "/capacity") == Scene.capacities)
        #expect(try await get([LearnedCapacity].self, "/capacity?role=web") == [Scene.capacities[1]])
        #expect(try await get(Cardinality.self, "/metrics/stats") == CardinalityInMemory.all)
        #expect(try await get(Cardinality.self, "/metrics/stats?limit=1").byMetric.count == 1)
        #expect(try await scene.get(Self.base + "/metrics/stats?limit=0").status == 400)
        #expect(try await get([BanReport].self, "/bans") == Scene.bans)
    }

    @Test("What the WAF found decodes into the types that it is made of; who did nothing is not found")
    func attacks() async throws {
        let scene = Scene()
        func get<Value: Decodable>(_ type: Value.Type, _ path: String) async throws -> Value {
            try JSONDecoder().decode(type, from: try await scene.get(Self.base + "/waf" + path).body)
        }
        #expect(try await get(AttackSummary.self, "/summary") == AttacksInMemory().summary())
        #expect(try await get([OffenderReport].self, "/offenders").map(\.address) == ["203.0.113.9", "203.0.113.8"])
        #expect(try await get([OffenderReport].self, "/offenders?limit=1").map(\.address) == ["203.0.113.9"])
        #expect(try await get(OffenderReport.self, "/offender?address=203.0.113.8") == AttacksInMemory.offenders[1])
        #expect(try await get([CampaignReport].self, "/campaigns") == AttacksInMemory().campaigns())
        #expect(try await get([String].self, "/unparsed") == ["\u{16}\u{3}"])
        #expect(try await scene.get(Self.base + "/waf/offender?address=192.0.2.1").status == 404)
        #expect(try await scene.get(Self.base + "/waf/offender").status == 400)
    }

    @Test("A plan is approved by name, and only one that there is")
    func approve() async throws {
        let scene = Scene()
        let answer = try await scene.send(.post, Self.base + "/plans/p1/approve")
        #expect(try JSONDecoder().decode(PlanReport.self, from: answer.body) == Scene.plan("p1"))
        #expect(scene.approvedNow == ["p1"])
        #expect(try await scene.send(.post, Self.base + "/plans/p2/approve").status == 400)
        let missing = try await scene.get(Self.base + "/plans/p9")
        #expect(missing.status == 404)
        #expect(try missing.json["errorType"] == "not_found")
        #expect(try await scene.get(Self.base + "/plans?limit=-1").status == 400)
    }

    @Test("The OpenAPI document names every route with its methods, nothing else, and points nowhere in vain")
    func document() async throws {
        let scene = Scene()
        let document = try await scene.get(Self.base + "/openapi.json")
        #expect(try await scene.get("/api/v1/openapi.yaml").text == document.text)
        let json = try document.json
        let server = APIServer(services: scene.services(), now: { Scene.now }, logger: .init(label: "test"))
        let registered = Set(
            server.router().routes.map { route in
                let path = route.path.description.replacing(/:(\w+)/) { "{\($0.output.1)}" }
                return "\(route.method.rawValue.lowercased()) \(path)"
            })
        #expect(registered.count > 60)
        guard case .object(let paths)? = json["paths"] else {
            Issue.record("no paths")
            return
        }
        let described = Set(
            paths.flatMap { path, methods -> [String] in
                guard case .object(let methods) = methods else { return [] }
                return methods.keys.map { "\($0) \(path)" }
            })
        #expect(registered.subtracting(described).sorted() == [])
        #expect(described.subtracting(registered).sorted() == [])
        for reference in document.text.matches(of: /"\$ref":\s*"#([^"]+)"/) {
            var found = json as JSON?
            for part in reference.output.1.split(separator: "/") { found = found?[.name(String(part))] }
            #expect(found != nil, "\(reference.output.1)")
        }
    }

    @Test("Requests are counted by the route's pattern, never by the path that a client made up")
    func counters() async throws {
        let scene = Scene()
        let services = scene.services()
        let server = APIServer(services: services, now: { Scene.now }, logger: .init(label: "test"))
        for uri in ["/health", "/api/v1/label/one/values", "/api/v1/label/two/values", "/made/up"] {
            _ = try await Scene.send(server.router(), .get, uri)
        }
        let metric = "magewatch_api_requests_total"
        #expect(services.metrics.value(metric, ["path": "/health", "code": "200"]) == 1)
        #expect(services.metrics.value(metric, ["path": "/api/v1/label/{name}/values", "code": "200"]) == 2)
        #expect(services.metrics.value(metric, ["path": "NotFound", "code": "404"]) == 1)
        let text = try await Scene.send(server.router(), .get, "/metrics")
        #expect(text.contentType == "text/plain; version=0.0.4; charset=utf-8")
        #expect(text.text.contains("# TYPE magewatch_api_requests_total counter"))
    }
}
