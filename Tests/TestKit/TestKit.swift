package import Foundation

/// A directory of a test's own, removed with the value that owns it.
package final class TemporaryDirectory: Sendable {
    package let url: URL
    package var path: String { url.path }

    package init(_ name: String = "test") throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("magewatch-\(name)-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}

/// A seeded generator (SplitMix64), so that a failing property can be run again. Print ``seed`` in the failure's message.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    package let seed: UInt64
    private var state: UInt64

    package init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// Third-party material beside the checkout. Tests that need it are skipped, visibly, where it is absent:
/// `@Test(.enabled(if: SharedMaterial.isPresent, "needs ../shared"))`.
package enum SharedMaterial {
    /// `../shared` next to the package, or what `MAGEWATCH_SHARED` names.
    package static let directory: URL? = {
        let named = ProcessInfo.processInfo.environment["MAGEWATCH_SHARED"].map { URL(fileURLWithPath: $0) }
        let beside = URL(fileURLWithPath: FileManager.default.currentDirectoryPath).appendingPathComponent("../shared")
        return [named, beside].compactMap { $0?.standardizedFileURL }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }()

    package static var isPresent: Bool { directory != nil }

    /// A file or folder in it, for instance `suites/promql`.
    package static func url(_ path: String) throws -> URL {
        guard let directory else { throw Missing() }
        return directory.appendingPathComponent(path)
    }

    package struct Missing: Error {}
}
