import Synchronization

/// Connections that are held open, as by visitors who say nothing.
final class Connections: Sendable {
    private final class Held: Sendable {
        let socket: StreamSocket
        init(_ socket: consuming StreamSocket) { self.socket = socket }
    }

    private let held = Mutex<[Held]>([])

    /// Opens as many as it is let, from the network of the thread it is called on.
    func open(_ count: Int, to address: String, port: Int) throws {
        for _ in 0..<count {
            // One that is refused is what being full looks like.
            guard let socket = try? Held(StreamSocket(address: address, port: port, timeout: .seconds(1))) else { return }
            held.withLock { $0.append(socket) }
        }
    }

    func close() { held.withLock { $0 = [] } }
}
