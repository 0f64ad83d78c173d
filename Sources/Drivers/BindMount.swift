package import AgentContract
import Foundation

/// Shared files that are in a directory of the server already, seen at another place by a bind mount.
package struct BindMount: SharedFileSystem {
    private let runner = CommandRunner()

    package init() {}

    package func attach(_ files: SharedFiles) async throws -> DriverOutcome {
        try check(files)
        guard files.source != files.target else { return .unchanged("\(files.target) is the shared directory itself") }
        guard FileManager.default.fileExists(atPath: files.source) else {
            throw DriverError(.missing, "shared files: there is no directory \(files.source) on this server")
        }
        if MountTable.current().contains(files.target) { return .unchanged("\(files.target) is mounted already") }
        do {
            try FileManager.default.createDirectory(atPath: files.target, withIntermediateDirectories: true)
        } catch {
            throw DriverError(.storage, "mount point \(files.target) can't be made: \(error.localizedDescription)")
        }
        try await runner.require(
            "mount", ["--bind", files.source, files.target], advice: "The agent needs root to mount shared files")
        return .done("\(files.source) mounted at \(files.target)")
    }

    package func detach(_ files: SharedFiles) async throws -> DriverOutcome {
        try check(files)
        guard MountTable.current().contains(files.target) else { return .unchanged("\(files.target) is not mounted") }
        try await runner.require(
            "umount", [files.target], advice: "Stop the containers that use it (fuser -m \(files.target)) and repeat")
        return .done("\(files.target) unmounted")
    }

    package func isHealthy(_ files: SharedFiles) async -> Bool {
        (files.source == files.target || MountTable.current().contains(files.target))
            && (try? FileManager.default.contentsOfDirectory(atPath: files.target)) != nil
    }

    private func check(_ files: SharedFiles) throws(DriverError) {
        try Names.checkPath(files.source, "shared files' source")
        try Names.checkPath(files.target, "shared files' target")
    }
}
