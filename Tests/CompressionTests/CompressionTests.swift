import TestKit
import Testing

@testable import Compression

@Suite("Compression") struct CompressionTests {
    static func material(seed: UInt64) -> [[UInt8]] {
        var random = SeededGenerator(seed: seed)
        return (0..<40).map { index in
            let count = index < 20 ? index : Int.random(in: 0...20_000, using: &random)
            let spread: UInt8 = index % 2 == 0 ? 3 : 255
            return (0..<count).map { _ in UInt8.random(in: 0...spread, using: &random) }
        }
    }

    @Test("LZ4 gives back what it took, and refuses a wrong size") func lz4() throws {
        for bytes in CompressionTests.material(seed: 1) {
            let small = LZ4.compress(bytes)
            #expect(try LZ4.decompress(small[...], size: bytes.count) == bytes)
            #expect(throws: CompressionError.self) { try LZ4.decompress(small[...], size: bytes.count + 1) }
            #expect(throws: CompressionError.self) { try LZ4.decompress(small.dropLast(), size: bytes.count) }
        }
        #expect(throws: CompressionError.self) { try LZ4.decompress([1, 2, 3], size: 1 << 29) }
        #expect(throws: CompressionError.self) { try LZ4.decompress([1], size: -1) }
    }

    @Test("Zstd gives back what it took, keeps to its limit, and refuses a wrong size") func zstd() throws {
        let compressor = ZstdCompressor()
        for bytes in CompressionTests.material(seed: 7) {
            let small = try #require(compressor.compress(bytes, shorterThan: bytes.count + 100))
            #expect(try Zstd.decompress(small[...], size: bytes.count) == bytes)
            #expect(throws: CompressionError.self) { try Zstd.decompress(small[...], size: bytes.count + 1) }
            #expect(throws: CompressionError.self) { try Zstd.decompress(small.dropLast(), size: bytes.count) }
            #expect(compressor.compress(bytes, shorterThan: small.count) == nil)
            #expect(compressor.compress(bytes, shorterThan: small.count + 1) == small)
        }
        #expect(throws: CompressionError.self) { try Zstd.decompress([1, 2, 3], size: 1 << 29) }
        #expect(throws: CompressionError.self) { try Zstd.decompress([1], size: -1) }
        #expect(throws: CompressionError.self) { try Zstd.decompress([], size: 0) }
    }

    @Test("Snappy gives back what it took, and keeps to the caller's limit") func snappy() throws {
        for bytes in CompressionTests.material(seed: 2) {
            let small = Snappy.compress(bytes)
            #expect(try Snappy.decompress(small, maximumBytes: bytes.count) == bytes)
            #expect(throws: CompressionError.self) { try Snappy.decompress(small, maximumBytes: bytes.count - 1) }
            #expect(throws: CompressionError.self) { try Snappy.decompress(small.dropLast(), maximumBytes: 1 << 20) }
        }
        #expect(throws: CompressionError.self) { try Snappy.decompress([], maximumBytes: 10) }
        #expect(throws: CompressionError.self) { try Snappy.decompress([255, 255, 255, 255, 15, 0], maximumBytes: 1 << 20) }
    }

    @Test("Damaged blocks are refused or restored, never a crash", arguments: [3, 4, 5] as [UInt64])
    func damage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for bytes in CompressionTests.material(seed: seed) where !bytes.isEmpty {
            var lz4 = LZ4.compress(bytes)
            var snappy = Snappy.compress(bytes)
            lz4[Int.random(in: 0..<lz4.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            snappy[Int.random(in: 0..<snappy.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            if var zstd = ZstdCompressor().compress(bytes, shorterThan: bytes.count + 100) {
                zstd[Int.random(in: 0..<zstd.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
                _ = try? Zstd.decompress(zstd[...], size: bytes.count)
            }
            _ = try? LZ4.decompress(lz4[...], size: bytes.count)
            _ = try? Snappy.decompress(snappy, maximumBytes: 1 << 20)
        }
    }

    @Test("CRC-32C has the published values, in one piece or in parts") func crc32c() {
        #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xe306_9283)
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
        #expect(CRC32C.checksum([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
        #expect(CRC32C.checksum(Array(0..<32)) == 0x46dd_794e)
        #expect(CRC32C.checksum([UInt8]()) == 0)
        for bytes in CompressionTests.material(seed: 6) {
            let cut = bytes.count / 3
            let parts = CRC32C.checksum(bytes[cut...], seed: CRC32C.checksum(bytes[..<cut]))
            #expect(parts == CRC32C.checksum(bytes))
            #expect(unsafe bytes.withUnsafeBytes { unsafe CRC32C.checksumByTables($0, seed: 0) } == CRC32C.checksum(bytes))
        }
    }

    @Test("Bit fields and varints come back as written", arguments: [7, 8, 9] as [UInt64])
    func bits(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let fields = (0..<2000).map { _ in (random.next(), Int.random(in: 0...64, using: &random)) }
        var writer = BitWriter()
        for (value, count) in fields { writer.write(value, count) }
        let bytes = writer.finish()
        #expect(bytes.count == (fields.reduce(0) { $0 + $1.1 } + 7) / 8)
        var reader = BitReader(bytes[...])
        for (value, count) in fields {
            let mask: UInt64 = count == 64 ? .max : (1 << UInt64(count)) - 1
            #expect(reader.read(count) == value & mask, "seed \(seed)")
        }
        #expect(!reader.isExhausted)
        _ = reader.read(64)
        #expect(reader.isExhausted)

        let numbers =
            fields.map { Int64(bitPattern: $0.0 >> UInt64(min(63, $0.1))) * ($0.1 % 2 == 0 ? 1 : -1) } + [.min, .max, 0, -1]
        var encoded: [UInt8] = []
        for number in numbers { Varint.append(signed: number, to: &encoded) }
        var position = 0
        for number in numbers { #expect(Varint.readSigned(encoded[...], at: &position) == number, "seed \(seed)") }
        #expect(Varint.read(encoded[...], at: &position) == nil)
        position = 0
        #expect(Varint.read([UInt8](repeating: 0xff, count: 11)[...], at: &position) == nil)
    }
}
