import BenchmarkKit
import Foundation

/// Logs over HTTP on one load: what a day costs to take in, to keep and to ask; how that grows; and what goes on beside it.
@main
enum Main {
    static func main() { run(measure) }

    private static func measure() throws {
        let options = try LogOptions(CommandLine.arguments.dropFirst())
        for part in options.parts {
            let began = Date()
            switch part {
            case .day: try DayTable(options).print()
            case .sizes: try SizesTable(options).print()
            case .streams: try StreamsTable(options).print()
            case .dashboards: try DashboardsTable(options).print()
            case .real: if !options.logs.isEmpty { try RealTable(options).print() }
            }
            FileHandle.standardError.write(Data("\(part.rawValue): \(Int(Date().timeIntervalSince(began))) s\n".utf8))
        }
    }
}

/// Rows of cells, as a table of Markdown.
struct Table {
    private var rows: [[String]]

    init(_ head: [String]) { rows = [head, head.map { _ in "---" }] }

    mutating func add(_ cells: String...) { rows.append(cells) }
    mutating func add(_ cells: [String]) { rows.append(cells) }

    var text: String { rows.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n") + "\n" }
}
