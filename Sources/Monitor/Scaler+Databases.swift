import Planning
import Telemetry

extension Scaler {
    /// Replicated databases as their agents saw them at the last scrapes. One that did not answer is missing.
    func seenDatabases(at now: Milliseconds) throws -> [String: PlanningInput.SeenDatabase] {
        var seen: [String: PlanningInput.SeenDatabase] = [:]
        for (labels, value) in try latest("magewatch_database_writable", at: now) {
            guard let name = labels["container"] else { continue }
            // Where a name is seen on two servers, one that takes writes is the one to reckon with.
            seen[name] = PlanningInput.SeenDatabase(isWritable: value > 0 || seen[name]?.isWritable == true)
        }
        for (labels, value) in try latest("magewatch_database_receiving", at: now) {
            if let name = labels["container"] { seen[name]?.isReceiving = value > 0 }
        }
        for (labels, value) in try latest("magewatch_database_position", at: now) {
            guard let name = labels["container"], let domain = labels["domain"].flatMap({ UInt32($0) }) else { continue }
            seen[name]?.position[domain] = UInt64(exactly: value.rounded())
        }
        return seen
    }
}
