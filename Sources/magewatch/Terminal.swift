import CLinux
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
    func key(within duration: Duration) async -> Character? {
        let milliseconds = Int32(duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000)
        var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        let ready = unsafe poll(&descriptor, 1, milliseconds)
        if wasInterrupted { return "q" }
        guard ready > 0 else { return nil }
        var byte: UInt8 = 0
        guard unsafe read(STDIN_FILENO, &byte, 1) == 1 else { return "q" }
        return Character(UnicodeScalar(byte))
    }
}
