/// A stream that can hand over its entries in columns: their times, and of their lines only what is wanted.
package protocol LogColumnReader: LogStreamReader {
    /// Hands the entries of the selection to `visit`, a stretch at a time. Stretches may overlap in time and come in any order.
    func forEachStretch(_ visit: (any LogColumns) throws -> Void) throws
}

/// Some entries of a stream in columns: lines are message shapes, constant text apart from variables.
package protocol LogColumns {
    /// The shapes that lines have.
    /// - Parameter describingVariables: whether somebody wants to know what kinds of values variables have; else all may be called text.
    func shapes(describingVariables: Bool) throws -> [LogLineShape]
    /// Hands each entry whose line contains all literals of the selection, exactly these, to `visit`, in the order of time.
    /// - Parameter wishes: by shape, what of the line is wanted. What is not wanted need not be read.
    func forEachRow(_ wishes: [LogColumnWish], _ visit: (borrowing LogColumnRow) throws -> Void) throws
}

/// The shape of lines: constant texts, and between them variables, of which there is one less.
package struct LogLineShape: Sendable, Equatable {
    /// What can be said about all values of a variable.
    package enum Kind: Sendable {
        /// Digits, with a fraction perhaps: `7`, `007`, `1.50`.
        case number
        /// Letters, digits, dots and bytes above ASCII.
        case word
        /// Anything but blanks, quotes, backslashes, `=` and control characters.
        case bare
        /// Anything but quotes, backslashes and control characters.
        case plain
        /// Anything.
        case text
    }

    package var literals: [[UInt8]]
    package var kinds: [Kind]

    package init(literals: [[UInt8]], kinds: [Kind]) {
        precondition(literals.count == kinds.count + 1, "a variable stands between two texts")
        self.literals = literals
        self.kinds = kinds
    }
}

/// What of a line is wanted.
package enum LogColumnWish: Sendable, Equatable {
    /// Some of its variables, none perhaps.
    case variables([Int])
    case line
}

/// One entry as far as it was wanted.
package struct LogColumnRow: ~Copyable {
    package var timestamp: Nanoseconds
    package var metadata: Labels
    /// Index into ``LogColumns/shapes(describingVariables:)``.
    package var shape: Int
    /// The texts wanted, one after the other: variables in the order of the wish, or the line.
    package var bytes: [UInt8]
    /// Where each of them ends.
    package var ends: [Int]

    package init() {
        timestamp = 0
        metadata = .empty
        shape = 0
        bytes = []
        ends = []
    }

    /// The bytes of one of the texts wanted.
    package func text(_ index: Int) -> ArraySlice<UInt8> { bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]] }
}
