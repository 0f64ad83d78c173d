import CLinux
import Foundation

/// Tells the neighbours on a network who has an address now. Without it they keep sending to the old holder for seconds.
enum GratuitousARP {
    /// Announces from the network namespace of this process.
    static func send(_ address: IPv4Address, on interface: String) throws(DriverError) {
        guard unsafe clinux_send_gratuitous_arp(interface, address.networkOrder) == 0 else {
            throw DriverError(
                .failed,
                "address \(address.host) could not be announced on \(interface): \(unsafe String(cString: strerror(errno))). "
                    + "The agent needs root and an interface that is up")
        }
    }

    /// Announces from the network namespace of another process.
    ///
    /// A namespace is entered by a thread, which can't be given back to a pool after that: it is one of its own and ends here.
    static func send(_ address: IPv4Address, on interface: String, inNamespaceOf process: Int32) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        let path = "/proc/\(process)/ns/net"
                        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
                        guard descriptor >= 0, clinux_setns(descriptor, clinux_CLONE_NEWNET) == 0 else {
                            if descriptor >= 0 { close(descriptor) }
                            throw DriverError(.failed, "\(path) can't be entered: has the container ended?")
                        }
                        close(descriptor)
                        try send(address, on: interface)
                    })
            }
        }
    }
}
