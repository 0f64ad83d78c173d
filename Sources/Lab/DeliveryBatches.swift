import Foundation

/// Numbered lines in batches that one query can return.
package struct DeliveryBatches: Sendable {
    package static let batchSize = 1000

    package let count: Int
    package let tag: String

    package init(count: Int, tag: String) {
        self.count = count
        self.tag = tag
    }

    package var batches: Int { (count + DeliveryBatches.batchSize - 1) / DeliveryBatches.batchSize }

    /// What stands in every line of a batch and in no other.
    package func marker(_ batch: Int) -> String { "delivery-\(tag)-b\(batch)-" }

    /// The lines as syslog messages.
    package func lines(host: String) -> [String] {
        let format = ISO8601DateFormatter()
        let time = format.string(from: Date())
        return (0..<count).map { number in
            let batch = number / DeliveryBatches.batchSize
            return "<14>1 \(time) \(host) lab - - - order accepted \(marker(batch))n\(number) total 12.50"
        }
    }

    /// What was found.
    package struct Count: Sendable, Equatable {
        private var seen: Set<Int> = []
        package private(set) var doubled = 0

        package init() {}

        package var distinct: Int { seen.count }

        package mutating func add(_ lines: [String]) {
            for line in lines {
                guard let mark = line.range(of: "-n") else { continue }
                guard let number = Int(line[mark.upperBound...].prefix { $0.isNumber }) else { continue }
                if !seen.insert(number).inserted { doubled += 1 }
            }
        }
    }
}
