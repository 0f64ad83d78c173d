import Testing

@testable import Drivers

@Suite("Programs with input")
struct CommandRunnerTests {
    private let runner = CommandRunner()

    @Test(
        "A program reads exactly what it is given, whatever a shell would make of it",
        arguments: ["a 'b' \"c\" $HOME `id` $(id) \\ \\n", "one\ntwo", "x\nEND_OF_INPUT\ny", "", "ä€", "%s %d"])
    func input(text: String) async throws {
        let result = try await runner.run("cat", [], input: text)
        #expect(result.output == text + "\n")
        #expect(result.succeeded)
    }

    @Test("A program that reads nothing of much does no harm")
    func unread() async throws {
        let text = String(repeating: "x", count: 100_000)
        for _ in 0..<5 { #expect(try await runner.run("true", [], input: text).succeeded) }
        #expect(try await runner.run("cat", [], input: text).output.utf8.count == 100_001)
        await #expect(throws: DriverError.self) { try await runner.run("cat", [], input: text + text) }
    }

    @Test("Variables are seen by the program, the input is not among them")
    func environment() async throws {
        let result = try await runner.run("env", [], input: "secret", environment: ["MYSQL_PWD": "it's"])
        #expect(result.output.contains("MYSQL_PWD=it's\n"))
        #expect(!result.output.contains("secret"))
    }

    @Test("One that is missing or takes too long is said so by its name")
    func trouble() async throws {
        let missing = await #expect(throws: DriverError.self) { try await runner.run("no-such-program", [], input: "") }
        #expect(missing?.code == .missing && missing?.message.contains("no-such-program") == true)
        let late = await #expect(throws: DriverError.self) {
            try await runner.run("sleep", ["60"], input: "", timeout: .milliseconds(50))
        }
        #expect(late?.code == .timedOut && late?.message.hasPrefix("sleep") == true)
    }
}
