/// Tells where addresses are at home, from the databases that an operator gives; without any it tells nothing.
///
/// A record is decoded once: thousands of networks share it. What is remembered is bounded, and a record that can't be read is counted
/// and tells nothing.
package struct OriginTable: Sendable {
    /// Records remembered of each database; all autonomous systems there are, or all countries.
    static let maximumRecords = 131_072

    /// What a record tells.
    private struct Record: Sendable {
        var country: CountryCode?
        var system: UInt32?
        var organization: String?
    }

    private struct Source: Sendable {
        let database: MaxMindDatabase
        var records: [Int: Record] = [:]
    }

    private var countries: Source?
    private var networks: Source?
    /// Records, or leaves of a tree, that could not be read.
    package private(set) var failures = 0

    /// - Parameters:
    ///   - countries: records with `country.iso_code`, `registered_country.iso_code` or `country_code`.
    ///   - networks: records with `autonomous_system_number` and `autonomous_system_organization`, or `asn` and `as_name`.
    package init(countries: MaxMindDatabase? = nil, networks: MaxMindDatabase? = nil) {
        self.countries = countries.map { Source(database: $0) }
        self.networks = networks.map { Source(database: $0) }
    }

    /// Whether it can tell of anything.
    package var isEmpty: Bool { countries == nil && networks == nil }

    /// Where an address of 4 or 16 bytes is at home.
    package mutating func origin(of address: [UInt8]) -> AddressOrigin {
        AddressOrigin(
            country: OriginTable.record(of: address, in: &countries, &failures)?.country,
            system: OriginTable.record(of: address, in: &networks, &failures)?.system)
    }

    /// Who runs the autonomous system of an address.
    package mutating func organization(of address: [UInt8]) -> String? {
        OriginTable.record(of: address, in: &networks, &failures)?.organization
    }

    private static func record(of address: [UInt8], in source: inout Source?, _ failures: inout Int) -> Record? {
        guard source != nil else { return nil }
        do {
            guard let leaf = try source?.database.leaf(of: address) else { return nil }
            if let known = source?.records[leaf.offset] { return known }
            guard let value = try source?.database.record(leaf) else { return nil }
            let record = read(value)
            if source?.records.count ?? 0 >= maximumRecords { source?.records.removeAll(keepingCapacity: true) }
            source?.records[leaf.offset] = record
            return record
        } catch {
            failures += 1
            return nil
        }
    }

    /// The names that MaxMind, DB-IP and IPinfo give to the same things.
    private static func read(_ value: MaxMindValue) -> Record {
        let country =
            value["country"]?["iso_code"]?.text ?? value["registered_country"]?["iso_code"]?.text ?? value["country_code"]?.text
            ?? value["country"]?.text
        let number =
            value["autonomous_system_number"]?.number.flatMap(UInt32.init(exactly:))
            ?? value["asn"]?.text.flatMap { UInt32($0.uppercased().hasPrefix("AS") ? $0.dropFirst(2) : $0[...]) }
        let organization = value["autonomous_system_organization"]?.text ?? value["as_name"]?.text
        return Record(
            country: country.flatMap { CountryCode($0) }, system: number,
            organization: organization.map { String($0.prefix(maximumNameCharacters)) })
    }

    /// Longer names of organizations are cut.
    private static let maximumNameCharacters = 128
}
