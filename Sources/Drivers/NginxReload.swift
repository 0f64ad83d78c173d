import Foundation
import Glibc

/// Has a running nginx read its configuration anew, and tells when it has, and when the workers of before are gone.
struct NginxReload: Sendable {
    /// How long new workers are waited for.
    static let startTimeout = Duration.seconds(10)

    let program: String
    let configurationPath: String
    let pidPath: String
    let runner: CommandRunner

    /// Tests the configuration, hands it over, and returns once new workers take connections.
    /// - Returns: the workers of before, which finish what is under way.
    func perform() async throws -> Set<pid_t> {
        let test = try await runner.run(program, ["-t", "-q", "-c", configurationPath])
        guard test.succeeded else {
            throw DriverError(
                .failed, "nginx refuses its configuration \(configurationPath): \(test.complaint). Nothing was changed")
        }
        let master = try master()
        let before = NginxReload.workers(of: master)
        guard kill(master, SIGHUP) == 0 else {
            throw DriverError(
                .unreachable, "nginx (process \(master)) can't be told to reload, errno \(errno); the agent needs root")
        }
        let end = ContinuousClock.now + NginxReload.startTimeout
        while true {
            let now = NginxReload.workers(of: master)
            // A worker of before that is not shutting down yet still takes connections, by what it knows.
            let isTaken = !now.subtracting(before).isEmpty && now.intersection(before).allSatisfy(NginxReload.isLeaving)
            if isTaken { break }
            guard ContinuousClock.now < end else {
                throw DriverError(
                    .timedOut,
                    "nginx started no new workers within \(NginxReload.startTimeout) of a reload; look at its error log")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        return before
    }

    /// Returns once these workers are gone; how many were left at the deadline.
    func wait(forEndOf workers: Set<pid_t>, deadline: Duration) async throws -> Int {
        let master = try master()
        let end = ContinuousClock.now + deadline
        while true {
            let left = NginxReload.workers(of: master).intersection(workers).count
            guard left > 0, ContinuousClock.now < end else { return left }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func master() throws(DriverError) -> pid_t {
        let text = FileManager.default.contents(atPath: pidPath).map { String(decoding: $0, as: UTF8.self) }
        guard let text, let id = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), id > 1, kill(id, 0) == 0 else {
            throw DriverError(
                .unreachable,
                "nginx does not run by its file \(pidPath): start it, or give the agent the file that `pid` in its "
                    + "configuration names (--nginx-pid)")
        }
        return id
    }

    /// By its title, which it changes just before it stops to listen.
    private static func isLeaving(_ worker: pid_t) -> Bool {
        let title = FileManager.default.contents(atPath: "/proc/\(worker)/cmdline") ?? Data()
        return title.isEmpty || String(decoding: title, as: UTF8.self).contains("shutting down")
    }

    /// The children of a process that have not ended.
    private static func workers(of master: pid_t) -> Set<pid_t> {
        let text = FileManager.default.contents(atPath: "/proc/\(master)/task/\(master)/children") ?? Data()
        return Set(String(decoding: text, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) })
    }
}
