import Topology

/// What goes to and comes from a name server (RFC 1035), as far as addresses and their names need it.
enum DNSMessage {
    /// Longer answers than this do not come over UDP without being asked for.
    static let maximumBytes = 4_096
    /// The most that comes over TCP, where the length has two bytes.
    static let maximumStreamBytes = 65_535
    /// Jumps within a name: each must lead backwards, so that there is an end; names of real zones need one or two.
    static let maximumJumps = 16
    /// Records of an answer that are looked at.
    static let maximumRecords = 4_096
    /// Bytes of a name, and of a label.
    private static let maximumName = 253
    private static let maximumLabel = 63
    private static let headerBytes = 12

    /// What is asked for.
    enum Kind: UInt16 {
        case address = 1
        case pointer = 12
        case sixAddress = 28
    }

    /// What an answer says.
    enum Answer: Equatable {
        /// The name exists; the records asked for may be none.
        case records(names: [String], addresses: [NetworkAddress])
        /// There is no such name.
        case noName
        /// The server can't tell.
        case failure
        /// It has more to tell than fits here: it is to be asked over TCP.
        case truncated
    }

    /// A question that asks the server to do the whole search; nil where the name can't be one.
    static func question(_ id: UInt16, _ name: String, _ kind: Kind) -> [UInt8]? {
        let labels = name.split(separator: ".", omittingEmptySubsequences: true)
        guard name.utf8.count <= maximumName, !labels.isEmpty, labels.allSatisfy({ $0.utf8.count <= maximumLabel }) else {
            return nil
        }
        var bytes: [UInt8] = [UInt8(id >> 8), UInt8(id & 0xff), 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0]
        for label in labels { bytes += [UInt8(label.utf8.count)] + Array(label.utf8) }
        return bytes + [0, UInt8(kind.rawValue >> 8), UInt8(kind.rawValue & 0xff), 0, 1]
    }

    /// The name under which an address's name stands: `1.2.0.192.in-addr.arpa`.
    static func pointerName(of address: NetworkAddress) -> String {
        if address.bytes.count == 4 { return address.bytes.reversed().map(String.init).joined(separator: ".") + ".in-addr.arpa" }
        return address.bytes.reversed().flatMap { [$0 & 15, $0 >> 4] }.map { String($0, radix: 16) }.joined(separator: ".")
            + ".ip6.arpa"
    }

    /// Reads an answer; nil where it is none, or one to another question.
    static func answer(
        _ bytes: [UInt8], to question: [UInt8], _ kind: Kind, limit: Int = maximumBytes
    ) -> Answer? {
        guard (headerBytes...limit).contains(bytes.count), bytes[2] & 0x80 != 0, bytes[0] == question[0],
            bytes[1] == question[1]
        else { return nil }
        // The question comes back, in whatever case: an answer to another one is somebody's attempt.
        var position = headerBytes
        guard bytes[4] == 0, bytes[5] == 1, let asked = name(bytes, &position), position + 4 <= bytes.count else { return nil }
        var own = headerBytes
        guard let name = name(question, &own), asked.lowercased() == name.lowercased(),
            bytes[position..<position + 4].elementsEqual(question[own..<own + 4])
        else { return nil }
        position += 4
        switch bytes[3] & 0x0f {
        case 0: break
        case 3: return .noName
        default: return .failure
        }
        if bytes[2] & 0x02 != 0 { return .truncated }
        return records(bytes, from: position, kind)
    }

    private static func records(_ bytes: [UInt8], from start: Int, _ kind: Kind) -> Answer {
        var position = start
        var (names, addresses): ([String], [NetworkAddress]) = ([], [])
        let count = Int(bytes[6]) << 8 | Int(bytes[7])
        for _ in 0..<min(count, maximumRecords) {
            guard name(bytes, &position) != nil, position + 10 <= bytes.count else { return .failure }
            let type = UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1])
            let length = Int(bytes[position + 8]) << 8 | Int(bytes[position + 9])
            position += 10
            guard position + length <= bytes.count else { return .failure }
            defer { position += length }
            // What is no such record is the way to it: names that stand for others.
            guard type == kind.rawValue else { continue }
            var inside = position
            switch kind {
            case .pointer: if let text = name(bytes, &inside) { names.append(text) }
            case .address where length == 4, .sixAddress where length == 16:
                if let address = NetworkAddress(octets: Array(bytes[position..<position + length])) { addresses.append(address) }
            default: return .failure
            }
        }
        return .records(names: names, addresses: addresses)
    }

    /// A name, which may go on elsewhere; the position moves behind it as it stands there. Nil where it is none.
    private static func name(_ bytes: [UInt8], _ position: inout Int) -> String? {
        var labels: [String] = []
        var (at, end, jumps, length) = (position, -1, 0, 0)
        while at < bytes.count {
            let size = Int(bytes[at])
            if size == 0 {
                position = end < 0 ? at + 1 : end
                return labels.joined(separator: ".")
            }
            if size & 0xc0 == 0xc0 {
                guard at + 1 < bytes.count else { return nil }
                let target = (size & 0x3f) << 8 | Int(bytes[at + 1])
                jumps += 1
                guard target < at, jumps <= maximumJumps else { return nil }
                if end < 0 { end = at + 2 }
                at = target
                continue
            }
            length += size + 1
            guard size <= maximumLabel, at + 1 + size <= bytes.count, length <= maximumName + 1 else { return nil }
            labels.append(String(decoding: bytes[at + 1..<at + 1 + size], as: UTF8.self))
            at += 1 + size
        }
        return nil
    }
}
