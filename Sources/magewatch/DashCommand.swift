import ArgumentParser
import Dashboard
import Foundation
import Monitor

/// `magewatch dash`: the dashboard in the terminal.
struct DashCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dash", abstract: "The stack in the terminal, live.",
        discussion: """
            EXAMPLES
              magewatch dash
              magewatch dash --once                       print it and end
              magewatch dash --page my-page.yaml
            Colours are left out where NO_COLOR is set or TERM is dumb. Keys: q quit, r refresh.
            """)

    @Flag(help: "Print the page once, as text, and end.")
    var once = false

    @Option(help: "A page of your own (YAML); the overview is shown without it.")
    var page: String?

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
        let page = try loadPage()
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

    private func live(_ page: Page, _ reader: SnapshotReader, _ renderer: PageRenderer) async throws {
        let terminal = Terminal()
        terminal.enter()
        defer { terminal.leave() }
        let colours = Terminal.hasColours
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
            repeat {
                let size = Terminal.size ?? (80, 24)
                if let snapshot {
                    let screen = renderer.render(page, snapshot, width: size.columns, height: size.rows)
                    terminal.write(screen.update(from: shown, colours: colours))
                    shown = screen
                }
                switch await terminal.key(within: .milliseconds(100)) {
                case "q", "\u{3}", .some("\u{4}"): return
                case "r": break
                default: continue
                }
                break
            } while ContinuousClock.now < deadline
            if terminal.wasInterrupted { return }
        }
    }

    private func loadPage() throws -> Page {
        guard let page else {
            return try Page.parse(EmbeddedDefaults.file("dashboards/overview.yaml") ?? "", file: "overview.yaml")
        }
        guard let data = FileManager.default.contents(atPath: page) else {
            throw CommandFailure("\(page): can't be read; check the path and its permissions")
        }
        return try Page.parse(String(decoding: data, as: UTF8.self), file: page)
    }
}
