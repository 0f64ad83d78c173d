/// Amounts of the three resources that placement weighs.
package struct Resources: Sendable, Hashable, Codable {
    /// Processor cores; fractions allowed.
    package var cores: Double
    package var memoryBytes: Int64
    package var networkBitsPerSecond: Double

    package static let zero = Resources(cores: 0, memoryBytes: 0, networkBitsPerSecond: 0)

    package init(cores: Double, memoryBytes: Int64, networkBitsPerSecond: Double = 0) {
        self.cores = cores
        self.memoryBytes = memoryBytes
        self.networkBitsPerSecond = networkBitsPerSecond
    }

    package static func + (left: Resources, right: Resources) -> Resources {
        Resources(
            cores: left.cores + right.cores,
            memoryBytes: left.memoryBytes + right.memoryBytes,
            networkBitsPerSecond: left.networkBitsPerSecond + right.networkBitsPerSecond
        )
    }

    package static func - (left: Resources, right: Resources) -> Resources {
        Resources(
            cores: left.cores - right.cores,
            memoryBytes: left.memoryBytes - right.memoryBytes,
            networkBitsPerSecond: left.networkBitsPerSecond - right.networkBitsPerSecond
        )
    }

    /// True if each amount is at most the other's; a network of 0 is unknown and fits.
    package func fits(in room: Resources) -> Bool {
        cores <= room.cores && memoryBytes <= room.memoryBytes
            && (room.networkBitsPerSecond == 0 || networkBitsPerSecond <= room.networkBitsPerSecond)
    }

    /// The largest of the three shares of `capacity` in use, 0 for a resource that has no capacity stated.
    package func utilisation(of capacity: Resources) -> Double {
        func share(_ used: Double, _ whole: Double) -> Double { whole > 0 ? used / whole : 0 }
        return max(
            share(cores, capacity.cores), share(Double(memoryBytes), Double(capacity.memoryBytes)),
            share(networkBitsPerSecond, capacity.networkBitsPerSecond))
    }
}
