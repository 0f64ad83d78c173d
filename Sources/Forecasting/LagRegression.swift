/// Ridge regression on lags, run forward on its own output.
///
/// The lags are the last steps and the same time, and its neighbour, one and two seasons ago: a seasonal autoregression. Columns are
/// centred by the fitted mean; the penalty keeps it near the seasonal naive forecast where there is little data (the coefficients
/// are shrunk towards `prior`, not towards zero).
package struct LagRegression: SeasonalModel {
    package let lags: [Int]
    /// What the coefficients are shrunk towards.
    package let prior: [Double]
    /// Penalty as a share of the mean variance, times the number of rows.
    package let penalty: Double
    /// Weight of a row against the next later one.
    package let memory: Double
    package var name: String { "regression \(lags.last ?? 0)" }

    package init(lags: [Int], prior: [Double], penalty: Double, memory: Double = 1) {
        self.lags = lags
        self.prior = prior
        self.penalty = penalty
        self.memory = memory
    }

    package func paths(_ values: [Double], origins: [Int], horizon: Int) -> [[Double]] {
        let longest = lags.max() ?? 1
        let width = lags.count + 2  // lags, intercept, target
        var gram = [Double](repeating: 0, count: width * width)
        var rows = 0
        var row = [Double](repeating: 0, count: width)
        row[lags.count] = 1
        var result: [[Double]] = []
        var next = 0
        for time in 0...values.count {
            while next < origins.count, origins[next] == time {
                result.append(rows < 2 * width ? [] : path(values, time, gram, rows, horizon))
                next += 1
            }
            guard time < values.count, next < origins.count else { break }
            guard time >= longest else { continue }
            for (index, lag) in lags.enumerated() { row[index] = values[time - lag] }
            // The target is what the prior leaves unexplained.
            var rest = values[time]
            for index in lags.indices { rest -= prior[index] * row[index] }
            row[width - 1] = rest
            accumulate(&gram, row, width)
            rows += 1
        }
        return result
    }

    private func accumulate(_ gram: inout [Double], _ row: [Double], _ width: Int) {
        for i in 0..<width {
            let factor = row[i]
            let base = i * width
            for j in i..<width {
                gram[base + j] = memory * gram[base + j] + factor * row[j]
            }
        }
    }

    private func path(_ values: [Double], _ time: Int, _ gram: [Double], _ rows: Int, _ horizon: Int) -> [Double] {
        let count = lags.count
        let width = count + 2
        let weight = gram[count * width + count]
        var matrix = [Double](repeating: 0, count: count * count)
        var right = [Double](repeating: 0, count: count)
        var mean = [Double](repeating: 0, count: count)
        let targetMean = gram[count * width + width - 1] / weight
        for i in 0..<count { mean[i] = gram[i * width + count] / weight }
        var trace = 0.0
        for i in 0..<count {
            for j in i..<count {
                let value = gram[i * width + j] - weight * mean[i] * mean[j]
                matrix[i * count + j] = value
                matrix[j * count + i] = value
            }
            trace += matrix[i * count + i]
            right[i] = gram[i * width + width - 1] - weight * mean[i] * targetMean
        }
        let ridge = penalty * trace / Double(count) + 1e-12
        for i in 0..<count { matrix[i * count + i] += ridge }
        guard LinearAlgebra.solve(&matrix, &right) else { return [] }
        var intercept = targetMean
        for i in 0..<count { intercept -= right[i] * mean[i] }
        for i in 0..<count { right[i] += prior[i] }
        let longest = lags.max() ?? 1
        var tail = Array(values[(time - longest)..<time])
        tail.reserveCapacity(longest + horizon)
        for _ in 0..<horizon {
            var value = intercept
            for i in 0..<count { value += right[i] * tail[tail.count - lags[i]] }
            tail.append(value)
        }
        return Array(tail.suffix(horizon))
    }
}
