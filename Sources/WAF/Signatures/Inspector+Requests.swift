/// A request as far as it is known: an access log shows the request line and a header or two, an audit log all of it.
package struct RequestText: Sendable {
    /// Empty where it cannot be told.
    package var method: ArraySlice<UInt8>
    /// Path and query, as received.
    package var uri: ArraySlice<UInt8>
    /// The host asked for.
    package var host: ArraySlice<UInt8>?
    /// What the client calls itself.
    package var userAgent: ArraySlice<UInt8>?
    /// Where the client says it comes from.
    package var referer: ArraySlice<UInt8>?
    /// All cookies, as in the header.
    package var cookie: ArraySlice<UInt8>?
    /// Values of other headers.
    package var headers: [ArraySlice<UInt8>] = []
    /// The body, where an audit log has it.
    package var body: ArraySlice<UInt8>?

    /// A request line; the rest is unknown.
    package init(method: ArraySlice<UInt8>, uri: ArraySlice<UInt8>) {
        self.method = method
        self.uri = uri
    }
}

extension Inspector {
    /// Judges everything that is known of a request.
    package mutating func judge(request: RequestText) -> Judgement {
        var judgement = Judgement()
        judgeOnce(request.method, .method, plusIsBlank: false, &judgement)
        judge(uri: request.uri, .path, .parameter, &judgement)
        if let host = request.host { judgeOnce(host, .host, plusIsBlank: false, &judgement) }
        if let agent = request.userAgent { judgeOnce(agent, .userAgent, plusIsBlank: false, &judgement) }
        if let referer = request.referer { judge(uri: referer, .referer, .referer, &judgement) }
        if let cookie = request.cookie {
            judgePairs(cookie, separator: UInt8(ascii: ";"), .cookie, plusIsBlank: false, &judgement)
        }
        for header in request.headers { judgeOnce(header, .header, plusIsBlank: false, &judgement) }
        if let body = request.body { judge(body: body, &judgement) }
        return judgement
    }

    /// What stands before the question mark, and each parameter behind it.
    private mutating func judge(
        uri: ArraySlice<UInt8>, _ path: RequestPart, _ parameter: RequestPart, _ judgement: inout Judgement
    ) {
        let mark = uri.firstIndex(of: UInt8(ascii: "?")) ?? uri.endIndex
        judgeOnce(uri[..<mark], path, plusIsBlank: true, &judgement)
        guard mark < uri.endIndex else { return }
        judgePairs(uri[(mark + 1)...], separator: UInt8(ascii: "&"), parameter, plusIsBlank: true, &judgement)
    }

    /// A form's pairs each; anything else as one value.
    private mutating func judge(body: ArraySlice<UInt8>, _ judgement: inout Judgement) {
        let isForm = !body.prefix(DecodedValue.maximumBytes).contains {
            $0 == 0x0a || $0 == 0x20 || $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "<")
        }
        if isForm {
            judgePairs(body, separator: UInt8(ascii: "&"), .body, plusIsBlank: true, &judgement)
        } else {
            judge(body, .body, plusIsBlank: false, &judgement)
        }
    }

    private mutating func judgePairs(
        _ text: ArraySlice<UInt8>, separator: UInt8, _ part: RequestPart, plusIsBlank: Bool, _ judgement: inout Judgement
    ) {
        var count = 0
        for pair in text.split(separator: separator) {
            count += 1
            guard count <= Inspector.maximumParameters else { return }
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else {
                judgeOnce(pair, part, plusIsBlank: plusIsBlank, &judgement)
                continue
            }
            if part == .parameter || part == .body {
                judgeOnce(pair[..<equals], .parameterName, plusIsBlank: plusIsBlank, &judgement)
                if isWatched(pair[..<equals]) { judgeOnce(pair, .pair, plusIsBlank: plusIsBlank, &judgement) }
            }
            judgeOnce(pair[(equals + 1)...], part, plusIsBlank: plusIsBlank, &judgement)
        }
    }

    /// Whether a rule looks at a parameter of this name together with its value.
    private func isWatched(_ name: ArraySlice<UInt8>) -> Bool {
        guard !signatures.pairNames.isEmpty, name.count <= 64 else { return false }
        return signatures.pairNames.contains(BehaviourEvent.hash(name.lazy.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }))
    }
}
