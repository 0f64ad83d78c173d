import Foundation

/// Lines of a file or of standard input, read in blocks; a line feed ends a line, a carriage return before it is dropped.
struct LineReader {
    /// Longer lines are cut into pieces of this size.
    static let maximumLineBytes = 1 << 20
    private static let blockBytes = 1 << 18

    private let handle: FileHandle
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    /// - Parameter path: nil or `-` for standard input.
    init(_ path: String?) throws {
        guard let path, path != "-" else {
            handle = .standardInput
            return
        }
        guard let opened = FileHandle(forReadingAtPath: path) else { throw CommandFailure("cannot read \(path)") }
        handle = opened
    }

    /// The next line without its end, or nil at the end of the input.
    mutating func next() -> ArraySlice<UInt8>? {
        while true {
            if let end = lineEnd() {
                defer { position = end + 1 }
                return LineReader.withoutReturn(buffer[position..<end])
            }
            if isAtEnd || buffer.count - position >= LineReader.maximumLineBytes {
                guard position < buffer.count else { return nil }
                defer { position = buffer.count }
                return LineReader.withoutReturn(buffer[position...])
            }
            fill()
        }
    }

    /// Where the line at ``position`` ends, at the C library's speed: logs are gigabytes.
    private func lineEnd() -> Int? {
        unsafe buffer.withUnsafeBytes { bytes -> Int? in
            guard position < bytes.count, let start = bytes.baseAddress,
                let found = unsafe memchr(start + position, 0x0a, bytes.count - position)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - start
        }
    }

    private mutating func fill() {
        buffer.removeFirst(position)
        position = 0
        // A failing read ends the input as a short file does.
        let block = (try? handle.read(upToCount: LineReader.blockBytes)) ?? Data()
        if block.isEmpty { isAtEnd = true } else { buffer.append(contentsOf: block) }
    }

    private static func withoutReturn(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.last == 0x0d ? line.dropLast() : line
    }
}
