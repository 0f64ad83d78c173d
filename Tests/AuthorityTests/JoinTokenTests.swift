import Testing

@testable import Authority

@Suite("Join tokens")
struct JoinTokenTests {
    @Test("A token reads as it was written, with dots in the server's name too", arguments: ["s1", "web-2.example.net"])
    func roundTrip(server: String) throws {
        let token = JoinToken(server: server, authority: String(repeating: "0a", count: 32))
        #expect(try JoinToken(parsing: token.description) == token)
        #expect(JoinToken(server: server, authority: token.authority) != token)
        #expect(!JoinToken.hash(ofSecret: token.secret).contains(token.secret))
    }

    @Test(
        "What is no token is refused",
        arguments: [
            "", "mw1", "mw1.s1.00.00", "mw2.s1.\(String(repeating: "0", count: 48)).\(String(repeating: "0", count: 64))",
            "mw1..\(String(repeating: "0", count: 48)).\(String(repeating: "0", count: 64))",
            "mw1.s1.\(String(repeating: "0", count: 48)).\(String(repeating: "g", count: 64))",
            String(repeating: "mw1.", count: 1000),
        ])
    func refusals(text: String) {
        #expect(throws: AuthorityError.self) { try JoinToken(parsing: text) }
    }
}
