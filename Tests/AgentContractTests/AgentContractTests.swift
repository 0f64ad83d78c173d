import AgentContract
import Foundation
import Testing
import Topology

@Suite("Steps and plans travel as JSON")
struct CodingTests {
    static let backend = Backend(pool: "web", name: "web3", host: "10.0.0.3", port: 80)
    static let specification = ContainerSpecification(
        name: "web3", role: .web, image: "web", address: "10.0.0.3/24", limits: Resources(cores: 0.5, memoryBytes: 1 << 27))
    static let files = SharedFiles(source: "/a", target: "/b")

    static let database = Database(
        container: "db1", host: "10.0.0.7",
        access: DatabaseAccess(port: 3306, user: "magewatch", passwordFile: "/etc/p", socket: "/run/mysqld/mysqld.sock"))

    @Test(
        "Every step comes back as it was sent",
        arguments: [
            Step.startContainer(specification), .stopContainer(name: "web3", graceSeconds: 2), .mountSharedFiles(files),
            .unmountSharedFiles(files), .waitUntilHealthy(HealthProbe(url: "http://10.0.0.3/", timeoutSeconds: 5)),
            .addBackend(backend),
            .drainBackend(backend, deadlineSeconds: 3), .removeBackend(backend),
            .claimAddress(address: "10.0.0.3/24", interface: "br0"),
            .releaseAddress(address: "10.0.0.3/24", interface: "br0"), .ban(address: "192.0.2.1", until: 5, reason: "scan"),
            .unban(address: "192.0.2.1"),
            .promoteDatabase(database, DatabasePromotion(peers: [database], lost: [database], requiresReplica: true)),
            .demoteDatabase(database, answersWithinSeconds: 3),
            .severReplica(database, expectsLoss: true), .resumeReplica(database),
            .followPrimary(database, primary: database), .awaitReplica(database, primary: database, timeoutSeconds: 5),
            .requireReplica(database), .waiveReplica(database), .fence(address: "10.0.0.7"), .unfence(address: "10.0.0.7"),
            .claimServiceAddress(address: "10.0.0.9/24", container: "db1"),
            .releaseServiceAddress(address: "10.0.0.9/24", container: "db1"),
        ])
    func steps(step: Step) throws {
        let request = StepRequest(id: "p/0", fencingToken: 7, step: step)
        #expect(try JSONDecoder().decode(StepRequest.self, from: JSONEncoder().encode(request)) == request)
        #expect(!step.name.isEmpty)
        #expect(!step.object.isEmpty)
    }

    @Test("A planned step kept before there were points of no return reads as one without")
    func oldPlannedStep() throws {
        let step = PlannedStep(.detach(server: "o1"), mayFail: true, timeoutSeconds: 3)
        let now = try JSONEncoder().encode(step)
        var document = try #require(try JSONSerialization.jsonObject(with: now) as? [String: Any])
        document["isPointOfNoReturn"] = nil
        #expect(try JSONDecoder().decode(PlannedStep.self, from: JSONSerialization.data(withJSONObject: document)) == step)
        let final = PlannedStep(.detach(server: "o1"), isPointOfNoReturn: true)
        #expect(try JSONDecoder().decode(PlannedStep.self, from: JSONEncoder().encode(final)) == final)
    }

    @Test("An answer succeeded where the step was done, or was so already")
    func answers() {
        func answer(_ outcome: StepAnswer.Outcome) -> StepAnswer {
            StepAnswer(id: "p/0", outcome: outcome, message: "", durationSeconds: 0)
        }
        #expect(answer(.done).succeeded && answer(.unchanged).succeeded)
        #expect(!answer(.failed).succeeded && !answer(.fenced).succeeded)
    }
}
