import Crypto
package import Parsing
package import Topology

extension SessionDigest {
    /// The digest of a cookie's value.
    package init?(cookie value: some Sequence<UInt8>) {
        var hash = SHA256()
        hash.update(data: Array(value))
        let digits = Array("0123456789ABCDEF".utf8)
        self.init(hexadecimal: hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// The session that a request belongs to, as its access log tells it: a digest, where the load balancer wrote one, or the cookie itself,
    /// which is digested here and not kept.
    package init?(of record: AccessRecord) {
        guard let text = record.session, !text.isEmpty else { return nil }
        if let digest = SessionDigest(hexadecimal: text) {
            self = digest
        } else {
            self.init(cookie: text)
        }
    }
}
