/// Durations, amounts and addresses as people write them.
package enum Units {
    /// Seconds from `500ms`, `15s`, `5m`, `1h`, `14d`, `1h30m`; nil for anything else.
    package static func seconds(_ text: String) -> Double? {
        let sizes: [String: Double] = ["ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        var rest = Substring(text)
        var total = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let amount = Double(digits), let size = sizes[String(unit)] else { return nil }
            total += amount * size
        }
        return total
    }

    /// Bytes from `128MiB`, `2GB`, `500k`, `1048576`; nil for anything else.
    package static func bytes(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(digits.count).trimmingPrefix(" ").lowercased()
        let sizes: [String: Double] = [
            "": 1, "b": 1, "k": 1e3, "kb": 1e3, "kib": 1024, "m": 1e6, "mb": 1e6, "mib": 1_048_576, "g": 1e9, "gb": 1e9,
            "gib": 1_073_741_824, "t": 1e12, "tb": 1e12, "tib": 1_099_511_627_776,
        ]
        guard let amount = Double(digits), let size = sizes[unit] else { return nil }
        let bytes = amount * size
        return bytes < Double(Int64.max) ? Int64(bytes) : nil
    }

    /// `host:port` or `[v6]:port`; nil for anything else.
    package static func endpoint(_ text: String) -> MagewatchConfiguration.Endpoint? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        return .init(host: host.isEmpty ? "0.0.0.0" : host, port: port)
    }

    /// Addresses of a range such as `10.0.0.100-10.0.0.119/24` or a single `10.0.0.7/24`, each with its prefix length; nil for
    /// anything else. At most ``maximumAddresses``.
    package static func addresses(_ text: String) -> [String]? {
        let parts = text.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let prefix = Int(parts[1]), (0...32).contains(prefix) else { return nil }
        let ends = parts[0].split(separator: "-").map(ipv4)
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last,
            last - first < UInt32(maximumAddresses)
        else { return nil }
        return (first...last).map { "\($0 >> 24).\($0 >> 16 & 255).\($0 >> 8 & 255).\($0 & 255)/\(prefix)" }
    }

    /// Most addresses a range may have.
    package static let maximumAddresses = 4096

    private static func ipv4(_ text: Substring) -> UInt32? {
        let octets = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard octets.count == 4 else { return nil }
        return octets.reduce(UInt32?(0)) { sum, octet in
            guard let sum, let octet else { return nil }
            return sum << 8 | UInt32(octet)
        }
    }

    /// Edit distance, for hints at misspelt keys.
    static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let next = a == b ? diagonal : 1 + Swift.min(diagonal, row[j], row[j + 1])
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[right.count]
    }
}
