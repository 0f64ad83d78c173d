import Drivers
import Foundation

/// The secret that callers of an agent have to show.
package enum AgentToken {
    /// Shortest token taken from a file.
    package static let minimumBytes = 8

    /// Reads it from `file`, or from `DATA/token`, which is made with a random one where it is not there.
    package static func load(file: String?, dataDirectory: String) throws -> String {
        let path = file ?? dataDirectory + "/token"
        if let bytes = FileManager.default.contents(atPath: path) {
            let token = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            guard token.utf8.count >= minimumBytes else {
                throw AgentError(
                    .options, "token file \(path) holds fewer than \(minimumBytes) bytes; write a longer secret into it")
            }
            return token
        }
        guard file == nil else {
            throw AgentError(
                .options, "token file \(path) can't be read; make it (openssl rand -hex 32 > \(path)) or check its rights")
        }
        var generator = SystemRandomNumberGenerator()
        let token = (0..<4).map { _ in String(generator.next() as UInt64, radix: 36) }.joined()
        try DurableFile.write(Data((token + "\n").utf8), to: path)
        return token
    }
}
