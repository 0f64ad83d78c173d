import Foundation
import Placement
import Testing

@Suite struct PlacementInstanceTests {
    private static let server = #"{"id":"s0","cpu":1000,"ram":1000,"net":100}"#
    private static func container(_ more: String, id: String = "a") -> String {
        #"{"id":"\#(id)","role":"web","group":0,"kind":"active","cpu":10,"ram":10,"net":1"# + more + "}"
    }

    private func problem(_ servers: String, _ containers: String) throws -> PlacementProblem {
        let json = #"{"servers":[\#(servers)],"containers":[\#(containers)],"optimum":{"ignored":true}}"#
        return try JSONDecoder().decode(PlacementInstance.self, from: Data(json.utf8)).problem()
    }

    @Test("A file's servers and containers become a problem, other keys are passed over")
    func reads() throws {
        let problem = try problem(Self.server, Self.container(#","current":"s0","disk":7"#) + "," + Self.container("", id: "b"))
        #expect(problem.servers.map(\.name) == ["s0"])
        #expect(problem.containers.map(\.current) == [0, nil])
        #expect(problem.containers[0].demand.diskGiB == 7)
    }

    @Test(
        "What is wrong with an instance is named",
        arguments: [
            ("", "", PlacementError.Code.tooMany, "0 servers"),
            (server + "," + server, "", .duplicate, "server \"s0\""),
            (server, container("") + "," + container(""), .duplicate, "container \"a\""),
            (server, container(#","current":"s9""#), .unknownServer, "\"s9\""),
            (#"{"id":"s0","cpu":0,"ram":1,"net":1}"#, "", .outOfBounds, "server s0 has cpu 0"),
            (#"{"id":"s0","cpu":5,"ram":1,"net":3000000000}"#, "", .outOfBounds, "net 3000000000"),
            (
                server, #"{"id":"a","role":"web","kind":"backup","cpu":-1,"ram":1,"net":1}"#, .outOfBounds,
                "container a has cpu -1"
            ),
            (
                server,
                (0..<2).map { #"{"id":"c\#($0)","role":"web","kind":"active","cpu":1,"ram":2000000000,"net":1}"# }
                    .joined(separator: ","), .outOfBounds, "ram adds up"
            ),
        ])
    func rejects(servers: String, containers: String, code: PlacementError.Code, text: String) throws {
        #expect {
            try problem(servers, containers)
        } throws: { error in
            guard let error = error as? PlacementError else { return false }
            return error.code == code && error.message.contains(text)
        }
    }

    @Test("What is no instance does not decode", arguments: ["[]", "{}", #"{"servers":[],"containers":[{"id":1}]}"#, "nonsense"])
    func noInstance(json: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(PlacementInstance.self, from: Data(json.utf8)) }
    }
}
