internal import Synchronization
internal import Telemetry

extension MetricStore {
    static func cataloguePath(_ directory: String) -> String { directory + "/catalogue" }

    /// Writes the catalogue where it is not what the store holds now. Called with `maintenance` held.
    func saveCatalogue() throws(MetricStoreError) {
        let catalogue = currentCatalogue()
        guard savedCatalogue.withLock({ $0 != catalogue }) else { return }
        try SealedFile.write(catalogue.payload, magic: Catalogue.magic, to: MetricStore.cataloguePath(directory))
        savedCatalogue.withLock { $0 = catalogue }
    }

    func currentCatalogue() -> Catalogue {
        state.withLock { state in
            var catalogue = Catalogue()
            catalogue.nextBlock = state.nextBlock
            catalogue.lastDeletion = state.lastDeletion
            catalogue.blocks = state.blocks.map(\.number)
            catalogue.deletions = state.deletions
            return catalogue
        }
    }

    /// Reads the catalogue of a directory; a damaged one is set aside.
    static func loadCatalogue(
        _ directory: String, _ metrics: SelfMetrics, _ report: @Sendable (String) -> Void
    ) throws(MetricStoreError) -> Catalogue? {
        let path = cataloguePath(directory)
        do throws(MetricStoreError) {
            guard let payload = try SealedFile.read(path, magic: Catalogue.magic) else { return nil }
            guard let catalogue = Catalogue(payload: payload) else {
                throw MetricStoreError(.corrupt, "\(path): its content makes no sense")
            }
            return catalogue
        } catch {
            guard error.code == .corrupt else { throw error }
            try setAside(
                path, error, "deletions that were not carried out yet may have to be asked for again", "catalogue", metrics,
                report)
            return nil
        }
    }

    /// Renames a damaged small file, which is then made anew, and says so.
    static func setAside(
        _ path: String, _ error: MetricStoreError, _ advice: String, _ kind: String, _ metrics: SelfMetrics,
        _ report: @Sendable (String) -> Void
    ) throws(MetricStoreError) {
        metrics.add("magewatch_metric_store_corrupt_total", ["kind": "\(kind)"])
        try StoreFile.rename(path, to: path + ".corrupt")
        report("\(error.message); it is set aside as \(path).corrupt and made anew; \(advice)")
    }

    /// Says which blocks are gone that the catalogue knows of, and whether the catalogue itself is.
    static func reportMissing(
        _ catalogue: Catalogue?, _ blocks: [Block], _ blockDirectory: String, _ metrics: SelfMetrics,
        _ report: @Sendable (String) -> Void
    ) {
        guard let catalogue else {
            guard !blocks.isEmpty else { return }
            metrics.add("magewatch_metric_store_missing_total", ["kind": "catalogue"])
            report(
                "\(blockDirectory) has blocks and no catalogue beside it: blocks that went with it would not be noticed; it is made anew"
            )
            return
        }
        let known = Set(blocks.map(\.number)).union(blocks.flatMap(\.replaced))
        for number in catalogue.blocks where !known.contains(number) {
            let path = blockPath(blockDirectory, number)
            // A damaged one was reported when it was set aside.
            guard !StoreFile.exists(path + ".corrupt") else { continue }
            metrics.add("magewatch_metric_store_missing_total", ["kind": "block"])
            report("\(path) is missing, and with it what only it held; restore it from a backup")
        }
    }
}

extension MetricStore.State {
    /// What a store starts with.
    /// - Parameter log: what else the log held. The catalogue lacks the last of its deletions where a crash came in between.
    init(head: Head, blocks: [Block], _ catalogue: Catalogue, _ log: WALReplay.Result) {
        let all = catalogue.deletions + log.deletions.filter { $0.number > catalogue.lastDeletion }
        let hidden = blocks.map { $0.hiding(all) ?? $0 }
        self.init(
            head: head, blocks: hidden, nextBlock: catalogue.nextBlock, exemplars: log.exemplars, metadata: log.metadata)
        nextBlock = max(nextBlock, (blocks.last?.number ?? 0) + 1, all.map(\.blocksBefore).max() ?? 0)
        lastDeletion = max(catalogue.lastDeletion, all.map(\.number).max() ?? 0)
        deletions = hidden.allSatisfy(\.deletions.isEmpty) ? [] : all
    }
}
