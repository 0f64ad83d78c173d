import TestKit
import Testing

@testable import Compression

@Suite("Gzip") struct GzipTests {
    @Test("It gives back what it took, and keeps to the caller's limit") func roundTrip() throws {
        for bytes in CompressionTests.material(seed: 11) {
            let packed = try #require(Gzip.compress(bytes))
            #expect(packed.starts(with: [0x1f, 0x8b]))
            #expect(try Gzip.decompress(packed, maximumBytes: bytes.count) == bytes)
            #expect(throws: CompressionError.self) { try Gzip.decompress(Array(packed.dropLast()), maximumBytes: 1 << 20) }
            guard !bytes.isEmpty else { continue }
            let error = #expect(throws: CompressionError.self) { try Gzip.decompress(packed, maximumBytes: bytes.count - 1) }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test("Damaged bytes are refused or restored, never a crash", arguments: [3, 4] as [UInt64]) func damage(seed: UInt64) throws
    {
        var random = SeededGenerator(seed: seed)
        for bytes in CompressionTests.material(seed: seed) {
            var packed = try #require(Gzip.compress(bytes))
            packed[Int.random(in: 0..<packed.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            _ = try? Gzip.decompress(packed, maximumBytes: 1 << 16)
        }
        #expect(throws: CompressionError.self) { try Gzip.decompress([], maximumBytes: 10) }
    }
}
