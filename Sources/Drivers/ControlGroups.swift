import Foundation

/// The kernel's control groups as containers use them: which version, where a container's stand, and how to clear leftovers.
package enum ControlGroups {
    /// Version one has a hierarchy a controller; version two has one for all.
    package enum Version: String, Sendable, CaseIterable { case one, two }

    /// Where they are mounted.
    package static let root = "/sys/fs/cgroup"

    /// The version that carries the controllers here. (A hybrid counts as one: its second version has none of them.)
    package static func version(root: String = root) -> Version {
        FileManager.default.fileExists(atPath: "\(root)/cgroup.controllers") ? .two : .one
    }

    /// The group of a container, relative to a hierarchy's root. It holds the server's name, as several agents may share one
    /// kernel.
    package static func path(server: String, container: String) -> String { "magewatch/\(server)/\(container)" }

    /// The directories in which hierarchies are mounted.
    package static func hierarchies(root: String = root) -> [String] {
        guard version(root: root) == .one else { return [root] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return names.sorted().map { "\(root)/\($0)" }
    }

    /// Ends what still runs in a stopped container's groups and removes them: a killed monitor process leaves both behind, and
    /// the next start would fail on them.
    package static func removeLeftovers(server: String, container: String, root: String = root) {
        let group = path(server: server, container: container)
        for hierarchy in hierarchies(root: root) {
            for directory in ["\(hierarchy)/\(group)", "\(hierarchy)/\(group).monitor", "\(hierarchy)/\(group).pivot"]
            where FileManager.default.fileExists(atPath: directory) {
                endProcesses(of: directory)
                removeTree(directory)
            }
            // The server's own group goes with its last container; one that still has others can't be removed and stays.
            unsafe rmdir("\(hierarchy)/\(path(server: server, container: ""))")
        }
    }

    /// Processes in a group, as its `cgroup.procs` names them.
    package static func processes(of directory: String) -> [Int32] {
        guard let bytes = FileManager.default.contents(atPath: "\(directory)/cgroup.procs") else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { Int32($0) }.filter { $0 > 1 }
    }

    private static func endProcesses(of directory: String) {
        for process in processes(of: directory) { kill(process, SIGKILL) }
    }

    /// A group is removed by removing its directories from the leaves up; its files can't be unlinked.
    private static func removeTree(_ directory: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for name in names {
            var isDirectory = ObjCBool(false)
            let path = "\(directory)/\(name)"
            if unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
                removeTree(path)
            }
        }
        unsafe rmdir(directory)
    }
}
