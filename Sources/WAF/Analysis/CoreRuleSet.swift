package import Parsing

/// What the rules of the OWASP Core Rule Set find, in our families.
package enum CoreRuleSet {
    /// The family of a rule by its number; nil for rules that are no evidence: sums of scores, set-up, exclusions.
    ///
    /// By the number and not by tags, as version 3 of ModSecurity loses the tags of some rules.
    package static func family(of ruleID: Int) -> AttackFamily? {
        switch ruleID / 1000 {
        case 913: .scanner
        case 911, 920, 921, 922: .protocolAttack
        case 930, 931: .pathTraversal
        case 932: .commandInjection
        case 933: .phpInjection
        case 934: .templateInjection
        case 941: .crossSiteScripting
        case 942: .sqlInjection
        case 943: .sessionFixation
        case 944: .java
        default: nil
        }
    }

    /// The families that a transaction's messages tell of, with the points of anomaly scoring.
    package static func points(of transaction: ModSecurityTransaction) -> [AttackFamily: Int] {
        points(of: transaction.messages)
    }

    static func points(of messages: [ModSecurityMessage]) -> [AttackFamily: Int] {
        var points: [AttackFamily: Int] = [:]
        for message in messages {
            guard let family = family(of: message.ruleID) else { continue }
            points[family, default: 0] += weight(message.severity)
        }
        return points
    }

    static func weight(_ severity: ModSecurityMessage.Severity?) -> Int {
        switch severity {
        case .emergency, .alert, .critical, nil: 5
        case .error: 4
        case .warning: 3
        case .notice, .info, .debug: 2
        }
    }
}

extension RequestText {
    /// All that an audit log shows of a request, body and cookies included.
    package init(_ transaction: ModSecurityTransaction) {
        self.init(method: transaction.method[...], uri: transaction.uri[...])
        host = transaction.header("host").map { $0[...] }
        userAgent = transaction.header("user-agent").map { $0[...] }
        referer = transaction.header("referer").map { $0[...] }
        cookie = transaction.header("cookie").map { $0[...] }
        let known: Set = ["host", "user-agent", "referer", "cookie", "accept", "accept-encoding", "accept-language"]
        headers = transaction.headers.filter { !known.contains($0.name) }.map { $0.value[...] }
        body = transaction.body.isEmpty ? nil : transaction.body[...]
    }
}
