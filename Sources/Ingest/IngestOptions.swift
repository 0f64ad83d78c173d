extension IngestServer {
    /// Where the port listens, and every limit it keeps.
    package struct Options: Sendable {
        /// A port that speaks one protocol, whatever the first bytes look like.
        package struct PinnedListener: Sendable {
            package var port: Int
            package var wireProtocol: IngestProtocol

            package init(port: Int, protocol wireProtocol: IngestProtocol) {
                self.port = port
                self.wireProtocol = wireProtocol
            }
        }

        /// An address of this machine.
        package var host: String
        /// TCP and UDP alike; 0 takes a free one.
        package var port: Int
        /// Classic ports beside the one that recognises; UDP too where the protocol has it.
        package var pinned: [PinnedListener]
        /// Connections open at once; further ones are closed and counted.
        package var maximumConnections = 1024
        /// A longer line is cut, marked and counted; at most `LogBatch.maximumLineBytes`.
        package var maximumLineBytes = 256 << 10
        /// Largest HTTP body, compressed or not.
        package var maximumBodyBytes = 32 << 20
        /// Received bytes on their way into the stores, over all connections.
        package var maximumInFlightBytes = 128 << 20
        /// Times an overloaded store is asked again for a line protocol, with doubled pauses from a tenth of a second.
        package var maximumAttempts = 6
        /// Milliseconds after which bytes that may still become anything are taken for text.
        package var recognitionMilliseconds = 1000

        package init(host: String, port: Int, pinned: [PinnedListener] = []) {
            self.host = host
            self.port = port
            self.pinned = pinned
        }
    }
}
