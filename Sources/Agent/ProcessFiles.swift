/// Readers of the texts under `/proc`. Pure; what is not understood is left out, never guessed.
enum ProcessFiles {
    /// Kernel clock ticks a second; fixed by the kernel's interface at 100.
    static let ticksPerSecond = 100.0
    /// Bytes of a disk sector in `/proc/diskstats`, whatever the disk's own.
    static let sectorBytes = 512.0

    /// `/proc/stat`.
    struct Statistics: Equatable {
        /// Seconds by mode since the machine started, over all processors.
        var seconds: [(mode: String, seconds: Double)] = []
        var processors = 0
        var contextSwitches: UInt64?
        var forks: UInt64?
        var bootTime: UInt64?
        var running: UInt64?
        var blocked: UInt64?

        static func == (left: Statistics, right: Statistics) -> Bool {
            left.seconds.elementsEqual(right.seconds, by: ==) && left.processors == right.processors
                && left.forks == right.forks && left.bootTime == right.bootTime
        }
    }

    static func statistics(_ text: String) -> Statistics {
        let modes = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"]
        var result = Statistics()
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 1 else { continue }
            let value = UInt64(fields[1])
            switch fields[0] {
            case "cpu":
                result.seconds = zip(modes, fields.dropFirst()).compactMap { mode, ticks in
                    Double(ticks).map { (mode, $0 / ticksPerSecond) }
                }
            case "ctxt": result.contextSwitches = value
            case "processes": result.forks = value
            case "btime": result.bootTime = value
            case "procs_running": result.running = value
            case "procs_blocked": result.blocked = value
            default: if fields[0].hasPrefix("cpu") { result.processors += 1 }
            }
        }
        return result
    }

    /// `/proc/loadavg`: over 1, 5 and 15 minutes.
    static func load(_ text: String) -> [Double]? {
        let values = text.split(separator: " ").prefix(3).compactMap { Double($0) }
        return values.count == 3 ? values : nil
    }

    /// `/proc/meminfo` and files like it: bytes by name.
    static func memory(_ text: String) -> [Substring: UInt64] {
        var values: [Substring: UInt64] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(whereSeparator: { $0 == " " || $0 == ":" })
            guard fields.count >= 2, let value = UInt64(fields[1]) else { continue }
            values[fields[0]] = fields.count > 2 && fields[2] == "kB" ? value.multipliedSaturating(by: 1024) : value
        }
        return values
    }

    /// A pressure file: seconds stalled, by `some` and `full`.
    static func pressure(_ text: String) -> [(kind: String, seconds: Double)] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard let kind = fields.first, kind == "some" || kind == "full", let total = fields.last, total.hasPrefix("total="),
                let microseconds = Double(total.dropFirst(6))
            else { return nil }
            return (String(kind), microseconds / 1e6)
        }
    }

    /// One interface of `net/dev`.
    struct Interface: Equatable {
        var name: String
        var receivedBytes: UInt64, receivedPackets: UInt64, receiveErrors: UInt64, receiveDrops: UInt64
        var sentBytes: UInt64, sentPackets: UInt64, sendErrors: UInt64, sendDrops: UInt64
    }

    static func interfaces(_ text: String) -> [Interface] {
        text.split(separator: "\n").compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let name = line[..<colon].drop { $0 == " " }
            let n = line[line.index(after: colon)...].split(separator: " ").compactMap { UInt64($0) }
            guard n.count >= 16, !name.isEmpty else { return nil }
            return Interface(
                name: String(name), receivedBytes: n[0], receivedPackets: n[1], receiveErrors: n[2], receiveDrops: n[3],
                sentBytes: n[8], sentPackets: n[9], sendErrors: n[10], sendDrops: n[11])
        }
    }

    /// One device of `/proc/diskstats`.
    struct Disk: Equatable {
        var name: String
        var reads: UInt64, readBytes: Double, writes: UInt64, writtenBytes: Double
        var busySeconds: Double, weightedSeconds: Double
    }

    /// Devices that have done anything; memory and loop devices are left out.
    static func disks(_ text: String) -> [Disk] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count >= 14 else { return nil }
            let name = String(fields[2])
            let n = fields[3...].prefix(11).compactMap { UInt64($0) }
            guard n.count == 11, n[0] + n[4] > 0, !name.hasPrefix("loop"), !name.hasPrefix("ram") else { return nil }
            return Disk(
                name: name, reads: n[0], readBytes: Double(n[2]) * sectorBytes, writes: n[4],
                writtenBytes: Double(n[6]) * sectorBytes, busySeconds: Double(n[9]) / 1000,
                weightedSeconds: Double(n[10]) / 1000)
        }
    }

    /// The state letter of a process' `stat`, which stands behind the name's last parenthesis.
    static func state(_ stat: some BidirectionalCollection<UInt8>) -> Character? {
        guard let end = stat.lastIndex(of: UInt8(ascii: ")")),
            let index = stat.index(end, offsetBy: 2, limitedBy: stat.endIndex), index < stat.endIndex
        else { return nil }
        return Character(Unicode.Scalar(stat[index]))
    }

    /// The name of a state letter.
    static func stateName(_ letter: Character) -> String {
        switch letter {
        case "R": "running"
        case "S": "sleeping"
        case "D": "blocked"
        case "T", "t": "stopped"
        case "Z", "X": "zombie"
        case "I": "idle"
        default: "other"
        }
    }
}

extension UInt64 {
    /// The product, or the largest value where it does not fit.
    func multipliedSaturating(by factor: UInt64) -> UInt64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
