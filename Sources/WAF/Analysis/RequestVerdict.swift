package import Parsing

/// What is made of one request by itself, with the whole trail: for whoever asks about a request rather than a client.
package struct RequestVerdict: Sendable {
    /// One rule that found something.
    package struct Find: Sendable, Equatable {
        /// The rule; `crs-` and a number for those of the Core Rule Set.
        package let rule: String
        /// What kind of attack it tells.
        package let family: AttackFamily
        /// Points of the ``Judgement/threshold`` that make an attack.
        package let points: Int
        /// Why it tells an attack.
        package let reason: String
        /// The bytes that matched, where, and what was undone before they did.
        package let detail: String

        /// A find.
        package init(rule: String, family: AttackFamily, points: Int, reason: String, detail: String) {
            self.rule = rule
            self.family = family
            self.points = points
            self.reason = reason
            self.detail = detail
        }
    }

    /// Which log the record is of: `access`, `audit`, `error` or `service`.
    package let kind: String
    /// The client, as written.
    package let client: String
    /// The request line, or what the service tells.
    package let request: String
    /// The answer's status; nil where the log has none.
    package let status: Int?
    /// What found something.
    package let finds: [Find]
    /// Whether it is an attack by itself.
    package let isAttack: Bool

    /// Judges a record; nil where it tells of no request and of nobody.
    package init?(_ record: LogRecord, _ inspector: inout Inspector) {
        var judgement = Judgement()
        var core: [ModSecurityMessage] = []
        switch record {
        case .access(let request):
            judgement = inspector.judge(request: RequestText(request))
            (kind, status) = ("access", request.status)
            (client, self.request) = (RequestVerdict.text(request.client), RequestVerdict.text(request.request))
        case .audit(let transaction):
            judgement = inspector.judge(request: RequestText(transaction))
            core = transaction.messages
            (kind, status) = ("audit", transaction.status)
            client = RequestVerdict.text(transaction.client[...])
            request = RequestVerdict.text((transaction.method + [0x20] + transaction.uri)[...])
        case .error(let entry):
            if let refused = RequestText(refusedIn: entry) { judgement = inspector.judge(request: refused) }
            core = entry.ruleMessage.map { [$0] } ?? []
            (kind, status) = ("error", nil)
            (client, request) = (RequestVerdict.text(entry.client ?? []), RequestVerdict.text(entry.message))
        case .service(let event):
            (kind, status) = ("service", nil)
            client = RequestVerdict.text(event.source ?? [])
            request = "\(event.service.rawValue) \(event.event.rawValue) \(RequestVerdict.text(event.user ?? []))"
        case .connection, .slow: return nil
        }
        let evidence = core.filter { CoreRuleSet.family(of: $0.ruleID) != nil }
        finds = judgement.findings.map(Find.init) + evidence.compactMap(Find.init)
        let worst = CoreRuleSet.points(of: evidence).values.max() ?? 0
        isAttack = judgement.isAttack || worst >= Judgement.threshold
    }

    /// Whether a record is of the request of an identifier: an audit record by its own or by a header's, others by naming it.
    package static func names(_ identifier: [UInt8], in record: LogRecord) -> Bool {
        switch record {
        case .access(let request): ByteSearch.contains(identifier, in: request.line)
        case .error(let entry): ByteSearch.contains(identifier, in: entry.line)
        case .audit(let transaction):
            transaction.uniqueID.utf8.elementsEqual(identifier)
                || transaction.headers.contains { $0.value.elementsEqual(identifier) }
        case .service, .connection, .slow: false
        }
    }

    static func text(_ bytes: ArraySlice<UInt8>) -> String { Offender.text(bytes) }
}

extension RequestVerdict.Find {
    init(_ finding: SignatureFinding) {
        let undone = finding.transforms.description
        let after = undone.isEmpty ? "" : " after \(undone.joined(separator: ", "))"
        self.init(
            rule: finding.rule.id, family: finding.rule.family, points: finding.rule.severity.points, reason: finding.rule.reason,
            detail: "\"\(RequestVerdict.text(finding.matched[...]))\" in \(finding.part.rawValue)\(after)")
    }

    init?(_ message: ModSecurityMessage) {
        guard let family = CoreRuleSet.family(of: message.ruleID) else { return nil }
        self.init(
            rule: "crs-\(message.ruleID)", family: family, points: CoreRuleSet.weight(message.severity), reason: message.message,
            detail: RequestVerdict.text(Array(message.data.utf8)[...]))
    }
}
