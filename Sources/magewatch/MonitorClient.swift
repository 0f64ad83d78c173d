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

    /// POSTs to a path with parameters.
    func post(_ path: String, _ parameters: [(String, String)] = []) async throws -> Data {
        try await send(.POST, path, parameters)
    }

    /// POSTs a JSON document to a path.
    func post(_ path: String, json: Data) async throws {
        let response = try await execute(.POST, path, [], json: json, timeout: .seconds(Int64(MonitorClient.timeoutSeconds)))
        guard (200..<300).contains(response.status.code) else { throw try await failure(response) }
    }

    /// GETs a path whose answer comes line by line, for as long as it takes.
    func lines(_ path: String) -> AsyncThrowingStream<String, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    let response = try await execute(.GET, path, [], timeout: .hours(24))
                    guard response.status == .ok else { throw try await failure(response) }
                    var rest = ByteBuffer()
                    for try await part in response.body {
                        var part = part
                        rest.writeBuffer(&part)
                        while let end = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\n")),
                            let line = rest.readString(length: end - rest.readerIndex)
                        {
                            rest.moveReaderIndex(forwardBy: 1)
                            continuation.yield(line)
                        }
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    /// GETs a path and decodes the answer.
    func decode<Value: Decodable>(_ type: Value.Type, _ path: String, _ parameters: [(String, String)] = []) async throws -> Value
    {
        try JSONDecoder().decode(type, from: try await get(path, parameters))
    }

    private func send(_ method: HTTPMethod, _ path: String, _ parameters: [(String, String)]) async throws -> Data {
        let response = try await execute(method, path, parameters, timeout: .seconds(Int64(MonitorClient.timeoutSeconds)))
        guard (200..<300).contains(response.status.code) else { throw try await failure(response) }
        return Data(buffer: try await response.body.collect(upTo: MonitorClient.maximumAnswerBytes))
    }

    private func execute(
        _ method: HTTPMethod, _ path: String, _ parameters: [(String, String)], json: Data? = nil, timeout: TimeAmount
    ) async throws -> HTTPClientResponse {
        var components = URLComponents(string: url + path)
        if !parameters.isEmpty { components?.queryItems = parameters.map { URLQueryItem(name: $0.0, value: $0.1) } }
        // URLComponents leaves "+" alone, which a server reads as a blank.
        let text = components?.string?.replacing("+", with: "%2B") ?? url + path
        var request = HTTPClientRequest(url: text)
        request.method = method
        if let json {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: json))
        }
        do {
            return try await HTTPClient.prompt.execute(request, timeout: timeout)
        } catch {
            throw CommandFailure(
                "no monitor answers at \(url) (\(error)). Start one with \"magewatch serve\", or name another with --api or MAGEWATCH_API."
            )
        }
    }

    /// What an answer tells that is no success.
    private func failure(_ response: HTTPClientResponse) async throws -> CommandFailure {
        struct Failure: Decodable { var error: String }
        let body = Data(buffer: try await response.body.collect(upTo: MonitorClient.maximumAnswerBytes))
        return CommandFailure(
            (try? JSONDecoder().decode(Failure.self, from: body))?.error ?? String(decoding: body.prefix(300), as: UTF8.self))
    }
}

/// An error told to the operator as it is, with exit status 1.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
