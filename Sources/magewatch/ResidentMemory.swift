import CLinux
import Foundation
import Glibc

/// The memory that the process holds.
enum ResidentMemory {
    /// Gives back what only starting needed: memory that reading the stores left free, and pages of code, more than half of a binary with
    /// everything in it, tens of MiB.
    ///
    /// Pages of code stay in the page cache, so what is needed again is mapped again without reading a disk. Only segments that can't be written
    /// to are touched, as a changed page would be lost.
    static func giveBack() {
        clinux_release_free_memory()
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
            let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
        else { return }
        for line in maps.split(separator: "\n") where line.hasSuffix(program) {
            let fields = line.split(separator: " ", maxSplits: 2)
            guard fields.count == 3, fields[1] == "r-xp" else { continue }
            let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard bounds.count == 2, bounds[0] < bounds[1] else { continue }
            // Refused, the pages stay where they are, and nothing is wrong.
            unsafe madvise(UnsafeMutableRawPointer(bitPattern: bounds[0]), Int(bounds[1] - bounds[0]), MADV_DONTNEED)
        }
    }
}
