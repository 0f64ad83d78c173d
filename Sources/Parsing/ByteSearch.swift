private import CLinux

/// Looks for bytes in bytes, at the C library's speed.
package enum ByteSearch {
    /// Where `needle` first stands in `haystack`; an empty needle stands at the start.
    package static func firstRange(of needle: [UInt8], in haystack: ArraySlice<UInt8>) -> Range<Int>? {
        guard !needle.isEmpty else { return haystack.startIndex..<haystack.startIndex }
        guard haystack.count >= needle.count else { return nil }
        let offset: Int? = unsafe haystack.withUnsafeBytes { hay in
            unsafe needle.withUnsafeBytes { wanted in
                guard let base = hay.baseAddress,
                    let found = unsafe clinux_memmem(base, hay.count, wanted.baseAddress, wanted.count)
                else { return nil }
                return unsafe found - base
            }
        }
        return offset.map { haystack.startIndex + $0..<haystack.startIndex + $0 + needle.count }
    }

    /// Whether a byte stands anywhere in `haystack`.
    package static func contains(_ byte: UInt8, in haystack: ArraySlice<UInt8>) -> Bool {
        haystack.span.index(of: byte, from: 0) < haystack.count
    }

    /// Whether `needle` stands anywhere in `haystack`.
    package static func contains(_ needle: [UInt8], in haystack: ArraySlice<UInt8>) -> Bool {
        firstRange(of: needle, in: haystack) != nil
    }
}
