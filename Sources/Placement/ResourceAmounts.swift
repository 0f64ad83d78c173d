/// Whole amounts of the four resources that a placement weighs, side by side so that all are compared at once.
///
/// Whole numbers, because a placement is either within a limit or not, and a sum must not depend on the order it was made in.
package struct ResourceAmounts: Sendable, Hashable {
    /// Names of the lanes, as reports give them.
    package static let names = ["cpu", "ram", "net", "disk"]
    /// Largest amount of one resource; what all containers ask for together stays below it as well, so that no sum overflows.
    package static let maximum = Int(Int32.max)

    /// Milli-cores, MiB of memory, Mbit/s of network, GiB of disk.
    var lanes: SIMD4<Int32>

    package static let zero = ResourceAmounts(lanes: .zero)

    /// Amounts beyond 0 and ``maximum`` are clamped to them.
    package init(milliCores: Int, memoryMiB: Int, networkMbit: Int, diskGiB: Int = 0) {
        let clamped = [milliCores, memoryMiB, networkMbit, diskGiB].map { Int32(min(max(0, $0), ResourceAmounts.maximum)) }
        lanes = SIMD4(clamped)
    }

    init(lanes: SIMD4<Int32>) { self.lanes = lanes }

    package var milliCores: Int { Int(lanes[0]) }
    package var memoryMiB: Int { Int(lanes[1]) }
    package var networkMbit: Int { Int(lanes[2]) }
    package var diskGiB: Int { Int(lanes[3]) }

    package static func + (left: ResourceAmounts, right: ResourceAmounts) -> ResourceAmounts {
        ResourceAmounts(lanes: left.lanes &+ right.lanes)
    }

    package static func - (left: ResourceAmounts, right: ResourceAmounts) -> ResourceAmounts {
        ResourceAmounts(lanes: left.lanes &- right.lanes)
    }

    package static func += (left: inout ResourceAmounts, right: ResourceAmounts) { left.lanes &+= right.lanes }
    package static func -= (left: inout ResourceAmounts, right: ResourceAmounts) { left.lanes &-= right.lanes }

    /// The sum, each resource at most ``maximum``.
    package func saturatingAdd(_ other: ResourceAmounts) -> ResourceAmounts {
        var sum = ResourceAmounts.zero
        for lane in 0..<4 {
            let (value, overflows) = lanes[lane].addingReportingOverflow(other.lanes[lane])
            sum.lanes[lane] = overflows ? .max : value
        }
        return sum
    }

    /// The share of `capacity` that each resource takes, 0 where none is stated.
    package func shares(of capacity: ResourceAmounts) -> [Double] {
        (0..<4).map { capacity.lanes[$0] > 0 ? Double(lanes[$0]) / Double(capacity.lanes[$0]) : 0 }
    }

    /// The scarcest resource's use of `capacity`, in whole per cent, rounded up.
    package func percent(of capacity: ResourceAmounts) -> Int {
        (0..<4).reduce(0) { worst, lane in
            let whole = Int(capacity.lanes[lane])
            return whole > 0 ? max(worst, (Int(lanes[lane]) * 100 + whole - 1) / whole) : worst
        }
    }

    /// What a unit of each resource is of it, in per cent; 0 where no capacity is stated.
    var pointsPerUnit: SIMD4<Float> {
        var points = SIMD4<Float>.zero
        for lane in 0..<4 where lanes[lane] > 0 { points[lane] = 100 / Float(lanes[lane]) }
        return points
    }

    /// The most of it that may be used at so many per cent; a resource without a stated capacity has no limit.
    func limit(percent: Int) -> SIMD4<Int32> {
        var limit = SIMD4<Int32>(repeating: .max)
        for lane in 0..<4 where lanes[lane] > 0 {
            limit[lane] = Int32(min(Int(lanes[lane]) * percent / 100, ResourceAmounts.maximum))
        }
        return limit
    }
}
