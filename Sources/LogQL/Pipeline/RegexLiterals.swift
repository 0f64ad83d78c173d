/// Texts that every match of a regular expression holds: what a source can look for before the expression is tried.
///
/// Only what is certain counts: literals outside groups, classes, alternatives and repetitions. Of an expression with flags or with
/// escapes that change how what follows is read, nothing is known.
enum RegexLiterals {
    /// Shorter ones stand in nearly every line.
    private static let leastLength = 3

    static func required(by pattern: String) -> [[UInt8]] {
        var scanner = Scanner(pattern)
        return scanner.scan() ? scanner.found.map { Array($0.utf8) }.filter { $0.count >= leastLength } : []
    }

    private struct Scanner {
        private let scalars: [Unicode.Scalar]
        private var index = 0
        private var run = String.UnicodeScalarView()
        private(set) var found: [String] = []

        /// Escapes of classes, boundaries and control characters.
        private static let knownEscapes: Set<Unicode.Scalar> = Set("dDwWsSbBAztnrfva".unicodeScalars)

        init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

        private mutating func endRun() {
            if !run.isEmpty { found.append(String(run)) }
            run = String.UnicodeScalarView()
        }

        /// False where nothing is certain.
        mutating func scan() -> Bool {
            while index < scalars.count {
                let scalar = scalars[index]
                index += 1
                switch scalar {
                case "|", ")": return false
                case "(":
                    endRun()
                    guard skipGroup() else { return false }
                case "[":
                    endRun()
                    guard skipClass() else { return false }
                case ".", "^", "$", "+": endRun()
                case "*", "?": dropLast()
                case "{":
                    dropLast()
                    while index < scalars.count, scalars[index] != "}" { index += 1 }
                    index += 1
                case "\\":
                    guard escape() else { return false }
                default: run.append(scalar)
                }
            }
            endRun()
            return true
        }

        /// What stands before a repetition may be missing.
        private mutating func dropLast() {
            if !run.isEmpty { run.removeLast() }
            endRun()
        }

        private mutating func escape() -> Bool {
            guard index < scalars.count else { return false }
            let scalar = scalars[index]
            index += 1
            if scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || !scalar.isASCII {
                endRun()
                return Scanner.knownEscapes.contains(scalar)
            }
            run.append(scalar)
            return true
        }

        /// Passes over a group; flags may change how the rest is read.
        private mutating func skipGroup() -> Bool {
            var depth = 1
            var isStart = true
            while index < scalars.count {
                let scalar = scalars[index]
                index += 1
                switch scalar {
                case "?" where isStart:
                    // Only `(?:` and names leave flags alone.
                    guard index < scalars.count, scalars[index] == ":" || scalars[index] == "P" || scalars[index] == "<" else {
                        return false
                    }
                case "\\":
                    guard index < scalars.count, scalars[index] != "Q" else { return false }
                    index += 1
                case "[": guard skipClass() else { return false }
                case "(":
                    depth += 1
                    isStart = true
                    continue
                case ")":
                    depth -= 1
                    if depth == 0 { return true }
                default: break
                }
                isStart = false
            }
            return false
        }

        private mutating func skipClass() -> Bool {
            if index < scalars.count, scalars[index] == "^" { index += 1 }
            if index < scalars.count, scalars[index] == "]" { index += 1 }
            while index < scalars.count {
                let scalar = scalars[index]
                index += 1
                switch scalar {
                case "]": return true
                case "\\":
                    guard index < scalars.count, scalars[index] != "Q" else { return false }
                    index += 1
                case "[" where index < scalars.count && scalars[index] == ":":
                    while index < scalars.count, scalars[index] != "]" { index += 1 }
                    index += 1
                default: break
                }
            }
            return false
        }
    }
}
