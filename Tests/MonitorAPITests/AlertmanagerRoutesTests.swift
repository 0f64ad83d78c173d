import Hummingbird
import Telemetry
import Testing

@testable import MonitorAPI

@Suite struct AlertmanagerRoutesTests {
    @Test("The status has what amtool reads before anything else")
    func status() async throws {
        let json = try await Scene().get("/api/v2/status").json
        #expect(json["config", "original"] != nil)
        #expect(json["cluster", "status"] == "disabled")
        #expect(json["cluster", "peers"] == [])
        #expect(json["versionInfo", "version"] != nil)
        #expect(try await Scene().get("/api/v2/receivers").json == [["name": "default"]])
    }

    @Test(
        "A posted alert fires until its end, and a zero end is none",
        arguments: [
            (#","endsAt":"0001-01-01T00:00:00.000Z""#, Alert.State.firing), ("", .firing),
            (#","endsAt":"2023-11-14T22:13:19Z""#, .resolved), (#","endsAt":"2023-11-14T23:00:00Z""#, .firing),
        ])
    func alerts(ends: String, state: Alert.State) async throws {
        let scene = Scene()
        let answer = try await scene.post(
            json: #"[{"labels":{"alertname":"Disk","host":"s1"},"annotations":{"summary":"full"}\#(ends)}]"#,
            to: "/api/v2/alerts")
        #expect(answer.status == 200, "\(answer.text)")
        let taken = scene.alertsNow
        #expect(taken.map(\.state) == [state])
        #expect(taken.first?.labels == ["alertname": "Disk", "host": "s1"])
        let listed = try await scene.get("/api/v2/alerts").json
        #expect(listed.count == (state == .firing ? 1 : 0))
        if state == .firing {
            #expect(listed[0, "status"] == ["state": "active", "silencedBy": [], "inhibitedBy": []])
            #expect(listed[0, "startsAt"] == "2023-11-14T22:13:20.000Z")
            #expect(listed[0, "annotations", "summary"] == "full")
            #expect(listed[0, "receivers"] == [["name": "default"]])
        }
    }

    @Test(
        "Alerts and silences that make no sense are refused",
        arguments: [
            ("/api/v2/alerts", "[", 400), ("/api/v2/alerts", "{}", 400), ("/api/v2/alerts", #"[{"labels":{"a":"b"}}]"#, 400),
            ("/api/v2/alerts", "[" + String(repeating: #"{"labels":{}},"#, count: 10_000) + #"{"labels":{}}]"#, 413),
            ("/api/v2/alerts", String(repeating: " ", count: (4 << 20) + 1), 413), ("/api/v2/silences", "{}", 400),
            ("/api/v2/silences", silence(matchers: ""), 400), ("/api/v2/silences", silence(ends: "2023-11-14T22:13:20Z"), 400),
            ("/api/v2/silences", silence(matchers: #"{"name":"a","value":"(","isRegex":true}"#), 400),
        ])
    func refuses(uri: String, body: String, status: Int) async throws {
        let scene = Scene()
        let answer = try await scene.post(json: body, to: uri)
        #expect(answer.status == status, "\(answer.text)")
        // amtool takes an error for a text.
        guard case .string(let message) = try answer.json else {
            Issue.record("no text: \(answer.text)")
            return
        }
        #expect(!message.isEmpty)
        #expect(scene.alertsNow.isEmpty)
        #expect(scene.silencesNow.isEmpty)
    }

    private static func silence(
        matchers: String = #"{"name":"alertname","value":"Di.*","isRegex":true,"isEqual":true}"#,
        ends: String = "2023-11-14T23:13:20.000Z"
    ) -> String {
        """
        {"matchers":[\(matchers)],"startsAt":"2023-11-14T22:13:20.000Z","endsAt":"\(ends)","createdBy":"me","comment":"works"}
        """
    }

    @Test("A silence is created, listed, suppresses its alerts, and is ended")
    func silences() async throws {
        let scene = Scene()
        _ = try await scene.post(
            json: #"[{"labels":{"alertname":"Disk"}},{"labels":{"alertname":"Load"}}]"#, to: "/api/v2/alerts")
        let created = try await scene.post(json: Self.silence(), to: "/api/v2/silences").json
        guard case .string(let id)? = created["silenceID"] else {
            Issue.record("no silenceID in \(created)")
            return
        }
        let listed = try await scene.get("/api/v2/silences").json
        #expect(
            listed[0] == [
                "id": .string(id), "createdBy": "me", "comment": "works", "startsAt": "2023-11-14T22:13:20.000Z",
                "endsAt": "2023-11-14T23:13:20.000Z", "updatedAt": "2023-11-14T22:13:20.000Z", "status": ["state": "active"],
                "matchers": [["name": "alertname", "value": "Di.*", "isRegex": true, "isEqual": true]],
            ])
        #expect(try await scene.get("/api/v2/silence/\(id)").json == listed[0])
        let alerts = try await scene.get("/api/v2/alerts").json
        #expect(alerts[0, "status"] == ["state": "suppressed", "silencedBy": [.string(id)], "inhibitedBy": []])
        #expect(alerts[1, "status", "state"] == "active")
        let active = try await scene.get("/api/v2/alerts?silenced=false").json
        #expect(active.count == 1 && active[0, "labels", "alertname"] == "Load")
        let filter = Scene.encoded(#"alertname=~"Dis.+""#)
        for filter in [filter, "alertname%3DDisk", Scene.encoded(#"{alertname="Disk", host!="s9"}"#)] {
            #expect(try await scene.get("/api/v2/alerts?filter=\(filter)").json.count == 1)
        }
        #expect(try await scene.get("/api/v2/alerts?filter=%3D").status == 400)
        #expect(try await scene.send(.delete, "/api/v2/silence/\(id)").status == 200)
        #expect(try await scene.get("/api/v2/silences").json[0, "status", "state"] == "expired")
        #expect(try await scene.get("/api/v2/alerts").json[0, "status", "state"] == "active")
        #expect(try await scene.send(.delete, "/api/v2/silence/none").status == 404)
        #expect(try await scene.get("/api/v2/silence/none").status == 404)
    }
}
