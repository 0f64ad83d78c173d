import Foundation

/// What services want to be shown, where they do not let root in by itself. From a file of lines `SERVICE USER PASSWORD`, or
/// `SERVICE@CONTAINER USER PASSWORD` for one container; `-` is no user. Blank lines and those that begin with `#` say nothing.
package struct ServiceCredentials: Sendable, Equatable {
    /// A user and the password.
    package struct Login: Sendable, Equatable {
        package var user: String
        package var password: String
    }

    /// Largest file, in bytes.
    package static let maximumBytes = 64 << 10
    private var logins: [String: Login] = [:]

    /// None.
    package init() {}

    /// Reads lines.
    /// - Throws: ``ServiceError`` with the number of the first line that is wrong; never what stands in it.
    package init(parsing text: String) throws(ServiceError) {
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" }).map(String.init)
            guard let key = words.first, !key.hasPrefix("#") else { continue }
            let service = key.split(separator: "@", maxSplits: 1).first.map(String.init) ?? ""
            guard words.count == 3, ServiceKind(rawValue: service) != nil else {
                throw ServiceError(
                    .malformed,
                    "line \(index + 1) of the credentials has to be SERVICE[@CONTAINER] USER PASSWORD; services are "
                        + ServiceKind.allCases.map(\.rawValue).sorted().joined(separator: ", "))
            }
            logins[key] = Login(user: words[1] == "-" ? "" : words[1], password: words[2])
        }
    }

    /// Reads a file, which nobody but its owner may read.
    /// - Throws: ``ServiceError`` with what to do.
    package init(file path: String) throws(ServiceError) {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue,
            let size = (attributes[.size] as? NSNumber)?.intValue, let data = FileManager.default.contents(atPath: path)
        else { throw ServiceError(.notConfigured, "the credentials of services in \(path) can't be read") }
        guard mode & 0o077 == 0 else {
            throw ServiceError(.denied, "\(path) holds passwords and may be read by others: chmod 600 \(path)")
        }
        guard size <= ServiceCredentials.maximumBytes else {
            throw ServiceError(.tooLarge, "\(path) has more than \(ServiceCredentials.maximumBytes) bytes")
        }
        try self.init(parsing: String(decoding: data, as: UTF8.self))
    }

    /// The login for a service: the container's own before that of all.
    func login(for service: FoundService) -> Login? {
        service.scope.container.flatMap { logins["\(service.kind.rawValue)@\($0)"] } ?? logins[service.kind.rawValue]
    }
}
