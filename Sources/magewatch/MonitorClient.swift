import AgentContract
import ArgumentParser
import AsyncHTTPClient
import Foundation
import Monitor
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// Where the commands that ask a monitor find it.
struct MonitorOptions: ParsableArguments {
    @Option(name: .customLong("api"), help: "URL of the monitor's API.")
    var url = ProcessInfo.processInfo.environment["MAGEWATCH_API"] ?? "http://127.0.0.1:7101"

    /// A client of that monitor.
    var client: MonitorClient { MonitorClient(url: url) }
}

/// Asks a monitor over its API.
struct MonitorClient: Sendable {
    /// Largest answer read, in bytes.
    static let maximumAnswerBytes = 256 << 20
    /// Seconds an answer may take.
    static let timeoutSeconds = 60

    let url: String

    /// GETs a path with parameters and returns the body; an answer that tells an error becomes one.
    func get(_ path: String, _ parameters: [(String, String)] = []) async throws -> Data {
        try await send(.GET, path, parameters)
    }

    /// POSTs to a path.
    func post(_ path: String) async throws -> Data {
        try await send(.POST, path, [])
    }

    /// GETs a path and decodes the answer.
    func decode<Value: Decodable>(_ type: Value.Type, _ path: String, _ parameters: [(String, String)] = []) async throws -> Value
    {
        try JSONDecoder().decode(type, from: try await get(path, parameters))
    }

    private func send(_ method: HTTPMethod, _ path: String, _ parameters: [(String, String)]) async throws -> Data {
        var components = URLComponents(string: url + path)
        if !parameters.isEmpty { components?.queryItems = parameters.map { URLQueryItem(name: $0.0, value: $0.1) } }
        // URLComponents leaves "+" alone, which a server reads as a blank.
        let text = components?.string?.replacing("+", with: "%2B") ?? url + path
        var request = HTTPClientRequest(url: text)
        request.method = method
        let response: HTTPClientResponse
        do {
            response = try await HTTPClient.prompt.execute(request, timeout: .seconds(Int64(MonitorClient.timeoutSeconds)))
        } catch {
            throw CommandFailure(
                "no monitor answers at \(url) (\(error)). Start one with \"magewatch serve\", or name another with --api or MAGEWATCH_API."
            )
        }
        let body = Data(buffer: try await response.body.collect(upTo: MonitorClient.maximumAnswerBytes))
        guard (200..<300).contains(response.status.code) else {
            struct Failure: Decodable { var error: String }
            let message =
                (try? JSONDecoder().decode(Failure.self, from: body))?.error ?? String(decoding: body.prefix(300), as: UTF8.self)
            throw CommandFailure(message)
        }
        return body
    }
}

/// An error told to the operator as it is, with exit status 1.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
