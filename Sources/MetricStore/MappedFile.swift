internal import Compression
internal import Glibc

/// A read-only file in the address space. Ranges are checked on every access; what lies outside is `nil`.
@safe
final class MappedFile: @unchecked Sendable {
    // The mapping is made in `init`, read-only, and undone in `deinit`, which is what makes sharing it safe.
    private let memory: UnsafeRawBufferPointer
    let path: String

    init(_ path: String) throws(MetricStoreError) {
        self.path = path
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreFile.failure("open", path) }
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        guard size > 0 else { throw MetricStoreError(.corrupt, "\(path) is empty") }
        guard let start = unsafe mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), unsafe start != MAP_FAILED else {
            throw StoreFile.failure("map", path)
        }
        unsafe memory = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit { unsafe munmap(UnsafeMutableRawPointer(mutating: memory.baseAddress!), memory.count) }

    var count: Int { unsafe memory.count }

    func integer<T: FixedWidthInteger>(_ type: T.Type, at offset: Int) -> T? {
        guard offset >= 0, offset + MemoryLayout<T>.size <= count else { return nil }
        return unsafe T(littleEndian: memory.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    func bytes(_ range: Range<Int>) -> [UInt8]? {
        guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
        return unsafe Array(UnsafeRawBufferPointer(rebasing: memory[range]))
    }

    func byte(at offset: Int) -> UInt8? {
        guard offset >= 0, offset < count else { return nil }
        return unsafe memory[offset]
    }

    /// Replaces what is in `buffer`, whose room is used again.
    /// - Returns: false where the range is not within the file.
    func read(_ range: Range<Int>, into buffer: inout [UInt8]) -> Bool {
        guard range.lowerBound >= 0, range.upperBound <= count else { return false }
        buffer.removeAll(keepingCapacity: true)
        unsafe buffer.append(contentsOf: UnsafeRawBufferPointer(rebasing: memory[range]))
        return true
    }

    func checksum(_ range: Range<Int>) -> UInt32? {
        guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
        return unsafe CRC32C.checksum(UnsafeRawBufferPointer(rebasing: memory[range]))
    }

    /// A variable-length integer at `offset`, which moves past it.
    func varint(at offset: inout Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset >= 0, offset < count, shift < 64 {
            let byte = unsafe memory[offset]
            offset += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        return nil
    }

    /// Bytes preceded by their length.
    func counted(at offset: inout Int) -> [UInt8]? {
        guard let length = varint(at: &offset), length <= UInt64(count - offset) else { return nil }
        defer { offset += Int(length) }
        return bytes(offset..<offset + Int(length))
    }
}
