/// One model of the long pool: sees a whole clean history once, and forecasts from several of its moments.
///
/// Running all origins in one pass is what makes backtests cheap: a smoothing model walks the history once, and a regression sums
/// its normal equations once. Every path uses only the values before its origin.
package protocol SeasonalModel: Sendable {
    /// Short name, for explanations.
    var name: String { get }

    /// Paths of `horizon` steps from each of the ascending `origins` (a path from origin `o` forecasts `values[o...]`).
    ///
    /// - Parameter values: finite numbers on an even grid, oldest first.
    /// - Returns: a path per origin; an empty one where the model has too little to go by.
    func paths(_ values: [Double], origins: [Int], horizon: Int) -> [[Double]]
}
