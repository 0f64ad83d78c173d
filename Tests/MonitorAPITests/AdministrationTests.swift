import HTTPTypes
import Telemetry
import Testing

@testable import MonitorAPI

@Suite struct AdministrationTests {
    private static let base = "/api/v1/admin/tsdb"

    @Test("Series are deleted by selector and range", arguments: [HTTPRequest.Method.post, .put])
    func delete(method: HTTPRequest.Method) async throws {
        let store = RecordingStore()
        let scene = Scene(store: store)
        let match = "match[]=up&match[]=" + Scene.encoded(#"m{a=~"b.*"}"#)
        let answer = try await scene.send(method, Self.base + "/delete_series?\(match)&start=1&end=2.5")
        #expect(answer.status == 204 && answer.body.isEmpty)
        #expect(
            store.orders == [
                #"delete ["__name__=\"up\""] 1000...2500"#,
                #"delete ["__name__=\"m\"", "a=~\"b.*\""] 1000...2500"#,
            ])
        let whole = try await scene.send(method, Self.base + "/delete_series?match[]=up")
        #expect(whole.status == 204)
        #expect(store.orders.last?.hasSuffix("-9000000000000000...9000000000000000") == true)
    }

    @Test("Parameters of an order may come as a form")
    func form() async throws {
        let store = RecordingStore()
        let answer = try await Scene(store: store).post(form: [("match[]", "up")], to: Self.base + "/delete_series")
        #expect(answer.status == 204 && store.orders.count == 1)
    }

    @Test("A snapshot's name is told, and no two are the same")
    func snapshot() async throws {
        let store = RecordingStore()
        let scene = Scene(store: store)
        let answer = try await scene.send(.post, Self.base + "/snapshot?skip_head=true")
        guard case .string(let name)? = try answer.json["data", "name"] else {
            Issue.record("no name in \(answer.text)")
            return
        }
        #expect(name.wholeMatch(of: /20231114T221320Z-[0-9a-f]{16}/) != nil)
        #expect(store.orders == ["snapshot \(name) true"])
        let other = try await scene.send(.put, Self.base + "/snapshot")
        #expect(try other.json["data", "name"] != .string(name))
        #expect(try await scene.send(.post, Self.base + "/clean_tombstones").status == 204)
        #expect(store.orders.last == "clean")
    }

    @Test(
        "Orders that can't be carried out change nothing",
        arguments: [
            "/delete_series", "/delete_series?match[]=up%7B", "/delete_series?match[]=up&start=2&end=1", "/snapshot?skip_head=x",
        ]
    )
    func refused(path: String) async throws {
        let store = RecordingStore()
        #expect(try await Scene(store: store).send(.post, Self.base + path).status == 400)
        #expect(store.orders.isEmpty)
    }

    @Test(
        "Neither web pages nor anyone where the operator did not allow it may order",
        arguments: ["/delete_series?match[]=up", "/snapshot", "/clean_tombstones"])
    func forbidden(path: String) async throws {
        let store = RecordingStore()
        let page = try await Scene(store: store).send(
            .post, Self.base + path, headers: [.origin: "http://evil.example"])
        #expect(page.status == 400 && store.orders.isEmpty)
        let closed = try await Scene().send(.post, Self.base + path)
        #expect(closed.status == 503)
        #expect(closed.text.contains("api.admin"))
        #expect(try await Scene(store: store).get(Self.base + path).status == 404)
    }
}
