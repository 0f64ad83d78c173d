import Drivers
import Foundation

/// The control groups of one run: a directory of the run's name in each hierarchy, and one for each machine in that. Every
/// process of the laboratory is in one of them, so that the run can be bounded and nothing of it is overlooked at the end.
package struct ControlGroupTree: Sendable {
    package let run: String

    package init(run: String) { self.run = run }

    /// Makes the directories for a machine.
    package func make(machine: String) throws(LabError) {
        for hierarchy in ControlGroups.hierarchies() {
            for group in ["\(hierarchy)/\(run)", "\(hierarchy)/\(run)/\(machine)"] {
                do {
                    try FileManager.default.createDirectory(atPath: group, withIntermediateDirectories: true)
                } catch {
                    throw LabError(.construction, "control group \(group) can't be made: \(error.localizedDescription)")
                }
                inherit(group)
            }
        }
    }

    /// A new group of the old cpuset hierarchy accepts no process before it has been given processors; one of the unified
    /// hierarchy hands controllers down only when told to. Where a file is not there, nothing needs doing.
    private func inherit(_ group: String) {
        let parent = (group as NSString).deletingLastPathComponent
        for key in ["cpuset.cpus", "cpuset.mems"] {
            guard ControlGroups.version() == .one, let value = FileManager.default.contents(atPath: "\(parent)/\(key)") else {
                continue
            }
            ControlGroupTree.set("\(group)/\(key)", to: value)
        }
        if ControlGroups.version() == .two {
            for controller in ["+cpu", "+memory", "+pids", "+io"] {
                ControlGroupTree.set("\(parent)/cgroup.subtree_control", to: Data(controller.utf8))
            }
        }
    }

    private static func set(_ file: String, to value: Data) {
        guard let handle = FileHandle(forWritingAtPath: file) else { return }
        // A controller that is not there can't be handed down; a limit that needs it will say so itself.
        try? handle.write(contentsOf: value)
        try? handle.close()
    }

    /// The files that a process writes `0` into to be in a machine's groups.
    package func processFiles(machine: String) -> [String] {
        ControlGroups.hierarchies().map { "\($0)/\(run)/\(machine)/cgroup.procs" }
    }

    /// The containers of a machine.
    package func containers(machine: String) -> [String] {
        let parents = ["\(ControlGroups.root)/cpuacct", ControlGroups.root]
        let group = "\(run)/\(machine)/\(ControlGroups.path(server: machine, container: "."))"
        for parent in parents {
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: "\(parent)/\(group)") else { continue }
            return names.filter {
                FileManager.default.fileExists(atPath: "\(parent)/\(group)/\($0)/cgroup.procs") && !$0.contains(".")
            }
        }
        return []
    }

    /// Processor time used by a machine's container so far, in seconds; nil where it is not there.
    package func processorSeconds(machine: String, container: String) -> Double? {
        let group = "\(run)/\(machine)/\(ControlGroups.path(server: machine, container: container))"
        if let bytes = FileManager.default.contents(atPath: "\(ControlGroups.root)/cpuacct/\(group)/cpuacct.usage") {
            let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            return Double(text).map { $0 / 1e9 }
        }
        guard let bytes = FileManager.default.contents(atPath: "\(ControlGroups.root)/\(group)/cpu.stat") else { return nil }
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("usage_usec ") }
        return line.flatMap { Double($0.dropFirst(11)) }.map { $0 / 1e6 }
    }

    /// Has a machine's container stand still, with all it holds.
    package func freeze(machine: String, container: String) throws(LabError) {
        let group = "\(run)/\(machine)/\(ControlGroups.path(server: machine, container: container))"
        let files = [
            ("\(ControlGroups.root)/freezer/\(group)/freezer.state", "FROZEN"),
            ("\(ControlGroups.root)/\(group)/cgroup.freeze", "1"),
        ]
        for (file, word) in files where FileManager.default.fileExists(atPath: file) {
            ControlGroupTree.set(file, to: Data(word.utf8))
            return
        }
        throw LabError(.service, "\(container) on \(machine) can't be frozen: it has no control group that can")
    }

    /// Ends what still runs in the groups of a run and removes them, leaves first.
    package static func remove(run: String) {
        for hierarchy in ControlGroups.hierarchies() { removeTree("\(hierarchy)/\(run)") }
    }

    private static func removeTree(_ directory: String) {
        for process in ControlGroups.processes(of: directory) { _ = kill(process, SIGKILL) }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
            var isDirectory = ObjCBool(false)
            let path = "\(directory)/\(name)"
            if unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
                removeTree(path)
            }
        }
        // A group whose last process is still dying is busy for some milliseconds more.
        for _ in 0..<40 where unsafe rmdir(directory) != 0 && errno == EBUSY { usleep(25_000) }
    }
}
