import Compression
import Foundation
import HTTPTypes
import PromQL
import Telemetry
import Testing

@testable import MonitorAPI

@Suite struct QuerySettingsTests {
    @Test("A limit cuts the series of an answer and says so; 0 is none")
    func limit() async throws {
        let scene = Scene()
        let cut = try await scene.get("/api/v1/query?query=up&limit=1").json
        #expect(cut["data", "result"]?.count == 1)
        #expect(cut["warnings"] == ["results truncated due to limit"])
        let range = "/api/v1/query_range?query=up&start=1699999880&end=1700000000&step=60"
        #expect(try await scene.get(range + "&limit=1").json["data", "result"]?.count == 1)
        for uri in [range, range + "&limit=0", "/api/v1/query?query=up&limit=2"] {
            let whole = try await scene.get(uri).json
            #expect(whole["data", "result"]?.count == 2 && whole["warnings"] == nil, "\(uri)")
        }
        let values = try await scene.get("/api/v1/label/job/values?limit=1").json
        #expect(values["data"] == ["db"] && values["warnings"] == ["results truncated due to limit"])
    }

    @Test("The lookback is the request's own where it names one")
    func lookback() async throws {
        let scene = Scene()
        let late = "/api/v1/query?query=requests_total&time=1700000120"
        #expect(try await scene.get(late).json["data", "result"]?.count == 1)
        for delta in ["60", "1m", "60.0"] {
            #expect(try await scene.get(late + "&lookback_delta=" + delta).json["data", "result"]?.count == 0, "\(delta)")
        }
        #expect(try await scene.get(late + "&lookback_delta=121").json["data", "result"]?.count == 1)
    }

    @Test("A timeout may be shorter than the server's, never longer")
    func timeout() throws {
        let engine = PromQLEngine(source: SeriesInMemory())
        func deadline(_ query: String) throws -> Duration? {
            try QuerySettings(RequestParameters(query: query), engine).engine.options.deadline
        }
        #expect(try deadline("timeout=5s") == .seconds(5))
        #expect(try deadline("timeout=2.5") == .milliseconds(2500))
        #expect(try deadline("timeout=10h") == engine.options.deadline)
        #expect(try deadline("") == engine.options.deadline)
    }

    @Test("Statistics come where they are wanted", arguments: ["true", "all"])
    func statistics(wanted: String) async throws {
        let scene = Scene()
        let stats = try await scene.get("/api/v1/query?query=up&stats=\(wanted)").json["data", "stats", "timings"]
        guard case .number(let seconds)? = stats?["evalTotalTime"] else {
            Issue.record("no evalTotalTime")
            return
        }
        #expect(seconds >= 0 && seconds < 60)
        #expect(try await scene.get("/api/v1/query?query=up").json["data", "stats"] == nil)
        let odd = try await scene.get("/api/v1/query?query=up&stats=yes").json
        #expect(odd["data", "stats"] != nil && odd["warnings"]?.count == 1)
    }

    @Test(
        "Parameters that make no sense are refused",
        arguments: ["limit=-1", "limit=x", "timeout=soon", "timeout=0", "lookback_delta=-5m", "lookback_delta=nan"])
    func refused(parameter: String) async throws {
        let answer = try await Scene().get("/api/v1/query?query=up&" + parameter)
        #expect(answer.status == 400, "\(answer.text)")
        #expect(try answer.json["errorType"] == "bad_data")
    }

    @Test("Notes of a query travel in the envelope")
    func notes() async throws {
        let answer = try await Scene().get("/api/v1/query?query=" + Scene.encoded("rate(up[5m])")).json
        guard case .array(let infos)? = answer["infos"], case .string(let text)? = infos.first else {
            Issue.record("no infos in \(answer)")
            return
        }
        #expect(text.hasPrefix("PromQL info"))
    }

    @Test("Answers are compressed for clients that take gzip, and only where it is worth it")
    func gzip() async throws {
        let scene = Scene()
        let uri = "/api/v1/query_range?query=up&start=1699999400&end=1700000000&step=10"
        let plain = try await scene.get(uri)
        #expect(plain.headers[.contentEncoding] == nil)
        for accepted in ["gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8, *;q=0.1", "*"] {
            let packed = try await scene.send(.get, uri, headers: [.acceptEncoding: accepted])
            #expect(packed.headers[.contentEncoding] == "gzip" && packed.headers[.vary] == "Accept-Encoding", "\(accepted)")
            #expect(packed.headers[.contentLength] == "\(packed.body.count)")
            #expect(packed.body.count < plain.body.count / 4)
            #expect(try Gzip.decompress(Array(packed.body), maximumBytes: 1 << 20) == Array(plain.body))
        }
        for refused in ["identity", "gzip;q=0", "*;q=0, br", "gzip;q=0, *"] {
            let answer = try await scene.send(.get, uri, headers: [.acceptEncoding: refused])
            #expect(answer.headers[.contentEncoding] == nil, "\(refused)")
        }
        let bomb = try await scene.send(
            .get, "/api/v1/query?query=" + Scene.encoded("\"" + String(repeating: "x", count: 100_000) + "\""),
            headers: [.acceptEncoding: "gzip"])
        #expect(bomb.status == 200 && bomb.headers[.contentEncoding] == nil && bomb.body.count > 100_000)
        let small = try await scene.send(.get, "/api/v1/labels", headers: [.acceptEncoding: "gzip"])
        #expect(small.headers[.contentEncoding] == nil)
    }
}
