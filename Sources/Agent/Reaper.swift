import CLinux
import Foundation
import ServiceLifecycle
import Telemetry

/// Buries orphans: processes whose parent ended (a container's monitor, mostly) become the agent's children and would stay as
/// zombies, under whose number a dead container looks alive.
///
/// Children that the agent started itself are waited for by whoever started them, within moments; on a machine short of time those
/// moments are long. So only a zombie that was one at ``patience`` looks in a row is buried here.
struct Reaper: Service {
    static let interval = Duration.milliseconds(500)
    /// Looks at which a process must have been a zombie.
    static let patience = 10

    let metrics: SelfMetrics

    func run() async throws {
        // Without it orphans go to the machine's first process, which buries them too, if later.
        metrics.set("magewatch_agent_subreaper", to: clinux_become_subreaper() == 0 ? 1 : 0)
        await cancelWhenGracefulShutdown {
            var looks: [Int32: Int] = [:]
            while !Task.isCancelled {
                let zombies = Reaper.zombieChildren()
                looks = looks.filter { zombies.contains($0.key) }
                for process in zombies { looks[process, default: 0] += 1 }
                for (process, count) in looks where count > Reaper.patience && waitpid(process, nil, WNOHANG) == process {
                    metrics.add("magewatch_agent_orphans_reaped_total")
                    looks[process] = nil
                }
                try? await Task.sleep(for: Reaper.interval)
            }
        }
    }

    /// Children of this process that have ended and were not waited for.
    static func zombieChildren() -> Set<Int32> {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        var found: Set<Int32> = []
        for thread in threads {
            guard let bytes = FileManager.default.contents(atPath: "/proc/self/task/\(thread)/children") else { continue }
            for word in String(decoding: bytes, as: UTF8.self).split(separator: " ") {
                guard let process = Int32(word),
                    let stat = FileManager.default.contents(atPath: "/proc/\(process)/stat"),
                    let end = stat.lastIndex(of: UInt8(ascii: ")")), end + 2 < stat.endIndex,
                    stat[end + 2] == UInt8(ascii: "Z")
                else { continue }
                found.insert(process)
            }
        }
        return found
    }
}
