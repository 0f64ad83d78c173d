/// Families of attacks, as rule sets divide them; the raw value is the name in rules, series and output.
package enum AttackFamily: String, Sendable, CaseIterable, Codable {
    case sqlInjection = "sqli"
    case crossSiteScripting = "xss"
    /// Ways out of the document root, and files included from elsewhere.
    case pathTraversal = "traversal"
    case commandInjection = "rce"
    case phpInjection = "php"
    /// Java and its neighbours: JNDI look-ups (Log4Shell), OGNL, serialized objects, Struts, Spring.
    case java
    /// Requests that the server is made to send.
    case requestForgery = "ssrf"
    case templateInjection = "ssti"
    case sessionFixation = "fixation"
    /// Breaks of the protocol itself: split headers, smuggled requests, broken encodings.
    case protocolAttack = "protocol"
    case magento
    /// Files and consoles that no visitor asks for.
    case probing
    case scanner
    case badBot = "bot"
    case bruteForce = "brute-force"
    case flood
}
