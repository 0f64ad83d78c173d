package import Telemetry

/// Orders to the metric store that can't be taken back: what `/api/v1/admin/tsdb/*` calls, where the operator allowed it.
package protocol StoreAdministration: Sendable {
    /// Deletes the samples of the range from all series that pass the matchers. Called off the threads that serve connections.
    func deleteSeries(matching matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>) throws
    /// Writes a consistent copy of the store beside it.
    /// - Parameters:
    ///   - name: of the copy's directory, a name that no copy had before.
    ///   - skipsHead: leaves out what stands in no block yet.
    func snapshot(named name: String, skipsHead: Bool) throws
    /// Gives the space of deleted samples back.
    func cleanTombstones() throws
}
