import ArgumentParser
import Foundation
import MetricStore

/// `magewatch restore`: puts a copy of the metric store back.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a copy of the metrics into a data directory that has none.",
        discussion: """
            The copy is what "magewatch backup" made; it is left as it is. What is put back is opened once, so that damage is told here and
            not at the next start. A monitor must not run on the directory meanwhile.

            EXAMPLE
              magewatch restore /backup/20260801T120000Z-1f2e3d4c5b6a7988 --data /var/lib/magewatch
            """)

    @Argument(help: "Directory of the copy.")
    var copy: String

    @Option(help: "Directory of the stores.")
    var data = "magewatch-data"

    func run() throws {
        do {
            let statistics = try MetricStore.restore(snapshot: copy, to: data + "/metrics") { line in
                FileHandle.standardError.write(Data("warning: \(line)\n".utf8))
            }
            print(
                "restored to \(data)/metrics: \(statistics.blocks) blocks with \(statistics.blockSamples) samples, "
                    + "\(statistics.series) series with \(statistics.headSamples) samples in the log")
        } catch let error as MetricStoreError {
            throw CommandFailure(error.message)
        }
    }
}
