/// A database of networks in MaxMind's format (MMDB, version 2): a binary tree over the bits of addresses, whose leaves point to records.
///
/// It is given the file's bytes, read once: a map of a file that is overwritten in place would end the process with a signal. Whatever the
/// bytes are, opening and looking up return or throw; nothing is followed outside of them.
///
/// ```swift
/// let database = try MaxMindDatabase(bytes)
/// if let leaf = try database.leaf(of: [192, 0, 2, 1]) { print(try database.record(leaf)) }
/// ```
package struct MaxMindDatabase: Sendable {
    /// Larger files are refused by whoever reads them; the largest that are sold have a fifth of it.
    package static let maximumBytes = 1 << 30
    /// The marker of the metadata is searched for in so many bytes at the end, as the format says.
    static let maximumMetadataBytes = 128 << 10
    /// Zero bytes between tree and data.
    static let separatorBytes = 16
    private static let marker: [UInt8] = [0xab, 0xcd, 0xef] + Array("MaxMind.com".utf8)

    /// A record's place in the data: the same for all networks that share it.
    package struct Leaf: Hashable, Sendable {
        /// Byte of the file.
        let offset: Int
        /// How many leading bits the networks' addresses share, in the tree's own addresses.
        package let prefixLength: Int
    }

    /// What kind of records it has: `GeoLite2-Country`.
    package let type: String
    /// Seconds since 1970 at which it was made.
    package let buildTime: UInt64
    /// 4 or 6: which addresses it knows; one of 6 knows both.
    package let addressVersion: Int

    private let bytes: [UInt8]
    private let nodeCount: Int
    private let recordBits: Int
    private let data: Range<Int>
    /// Where the tree of IPv4 begins in one of IPv6, below 96 zero bits, and how deep that is.
    private var four: (node: Int, depth: Int)

    /// Opens a database from the bytes of its file.
    package init(_ bytes: [UInt8]) throws(MaxMindError) {
        guard bytes.count <= MaxMindDatabase.maximumBytes else {
            throw MaxMindError(.limit, "the file has more than \(MaxMindDatabase.maximumBytes >> 20) MiB")
        }
        guard let end = MaxMindDatabase.markerEnd(in: bytes) else {
            throw MaxMindError(.noDatabase, "no MaxMind database: the marker of its metadata is missing")
        }
        var decoder = MaxMindDecoder(bytes, section: end..<bytes.count)
        let metadata = try decoder.value(at: end)
        func number(_ key: String) throws(MaxMindError) -> Int {
            guard let number = metadata[key]?.number, let value = Int(exactly: number) else {
                throw MaxMindError(.corrupt, "the metadata has no \(key)", at: end)
            }
            return value
        }
        let version = try number("binary_format_major_version")
        guard version == 2 else { throw MaxMindError(.unsupported, "version \(version) of the format; 2 is known") }
        addressVersion = try number("ip_version")
        guard [4, 6].contains(addressVersion) else {
            throw MaxMindError(.unsupported, "addresses of version \(addressVersion)")
        }
        recordBits = try number("record_size")
        guard [24, 28, 32].contains(recordBits) else {
            throw MaxMindError(.unsupported, "records of \(recordBits) bits; there are such of 24, 28 and 32")
        }
        nodeCount = try number("node_count")
        let dataEnd = end - MaxMindDatabase.marker.count
        guard nodeCount > 0, nodeCount <= dataEnd / (recordBits / 4) else {
            throw MaxMindError(.corrupt, "a tree of \(nodeCount) nodes is no part of a file of \(bytes.count) bytes")
        }
        let treeEnd = nodeCount * recordBits / 4
        let dataStart = treeEnd + MaxMindDatabase.separatorBytes
        guard dataStart <= dataEnd, bytes[treeEnd..<dataStart].allSatisfy({ $0 == 0 }) else {
            throw MaxMindError(.corrupt, "the tree does not end where its metadata says", at: treeEnd)
        }
        type = metadata["database_type"]?.text ?? ""
        buildTime = metadata["build_epoch"]?.number ?? 0
        data = dataStart..<dataEnd
        self.bytes = bytes
        four = (0, 0)
        guard addressVersion == 6 else { return }
        four = walk(from: (0, 0), [UInt8](repeating: 0, count: 12))
    }

    /// The record of an address of 4 or 16 bytes; nil where the database has none.
    package func leaf(of address: [UInt8]) throws(MaxMindError) -> Leaf? {
        guard address.count == 4 || address.count == 16 && addressVersion == 6 else { return nil }
        let (node, depth) = walk(from: address.count == 4 ? four : (0, 0), address)
        guard node != nodeCount else { return nil }
        // What is below the number of nodes is one of them: the tree goes on where the address has ended.
        let offset = node - nodeCount - MaxMindDatabase.separatorBytes
        guard node > nodeCount, offset >= 0, offset < data.count else {
            throw MaxMindError(.corrupt, "a leaf of the tree points outside of the data", at: nil)
        }
        return Leaf(offset: data.lowerBound + offset, prefixLength: depth)
    }

    /// What a record holds.
    package func record(_ leaf: Leaf) throws(MaxMindError) -> MaxMindValue {
        var decoder = MaxMindDecoder(bytes, section: data)
        return try decoder.value(at: leaf.offset)
    }

    /// Follows the bits of an address until a leaf or its end.
    private func walk(from start: (node: Int, depth: Int), _ address: [UInt8]) -> (node: Int, depth: Int) {
        var (node, depth) = start
        for byte in address {
            for bit in stride(from: 7, through: 0, by: -1) {
                guard node < nodeCount else { return (node, depth) }
                node = child(of: node, Int(byte >> UInt8(bit) & 1))
                depth += 1
            }
        }
        return (node, depth)
    }

    /// The left (0) or right (1) record of a node that is in the tree.
    private func child(of node: Int, _ side: Int) -> Int {
        let start = node * recordBits / 4
        func byte(_ index: Int) -> Int { Int(bytes[start + index]) }
        switch recordBits {
        case 24:
            let at = side * 3
            return byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2)
        case 28:
            // The nibble in the middle byte is the highest of each.
            let high = side == 0 ? byte(3) >> 4 : byte(3) & 0x0f
            let at = side * 4
            return high << 24 | byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2)
        default:
            let at = side * 4
            return byte(at) << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3)
        }
    }

    /// Behind the last marker.
    private static func markerEnd(in bytes: [UInt8]) -> Int? {
        let least = max(0, bytes.count - maximumMetadataBytes - marker.count)
        var start = bytes.count - marker.count
        while start >= least {
            if bytes[start] == marker[0], bytes[start..<start + marker.count].elementsEqual(marker) {
                return start + marker.count
            }
            start -= 1
        }
        return nil
    }
}
