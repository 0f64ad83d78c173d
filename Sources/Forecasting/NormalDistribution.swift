internal import Glibc

/// The standard normal distribution.
enum NormalDistribution {
    /// The value that a standard normal variable stays under with a probability, to within 0.0005 (Abramowitz and Stegun 26.2.23).
    static func quantile(_ probability: Double) -> Double {
        let tail = min(max(1e-12, min(probability, 1 - probability)), 0.5)
        let t = (-2 * log(tail)).squareRoot()
        let numerator = 2.515517 + t * (0.802853 + t * 0.010328)
        let denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
        let size = max(0, t - numerator / denominator)
        return probability < 0.5 ? -size : size
    }
}
