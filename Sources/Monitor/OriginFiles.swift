import Foundation
package import GeoDatabase
package import StackConfiguration

/// The operator's databases of countries and networks, read as a whole.
package enum OriginFiles {
    /// Reads those that are named.
    /// - Throws: ``MonitorError``, naming the file and what is wrong with it.
    package static func load(_ settings: MagewatchConfiguration.WAF) throws -> OriginTable {
        OriginTable(
            countries: try settings.countryDatabase.map { try database($0, "waf.country-database") },
            networks: try settings.networkDatabase.map { try database($0, "waf.network-database") })
    }

    private static func database(_ path: String, _ key: String) throws -> MaxMindDatabase {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        if let size = attributes?[.size] as? Int, size > MaxMindDatabase.maximumBytes {
            throw MonitorError("\(key): \(path) has more than \(MaxMindDatabase.maximumBytes >> 20) MiB and is no such database")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw MonitorError("\(key): \(path) can't be read; check the path and its permissions")
        }
        do {
            return try MaxMindDatabase(Array(data))
        } catch {
            throw MonitorError("\(key): \(path): \(error)")
        }
    }
}
