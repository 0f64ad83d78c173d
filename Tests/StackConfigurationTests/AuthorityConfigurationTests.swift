import StackConfiguration
import Testing
import Topology

@Suite("The stack's authority in the configuration")
struct AuthorityConfigurationTests {
    static let servers =
        "servers: [ { name: s1, address: 10.0.0.1 }, { name: s2, address: 10.0.0.2, agent: \"http://10.0.0.2:7102\" } ]\n"

    @Test("With an authority agents are reached by https, but for those that say otherwise")
    func schemes() throws {
        let with = try ConfigurationFile.parse(
            "authority: { listen: \":7203\", certificates-for: 1d }\n" + Self.servers, file: "m.yaml")
        #expect(with.authority?.endpoint.port == 7203 && with.authority?.lifetimeSeconds == 86_400)
        #expect(with.servers.map(\.agentURL) == ["https://10.0.0.1:7102", "http://10.0.0.2:7102"])
        let without = try ConfigurationFile.parse(Self.servers, file: "m.yaml")
        #expect(without.authority == nil && without.servers[0].agentURL == "http://10.0.0.1:7102")
    }

    @Test("https without an authority, and a certificate of no time, are told with their line")
    func mistakes() throws {
        let text = "servers: [ { name: s1, address: 10.0.0.1, agent: \"https://10.0.0.1:7102\" } ]\n"
        let missing = try #require(throws: ConfigurationError.self) { try ConfigurationFile.parse(text, file: "m.yaml") }
        #expect(missing.description.contains("write an authority section"))
        let short = try #require(throws: ConfigurationError.self) {
            try ConfigurationFile.parse("authority: { certificates-for: 1s }\n", file: "m.yaml")
        }
        #expect(short.description.contains("m.yaml:1: authority.certificates-for"))
    }
}
