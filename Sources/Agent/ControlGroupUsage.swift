import Drivers

/// What a container uses and may use, from the files of its control groups.
struct ControlGroupUsage: Equatable {
    var cpuSeconds: Double?
    /// Cores it may use; nil for no limit.
    var cpuLimitCores: Double?
    /// Without file cache that could be dropped at once.
    var memoryBytes: Double?
    /// Nil for no limit.
    var memoryLimitBytes: Double?
    /// Time in which something in it waited for a processor, for memory, for a disk.
    var cpuPressureSeconds: Double?
    var memoryPressureSeconds: Double?
    var ioPressureSeconds: Double?
    var throttledSeconds: Double?
    var processes: Double?
    var outOfMemoryKills: Double?

    /// Reads them. `file` returns the text of a file by controller (version one) and name; version two and the pressure files
    /// of a hybrid have the controller `unified`.
    init(version: ControlGroups.Version, file: (_ controller: String, _ name: String) -> String?) {
        func number(_ controller: String, _ name: String) -> Double? {
            file(controller, name).flatMap { Double($0.prefix { $0 != "\n" }) }
        }
        func table(_ controller: String, _ name: String) -> [Substring: Double] {
            var values: [Substring: Double] = [:]
            for line in (file(controller, name) ?? "").split(separator: "\n") {
                let fields = line.split(separator: " ")
                if fields.count == 2, let value = Double(fields[1]) { values[fields[0]] = value }
            }
            return values
        }
        func stalled(_ name: String) -> Double? {
            file("unified", name).flatMap { ProcessFiles.pressure($0).first { $0.kind == "some" }?.seconds }
        }
        switch version {
        case .one:
            cpuSeconds = number("cpuacct", "cpuacct.usage").map { $0 / 1e9 }
            if let quota = number("cpu", "cpu.cfs_quota_us"), quota > 0, let period = number("cpu", "cpu.cfs_period_us"),
                period > 0
            {
                cpuLimitCores = quota / period
            }
            throttledSeconds = table("cpu", "cpu.stat")["throttled_time"].map { $0 / 1e9 }
            let cache = table("memory", "memory.stat")["total_inactive_file"] ?? 0
            memoryBytes = number("memory", "memory.usage_in_bytes").map { max(0, $0 - cache) }
            // No limit is written as the largest whole number of pages.
            memoryLimitBytes = number("memory", "memory.limit_in_bytes").flatMap { $0 < 9e18 ? $0 : nil }
            outOfMemoryKills = table("memory", "memory.oom_control")["oom_kill"]
            processes = number("pids", "pids.current")
        case .two:
            let cpu = table("unified", "cpu.stat")
            cpuSeconds = cpu["usage_usec"].map { $0 / 1e6 }
            throttledSeconds = cpu["throttled_usec"].map { $0 / 1e6 }
            let limit = (file("unified", "cpu.max") ?? "").split(whereSeparator: { $0 == " " || $0 == "\n" })
            if limit.count == 2, let quota = Double(limit[0]), let period = Double(limit[1]), period > 0 {
                cpuLimitCores = quota / period
            }
            let cache = table("unified", "memory.stat")["inactive_file"] ?? 0
            memoryBytes = number("unified", "memory.current").map { max(0, $0 - cache) }
            memoryLimitBytes = number("unified", "memory.max")
            outOfMemoryKills = table("unified", "memory.events")["oom_kill"]
            processes = number("unified", "pids.current")
        }
        cpuPressureSeconds = stalled("cpu.pressure")
        memoryPressureSeconds = stalled("memory.pressure")
        ioPressureSeconds = stalled("io.pressure")
    }

    /// A process' groups by controller, from its `/proc/PID/cgroup`; version two stands under `unified`.
    static func groups(_ text: String) -> [String: String] {
        var groups: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            for controller in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
                groups[controller.isEmpty ? "unified" : String(controller)] = String(parts[2])
            }
        }
        return groups
    }
}
