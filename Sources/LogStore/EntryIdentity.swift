import Telemetry

/// Tells which entries were sent before: a keyed hash over stream, time, line and retry identity.
struct EntryIdentity {
    let key: (UInt64, UInt64)

    /// By entry: its hash, or nil where it has no retry identity.
    func hashes(of batch: LogBatch) -> [UInt64?] {
        let identities = batch.metadata.map { labels in
            labels[LogStore.retryIdentityLabel].map { hash(of: $0) }
        }
        guard identities.contains(where: { $0 != nil }) else { return [] }
        let streams = batch.streams.map { labels in
            var sip = SipHash(key: key)
            sip.combine(labels.canonicalBytes[...])
            return sip.finish()
        }
        return batch.entries.map { entry in
            guard entry.metadata >= 0, let identity = identities[entry.metadata] else { return nil }
            var sip = SipHash(key: key)
            sip.combine(streams[entry.stream])
            sip.combine(UInt64(bitPattern: entry.timestamp))
            sip.combine(identity)
            sip.combine(batch.bytes[entry.line])
            return sip.finish()
        }
    }

    private func hash(of identity: String) -> UInt64 {
        var sip = SipHash(key: key)
        sip.combine(Array(identity.utf8)[...])
        return sip.finish()
    }
}
