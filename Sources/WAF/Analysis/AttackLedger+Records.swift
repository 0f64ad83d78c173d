package import Parsing
import Telemetry
import Topology

extension AttackLedger {
    /// Takes a record of any kind, by the client and at the time that it names; nil where it names no client or tells of none.
    @discardableResult
    package mutating func take(_ record: LogRecord) -> Sighting? {
        func network(_ address: ArraySlice<UInt8>?) -> NetworkRange? { address.flatMap(ClientAddress.network(of:)) }
        switch record {
        case .access(let request):
            return take(request, by: network(request.client), at: request.timestamp ?? 0)
        case .service(let event):
            return network(event.source).map { take(event, by: $0, at: event.timestamp ?? 0) }
        case .audit(let transaction):
            return network(transaction.client[...]).map { take(transaction, by: $0, at: transaction.timestamp ?? 0) }
        case .error(let entry):
            guard let client = network(entry.client ?? entry.attempt?.source) else { return nil }
            return take(entry, by: client, at: entry.timestamp ?? 0)
        case .connection, .slow:
            return nil
        }
    }

    /// Counts a line that no parser took.
    package mutating func countUnparsed() { unparsed += 1 }
}
