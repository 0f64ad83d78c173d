import TestKit
import Testing

@testable import Compression

@Suite("Protobuf") struct ProtobufTests {
    @Test("What the writer wrote, the reader reads") func roundTrip() throws {
        var writer = ProtobufWriter()
        writer.varint(1, 300)
        writer.integer(2, -1)
        writer.double(3, -0.5)
        writer.fixed(4, 7)
        writer.string(5, "é")
        writer.message(600) { inner in inner.varint(1, 1) }
        var reader = ProtobufReader(writer.bytes)
        #expect(try reader.next()?.value == 300)
        #expect(try reader.next().map { Int64(bitPattern: $0.value) } == -1)
        #expect(try reader.next().map { Double(bitPattern: $0.value) } == -0.5)
        #expect(try reader.next()?.value == 7)
        let text = try #require(try reader.next())
        #expect(String(decoding: writer.bytes[text.range], as: UTF8.self) == "é" && text.wireType == 2)
        let message = try #require(try reader.next())
        #expect(message.number == 600)
        var inner = ProtobufReader(writer.bytes, in: message.range)
        #expect(try inner.next()?.value == 1)
        #expect(try inner.next()?.number == nil)
        #expect(try reader.next()?.number == nil && reader.index == writer.bytes.count)
    }

    @Test("Packed lists are read to their end") func packed() throws {
        var varints = ProtobufReader([1, 0x80, 1, 0])
        #expect(
            try [varints.nextPacked(), varints.nextPacked(), varints.nextPacked(), varints.nextPacked()] == [1, 128, 0, nil])
        var fixed = ProtobufReader([1, 0, 0, 0, 0, 0, 0, 0, 9])
        #expect(try fixed.nextPackedFixed() == 1)
        #expect(throws: CompressionError.self) { try fixed.nextPackedFixed() }
    }

    @Test(
        "Messages that end early or hold what there is not are refused",
        arguments: [
            [0x08], [0x0a, 5, 1], [0x09, 1], [0x0d, 1], [0x0b], [0x00], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ]
            as [[UInt8]])
    func damaged(bytes: [UInt8]) {
        #expect(throws: CompressionError.self) {
            var reader = ProtobufReader(bytes)
            while let field = try reader.next() { _ = field.number }
        }
    }
}
