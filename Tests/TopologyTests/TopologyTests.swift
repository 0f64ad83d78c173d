import Testing
import Topology

@Suite("The stack's inventory")
struct StackTests {
    @Test("An overflow server is attached only while it is leased")
    func attached() {
        let amount = Resources(cores: 1, memoryBytes: 1)
        func server(_ name: String, _ kind: Server.Kind) -> Server {
            Server(name: name, kind: kind, address: "", agentURL: "", capacity: amount)
        }
        var stack = Stack(name: "s", servers: [server("s1", .member), server("o1", .overflow)])
        #expect(stack.attachedServers.map(\.name) == ["s1"])
        stack.leases = [Lease(server: "o1", from: 0, fencingToken: 1)]
        #expect(stack.attachedServers.map(\.name) == ["s1", "o1"])
    }

    @Test("The scarcest resource is the utilisation; one without a stated capacity counts for nothing")
    func utilisation() {
        let used = Resources(cores: 1, memoryBytes: 30, networkBitsPerSecond: 5)
        #expect(used.utilisation(of: Resources(cores: 4, memoryBytes: 40)) == 0.75)
        #expect(used.fits(in: Resources(cores: 1, memoryBytes: 30)))
        #expect(!used.fits(in: Resources(cores: 0.9, memoryBytes: 30)))
        #expect(!used.fits(in: Resources(cores: 1, memoryBytes: 30, networkBitsPerSecond: 4)))
    }
}
