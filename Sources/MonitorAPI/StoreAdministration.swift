package import Telemetry

/// Orders to the stores that can't be taken back: what `/api/v1/admin/tsdb/*` calls, where the operator allowed it.
package protocol StoreAdministration: Sendable {
    /// Deletes the samples of the range from all series that pass the matchers. Called off the threads that serve connections.
    func deleteSeries(matching matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>) throws
    /// Writes a copy of metrics and logs beside them, each of one moment.
    /// - Parameters:
    ///   - name: of the copy's directory, a name that no copy had before.
    ///   - skipsHead: leaves out samples that stand in no block yet.
    func snapshot(named name: String, skipsHead: Bool) throws
    /// Gives the space of deleted samples back.
    func cleanTombstones() throws
}
