/// Finds many literals in one pass (Aho and Corasick, 1975), as a table of transitions over classes of bytes.
///
/// Bytes that stand in no literal share one class, which keeps the table small; searching reads one entry a byte, whatever
/// the number of literals.
struct LiteralAutomaton: Sendable {
    private let classes: [UInt8]
    private let classCount: Int
    /// `state * classCount + class` to the next state.
    private let transitions: [UInt32]
    /// Where the state's literals begin in ``outputs``; one more than there are states.
    private let outputStarts: [UInt32]
    private let outputs: [UInt32]

    /// - Parameter literals: none empty; an output is an index into it.
    init(_ literals: [[UInt8]]) {
        var classes = [UInt8](repeating: 0, count: 256)
        var count = 1
        for byte in literals.joined() where classes[Int(byte)] == 0 && count < 256 {
            classes[Int(byte)] = UInt8(count)
            count += 1
        }
        var builder = Builder(classCount: count)
        for (index, literal) in literals.enumerated() { builder.insert(literal.map { Int(classes[Int($0)]) }, UInt32(index)) }
        builder.link()
        self.classes = classes
        classCount = count
        transitions = builder.next.map { UInt32($0) }
        var starts: [UInt32] = [0]
        var all: [UInt32] = []
        for found in builder.found {
            all += found
            starts.append(UInt32(all.count))
        }
        outputStarts = starts
        outputs = all
    }

    /// Calls `body` with each literal that occurs and the position behind it.
    func forEachMatch(in bytes: [UInt8], _ body: (_ literal: Int, _ end: Int) -> Void) {
        let text = bytes.span
        let classes = classes.span
        let transitions = transitions.span
        let starts = outputStarts.span
        var state = 0
        for index in 0..<text.count {
            state = Int(transitions[state &* classCount &+ Int(classes[Int(text[index])])])
            let first = starts[state]
            let last = starts[state &+ 1]
            guard first < last else { continue }
            for output in first..<last { body(Int(outputs[Int(output)]), index + 1) }
        }
    }

    /// The trie while it is made; `-1` where there is no child yet.
    private struct Builder {
        let classCount: Int
        var next: [Int]
        var found: [[UInt32]] = [[]]

        init(classCount: Int) {
            self.classCount = classCount
            next = [Int](repeating: -1, count: classCount)
        }

        mutating func insert(_ word: [Int], _ index: UInt32) {
            var state = 0
            for symbol in word {
                if next[state * classCount + symbol] < 0 {
                    next[state * classCount + symbol] = found.count
                    next += [Int](repeating: -1, count: classCount)
                    found.append([])
                }
                state = next[state * classCount + symbol]
            }
            found[state].append(index)
        }

        /// Breadth first: a state's fall-back is shorter, so it is complete when it is needed.
        mutating func link() {
            var fallback = [Int](repeating: 0, count: found.count)
            var queue: [Int] = []
            for symbol in 0..<classCount {
                let child = next[symbol]
                if child < 0 { next[symbol] = 0 } else { queue.append(child) }
            }
            var head = 0
            while head < queue.count {
                let state = queue[head]
                head += 1
                found[state] += found[fallback[state]]
                for symbol in 0..<classCount {
                    let child = next[state * classCount + symbol]
                    let other = next[fallback[state] * classCount + symbol]
                    if child < 0 {
                        next[state * classCount + symbol] = other
                    } else {
                        fallback[child] = other
                        queue.append(child)
                    }
                }
            }
        }
    }
}
