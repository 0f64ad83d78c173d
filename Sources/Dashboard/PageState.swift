import AgentContract
import Topology

/// What the person at the terminal does with a page: where the cursor is, what is asked and what is told. Pure: keys go in, what is to be done
/// comes out.
package struct PageState: Sendable, Equatable {
    /// What is to be done.
    package enum Action: Sendable, Equatable {
        case quit, refresh
        /// Another of the shipped pages.
        case show(page: String)
        case ban(address: String)
        case unban(address: String)
        /// Nobody bans it for ``allowedDays``.
        case allow(address: String)
        /// A plan that was left to a person.
        case approve(plan: String)
        case reject(plan: String)

        /// What is asked before it is done; nil where nothing is.
        var question: String? {
            switch self {
            case .quit, .refresh, .show: nil
            case .ban(let address): "ban \(address)?"
            case .unban(let address): "let \(address) in again?"
            case .allow(let address): "allow \(address) for \(PageState.allowedDays) days, whatever it does?"
            case .approve(let plan): "approve \(plan)?"
            case .reject(let plan): "dismiss \(plan)?"
            }
        }
    }

    /// A key, as a terminal sends it.
    package enum Key: Sendable, Equatable {
        case character(Character)
        case up, down, tab, enter, escape
    }

    /// How long an address is allowed from here; `magewatch waf allow` takes other times.
    package static let allowedDays = 7

    /// Lists that a cursor moves in, in the order in which tab goes through them.
    static let lists: [Page.Widget.Kind] = [.offenders, .bans, .review]

    /// The list that the cursor is in; nil where the page has none.
    package private(set) var focus: Page.Widget.Kind?
    private var rows: [Page.Widget.Kind: Int] = [:]
    /// What is asked.
    package private(set) var pending: Action?
    /// Whether the row under the cursor is explained.
    package private(set) var isExplaining = false
    /// What became of what was done last.
    package var message: String?

    /// A cursor in the page's first list.
    package init(_ page: Page) {
        let kinds = Set(page.rows.flatMap(\.widgets).map(\.kind))
        focus = PageState.lists.first(where: kinds.contains)
    }

    /// The row under the cursor of a list that has so many.
    package func row(_ kind: Page.Widget.Kind, of count: Int) -> Int { min(rows[kind] ?? 0, max(0, count - 1)) }

    /// Takes a key; what is to be done, if anything is.
    package mutating func press(_ key: Key, _ page: Page, _ snapshot: Snapshot) -> Action? {
        message = nil
        if let action = pending {
            pending = nil
            return key == .character("y") ? action : nil
        }
        switch key {
        case .character("q"), .character("\u{3}"), .character("\u{4}"): return .quit
        case .character("r"): return .refresh
        case .character("1"): return .show(page: "overview")
        case .character("2"): return .show(page: "attacks")
        case .escape: isExplaining = false
        case .tab: moveFocus(page)
        case .down, .character("j"): move(1, snapshot)
        case .up, .character("k"): move(-1, snapshot)
        case .enter, .character("e"): isExplaining = focus != nil && !isExplaining
        case .character(let letter): ask(letter, snapshot)
        }
        return nil
    }

    private mutating func ask(_ letter: Character, _ snapshot: Snapshot) {
        switch (letter, focus) {
        case ("b", .offenders): pending = offender(snapshot).map { .ban(address: $0.address) }
        case ("w", .offenders): pending = offender(snapshot).map { .allow(address: $0.address) }
        case ("w", .bans): pending = ban(snapshot).flatMap(allowable).map { .allow(address: $0) }
        case ("u", .bans): pending = ban(snapshot).map { .unban(address: $0.address) }
        case ("a", .review): pending = proposal(snapshot).map { .approve(plan: $0.plan.id) }
        case ("d", .review): pending = proposal(snapshot).map { .reject(plan: $0.plan.id) }
        default: break
        }
    }

    /// The address that a ban is of; nil for a session, which has none.
    private func allowable(_ ban: BanReport) -> String? {
        switch BanSubject(ban.address) {
        case .network(let network): "\(network)"
        case .limit(let limit): "\(limit.client)"
        case .session, nil: nil
        }
    }

    private mutating func moveFocus(_ page: Page) {
        let kinds = Set(page.rows.flatMap(\.widgets).map(\.kind))
        let lists = PageState.lists.filter(kinds.contains)
        guard let focus, let index = lists.firstIndex(of: focus) else { return }
        self.focus = lists[(index + 1) % lists.count]
        isExplaining = false
    }

    private mutating func move(_ step: Int, _ snapshot: Snapshot) {
        guard let focus else { return }
        let count = PageState.count(focus, snapshot)
        rows[focus] = min(max(0, row(focus, of: count) + step), max(0, count - 1))
    }

    private static func count(_ kind: Page.Widget.Kind, _ snapshot: Snapshot) -> Int {
        switch kind {
        case .offenders: snapshot.offenders.count
        case .bans: snapshot.bans.count
        case .review: snapshot.proposals.count
        default: 0
        }
    }

    func offender(_ snapshot: Snapshot) -> OffenderReport? { pick(.offenders, snapshot.offenders) }
    func ban(_ snapshot: Snapshot) -> BanReport? { pick(.bans, snapshot.bans) }
    func proposal(_ snapshot: Snapshot) -> PlanReport? { pick(.review, snapshot.proposals) }

    private func pick<Value>(_ kind: Page.Widget.Kind, _ values: [Value]) -> Value? {
        values.isEmpty ? nil : values[row(kind, of: values.count)]
    }

    /// The foot line: what is asked, what was done, or the keys that work here.
    func foot(_ snapshot: Snapshot) -> (text: String, style: Style) {
        if let question = pending?.question { return ("\(question)   y yes   any other key no", Style(.warning, bold: true)) }
        if let problem = snapshot.problem { return (problem, Style(.bad)) }
        if let message { return (message, Style(.accent)) }
        let own =
            switch focus {
            case .offenders: "tab list  j k row  e explain  b ban  w allow  "
            case .bans: "tab list  j k row  e explain  u unban  w allow  "
            case .review: "tab list  j k row  e explain  a approve  d dismiss  "
            default: ""
            }
        return (own + "1 2 page  q quit  r refresh", Style(.dim))
    }
}
