import BenchmarkKit
import Foundation

/// Placement beside what others do, one table: worst utilisation, moves, and time.
@main
enum Main {
    private static let usage = "usage: placement-benchmark [--binary FILE] [--instances DIR] [--unseen COUNT] [--write DIR]"

    static func main() throws {
        var binary = "../.build/release/magewatch"
        var folder: String?
        var unseen = 20
        var written: String?
        var rest = CommandLine.arguments.dropFirst()
        while let flag = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Failure("\(flag) needs a value. \(usage)") }
            switch flag {
            case "--binary": binary = value
            case "--instances": folder = value
            case "--unseen": unseen = max(0, Int(value) ?? 20)
            case "--write": written = value
            default: throw Failure("unknown flag \(flag). \(usage)")
            }
        }
        if let written {
            for (name, instance) in generated(unseen) {
                try JSONEncoder().encode(instance).write(to: URL(fileURLWithPath: written).appendingPathComponent(name + ".json"))
            }
            return
        }
        var sets: [(String, [Instance])] = []
        if let folder { sets.append(("from \(URL(fileURLWithPath: folder).lastPathComponent)/", try read(folder))) }
        sets.append(("generated, 2 to 20 servers", generated(unseen).map(\.1)))
        sets.append(("generated, 200 servers, 2,000 containers", large()))
        for (title, instances) in sets where !instances.isEmpty {
            print("\n\(title): \(instances.count) instances")
            print(try Comparison(binary: binary).table(instances))
        }
    }

    private static func generated(_ count: Int) -> [(String, Instance)] {
        let sizes = [2, 3, 4, 5, 6, 8, 10, 12, 16, 20]
        return (0..<count).map { index in
            var generator = InstanceGenerator(seed: UInt64(index + 1))
            let servers = sizes[index % sizes.count]
            let instance = generator.instance(
                servers: servers, groups: 8 + min(16, servers * (index % 3 + 1) / 2), fill: 0.45 + 0.06 * Double(index % 6))
            return ("g\(index)", instance)
        }
    }

    private static func large() -> [Instance] {
        (1...3).map { seed in
            var generator = InstanceGenerator(seed: UInt64(seed))
            return generator.instance(servers: 200, groups: 1000, fill: 0.4 + 0.1 * Double(seed))
        }
    }

    private static func read(_ folder: String) throws -> [Instance] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }.sorted().map { name in
            try JSONDecoder().decode(
                Instance.self, from: Data(contentsOf: URL(fileURLWithPath: folder).appendingPathComponent(name)))
        }
    }
}
