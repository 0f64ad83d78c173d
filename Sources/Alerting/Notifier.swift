import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
package import Telemetry

/// Posts JSON to a URL and returns the status: the seam between notifications and the network.
package typealias WebhookTransport = @Sendable (_ url: String, _ body: [UInt8]) async throws -> Int

/// Delivers webhook messages: a bounded line for each receiver, tried again with growing pauses, so that one that is down holds up
/// no other.
package actor Notifier {
    /// Most messages that wait for one receiver; later ones are dropped and counted.
    package static let maximumWaiting = 1000
    /// How often a message is tried.
    package static let maximumAttempts = 8

    let receivers: [Receiver]
    private let lines: [String: (stream: AsyncStream<[UInt8]>, entry: AsyncStream<[UInt8]>.Continuation)]
    private let transport: WebhookTransport
    private let sleep: @Sendable (Duration) async throws -> Void
    private let metrics: SelfMetrics
    private let logger = Logger(label: "magewatch.notifier")

    package init(
        receivers: [Receiver], metrics: SelfMetrics, transport: @escaping WebhookTransport = Notifier.overHTTP,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.receivers = receivers
        self.metrics = metrics
        self.transport = transport
        self.sleep = sleep
        lines = Dictionary(
            receivers.map { receiver in
                let line = AsyncStream.makeStream(
                    of: [UInt8].self, bufferingPolicy: .bufferingOldest(Notifier.maximumWaiting))
                return (receiver.name, (stream: line.stream, entry: line.continuation))
            }, uniquingKeysWith: { $1 })
    }

    /// Delivers until its task is cancelled, or until ``finish()`` and all that waits has been tried.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            for receiver in receivers {
                guard let stream = lines[receiver.name]?.stream else { continue }
                group.addTask { for await body in stream { await self.deliver(body, to: receiver) } }
            }
        }
    }

    /// Takes no more messages.
    package func finish() {
        for line in lines.values { line.entry.finish() }
    }

    func enqueue(_ message: WebhookMessage) throws {
        let body = [UInt8](try JSONEncoder().encode(message))
        if case .dropped = lines[message.receiver]?.entry.yield(body) { count("dropped", message.receiver) }
    }

    private func deliver(_ body: [UInt8], to receiver: Receiver) async {
        var trouble = ""
        for attempt in 1...Notifier.maximumAttempts {
            do {
                let status = try await transport(receiver.url, body)
                if (200..<300).contains(status) { return count("sent", receiver.name) }
                trouble = "it answered \(status)"
                // What it does not understand now, it will not understand later.
                if (400..<500).contains(status), status != 429 { break }
            } catch {
                trouble = "\(error)"
            }
            guard attempt < Notifier.maximumAttempts else { break }
            do { try await sleep(.seconds(min(60, 1 << (attempt - 1)))) } catch { break }
        }
        count("failed", receiver.name)
        logger.error("receiver \(receiver.name) was not told: \(trouble); check \(receiver.url)")
    }

    private func count(_ outcome: String, _ receiver: String) {
        metrics.add("magewatch_notifications_total", ["receiver": receiver, "outcome": outcome])
    }

    /// Over HTTP, by the process's shared client.
    package static let overHTTP: WebhookTransport = { url, body in
        var request = HTTPClientRequest(url: url)
        request.method = .init(rawValue: "POST")
        request.headers = ["Content-Type": "application/json"]
        request.body = .bytes(body)
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(15))
        // The status' text begins with its number.
        return Int("\(response.status)".prefix { $0.isNumber }) ?? 0
    }
}
