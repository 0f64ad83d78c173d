import CLinux
import Dashboard
import Foundation
import Glibc
import Synchronization

/// The terminal while the dashboard has it: raw input, the alternate screen, no cursor; all given back on any way out.
final class Terminal: Sendable {
    private static let interrupted = Atomic<Bool>(false)
    private let saved: termios

    /// Whether standard output is a terminal that can be drawn on.
    static var isInteractive: Bool {
        isatty(STDOUT_FILENO) == 1 && isatty(STDIN_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    static var hasColours: Bool { ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty }

    /// Columns and rows, or nil where there is no terminal.
    static var size: (columns: Int, rows: Int)? {
        var columns: UInt16 = 0
        var rows: UInt16 = 0
        guard unsafe clinux_terminal_size(STDOUT_FILENO, &columns, &rows) == 0, columns > 0, rows > 0 else { return nil }
        return (Int(columns), Int(rows))
    }

    init() {
        var settings = termios()
        unsafe tcgetattr(STDIN_FILENO, &settings)
        saved = settings
    }

    /// A signal asked the command to end.
    var wasInterrupted: Bool { Terminal.interrupted.load(ordering: .relaxed) }

    func enter() {
        var raw = saved
        raw.c_lflag &= ~UInt32(ECHO | ICANON)
        unsafe tcsetattr(STDIN_FILENO, TCSANOW, &raw)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { _ in Terminal.interrupted.store(true, ordering: .relaxed) }
        }
        write("\u{1b}[?1049h\u{1b}[?25l")
    }

    func leave() {
        write("\u{1b}[0m\u{1b}[?25h\u{1b}[?1049l")
        var settings = saved
        unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    /// The key pressed within a time, `q` where a signal came instead.
    func key(within duration: Duration) async -> PageState.Key? {
        let milliseconds = Int32(duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000)
        guard let byte = byte(within: milliseconds) else { return wasInterrupted ? .character("q") : nil }
        switch byte {
        case 0x09: return .tab
        case 0x0a, 0x0d: return .enter
        case 0x1b:
            // The rest of an arrow's sequence comes with it; a lone escape is the key.
            guard self.byte(within: 0) == UInt8(ascii: "[") else { return .escape }
            switch self.byte(within: 0) {
            case UInt8(ascii: "A"): return .up
            case UInt8(ascii: "B"): return .down
            default: return .character(" ")
            }
        default: return .character(Character(UnicodeScalar(byte)))
        }
    }

    /// The next byte; nil where none comes in time. The end of the input is `q`.
    private func byte(within milliseconds: Int32) -> UInt8? {
        var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        let ready = unsafe poll(&descriptor, 1, milliseconds)
        guard !wasInterrupted, ready > 0 else { return nil }
        var byte: UInt8 = 0
        return unsafe read(STDIN_FILENO, &byte, 1) == 1 ? byte : UInt8(ascii: "q")
    }
}
