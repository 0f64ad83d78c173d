/// The last values of a signal with the sums that levels are made of, kept up to date value by value.
///
/// Gaps are filled as they come: by the value of a day before where there is one, else by the last value. Memory is bounded by the week
/// that the seasonal lags look back on.
struct SignalWindow: Sendable {
    /// Steps of a day, and of the windows whose means are features.
    let day: Int
    static let shortWindows = [3, 6, 24]
    let windows: [Int]

    private let capacity: Int
    private var ring: [Double]
    private(set) var count = 0
    private var sums: [Double]
    /// Mean size of the values of the last week or so; what features are divided by.
    private(set) var scale = 0.0

    init(day: Int) {
        self.day = max(1, day)
        windows = SignalWindow.shortWindows + [max(25, day)]
        capacity = 14 * self.day + 8
        ring = [Double](repeating: 0, count: capacity)
        sums = [Double](repeating: 0, count: windows.count)
    }

    /// The value so many steps ago; 0 is the last one. Beyond what is known, the oldest.
    subscript(_ back: Int) -> Double {
        let clamped = min(max(0, back), min(count, capacity) - 1)
        return ring[(count - 1 - clamped) % capacity]
    }

    /// Whether the value so many steps ago is known.
    func knows(_ back: Int) -> Bool { back < min(count, capacity) }

    mutating func append(_ value: Double) {
        let known = value.isFinite && abs(value) <= SignalWindow.largest
        let fallback = count == 0 ? 0 : (count >= day ? self[day - 1] : self[0])
        let value = known ? value : fallback
        ring[count % capacity] = value
        count += 1
        for (index, window) in windows.enumerated() {
            sums[index] += value
            if count > window { sums[index] -= self[window] }
            // Rounding errors of a sum that values enter and leave are swept out once a window.
            if count.isMultiple(of: 4096) { sums[index] = (0..<min(window, count)).reduce(0) { $0 + self[$1] } }
        }
        scale += (abs(value) - scale) / Double(min(count, 7 * day))
    }

    /// Mean over a window of ``windows``.
    func mean(_ index: Int) -> Double { sums[index] / Double(max(1, min(count, windows[index]))) }

    /// Beyond this a number is taken for a fault of the source; squares stay finite.
    static let largest = 1e140
}
