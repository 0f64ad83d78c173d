package import Parsing

/// Undoes what a log writer did to the bytes of a request, so that they are judged as the server received them.
package enum LogEscapes {
    /// The bytes as received.
    ///
    /// JSON has its own escapes; nginx and Apache write `\xHH`, `\"`, `\\` (Apache also `\n`, `\t`); HAProxy writes `#HH`.
    package static func undo(_ text: ArraySlice<UInt8>, _ format: AccessRecord.Format) -> ArraySlice<UInt8> {
        let mark = format == .haproxyHTTP ? UInt8(ascii: "#") : UInt8(ascii: "\\")
        guard ByteSearch.contains(mark, in: text) else { return text }
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        let bytes = text.span
        var index = 0
        while index < bytes.count {
            guard bytes[index] == mark, let (byte, length) = escape(bytes, index, format) else {
                output.append(bytes[index])
                index += 1
                continue
            }
            output.append(byte)
            index += length
        }
        return output[...]
    }

    private static func escape(_ bytes: Span<UInt8>, _ start: Int, _ format: AccessRecord.Format) -> (UInt8, Int)? {
        if format == .haproxyHTTP { return PercentDecoder.hexByte(bytes, start + 1).map { ($0, 3) } }
        guard start + 1 < bytes.count else { return nil }
        switch bytes[start + 1] {
        case UInt8(ascii: "x"): return PercentDecoder.hexByte(bytes, start + 2).map { ($0, 4) }
        case UInt8(ascii: "u") where format == .json:
            // Those beyond Latin-1 stay for the decoder of values, which knows them.
            guard let high = PercentDecoder.hexByte(bytes, start + 2), high == 0,
                let low = PercentDecoder.hexByte(bytes, start + 4)
            else { return nil }
            return (low, 6)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return (bytes[start + 1], 2)
        case UInt8(ascii: "n"): return (0x0a, 2)
        case UInt8(ascii: "r"): return (0x0d, 2)
        case UInt8(ascii: "t"): return (0x09, 2)
        default: return nil
        }
    }
}

extension RequestText {
    /// What an access record shows of its request.
    package init(_ record: AccessRecord) {
        func text(_ slice: ArraySlice<UInt8>) -> ArraySlice<UInt8> { LogEscapes.undo(slice, record.format) }
        // A malformed request line is judged whole: what breaks its form may be the attack.
        let isUnreadable = record.method.isEmpty
        self.init(method: record.method, uri: text(isUnreadable ? record.request : record.uri))
        userAgent = record.userAgent.map(text)
        referer = record.referer.map(text)
        host = record.host.map(text)
    }

    /// The request that a server refused to read and quotes in its error log; nil where the entry quotes none.
    package init?(refusedIn entry: ErrorLogRecord) {
        let mark = Array("Invalid URI in request ".utf8)
        guard entry.producer == .apache, entry.message.starts(with: mark) else { return nil }
        let text = LogEscapes.undo(entry.message.dropFirst(mark.count), .combined)
        let blank = text.firstIndex(of: 0x20) ?? text.startIndex
        var uri = text[blank...].dropFirst()
        while uri.last == 0x20 { uri.removeLast() }
        if let last = uri.lastIndex(of: 0x20), uri[(last + 1)...].starts(with: "HTTP/".utf8) { uri = uri[..<last] }
        self.init(method: text[..<blank], uri: uri)
    }
}
