/// What a connection to the ingest port speaks.
package enum IngestProtocol: String, Sendable, CaseIterable {
    /// RFC 5424 and 3164; octet-counted, LF or NUL, decided at each frame.
    case syslog
    case relp
    case http
    /// A JSON object a line.
    case json
    /// Lines without a schema.
    case text
}

/// Tells from the first bytes of a connection or datagram what is spoken there.
///
/// A pure value: it is fed bytes in whatever pieces they come and answers the same for every cutting of them, because a verdict
/// is only given where no continuation could change it. What can be named but is not spoken here is refused by name, so that
/// the sender's operator learns why; text that is nothing else is a log line, never a metric.
package struct ProtocolRecognizer: Sendable {
    /// What is known so far.
    package enum Verdict: Sendable, Equatable {
        case undecided
        case recognised(IngestProtocol)
        /// Not spoken here; the reason is the counter's label.
        case refused(reason: String)
    }

    /// Bytes after which a verdict is certain.
    package static let maximumHeadBytes = 24

    private static let methods = ["GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "OPTIONS ", "PATCH "].map { Array($0.utf8) }
    private static let http2 = Array("PRI * HTTP/2".utf8)
    private static let open = Array("open ".utf8)

    private var head: [UInt8] = []

    package init() {}

    /// Takes more bytes and tells what is known then.
    package mutating func feed(_ bytes: some Sequence<UInt8>) -> Verdict {
        for byte in bytes {
            guard head.count < ProtocolRecognizer.maximumHeadBytes else { break }
            head.append(byte)
        }
        return ProtocolRecognizer.judge(head[...])
    }

    /// The verdict where nothing more is to be expected: the sender paused or closed. Undecided only where nothing came.
    package func settle() -> Verdict {
        let verdict = ProtocolRecognizer.judge(head[...])
        guard verdict == .undecided, let first = head.first else { return verdict }
        return ProtocolRecognizer.isControl(first) ? .refused(reason: "binary") : .recognised(.text)
    }

    /// The verdict on a datagram, which is all there will be of it.
    package static func judge(datagram: some Sequence<UInt8>) -> Verdict {
        var recognizer = ProtocolRecognizer()
        _ = recognizer.feed(datagram)
        switch recognizer.settle() {
        case .recognised(.http), .recognised(.relp): return .recognised(.text)
        case let verdict: return verdict
        }
    }

    private static func judge(_ head: ArraySlice<UInt8>) -> Verdict {
        guard let first = head.first else { return .undecided }
        switch first {
        case UInt8(ascii: "<"): return priority(head.dropFirst())
        case UInt8(ascii: "{"): return .recognised(.json)
        case UInt8(ascii: "1")...UInt8(ascii: "9"): return counted(head)
        case 0x92...0x95, 0xc0: return .refused(reason: "fluent_forward")
        case 0xdc, 0xdd:
            // Also the first half of a Syriac or Thaana letter, whose second half is never a plausible array length.
            guard let second = head.dropFirst().first else { return .undecided }
            return (0x80...0xbf).contains(second) ? .recognised(.text) : .refused(reason: "fluent_forward")
        case 0x16, 0x1f, UInt8(ascii: "x"): return magic(head, first)
        case 0: return pickle(head)
        default: return isControl(first) ? .refused(reason: "binary") : word(head)
        }
    }

    /// `<` digits `>`.
    private static func priority(_ rest: ArraySlice<UInt8>) -> Verdict {
        let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
        guard digits <= 3 else { return .recognised(.text) }
        guard let next = rest.dropFirst(digits).first else { return .undecided }
        return .recognised(next == UInt8(ascii: ">") && digits > 0 ? .syslog : .text)
    }

    /// Digits, a blank, and then `<` (octet-counted syslog) or `open ` (RELP); or a Lumberjack frame.
    private static func counted(_ head: ArraySlice<UInt8>) -> Verdict {
        if let second = head.dropFirst().first, head.first == UInt8(ascii: "1") || head.first == UInt8(ascii: "2"),
            "WJCD".utf8.contains(second)
        {
            // A window or sequence of four bytes follows, the first of which is 0 in practice and never in text.
            guard let third = head.dropFirst(2).first else { return .undecided }
            return third == 0 ? .refused(reason: "lumberjack") : .recognised(.text)
        }
        let digits = head.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
        guard digits <= 9 else { return .recognised(.text) }
        guard let blank = head.dropFirst(digits).first else { return .undecided }
        guard blank == UInt8(ascii: " ") else { return .recognised(.text) }
        let rest = head.dropFirst(digits + 1)
        if rest.first == UInt8(ascii: "<") { return .recognised(.syslog) }
        if rest.starts(with: open) { return .recognised(.relp) }
        return open.starts(with: rest) ? .undecided : .recognised(.text)
    }

    private static func magic(_ head: ArraySlice<UInt8>, _ first: UInt8) -> Verdict {
        guard let second = head.dropFirst().first else { return .undecided }
        switch (first, second) {
        case (0x16, 0x03): return .refused(reason: "tls")
        case (0x1f, 0x8b): return .refused(reason: "gzip")
        case (0x78, 0x01), (0x78, 0x5e), (0x78, 0x9c), (0x78, 0xda): return .refused(reason: "zlib")
        case (0x78, _): return .recognised(.text)
        default: return .refused(reason: "binary")
        }
    }

    private static func pickle(_ head: ArraySlice<UInt8>) -> Verdict {
        guard head.count >= 6 else { return .undecided }
        let mark = head.dropFirst(4).prefix(2)
        return .refused(reason: mark.first == 0x80 && (2...5).contains(mark.last ?? 0) ? "graphite_pickle" : "binary")
    }

    private static func word(_ head: ArraySlice<UInt8>) -> Verdict {
        for method in methods where head.starts(with: method) { return .recognised(.http) }
        if head.starts(with: http2) { return .refused(reason: "http2") }
        let mayGrow = methods.contains { $0.starts(with: head) } || http2.starts(with: head)
        return mayGrow ? .undecided : .recognised(.text)
    }

    /// Bytes no line of text begins with.
    private static func isControl(_ byte: UInt8) -> Bool {
        byte < 0x20 && byte != 9 && byte != 10 && byte != 13 && byte != 27
    }
}
