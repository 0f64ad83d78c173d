import AgentContract
import Testing

@testable import Drivers

@Suite("What MariaDB's client says is read")
struct MariaDBAnswerTests {
    static let primary = """
        *************************** 1. row ***************************
              mw_server: 7
           mw_read_only: 0
             mw_log_bin: 1
         mw_log_updates: 1
             mw_history: 0-1-4,0-7-9
            mw_position: 0-7-9
           mw_semi_sync: 1
               mw_waits: 1
             mw_timeout: 18446744073709551615
               mw_point: AFTER_SYNC
        *************************** 1. row ***************************
        mw_clients: 2
        """
    static let following = """

        *************************** 1. row ***************************
                       Slave_IO_State: Reconnecting after a failed master event read
                          Master_Host: 10.0.0.7
                          Master_Port: 3306
                     Slave_IO_Running: Connecting
                    Slave_SQL_Running: Yes
                Seconds_Behind_Master: NULL
                        Last_IO_Error: error connecting to master 'm@10.0.0.7:3306' - retry-time: 1: no route
                       Last_SQL_Error:
                          Gtid_IO_Pos: 0-7-11
              Slave_SQL_Running_State: Slave has read all relay log; waiting for more updates
        """

    @Test("A primary's standing, and a replica's")
    func standings() throws {
        let primary = try MariaDBStanding.standing(MariaDBClient.fields(MariaDBAnswerTests.primary), of: "db1")
        #expect(primary.serverID == 7 && primary.isPrimary && primary.requiresReplica && primary.acknowledgingReplicas == 2)
        #expect(primary.history.description == "0-1-4,0-7-9" && primary.following == nil)
        let text = MariaDBAnswerTests.primary.replacing("mw_read_only: 0", with: "mw_read_only: 1") + MariaDBAnswerTests.following
        let replica = try MariaDBStanding.standing(MariaDBClient.fields(text), of: "db2")
        let following = try #require(replica.following)
        #expect(!following.isReceiving && !following.isSevered && following.isApplying && following.hasAppliedAll)
        #expect(following.lagSeconds == nil && following.host == "10.0.0.7" && following.port == 3306)
        #expect(following.receiveError.hasSuffix("no route") && following.applyError.isEmpty)
        #expect(replica.reached.description == "0-1-4,0-7-11")
    }

    @Test(
        "What is missing or makes no sense is an error",
        arguments: ["mw_server: 7", "mw_history: 0-1-4,0-7-9", "mw_timeout: 18446744073709551615", "mw_read_only: 0"])
    func missing(line: String) {
        let without = MariaDBAnswerTests.primary.replacing(line, with: "")
        let broken = MariaDBAnswerTests.primary.replacing("mw_position: 0-7-9", with: "mw_position: x")
        for text in [without, broken] {
            #expect(throws: DriverError.self) { try MariaDBStanding.standing(MariaDBClient.fields(text), of: "db1") }
        }
    }

    @Test(
        "A shorter timeout, or another rule, is no promise to wait",
        arguments: [
            ("mw_timeout: 18446744073709551615", "mw_timeout: 10000"), ("mw_point: AFTER_SYNC", "mw_point: AFTER_COMMIT"),
            ("mw_waits: 1", "mw_waits: 0"), ("mw_semi_sync: 1", "mw_semi_sync: 0"),
        ])
    func promise(from: String, to: String) throws {
        let text = MariaDBAnswerTests.primary.replacing(from, with: to)
        #expect(try !MariaDBStanding.standing(MariaDBClient.fields(text), of: "db1").requiresReplica)
    }

    @Test("A complaint never repeats the statement, which may hold a password")
    func complaint() {
        let result = CommandRunner.Result(
            exitCode: 1, output: "",
            errors: "--------------\nCHANGE MASTER TO MASTER_PASSWORD = 'secret'\n--------------\n\nERROR 1198 (HY000): stop it\n"
        )
        #expect(MariaDBClient.complaint(result) == "ERROR 1198 (HY000): stop it")
    }

    @Test("Literals can't be left", arguments: [("a", "'a'"), ("it's", "'it\\'s'"), ("\\", "'\\\\'"), ("", "''")])
    func literals(text: String, expected: String) {
        #expect(MariaDBClient.quoted(text) == expected)
    }

    @Test(
        "Errors of the client are told apart",
        arguments: [
            ("ERROR 2002 (HY000): Can't connect", DriverError.Code.unreachable), ("ERROR 2013 (HY000): Lost", .unreachable),
            ("ERROR 1045 (28000): Access denied", .failed), ("ERROR 1064 (42000): syntax", .failed),
        ])
    func errors(text: String, code: DriverError.Code) {
        #expect(MariaDBClient.error(text, "socket /x").code == code)
    }
}
