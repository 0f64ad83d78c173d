/// Follows the audit log line by line and tells the first thing that is not as it was written.
///
/// A pure value. A line that was altered no longer matches its hash; one that was removed or moved breaks the numbers or the link to
/// the line before; lines cut off at the end are missed against the mark that is kept of the last. Whoever can write the file can
/// compute a whole new chain, though: against that, note down a mark elsewhere and ask for it (`noted`).
struct AuditChain {
    /// The last line that was in order.
    private(set) var last: AuditMark
    /// What is wrong first; nil while all is in order.
    private(set) var problem: String?
    private let noted: AuditMark?

    /// - Parameters:
    ///   - start: what stands before the first line kept.
    ///   - noted: a mark that was written down elsewhere earlier and has to be in the chain.
    init(after start: AuditMark, noted: AuditMark? = nil) {
        last = start
        self.noted = noted
    }

    mutating func append(_ record: AuditRecord) {
        guard problem == nil else { return }
        let expected = last.sequence + 1
        if record.sequence > expected {
            let range =
                record.sequence == expected + 1 ? "line \(expected) is" : "lines \(expected) to \(record.sequence - 1) are"
            problem = "\(range) missing"
        } else if record.sequence < expected {
            problem = "line \(record.sequence) comes where line \(expected) should be"
        } else if record.computedHash != record.hash {
            problem = "line \(record.sequence) was altered: what it says does not match its hash"
        } else if record.previous != last.hash {
            problem = "line \(record.sequence) does not follow from the line before it: one of them was replaced"
        } else if let noted, noted.sequence == record.sequence, noted.hash != record.hash {
            problem = "line \(record.sequence) is not the one that was noted: the log was written anew"
        } else {
            last = AuditMark(sequence: record.sequence, hash: record.hash)
        }
    }

    /// What is wrong once every line was seen.
    /// - Parameter end: the mark kept of the last line.
    func finding(end: AuditMark) -> String? {
        if let problem { return problem }
        if last.sequence < end.sequence { return "lines \(last.sequence + 1) to \(end.sequence) are missing at the end" }
        if last != end { return "the mark of the last line is \(end.text), but the last line is \(last.text)" }
        if let noted, noted.sequence > last.sequence { return "line \(noted.sequence), which was noted, is missing at the end" }
        return nil
    }
}
