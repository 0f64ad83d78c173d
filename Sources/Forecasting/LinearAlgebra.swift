/// The little linear algebra the models need: symmetric positive definite systems of a few dozen unknowns.
enum LinearAlgebra {
    /// Solves `matrix` x = `right` by Cholesky decomposition, in place; the solution stands in `right`.
    ///
    /// - Parameter matrix: row by row, symmetric; only its lower triangle is read. Overwritten with the factor.
    /// - Returns: false where the matrix is not positive definite (or holds numbers that are not finite).
    static func solve(_ matrix: inout [Double], _ right: inout [Double]) -> Bool {
        let count = right.count
        for i in 0..<count {
            for j in 0...i {
                var sum = matrix[i * count + j]
                for k in 0..<j { sum -= matrix[i * count + k] * matrix[j * count + k] }
                if i == j {
                    guard sum > 0, sum.isFinite else { return false }
                    matrix[i * count + i] = sum.squareRoot()
                } else {
                    matrix[i * count + j] = sum / matrix[j * count + j]
                }
            }
        }
        for i in 0..<count {
            var sum = right[i]
            for k in 0..<i { sum -= matrix[i * count + k] * right[k] }
            right[i] = sum / matrix[i * count + i]
        }
        for i in stride(from: count - 1, through: 0, by: -1) {
            var sum = right[i]
            for k in (i + 1)..<max(i + 1, count) { sum -= matrix[k * count + i] * right[k] }
            right[i] = sum / matrix[i * count + i]
        }
        return true
    }
}
