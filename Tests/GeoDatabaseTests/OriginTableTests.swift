import Foundation
import GeoDatabase
import TestKit
import Testing

@Suite("Where addresses are at home")
struct OriginTableTests {
    private func database(_ entries: [(String, MaxMindSample)]) throws -> MaxMindDatabase {
        var writer = MaxMindWriter()
        for (network, value) in entries { writer.add(network, value) }
        return try MaxMindDatabase(writer.file())
    }

    @Test("Country and autonomous system are told, by whatever names the maker gives them")
    func names() throws {
        let countries = try database([
            ("192.0.2.0/24", .country("DE")),
            ("198.51.100.0/24", .map([("registered_country", .map([("iso_code", .string("FR"))]))])),
            ("203.0.113.0/24", .map([("country_code", .string("us"))])), ("10.0.0.0/8", .map([("country", .string("Germany"))])),
        ])
        let networks = try database([
            ("192.0.2.0/24", .system(64_500, "Example Telecom")),
            ("203.0.113.0/24", .map([("asn", .string("AS64501")), ("as_name", .string("Example Hosting"))])),
        ])
        var table = OriginTable(countries: countries, networks: networks)
        #expect(table.origin(of: [192, 0, 2, 9]) == AddressOrigin(country: CountryCode("DE"), system: 64_500))
        #expect(table.origin(of: [198, 51, 100, 9]) == AddressOrigin(country: CountryCode("FR")))
        #expect(table.origin(of: [203, 0, 113, 9]) == AddressOrigin(country: CountryCode("US"), system: 64_501))
        #expect(table.origin(of: [10, 0, 0, 1]) == AddressOrigin())
        #expect(table.origin(of: [8, 8, 8, 8]) == AddressOrigin())
        #expect(table.organization(of: [203, 0, 113, 9]) == "Example Hosting")
        #expect(table.failures == 0)
    }

    @Test("Without databases nothing is known")
    func empty() {
        var table = OriginTable()
        #expect(table.isEmpty)
        #expect(table.origin(of: [192, 0, 2, 1]) == AddressOrigin())
    }

    @Test("An unreadable record is counted and tells nothing")
    func unreadable() throws {
        var writer = MaxMindWriter(version: 4)
        writer.add("0.0.0.0/1", .string("xxxx"))
        var file = writer.file()
        file[22] = 0x5d  // A text of more bytes than there are.
        file[23] = 0xff
        var table = OriginTable(countries: try MaxMindDatabase(file))
        #expect(table.origin(of: [1, 1, 1, 1]) == AddressOrigin())
        #expect(table.failures == 1)
    }

    @Test("Countries are two letters", arguments: [("de", "DE"), ("US", "US"), ("USA", nil), ("1A", nil), ("", nil)])
    func codes(text: String, code: String?) {
        #expect(CountryCode(text)?.description == code)
    }
}
