import Telemetry

/// Orders of values and labels. NaN stands last in every order of values.
enum Ordering {
    static func ascending(_ left: Double, _ right: Double) -> Bool { left < right || (!left.isNaN && right.isNaN) }
    static func descending(_ left: Double, _ right: Double) -> Bool { left > right || (!left.isNaN && right.isNaN) }

    /// By the named labels first, then by all.
    static func byLabels(_ names: [String], _ left: Labels, _ right: Labels) -> Bool {
        for name in names {
            let (a, b) = (left[name] ?? "", right[name] ?? "")
            if a != b { return natural(a, b) }
        }
        return left < right
    }

    /// Numbers within text count as numbers: `cpu2` stands before `cpu10`.
    static func natural(_ left: String, _ right: String) -> Bool {
        var (a, b) = (Array(left.utf8)[...], Array(right.utf8)[...])
        while let x = a.first, let y = b.first {
            if StringLiteral.isDigit(x), StringLiteral.isDigit(y) {
                let (p, q) = (a.prefix(while: StringLiteral.isDigit), b.prefix(while: StringLiteral.isDigit))
                let (m, n) = (p.drop { $0 == 0x30 }, q.drop { $0 == 0x30 })
                if m.count != n.count { return m.count < n.count }
                if !m.elementsEqual(n) { return m.lexicographicallyPrecedes(n) }
                if p.count != q.count { return p.count < q.count }
                (a, b) = (a.dropFirst(p.count), b.dropFirst(q.count))
            } else {
                if x != y { return x < y }
                (a, b) = (a.dropFirst(), b.dropFirst())
            }
        }
        return a.count < b.count
    }
}
