/// What a ban is of: an address or network, a session, or a path as one client asks for it.
///
/// A ban of an address hits all who share it. Where that would hit customers it is narrowed: to the session that attacks, or to the path that
/// is attacked, where it is a limit of requests and not a refusal. Each has one text by which it is stored, ordered and shown:
///
/// ```
/// 203.0.113.7    2001:db8:1:2::/64    203.0.113.0/24
/// session/9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08
/// limit/10/203.0.113.7/customer/account/loginPost
/// ```
package enum BanSubject: Hashable, Sendable, CustomStringConvertible {
    /// All requests of an address or network.
    case network(NetworkRange)
    /// All requests with a session.
    case session(SessionDigest)
    /// Requests of one client for paths that begin with a text, beyond so many a minute.
    case limit(PathLimit)

    /// Reads a text; nil where it is of no kind.
    package init?(_ text: String) {
        if text.hasPrefix("session/") {
            guard let digest = SessionDigest(hexadecimal: text.dropFirst(8).utf8) else { return nil }
            self = .session(digest)
        } else if text.hasPrefix("limit/") {
            guard let limit = PathLimit(text) else { return nil }
            self = .limit(limit)
        } else {
            guard let network = NetworkRange(text) else { return nil }
            self = .network(network)
        }
    }

    /// The text by which it is stored and ordered.
    package var description: String {
        switch self {
        case .network(let network): "\(network)"
        case .session(let digest): "session/\(digest)"
        case .limit(let limit): "\(limit)"
        }
    }

    /// What kind it is, in a word.
    package var kind: Kind {
        switch self {
        case .network: .address
        case .session: .session
        case .limit: .path
        }
    }

    /// The kinds, the widest first: the order in which a ban is narrowed.
    package enum Kind: String, Sendable, CaseIterable {
        case address, session, path
    }

    /// In words for people: a session by the beginning of its digest.
    package var title: String {
        switch self {
        case .network(let network): "\(network)"
        case .session(let digest): "session \("\(digest)".prefix(12))…"
        case .limit(let limit): "\(limit.client) at \(limit.path), \(limit.requestsPerMinute) requests a minute"
        }
    }
}

/// A session's cookie, by its SHA-256: enough to know it again, and of no use to whoever reads it.
package struct SessionDigest: Hashable, Sendable, CustomStringConvertible {
    /// Digits of it.
    package static let digitCount = 64

    private let words: [4 of UInt64]

    /// Reads 64 upper-case hexadecimal digits, as HAProxy's `sha2(256),hex` writes them; nil for anything else.
    package init?(hexadecimal digits: some Sequence<UInt8>) {
        var words: [4 of UInt64] = .init(repeating: 0)
        var count = 0
        for digit in digits {
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit &- 0x30
            case 0x41...0x46: value = digit &- 0x37
            default: return nil
            }
            guard count < SessionDigest.digitCount else { return nil }
            words[count / 16] = words[count / 16] << 4 | UInt64(value)
            count += 1
        }
        guard count == SessionDigest.digitCount else { return nil }
        self.words = words
    }

    package static func == (left: SessionDigest, right: SessionDigest) -> Bool {
        (0..<4).allSatisfy { left.words[$0] == right.words[$0] }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(words[0]) }

    /// The digits again.
    package var description: String {
        (0..<4).map { index in
            let digits = String(words[index], radix: 16, uppercase: true)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
