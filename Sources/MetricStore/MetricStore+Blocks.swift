internal import Glibc
internal import Synchronization
internal import Telemetry

extension MetricStore {
    private static let suffix = ".block"

    /// Opens all blocks of a directory; damaged ones are set aside, leftovers of a crash removed.
    static func openBlocks(
        _ directory: String, _ metrics: SelfMetrics, _ report: @Sendable (String) -> Void
    ) throws(MetricStoreError) -> [Block] {
        var blocks: [Block] = []
        for name in try StoreFile.list(directory) {
            let path = directory + "/" + name
            if name.hasSuffix(".tmp") { try StoreFile.remove(path) }
            guard name.hasSuffix(suffix), let number = UInt64(name.dropLast(suffix.count)) else { continue }
            do throws(MetricStoreError) {
                blocks.append(try Block(path, number: number))
            } catch {
                guard error.code == .corrupt else { throw error }
                setAside(path, error, metrics, report)
            }
        }
        // A crash between writing a merged block and removing its parts leaves both.
        let replaced = Set(blocks.flatMap(\.replaced))
        for block in blocks where replaced.contains(block.number) { try StoreFile.remove(block.path) }
        return blocks.filter { !replaced.contains($0.number) }.sorted { $0.number < $1.number }
    }

    /// Takes a damaged block out of service. The rest goes on answering.
    func setAside(_ block: Block, _ error: MetricStoreError) {
        let removed = state.withLock { state in
            let count = state.blocks.count
            // By the file: deletions put other views of it in its place, and one written anew is another file.
            state.blocks.removeAll { $0.file === block.file }
            state.past.noteLoss()
            return state.blocks.count < count
        }
        if removed { MetricStore.setAside(block.path, error, metrics, report) }
    }

    private static func setAside(
        _ path: String, _ error: MetricStoreError, _ metrics: SelfMetrics, _ report: @Sendable (String) -> Void
    ) {
        metrics.add("magewatch_metric_store_corrupt_total", ["kind": "block"])
        do throws(MetricStoreError) {
            try StoreFile.rename(path, to: path + ".corrupt")
            report("\(error.message); it is set aside as \(path).corrupt, restore it from a backup or remove it")
        } catch {
            report("damaged block: \(error.message)")
        }
    }

    /// Writes a block so that after a crash it is there whole or not at all, and opens it.
    /// - Parameter parts: the file's bytes, one part after the other.
    func write(_ parts: [[UInt8]], number: UInt64) throws(MetricStoreError) -> Block {
        let path = MetricStore.blockPath(blockDirectory, number)
        let temporary = path + ".tmp"
        do throws(MetricStoreError) {
            let file = try StoreFile(temporary, flags: O_WRONLY | O_CREAT | O_TRUNC)
            for part in parts { try file.write(part) }
            try file.sync()
            try StoreFile.rename(temporary, to: path)
            try StoreFile.syncDirectory(blockDirectory)
        } catch {
            // The file is removed at the next start where this fails too.
            try? StoreFile.remove(temporary)
            throw error
        }
        return try Block(path, number: number)
    }

    static func blockPath(_ directory: String, _ number: UInt64) -> String {
        let digits = String(number)
        return directory + "/" + String(repeating: "0", count: max(0, 10 - digits.count)) + digits + suffix
    }

    /// Takes blocks out of service, then off the disk.
    func retire(_ blocks: [Block]) throws(MetricStoreError) {
        let numbers = Set(blocks.map(\.number))
        state.withLock { state in
            state.blocks.removeAll { numbers.contains($0.number) }
            state.past.noteLoss()
        }
        try saveCatalogue()
        for block in blocks { try StoreFile.remove(block.path) }
    }

    func takeBlockNumber() -> UInt64 {
        state.withLock { state in
            defer { state.nextBlock += 1 }
            return state.nextBlock
        }
    }
}
