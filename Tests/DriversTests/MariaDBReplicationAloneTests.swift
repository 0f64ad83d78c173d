import AgentContract
import Foundation
import TestKit
import Testing

@testable import Drivers

/// Each test has its own servers; one after the other, as each takes seconds of processor time.
@Suite(
    "MariaDB primaries and replicas", .serialized,
    .enabled(if: Machine.runsMariaDB, "needs root and mariadb-server"), .timeLimit(.minutes(5)))
struct MariaDBReplicationAloneTests {
    let directory: TemporaryDirectory
    let driver = MariaDBReplication()
    let passwordFile: String

    init() throws {
        directory = try TemporaryDirectory("password")
        passwordFile = directory.path + "/password"
        try "it's \\secret\n".write(toFile: passwordFile, atomically: true, encoding: .utf8)
    }

    func server(_ number: Int) async throws -> MariaDBServer {
        let server = try MariaDBServer(number, passwordFile: passwordFile)
        try await server.start()
        try await server.makeAccount(password: "it\\'s \\\\secret")
        return server
    }

    /// A primary with replicas that it waits for, and a table.
    func cluster(of count: Int) async throws -> [MariaDBServer] {
        var servers: [MariaDBServer] = []
        for number in 1...count { servers.append(try await server(number)) }
        try #require(await driver.promote(servers[0].local, DatabasePromotion(requiresReplica: false)).changed)
        for replica in servers.dropFirst() {
            _ = try await driver.follow(replica.local, primary: servers[0].database)
            _ = try await driver.resume(replica.local)
        }
        _ = try await driver.requireReplica(servers[0].local)
        try await servers[0].query("CREATE DATABASE shop", "CREATE TABLE shop.orders (id INT PRIMARY KEY) ENGINE = InnoDB")
        return servers
    }

    func rows(_ server: MariaDBServer) async throws -> Set<Int> {
        Set(try await server.query("SELECT id FROM shop.orders").compactMap { Int($0) })
    }

    @Test("A replica follows, has all, and every verb can be repeated")
    func pair() async throws {
        let servers = try await cluster(of: 2)
        let (primary, replica) = (servers[0], servers[1])
        try await primary.query("INSERT INTO shop.orders VALUES (1), (2)")
        _ = try await driver.waitForAll(replica.local, of: primary.database, timeout: .seconds(10))
        #expect(try await rows(replica) == [1, 2])
        #expect(try await !driver.resume(replica.local).changed)
        #expect(try await !driver.requireReplica(primary.local).changed)
        #expect(
            try await !driver.promote(primary.local, DatabasePromotion(peers: [replica.database], requiresReplica: true)).changed)

        let first = try await driver.standing(of: primary.local)
        #expect(first.isPrimary && first.requiresReplica && first.acknowledgingReplicas == 1 && first.serverID == 1)
        let second = try await driver.standing(of: replica.local)
        #expect(second.isReadOnly && !second.isPrimary && !second.requiresReplica && second.follows(primary.database))
        #expect(second.following?.isReceiving == true && second.following?.isApplying == true)
        #expect(second.position.reaches(first.position))

        #expect(try await driver.sever(replica.local, expectsLoss: false).changed)
        #expect(try await !driver.sever(replica.local, expectsLoss: false).changed)
        #expect(try await driver.resume(replica.local).changed)

        // Told to follow, it listens and does not acknowledge.
        #expect(try await driver.follow(replica.local, primary: primary.database).changed)
        #expect(try await !driver.follow(replica.local, primary: primary.database).changed)
        let silent = try await driver.standing(of: replica.local)
        #expect(silent.following?.isReceiving == true && !silent.isAcknowledging)
        #expect(try await driver.resume(replica.local).changed)
        #expect(try await driver.demote(primary.local).changed)
        #expect(try await !driver.demote(primary.local).changed)
        await #expect(throws: DriverError.self) { try await driver.requireReplica(primary.local) }
    }

    @Test("A primary killed in the middle of writes loses nothing that it acknowledged, and comes back as a replica")
    func killed() async throws {
        let servers = try await cluster(of: 2)
        let (old, new) = (servers[0], servers[1])
        let writer = try old.writer(of: 100_000)
        var acknowledged: Set<Int> = []
        var rest = Data()
        // In the middle: some hundreds are acknowledged, and more are on their way.
        while acknowledged.count < 300 {
            let chunk = writer.output.availableData
            try #require(!chunk.isEmpty)
            MariaDBReplicationAloneTests.take(chunk, &rest, &acknowledged)
        }
        old.kill()
        let start = ContinuousClock.now
        _ = try await driver.sever(new.local, expectsLoss: true)
        let outcome = try await driver.promote(new.local, DatabasePromotion(lost: [old.database], requiresReplica: false))
        #expect(outcome.changed)
        #expect(ContinuousClock.now - start < .seconds(10))
        while case let chunk = writer.output.availableData, !chunk.isEmpty {
            MariaDBReplicationAloneTests.take(chunk, &rest, &acknowledged)
        }
        writer.process.waitUntilExit()
        let kept = try await rows(new)
        #expect(acknowledged.subtracting(kept).isEmpty, "lost: \(acknowledged.subtracting(kept).sorted().prefix(5))")
        #expect(acknowledged.count >= 300 && acknowledged.count < 100_000)
        try await new.query("INSERT INTO shop.orders VALUES (1000000)")

        // It drops what nobody was told of, and follows.
        try await old.start()
        #expect(try await driver.standing(of: old.local).isReadOnly)
        _ = try await driver.follow(old.local, primary: new.database)
        _ = try await driver.resume(old.local)
        _ = try await driver.requireReplica(new.local)
        try await new.query("INSERT INTO shop.orders VALUES (1000001)")
        _ = try await driver.waitForAll(old.local, of: new.database, timeout: .seconds(10))
        let (left, right) = (try await rows(old), try await rows(new))
        #expect(left.subtracting(right).isEmpty, "it kept what the primary has not")
        #expect(right.subtracting(left).isEmpty, "it did not get back what it dropped, or what came later")
    }

    private static func take(_ chunk: Data, _ rest: inout Data, _ acknowledged: inout Set<Int>) {
        rest.append(chunk)
        let lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for line in lines.dropLast() { Int(String(decoding: line, as: UTF8.self)).map { _ = acknowledged.insert($0) } }
        rest = Data(lines.last ?? Data())
    }

    @Test("A primary cut off from its replicas acknowledges nothing; demoted, its clients learn of no success")
    func isolated() async throws {
        let servers = try await cluster(of: 2)
        let (old, new) = (servers[0], servers[1])
        _ = try await driver.sever(new.local, expectsLoss: false)
        let writer = try old.writer(of: 3)
        try await waitForAWaiter(on: old)
        _ = try await driver.promote(
            new.local, DatabasePromotion(lost: [], requiresReplica: false))
        // Both could be written to now, and only one can say that it was.
        try await new.query("INSERT INTO shop.orders VALUES (7)")
        #expect(try await driver.demote(old.local).changed)
        #expect(writer.output.readDataToEndOfFile().isEmpty)
        writer.process.waitUntilExit()
        #expect(writer.process.terminationStatus != 0)

        // What it wrote on its own forks the data, so it is refused and says what to do.
        let refusal = await #expect(throws: DriverError.self) { try await driver.follow(old.local, primary: new.database) }
        #expect(refusal?.message.contains("mariadb-backup") == true && refusal?.message.contains("0-1-") == true)
        #expect(try await driver.standing(of: old.local).isReadOnly)
    }

    @Test(
        "What a crashed primary had for itself is dropped at its start where it is told to, and refused where it is not",
        arguments: [true, false])
    func crashedAhead(dropsUnacknowledged: Bool) async throws {
        let servers = try await cluster(of: 2)
        let (old, new) = (servers[0], servers[1])
        _ = try await driver.sever(new.local, expectsLoss: false)
        let writer = try old.writer(of: 1)
        try await waitForAWaiter(on: old)
        old.kill()
        writer.process.waitUntilExit()
        _ = try await driver.promote(new.local, DatabasePromotion(lost: [old.database], requiresReplica: false))
        try await new.query("INSERT INTO shop.orders VALUES (7)")
        try await old.start(dropsUnacknowledged: dropsUnacknowledged)
        if dropsUnacknowledged {
            #expect(try await driver.follow(old.local, primary: new.database).changed)
            _ = try await driver.waitForAll(old.local, of: new.database, timeout: .seconds(10))
            #expect(try await rows(old) == [7])
        } else {
            await #expect(throws: DriverError.self) { try await driver.follow(old.local, primary: new.database) }
        }
    }

    private func waitForAWaiter(on server: MariaDBServer) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while try await server.query(
            "SELECT ID FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for semi-sync ACK%'"
        ).isEmpty {
            try #require(ContinuousClock.now < end)
        }
    }

    @Test("The new primary fetches what only another replica has received, and refuses to begin before all are severed")
    func rest() async throws {
        let servers = try await cluster(of: 3)
        let (old, new, other) = (servers[0], servers[1], servers[2])
        _ = try await driver.sever(new.local, expectsLoss: false)
        // Acknowledged by the other alone.
        try await old.query("INSERT INTO shop.orders VALUES (1), (2), (3)")
        let promotion = DatabasePromotion(peers: [other.database], lost: [old.database], requiresReplica: true)
        let alive = await #expect(throws: DriverError.self) { try await driver.promote(new.local, promotion) }
        #expect(alive?.message.contains("takes writes") == true)
        old.kill()
        let listening = await #expect(throws: DriverError.self) { try await driver.promote(new.local, promotion) }
        #expect(listening?.message.contains("sever it first") == true)
        _ = try await driver.sever(other.local, expectsLoss: true)
        #expect(try await driver.promote(new.local, promotion).changed)
        #expect(try await rows(new) == [1, 2, 3])
        _ = try await driver.follow(other.local, primary: new.database)
        _ = try await driver.resume(other.local)
        try await new.query("INSERT INTO shop.orders VALUES (4)")
        _ = try await driver.waitForAll(other.local, of: new.database, timeout: .seconds(10))
        #expect(try await rows(other) == [1, 2, 3, 4])

        // A peer that can't be asked may have more.
        other.kill()
        _ = try await driver.demote(new.local)
        await #expect(throws: DriverError.self) {
            _ = try await driver.promote(new.local, DatabasePromotion(peers: [other.database], requiresReplica: false))
        }
        #expect(try await driver.standing(of: new.local).isReadOnly)
    }

    @Test("A switchover under writes loses nothing and leaves the old primary as the replica")
    func switchover() async throws {
        let servers = try await cluster(of: 2)
        let (old, new) = (servers[0], servers[1])
        let writer = try old.writer(of: 100_000)
        var acknowledged: Set<Int> = []
        var rest = Data()
        while acknowledged.count < 200 {
            let chunk = writer.output.availableData
            try #require(!chunk.isEmpty)
            MariaDBReplicationAloneTests.take(chunk, &rest, &acknowledged)
        }
        _ = try await driver.demote(old.local)
        _ = try await driver.waitForAll(new.local, of: old.database, timeout: .seconds(10))
        _ = try await driver.sever(new.local, expectsLoss: false)
        _ = try await driver.promote(new.local, DatabasePromotion(peers: [old.database], requiresReplica: false))
        MariaDBReplicationAloneTests.take(writer.output.readDataToEndOfFile(), &rest, &acknowledged)
        writer.process.waitUntilExit()
        _ = try await driver.follow(old.local, primary: new.database)
        _ = try await driver.resume(old.local)
        _ = try await driver.requireReplica(new.local)
        try await new.query("INSERT INTO shop.orders VALUES (1000000)")
        _ = try await driver.waitForAll(old.local, of: new.database, timeout: .seconds(10))
        let kept = try await rows(new)
        #expect(acknowledged.subtracting(kept).isEmpty)
        #expect(try await rows(old) == kept)
    }

    @Test("A replica that hears its primary is no witness of its death")
    func witness() async throws {
        let servers = try await cluster(of: 2)
        let refusal = await #expect(throws: DriverError.self) { try await driver.sever(servers[1].local, expectsLoss: true) }
        #expect(refusal?.message.contains("still hears") == true)
        #expect(try await driver.standing(of: servers[1].local).following?.isReceiving == true)
    }

    @Test("A primary that lost its only replica goes on once it is told to, and its waiting clients with it")
    func waive() async throws {
        let servers = try await cluster(of: 2)
        let (primary, replica) = (servers[0], servers[1])
        replica.kill()
        let writer = try primary.writer(of: 1)
        try await waitForAWaiter(on: primary)
        #expect(try await driver.waiveReplica(primary.local).changed)
        #expect(try await !driver.waiveReplica(primary.local).changed)
        #expect(String(decoding: writer.output.readDataToEndOfFile(), as: UTF8.self) == "1\n")
        let end = ContinuousClock.now + .seconds(20)
        while try await driver.standing(of: primary.local).acknowledgingReplicas > 0 { try #require(ContinuousClock.now < end) }
        await #expect(throws: DriverError.self) { try await driver.requireReplica(primary.local) }
        try await primary.query("INSERT INTO shop.orders VALUES (2)")
    }

    @Test("A server that is not there writes nothing; all else says what is wrong")
    func absent() async throws {
        let server = try MariaDBServer(1, passwordFile: passwordFile)
        #expect(try await !driver.demote(server.local).changed)
        let error = await #expect(throws: DriverError.self) { try await driver.standing(of: server.local) }
        #expect(error?.code == .unreachable)
        let other = try MariaDBServer(2, passwordFile: directory.path + "/none")
        try await other.start()
        let missing = await #expect(throws: DriverError.self) { try await driver.follow(other.local, primary: other.database) }
        #expect(missing?.code == .missing)
    }
}
