import Foundation

/// What a kind of container is made of: its `image.conf`, and a root of directories, links into the machine's `/usr`, and the files it
/// differs by.
///
/// The root is no copy of a system: it has this machine's accounts, so that what belongs to `postfix` out there belongs to it in here, and
/// the machine's own programs, read-only.
package struct RoleImage: Sendable, Equatable {
    package var name: String
    /// The lines of the shell script that is the first process; its last line has to `exec`.
    package var start: String
    package var haltSignal = "SIGTERM"
    /// Files below the root, by their path.
    package var files: [String: String] = [:]
    /// Files and directories of this machine that are copied to the same place in the root, where they are.
    package var copies: [String] = []
    /// Further directories.
    package var directories: [String] = []
    /// Directories of the machine that are seen in it, read-only.
    package var mounts: [(source: String, target: String)] = []
    /// The directory of the stack's storage that it keeps its data in, seen at `/data`; nil where it keeps none.
    package var data: String?
    /// Directories in it that outlive the container on its server, each container's own.
    package var volumes: [String] = []

    package init(_ name: String, start: String) {
        self.name = name
        self.start = start
    }

    package static func == (left: RoleImage, right: RoleImage) -> Bool {
        left.configuration == right.configuration && left.files == right.files
    }

    /// `image.conf`.
    package var configuration: String {
        var lines = ["base = rootfs", "init = /bin/sh /init", "halt-signal = \(haltSignal)", "mount = /usr:/usr"]
        lines += mounts.map { "mount = \($0.source):\($0.target)" }
        if let data { lines.append("data = \(data):/data") }
        lines += volumes.map { "volume = \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let commonDirectories = [
        "proc", "sys", "dev", "tmp", "run", "srv", "usr", "etc", "root", "data", "var/log", "var/lib", "var/tmp", "var/cache",
        "var/spool",
    ]

    /// Writes `images/NAME/` of a run.
    package func write(to run: RunDirectory) throws {
        let root = "images/\(name)/rootfs"
        let files = FileManager.default
        for directory in RoleImage.commonDirectories + directories { try run.makeDirectory("\(root)/\(directory)") }
        for link in ["bin", "lib", "lib64", "sbin"] where files.fileExists(atPath: "/usr/\(link)") {
            try files.createSymbolicLink(atPath: run.file("\(root)/\(link)"), withDestinationPath: "usr/\(link)")
        }
        try files.createSymbolicLink(atPath: run.file("\(root)/var/run"), withDestinationPath: "/run")
        // The alternatives say where programs such as awk are.
        for path in ["/etc/passwd", "/etc/group", "/etc/ld.so.cache", "/etc/alternatives"] + copies
        where files.fileExists(atPath: path) {
            try run.makeDirectory((("\(root)\(path)") as NSString).deletingLastPathComponent)
            try files.copyItem(atPath: path, toPath: run.file("\(root)\(path)"))
        }
        try run.write("passwd: files\ngroup: files\nhosts: files\n", to: "\(root)/etc/nsswitch.conf")
        try run.write("127.0.0.1 localhost\n", to: "\(root)/etc/hosts")
        for directory in ["tmp", "var/tmp"] {
            try files.setAttributes([.posixPermissions: 0o1777], ofItemAtPath: run.file("\(root)/\(directory)"))
        }
        for (path, text) in self.files { try run.write(text, to: "\(root)/\(path)") }
        try run.write("set -e\nexport PATH=/usr/sbin:/usr/bin\n\(start)\n", to: "\(root)/init")
        try run.write(configuration, to: "images/\(name)/image.conf")
    }
}
