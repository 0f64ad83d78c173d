import ArgumentParser
import Foundation
import LogStore
import MetricStore

/// `magewatch restore`: puts a copy of metrics and logs back.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a copy of metrics and logs into a data directory that has none.",
        discussion: """
            The copy is what "magewatch backup" made; it is left as it is. What is put back is opened once, so that damage is told here and
            not at the next start. A monitor must not run on the directory meanwhile. Of a copy that has only metrics, as earlier versions
            made it, these are put back.

            EXAMPLE
              magewatch restore /backup/20260801T120000Z-1f2e3d4c5b6a7988 --data /var/lib/magewatch
            """)

    @Argument(help: "Directory of the copy.")
    var copy: String

    @Option(help: "Directory of the stores.")
    var data = "magewatch-data"

    func run() throws {
        let hasFolders = exists(copy + "/metrics") || exists(copy + "/logs")
        // Nothing is put back where something would be in the way of the rest.
        for folder in ["/metrics", "/logs"] where hasFolders && exists(copy + folder) {
            let entries = try? FileManager.default.contentsOfDirectory(atPath: data + folder)
            guard entries?.isEmpty ?? true else {
                throw CommandFailure("\(data)\(folder) is not empty: name a data directory without stores with --data")
            }
        }
        do {
            if !hasFolders || exists(copy + "/metrics") { try restoreMetrics(hasFolders ? copy + "/metrics" : copy) }
            if exists(copy + "/logs") { try restoreLogs(copy + "/logs") }
        } catch let error as MetricStoreError {
            throw CommandFailure(error.message)
        } catch let error as LogStoreError {
            throw CommandFailure(error.message)
        }
    }

    private func restoreMetrics(_ copy: String) throws {
        let statistics = try MetricStore.restore(snapshot: copy, to: data + "/metrics", report: warn)
        print(
            "restored to \(data)/metrics: \(statistics.blocks) blocks with \(statistics.blockSamples) samples, "
                + "\(statistics.series) series with \(statistics.headSamples) samples in the log")
    }

    private func restoreLogs(_ copy: String) throws {
        let statistics = try LogStore.restore(snapshot: copy, to: data + "/logs", report: warn)
        print(
            "restored to \(data)/logs: \(statistics.blocks) blocks with \(statistics.blockLines) lines of "
                + "\(statistics.streams) streams")
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}

/// Tells about what is damaged in a copy.
@Sendable private func warn(_ line: String) {
    FileHandle.standardError.write(Data("warning: \(line)\n".utf8))
}
