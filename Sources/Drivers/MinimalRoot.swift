import Foundation

/// A root file system made of nothing but directories: the server's own `/usr` is bound into it, so a container can run the
/// server's programs without an image of its own.
enum MinimalRoot {
    static let directories = [
        "proc", "sys", "dev", "tmp", "run", "srv", "usr", "etc", "root", "var/log/nginx", "var/lib/nginx", "var/cache", "var/tmp",
        "var/www",
    ]
    static let links = ["bin", "lib", "lib64", "sbin"]

    /// Makes it at `path`; what is there already is kept.
    static func make(at path: String, extra: [String]) throws(DriverError) {
        let files = FileManager.default
        do {
            for directory in directories + extra.map({ String($0.drop { $0 == "/" }) }) {
                try files.createDirectory(atPath: "\(path)/\(directory)", withIntermediateDirectories: true)
            }
            for directory in ["tmp", "var/tmp"] {
                try files.setAttributes([.posixPermissions: 0o1777], ofItemAtPath: "\(path)/\(directory)")
            }
            for link in links where files.fileExists(atPath: "/usr/\(link)") {
                guard (try? files.destinationOfSymbolicLink(atPath: "\(path)/\(link)")) == nil else { continue }
                try files.createSymbolicLink(atPath: "\(path)/\(link)", withDestinationPath: "usr/\(link)")
            }
            for (name, text) in texts where !files.fileExists(atPath: "\(path)/etc/\(name)") {
                try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/etc/\(name)"))
            }
            let cache = "\(path)/etc/ld.so.cache"
            if !files.fileExists(atPath: cache), files.fileExists(atPath: "/etc/ld.so.cache") {
                try files.copyItem(atPath: "/etc/ld.so.cache", toPath: cache)
            }
        } catch {
            throw DriverError(.storage, "the minimal root \(path) can't be made: \(error.localizedDescription)")
        }
    }

    private static let texts = [
        ("passwd", "root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/false\nnobody:x:65534:65534::/:/bin/false\n"),
        ("group", "root:x:0:\nadm:x:4:\nwww-data:x:33:\nnogroup:x:65534:\n"),
        ("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"),
        ("hosts", "127.0.0.1 localhost\n"),
    ]
}
