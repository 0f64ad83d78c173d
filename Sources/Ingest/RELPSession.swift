/// The receiving end of RELP (reliable event logging protocol) as a pure value: frames in, replies and messages out.
///
/// ```
/// txnr SP command [SP length SP data] LF        3 syslog 11 hello world⏎
/// ```
///
/// Messages are handed out in the order they came; ``acknowledgement(of:)`` is to be sent only when they are durable.
package struct RELPSession: Sendable {
    /// One message and the transaction that waits for its acknowledgement.
    package struct Message: Sendable, Equatable {
        package var transaction: Int
        /// Where it stands in ``RELPSession/buffer``.
        package var range: Range<Int>
    }

    /// What the frames that came whole ask for.
    package struct Step: Sendable, Equatable {
        /// To be sent at once.
        package var replies: [UInt8] = []
        /// To be stored, then acknowledged.
        package var messages: [Message] = []
        /// To be sent after the acknowledgements.
        package var farewell: [UInt8] = []
        /// The sender has closed the session.
        package var isClosing = false
    }

    /// Largest message taken; librelp's own default is 128 KiB.
    package static let maximumDataBytes = 4 << 20
    /// Longest command name of the protocol.
    package static let maximumCommandBytes = 32

    package private(set) var buffer: [UInt8] = []
    private var index = 0
    private var isOpen = false

    package init() {}

    /// Takes more bytes. Messages handed out before lose their places.
    package mutating func feed(_ bytes: some Sequence<UInt8>) {
        if index > 0 {
            buffer.removeSubrange(..<index)
            index = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// Reads all frames that are whole.
    /// - Throws: ``IngestError`` where the bytes are not RELP; the session can't go on.
    package mutating func step() throws(IngestError) -> Step {
        var step = Step()
        while !step.isClosing, let frame = try frame() {
            switch frame.command {
            case "syslog":
                guard isOpen else { throw violation("a message before the session was opened") }
                step.messages.append(Message(transaction: frame.transaction, range: frame.data))
            case "open":
                isOpen = true
                step.replies += RELPSession.reply(
                    frame.transaction, "200 OK\nrelp_version=0\nrelp_software=magewatch\ncommands=syslog")
            case "close":
                step.isClosing = true
                step.farewell = RELPSession.reply(frame.transaction, "") + Array("0 serverclose 0\n".utf8)
            default:
                step.replies += RELPSession.reply(frame.transaction, "500 command not known: \(frame.command)")
            }
        }
        return step
    }

    /// Tells the sender that the message of a transaction is kept for good.
    package static func acknowledgement(of transaction: Int) -> [UInt8] { reply(transaction, "200 OK") }

    private static func reply(_ transaction: Int, _ text: String) -> [UInt8] {
        let length = text.utf8.count
        return Array("\(transaction) rsp \(length)\(length > 0 ? " " : "")\(text)\n".utf8)
    }

    private struct Frame {
        var transaction: Int
        var command: String
        var data: Range<Int>
    }

    private mutating func frame() throws(IngestError) -> Frame? {
        // Some senders put an LF too many between frames.
        while index < buffer.count, buffer[index] == 10 { index += 1 }
        var place = index
        guard let transaction = try number(&place), let command = try word(&place), let length = try number(&place) else {
            return nil
        }
        guard length <= RELPSession.maximumDataBytes else {
            throw IngestError(
                .frameTooLong, "a RELP frame announces \(length) bytes, over the limit of \(RELPSession.maximumDataBytes)")
        }
        // The number's reader stands behind the blank or LF that ends the header.
        let endedByLine = buffer[place - 1] == 10
        guard !(endedByLine && length > 0) else { throw violation("a frame without its \(length) bytes") }
        let end = place + length
        guard !endedByLine else {
            index = end
            return Frame(transaction: transaction, command: command, data: place..<place)
        }
        guard end < buffer.count else { return nil }
        guard buffer[end] == 10 else { throw violation("a frame of \(length) bytes does not end where it should") }
        index = end + 1
        return Frame(transaction: transaction, command: command, data: place..<end)
    }

    private func number(_ place: inout Int) throws(IngestError) -> Int? {
        var value = 0
        let start = place
        while place < buffer.count {
            let byte = buffer[place]
            place += 1
            if byte >= 0x30, byte <= 0x39, place - start <= 9 {
                value = value * 10 + Int(byte - 0x30)
            } else if byte == 0x20 || byte == 10, place - start > 1 {
                return value
            } else {
                throw violation("byte \(byte) where a number of at most 9 digits should be")
            }
        }
        return nil
    }

    private func word(_ place: inout Int) throws(IngestError) -> String? {
        let start = place
        while place < buffer.count {
            if buffer[place] == 0x20 {
                place += 1
                return String(decoding: buffer[start..<place - 1], as: UTF8.self)
            }
            place += 1
            guard place - start <= RELPSession.maximumCommandBytes else { throw violation("a command without an end") }
        }
        return nil
    }

    private func violation(_ what: String) -> IngestError {
        IngestError(.protocolViolation, "not RELP: \(what); see that the sender speaks RELP version 0")
    }
}
