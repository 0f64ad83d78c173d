import Foundation
import Synchronization

/// What happened when: every line is printed as it happens and kept for the end.
package final class Timeline: Sendable {
    /// Milliseconds since 1970, as plans and alerts have it.
    package static var now: Double { Date().timeIntervalSince1970 * 1000 }

    private let begin: Double
    private let write: @Sendable (String) -> Void
    private let kept = Mutex<[String]>([])

    package init(begin: Double = Timeline.now, write: @escaping @Sendable (String) -> Void) {
        self.begin = begin
        self.write = write
    }

    /// A heading without a time.
    package func heading(_ text: String) { put("\n\(text)") }

    /// Something that happened, now or at another time.
    package func note(_ text: String, at time: Double = Timeline.now) {
        put("\(Timeline.seconds((time - begin) / 1000, width: 8))  \(text)")
    }

    package var lines: [String] { kept.withLock { $0 } }

    private func put(_ line: String) {
        kept.withLock { $0.append(line) }
        write(line)
    }

    /// `  12.3 s`.
    package static func seconds(_ value: Double, width: Int = 0) -> String {
        let tenths = Int((value * 10).rounded())
        let text = "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10) s"
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
