import Foundation

/// What containers of one kind are made of: `IMAGES/NAME/image.conf`, and a root file system beside it.
///
/// The file holds `key = value` lines; `#` begins a comment. See the module's page for the keys.
package struct ContainerImage: Sendable, Equatable {
    /// Where the root file system comes from.
    package enum Base: String, Sendable {
        /// The directory `rootfs` beside the file.
        case rootfs
        /// Empty directories, with the server's own `/usr` bound read-only.
        case minimal
    }

    /// Longest `image.conf` read, in bytes.
    package static let maximumBytes = 64 << 10

    package var base: Base = .rootfs
    /// The first process, with `{address}`, `{name}` and `{shared}` standing for the container's own.
    package var command = ""
    /// What the first process takes as the wish that it end.
    package var haltSignal = "SIGTERM"
    /// `NAME=VALUE` for the first process.
    package var environment: [String] = []
    /// Directories of the server to be seen in it: source and target.
    package var mounts: [Mount] = []
    /// Directories that outlive the container, writable and its own: where its data is.
    package var volumes: [String] = []
    /// Further empty directories of a minimal root.
    package var directories: [String] = []

    /// A directory of the server that is seen in the container.
    package struct Mount: Sendable, Equatable {
        package var source: String
        package var target: String
        /// Whether the container may write there: what has to outlive it, on storage that every server sees.
        package var isWritable = false
    }

    /// Parses an image file.
    /// - Throws: ``DriverError`` that names file, line and what was expected.
    package init(parsing text: String, file: String) throws(DriverError) {
        for (index, rawLine) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = rawLine.trimmingCharacters(in: .whitespaces)
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            func wrong(_ why: String) -> DriverError { DriverError(.invalidRequest, "\(file), line \(index + 1): \(why)") }
            guard let equals = line.firstIndex(of: "=") else { throw wrong("expected 'key = value'") }
            let key = line[..<equals].trimmingCharacters(in: .whitespaces)
            let value = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            guard value.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else { throw wrong("control character in the value") }
            switch key {
            case "base":
                guard let known = Base(rawValue: value) else { throw wrong("base is 'rootfs' or 'minimal', not '\(value)'") }
                base = known
            case "init": command = value
            case "halt-signal":
                guard value.hasPrefix("SIG"), Names.isValid(value) else { throw wrong("halt-signal is a name such as SIGQUIT") }
                haltSignal = value
            case "environment":
                guard value.contains("=") else { throw wrong("environment is NAME=VALUE") }
                environment.append(value)
            case "mount", "data":
                let parts = value.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
                guard parts.count == 2, parts.allSatisfy({ $0.hasPrefix("/") }) else { throw wrong("\(key) is /source:/target") }
                for part in parts { try Names.checkPath(part, "\(file), line \(index + 1): \(key)") }
                mounts.append(Mount(source: parts[0], target: parts[1], isWritable: key == "data"))
            case "volume":
                try Names.checkPath(value, "\(file), line \(index + 1): volume")
                volumes.append(value)
            case "directory":
                try Names.checkPath(value, "\(file), line \(index + 1): directory")
                directories.append(value)
            default:
                throw wrong(
                    "unknown key '\(key.prefix(40))'; known are base, init, halt-signal, environment, mount, data, volume, directory"
                )
            }
        }
        guard !command.isEmpty else { throw DriverError(.invalidRequest, "\(file): the line 'init = COMMAND' is missing") }
    }

    /// Reads an image of the directory.
    /// - Throws: ``DriverError`` where there is none, or it is wrong.
    package static func load(_ name: String, from directory: String) throws(DriverError) -> ContainerImage {
        try Names.check(name, "image")
        let file = "\(directory)/\(name)/image.conf"
        guard let bytes = FileManager.default.contents(atPath: file), bytes.count <= maximumBytes else {
            throw DriverError(
                .missing, "there is no image '\(name)' on this server: put an image.conf into \(directory)/\(name)")
        }
        return try ContainerImage(parsing: String(decoding: bytes, as: UTF8.self), file: file)
    }

    /// A value of the file with what stands in braces replaced.
    package static func substitute(_ text: String, name: String, host: String) -> String {
        text.replacingOccurrences(of: "{address}", with: host)
            .replacingOccurrences(of: "{name}", with: name)
            .replacingOccurrences(of: "{shared}", with: LXCConfiguration.sharedMountPoint)
    }
}
