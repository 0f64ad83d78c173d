/// Direct ridge regression for one lead, learned as time passes.
///
/// Normal equations with exponential forgetting; they are solved anew only now and then, so that an update costs a few hundred
/// operations. Coefficients are shrunk towards `prior`. Errors far beyond the usual are cut off before they are learned from (Huber).
struct LeadRegression: Sendable {
    private let count: Int
    private let prior: [Double]
    private let fade: Double
    private let penalty: Double
    private let solveEvery: Int
    private var gram: [Double]
    private var moments: [Double]
    private(set) var weights: [Double]
    private var updates = 0
    private var typicalError = 0.0

    /// Errors beyond so many typical ones are cut.
    private static let cut = 3.0

    init(prior: [Double], halfLife: Double, penalty: Double, solveEvery: Int) {
        count = prior.count
        self.prior = prior
        fade = halfLife.isFinite ? 1 - 0.693 / halfLife : 1
        self.penalty = penalty
        self.solveEvery = max(1, solveEvery)
        gram = [Double](repeating: 0, count: count * count)
        moments = [Double](repeating: 0, count: count)
        weights = prior
    }

    func predict(_ features: [Double]) -> Double {
        var sum = 0.0
        for index in 0..<count { sum += weights[index] * features[index] }
        return sum
    }

    mutating func learn(_ features: [Double], _ target: Double) {
        let expected = predict(features)
        let error = target - expected
        let bound = LeadRegression.cut * typicalError
        let seen = updates > 50 && bound > 0 ? expected + min(bound, max(-bound, error)) : target
        typicalError += (abs(error) - typicalError) / Double(min(updates + 1, 300))
        var rest = seen
        for index in 0..<count { rest -= prior[index] * features[index] }
        for i in 0..<count {
            let factor = features[i]
            let base = i * count
            for j in 0...i { gram[base + j] = fade * gram[base + j] + factor * features[j] }
            moments[i] = fade * moments[i] + factor * rest
        }
        updates += 1
        if updates.isMultiple(of: solveEvery) { solve() }
    }

    private mutating func solve() {
        var matrix = gram
        var solution = moments
        var trace = 0.0
        for index in 0..<count { trace += matrix[index * count + index] }
        let ridge = penalty * trace / Double(count) + 1e-9
        for index in 0..<count { matrix[index * count + index] += ridge }
        guard LinearAlgebra.solve(&matrix, &solution) else { return }
        for index in 0..<count { weights[index] = solution[index] + prior[index] }
    }
}
