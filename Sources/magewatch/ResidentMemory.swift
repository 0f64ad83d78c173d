import CLinux
import Dispatch
import Foundation
import Glibc

/// The memory that the process holds.
enum ResidentMemory {
    /// What is large while the stores are read at start is gone afterwards: mapped for itself it leaves no holes between what stays.
    private static let startThreshold: CInt = 64 << 10
    /// Later, bodies and blocks come and go all the time, and mapping each anew would cost more than it gives back.
    private static let threshold: CInt = 16 << 20
    /// What is kept free for them.
    private static let keptFree: CInt = 16 << 20
    /// Two threads run at a time; memory that one frees is for the others, too.
    private static let arenas: CInt = 2
    /// When what runs now and then has run for the first time.
    private static let settled = DispatchTimeInterval.seconds(3)

    /// To be called before the stores are opened.
    static func begin() {
        clinux_share_arenas(arenas)
        clinux_map_allocations_from(startThreshold, 2 * startThreshold)
    }

    /// To be called once everything is open: gives back what starting needed, at once and again when first rounds are through.
    static func hasStarted() {
        clinux_map_allocations_from(threshold, keptFree)
        giveBack()
        DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + settled) { giveBack() }
    }

    /// Gives back what only starting needed: memory that reading the stores left free, pages of code, more than half of a binary with
    /// everything in it, and pages of blocks, whose indexes were read whole to see that they are sound. Tens of MiB.
    ///
    /// Such pages stay in the page cache, so what is needed again is mapped again without reading a disk. Only mappings that can't be
    /// written to are touched, as a changed page would be lost.
    private static func giveBack() {
        clinux_release_free_memory()
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
            let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
        else { return }
        for line in maps.split(separator: "\n") {
            let fields = line.split(separator: " ", maxSplits: 2)
            guard fields.count == 3, fields[1] == "r--s" || (fields[1] == "r-xp" && line.hasSuffix(program)) else { continue }
            let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard bounds.count == 2, bounds[0] < bounds[1] else { continue }
            // Refused, the pages stay where they are, and nothing is wrong.
            unsafe madvise(UnsafeMutableRawPointer(bitPattern: bounds[0]), Int(bounds[1] - bounds[0]), MADV_DONTNEED)
        }
    }
}
