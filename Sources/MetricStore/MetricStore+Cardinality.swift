internal import Synchronization
package import Telemetry

extension MetricStore: CardinalitySource {
    /// Most entries of each list.
    package static let maximumTop = 10_000
    /// Bytes of blocks whose encodings are looked at; a block's are remembered.
    static let maximumInspectedBytes = 256 << 20

    /// Counts series by what makes them many, and bytes by what encodes them. Appends go on meanwhile; its cost grows with the labels in
    /// memory and, once for each block, with the chunks in it.
    /// - Parameter top: entries of each list, the greatest first.
    package func cardinality(top: Int) -> Cardinality {
        let top = min(max(0, top), MetricStore.maximumTop)
        // The series themselves are not copied: the next append would have to copy them all.
        let (index, sources, count, blocks) = state.withLock { state in
            (state.head.labelIndex, state.head.sources, state.head.activeCount, state.blocks)
        }
        var result = MetricStore.cardinality(index, top: top)
        result.series = count
        result.bySource = sources.counts.map { Cardinality.Count(name: $0.name, count: $0.count) }.greatest(top)
        result.span = headSpan()
        result.blockBytes = blocks.reduce(0) { $0 + $1.byteCount }
        result.resolutions = MetricStore.resolutions(blocks)
        var encodings: [UInt8: Cardinality.Encoding] = [:]
        for block in blocks.reversed() where result.inspectedBytes < MetricStore.maximumInspectedBytes {
            result.inspectedBytes += block.byteCount
            for (kind, found) in block.encodings() {
                encodings[kind, default: .init(name: found.name)].chunks += found.chunks
                encodings[kind]?.samples += found.samples
                encodings[kind]?.bytes += found.bytes
            }
        }
        result.encodings = encodings.sorted { $0.key < $1.key }.map(\.value)
        return result
    }

    private static func cardinality(_ index: [String: [String: [UInt32]]], top: Int) -> Cardinality {
        var result = Cardinality()
        var pairs: [Cardinality.Count] = []
        for (name, values) in index {
            result.labelPairs += values.count
            result.byLabel.append(.init(name: name, count: values.count))
            result.bytesByLabel.append(.init(name: name, count: values.keys.reduce(0) { $0 + $1.utf8.count }))
            let counts = values.map { Cardinality.Count(name: $0.key, count: $0.value.count) }
            if name == Labels.metricNameLabel { result.byMetric = counts.greatest(top) }
            // Only the greatest of a label can be among the greatest of all.
            pairs += counts.greatest(top).map { .init(name: "\(name)=\($0.name)", count: $0.count) }
        }
        result.byLabel = result.byLabel.greatest(top)
        result.bytesByLabel = result.bytesByLabel.greatest(top)
        result.byLabelPair = pairs.greatest(top)
        return result
    }

    private static func resolutions(_ blocks: [Block]) -> [Cardinality.Resolution] {
        var found: [Milliseconds: Cardinality.Resolution] = [:]
        for block in blocks {
            var known = found[block.resolution] ?? .init(milliseconds: block.resolution, span: block.span)
            known.blocks += 1
            known.samples += block.sampleCount
            known.bytes += block.byteCount
            known.span =
                min(known.span.lowerBound, block.span.lowerBound)...max(known.span.upperBound, block.span.upperBound)
            found[block.resolution] = known
        }
        return found.values.sorted { $0.milliseconds < $1.milliseconds }
    }

    private func headSpan() -> ClosedRange<Milliseconds>? {
        var result: ClosedRange<Milliseconds>?
        let count = state.withLock { $0.head.series.count }
        for start in stride(from: 0, to: count, by: MetricStore.slice) {
            state.withLock { state in
                let slots = (start..<start + MetricStore.slice).clamped(to: state.head.series.indices)
                for slot in slots {
                    guard let span = state.head.series[slot].span else { continue }
                    let known = result ?? span
                    result = min(known.lowerBound, span.lowerBound)...max(known.upperBound, span.upperBound)
                }
            }
        }
        return result
    }
}

extension [Cardinality.Count] {
    /// The greatest, names in order where counts are equal.
    fileprivate func greatest(_ top: Int) -> [Cardinality.Count] {
        Array(sorted { ($1.count, $0.name) < ($0.count, $1.name) }.prefix(top))
    }
}
