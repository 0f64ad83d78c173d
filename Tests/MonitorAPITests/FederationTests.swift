import Telemetry
import Testing

@testable import MonitorAPI

@Suite struct FederationTests {
    @Test("The newest samples of the selected series come as text, a family at a time")
    func newest() async throws {
        let uri = "/federate?match[]=" + Scene.encoded(#"up{job="web"}"#) + "&match[]=requests_total&match[]=up"
        let answer = try await Scene().get(uri)
        #expect(answer.contentType == "text/plain; version=0.0.4; charset=utf-8")
        #expect(
            answer.text == """
                # TYPE requests_total untyped
                requests_total{job="web",instance=""} 600 1700000000000
                # TYPE up untyped
                up{host="db+1/x y%",job="db",instance=""} 0 1700000000000
                up{host="web1",job="web",instance=""} 1 1700000000000

                """)
    }

    @Test("Series that ended, are old or have no name are left out; odd names stand in quotes")
    func odd() async throws {
        var series = SeriesInMemory()
        series.append(["__name__": "ended", "a": "b"], Scene.now - 1000, 1)
        series.append(["__name__": "ended", "a": "b"], Scene.now, SampleBatch.staleMarker)
        series.append(["__name__": "old", "a": "b"], Scene.now - 300_001, 1)
        series.append(["a": "b"], Scene.now, 1)
        series.append(["__name__": "http.time", "a": "b", "c d": "\"\n", "instance": "i"], Scene.now - 1, .infinity)
        let answer = try await Scene(series: series).get("/federate?match[]=" + Scene.encoded(#"{a="b"}"#))
        #expect(
            answer.text == """
                # TYPE "http.time" untyped
                {"http.time",a="b","c d"="\\"\\n",instance="i"} +Inf 1699999999999

                """)
    }

    @Test("A selector that is none is refused in words")
    func broken() async throws {
        let answer = try await Scene().get("/federate?match[]=up%7B")
        #expect(answer.status == 400 && answer.contentType.hasPrefix("text/plain"))
        #expect(try await Scene().get("/federate").text == "")
    }
}
