import ArgumentParser
import Dashboard
import Foundation
import Monitor
import Topology

/// `magewatch dash`: the dashboard in the terminal.
struct DashCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dash", abstract: "The stack in the terminal, live.",
        discussion: """
            EXAMPLES
              magewatch dash
              magewatch dash --once                       print it and end
              magewatch dash --page attacks
              magewatch dash --page my-page.yaml
            Colours are left out where NO_COLOR is set or TERM is dumb. Keys: q quit, r refresh, 1 and 2 the shipped pages. On the page of
            attacks: tab from list to list, j and k (or arrows) from row to row, e or return explains, b bans, u lets in again, a approves and
            d dismisses what was left to an operator; each is asked for again.
            """)

    @Flag(help: "Print the page once, as text, and end.")
    var once = false

    @Option(help: "A shipped page (overview, attacks), or one of your own (a YAML file).")
    var page = "overview"

    @Option(help: "Seconds between two refreshes.")
    var interval = 2.0

    @Option(help: "Columns, with --once; the terminal's, or 120.")
    var width: Int?

    @Option(help: "Rows, with --once; the terminal's, or 40.")
    var height: Int?

    @OptionGroup var monitor: MonitorOptions

    func validate() throws {
        guard interval >= 0.2, interval <= 3600 else { throw ValidationError("--interval must lie between 0.2 and 3600 seconds") }
    }

    func run() async throws {
        let page = try loadPage(page)
        let reader = SnapshotReader(client: monitor.client, page: page)
        let renderer = PageRenderer(zoneSeconds: TimeZone.current.secondsFromGMT())
        if once || !Terminal.isInteractive {
            let size = Terminal.size
            let snapshot = try await reader.read(previous: nil)
            let screen = renderer.render(page, snapshot, width: width ?? size?.columns ?? 120, height: height ?? size?.rows ?? 40)
            print(screen.text)
            return
        }
        _ = try await reader.read(previous: nil)
        try await live(page, reader, renderer)
    }

    private func live(_ first: Page, _ firstReader: SnapshotReader, _ renderer: PageRenderer) async throws {
        let terminal = Terminal()
        terminal.enter()
        defer { terminal.leave() }
        let colours = Terminal.hasColours
        var (page, reader, state) = (first, firstReader, PageState(first))
        var shown: Screen?
        var snapshot: Snapshot?
        while true {
            do {
                snapshot = try await reader.read(previous: snapshot)
            } catch {
                // The last picture stays, with what went wrong under it.
                snapshot?.problem = "\(error)"
            }
            let deadline = ContinuousClock.now + .seconds(interval)
            var action: PageState.Action?
            repeat {
                let size = Terminal.size ?? (80, 24)
                if let snapshot {
                    let screen = renderer.render(page, snapshot, state, width: size.columns, height: size.rows)
                    terminal.write(screen.update(from: shown, colours: colours))
                    shown = screen
                }
                guard let key = await terminal.key(within: .milliseconds(100)) else { continue }
                action = state.press(key, page, snapshot ?? Snapshot(time: 0, stack: .init(name: "")))
            } while action == nil && ContinuousClock.now < deadline && !terminal.wasInterrupted
            if action == .quit || terminal.wasInterrupted { return }
            if case .show(let name) = action {
                page = try loadPage(name)
                (reader, state) = (SnapshotReader(client: monitor.client, page: page), PageState(page))
            } else if let action {
                state.message = await OperatorActions(client: monitor.client).perform(action)
            }
        }
    }

    /// A shipped page by its name, or one of the operator's own by its path.
    private func loadPage(_ name: String) throws -> Page {
        if let text = EmbeddedDefaults.file("dashboards/\(name).yaml") { return try Page.parse(text, file: "\(name).yaml") }
        guard let data = FileManager.default.contents(atPath: name) else {
            throw CommandFailure(
                "\(name): is no shipped page (overview, attacks) and can't be read; check the path and its permissions")
        }
        return try Page.parse(String(decoding: data, as: UTF8.self), file: name)
    }
}
