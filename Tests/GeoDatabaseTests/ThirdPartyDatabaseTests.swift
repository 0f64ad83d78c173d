import Foundation
import GeoDatabase
import TestKit
import Testing

private let mmdbSuite: URL? = (try? SharedMaterial.url("suites/mmdb"))
    .flatMap { FileManager.default.fileExists(atPath: $0.path) ? $0 : nil }

/// MaxMind's own test databases, sound and broken (`test-data` and `bad-data` of github.com/maxmind/MaxMind-DB), where they are at hand.
@Suite(
    "MaxMind's test databases", .enabled(if: mmdbSuite != nil, "needs ../shared/suites/mmdb"), .ownThread)
struct ThirdPartyDatabaseTests {
    private func database(_ path: String) throws -> MaxMindDatabase {
        let url = try #require(mmdbSuite).appendingPathComponent(path)
        return try MaxMindDatabase(Array(try Data(contentsOf: url)))
    }

    private func record(_ database: MaxMindDatabase, _ address: [UInt8]) throws -> MaxMindValue? {
        try database.leaf(of: address).map { try database.record($0) }
    }

    @Test("Values of every type are read as the suite lists them")
    func decoder() throws {
        let value = try #require(try record(try database("test-data/MaxMind-DB-test-decoder.mmdb"), [1, 1, 1, 0]))
        #expect(value["array"] == .array([.unsigned(1), .unsigned(2), .unsigned(3)]))
        #expect(value["boolean"] == .boolean(true))
        #expect(value["bytes"] == .bytes([0, 0, 0, 42]))
        #expect(value["double"] == .double(42.123456))
        #expect(value["float"] == .float(1.1))
        #expect(value["int32"] == .signed(-268_435_456))
        #expect(value["map"]?["mapX"]?["utf8_stringX"]?.text == "hello")
        #expect(value["map"]?["mapX"]?["arrayX"] == .array([.unsigned(7), .unsigned(8), .unsigned(9)]))
        #expect(value["uint16"] == .unsigned(100) && value["uint32"] == .unsigned(268_435_456))
        #expect(value["uint64"] == .unsigned(1_152_921_504_606_846_976))
        #expect(value["uint128"] == .wide(high: 1 << 56, low: 0))
        #expect(value["utf8_string"]?.text == "unicode! ☯ - ♫")
    }

    @Test("Networks are found in trees of every size", arguments: [24, 28, 32], ["ipv4", "ipv6", "mixed"])
    func trees(recordBits: Int, kind: String) throws {
        let database = try database("test-data/MaxMind-DB-test-\(kind)-\(recordBits).mmdb")
        if kind != "ipv6" {
            for (last, network) in [(1, 1), (2, 2), (3, 2), (7, 4), (15, 8), (17, 16), (31, 16), (32, 32)] {
                let text = try record(database, [1, 1, 1, UInt8(last)])?["ip"]?.text
                #expect(
                    text == (kind == "ipv4" ? "1.1.1.\(network)" : "::1.1.1.\(network)") || text == "1.1.1.\(network)",
                    "1.1.1.\(last)")
            }
            #expect(try record(database, [1, 1, 1, 33]) == nil)
            #expect(try record(database, [255, 254, 253, 123]) == nil)
        }
        if kind != "ipv4" {
            for (last, network) in [(1, "0"), (0x41, "40"), (0x4f, "40"), (0x51, "50"), (0x59, "58")] {
                let address = [UInt8](repeating: 0, count: 11) + [2, 0, 0, 0, UInt8(last)]
                #expect(try record(database, address)?["ip"]?.text == "::2:0:\(network)", "::2:0:\(last)")
            }
            #expect(try record(database, [UInt8](repeating: 0, count: 11) + [2, 0, 0, 0, 0x60]) == nil)
        }
    }

    @Test("Countries and autonomous systems of the suite's databases")
    func origins() throws {
        var table = OriginTable(
            countries: try database("test-data/GeoLite2-Country-Test.mmdb"),
            networks: try database("test-data/GeoLite2-ASN-Test.mmdb"))
        #expect(table.origin(of: [81, 2, 69, 160]).country?.description == "GB")
        #expect(table.origin(of: [2, 125, 160, 216]).country?.description == "GB")
        #expect(table.origin(of: [89, 160, 20, 112]) == AddressOrigin(country: CountryCode("SE"), system: 29_518))
        #expect(table.organization(of: [1, 128, 0, 1]) == "Telstra Pty Ltd")
        #expect(table.origin(of: [0x20, 0x01, 0x02, 0x18] + [UInt8](repeating: 0, count: 12)).country?.description == "JP")
        #expect(table.failures == 0)
    }

    @Test("Every file of the suite is read or refused, whatever is asked of it")
    func all() throws {
        let root = try #require(mmdbSuite)
        let files = try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".mmdb") }
        var (sound, refused, broken) = (0, [String](), Set<String>())
        for file in files {
            guard let database = try? database(file) else {
                refused.append(file)
                continue
            }
            sound += 1
            for first in stride(from: 0, through: 255, by: 5) {
                for address in [[UInt8(first), 1, 1, 1], [UInt8(first), 0x80] + [UInt8](repeating: 0, count: 14)] {
                    do { _ = try record(database, address) } catch { broken.insert(file) }
                }
            }
        }
        print(
            "mmdb: \(files.count) files, \(sound) opened, \(refused.count) refused, records that can't be read in \(broken.count)"
        )
        #expect(files.count >= 60 && sound >= 40)
        #expect(!refused.contains { $0.hasPrefix("test-data/GeoLite2") })
        #expect(broken.isSuperset(of: ["test-data/MaxMind-DB-test-pointer-decoder-dos.mmdb"]))
    }
}
