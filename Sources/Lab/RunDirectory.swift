import CLinux
import Foundation

/// The directory of one run, locked as long as the run lives, so that what a crashed run left can be told from a living one's.
package final class RunDirectory: Sendable {
    /// Runs are called `magewatch-lab-` and six characters; control groups have the same name.
    package static let prefix = "magewatch-lab-"

    package let name: String
    package let path: String
    private let lock: Int32

    /// Makes a directory of its own below `parent`, after removing what dead runs left.
    package init(parent: String) throws(LabError) {
        let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")
        var name = RunDirectory.prefix
        for _ in 0..<6 { name.append(alphabet.randomElement() ?? "a") }
        let path = "\(parent)/\(name)"
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw LabError(.construction, "\(path) can't be made (\(error.localizedDescription)); choose another --directory")
        }
        let lock = unsafe open("\(path)/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard lock >= 0, clinux_lock_exclusive(lock) == 0 else {
            throw LabError(.construction, "\(path)/lock can't be locked; choose another --directory")
        }
        self.name = name
        self.path = path
        self.lock = lock
    }

    deinit { close(lock) }

    /// Names of runs below `parent` whose process has ended without removing them.
    package static func abandoned(in parent: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        return names.filter { $0.hasPrefix(prefix) }.filter { name in
            let lock = unsafe open("\(parent)/\(name)/lock", O_RDWR | O_CLOEXEC)
            guard lock >= 0 else { return true }
            defer { close(lock) }
            return clinux_lock_exclusive(lock) == 0
        }
    }

    /// Removes a run's files. Mounts in it went with the namespaces that held them.
    package static func remove(_ path: String) {
        // A file that can't be removed now is removed by the next run's sweep.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// A file or directory in it.
    package func file(_ relative: String) -> String { "\(path)/\(relative)" }

    /// Writes a text file, with the directories on the way to it.
    @discardableResult
    package func write(_ text: String, to relative: String) throws(LabError) -> String {
        let file = file(relative)
        do {
            try makeDirectory((relative as NSString).deletingLastPathComponent)
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        } catch {
            throw LabError(.construction, "\(file) can't be written: \(error.localizedDescription)")
        }
        return file
    }

    /// Makes a directory in it.
    @discardableResult
    package func makeDirectory(_ relative: String) throws(LabError) -> String {
        let directory = relative.isEmpty ? path : file(relative)
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw LabError(.construction, "\(directory) can't be made: \(error.localizedDescription)")
        }
        return directory
    }

    /// The last lines of a file in it, for messages.
    package func tail(_ relative: String, lines: Int = 5) -> String {
        guard let text = try? String(contentsOfFile: file(relative), encoding: .utf8) else { return "(nothing written)" }
        return text.split(separator: "\n").suffix(lines).joined(separator: "\n")
    }
}
