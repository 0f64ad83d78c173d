import Synchronization
import Telemetry

extension LogStore {
    /// Files with less text than this are joined with their neighbours, as many as this at a time; what comes of it is joined again when
    /// there are as many of its kind.
    private static let mergedFiles = 8
    private static let smallestTierBytes = 2 << 20
    private static let largestMergedBytes = 128 << 20

    /// Joins small files of one day that stand side by side, and writes those anew of which most is gone.
    func mergeFiles() throws(LogStoreError) {
        while let files = nextMerge() { try rewrite(files) }
    }

    /// The files that are to be written anew as one.
    private func nextMerge() -> [BlockFile]? {
        state.withLock { state in
            var live: [BlockFile.Name: (bytes: Int, text: Int, last: Nanoseconds)] = [:]
            for case let stream? in state.streams {
                for block in stream.blocks {
                    var sum = live[block.file.name] ?? (0, 0, .min)
                    sum.bytes += block.entry.length
                    sum.text += block.entry.textBytes
                    sum.last = max(sum.last, block.entry.last)
                    live[block.file.name] = sum
                }
            }
            let files = state.files.sorted { $0.name < $1.name }
            if let sparse = files.first(where: { (live[$0.name]?.bytes ?? 0) * 2 < $0.blockBytes }) { return [sparse] }
            var run: [BlockFile] = []
            var current: (day: Int64, tier: Int)?
            for file in files {
                guard let sum = live[file.name] else { continue }
                let kind = (LogStore.day(of: sum.last), LogStore.tier(sum.text))
                if let known = current, known == kind, sum.text < LogStore.largestMergedBytes / LogStore.mergedFiles {
                    run.append(file)
                } else {
                    run = [file]
                }
                current = kind
                if run.count == LogStore.mergedFiles { return run }
            }
            return nil
        }
    }

    private static func tier(_ bytes: Int) -> Int {
        var (tier, limit) = (0, smallestTierBytes)
        while bytes >= limit {
            tier += 1
            limit *= mergedFiles
        }
        return tier
    }

    /// Writes what is still wanted of some files, side by side in the order of arrival, as one file in their place.
    func rewrite(_ files: [BlockFile]) throws(LogStoreError) {
        let names = Set(files.map(\.name))
        let (streams, deletions) = state.withLock { state in
            let streams = state.streams.compactMap { $0 }.sorted { $0.labels < $1.labels }
                .map { ($0.labels, $0.blocks.filter { block in names.contains(block.file.name) && !block.isDamaged }) }
            return (streams.filter { !$0.1.isEmpty }, state.deletions)
        }
        let merge = BlockFileMerge(options: options, deletions: deletions, split: split) { self.setAside($0, $1) }
        let first = files.map(\.name).min() ?? BlockFile.Name(number: 0)
        let generation = (files.map(\.name.generation).max() ?? 0) + 1
        do {
            let writer = try BlockFileWriter(
                BlockFile.Name(number: first.number, generation: generation), in: directory + "/blocks",
                replacing: names.sorted())
            try merge.write(streams, to: writer)
            let (file, entries) = try writer.finish()
            state.withLock { $0.replace(names, by: file, entries) }
        } catch {
            metrics.add("magewatch_log_store_write_errors_total")
            throw error
        }
        for file in files { try Files.remove(file.path) }
        metrics.add("magewatch_log_store_merges_total")
    }
}
