/// Which message a remote-write request holds, as its headers tell.
enum RemoteWriteMessage: Equatable {
    /// `prometheus.WriteRequest`.
    case version1
    /// `io.prometheus.write.v2.Request`.
    case version2

    /// - Throws: ``IngestError`` `unsupported` for what is not spoken here, which senders answer with another form.
    init(contentType: String, contentEncoding: String) throws(IngestError) {
        let encoding = contentEncoding.lowercased()
        guard encoding.isEmpty || encoding == "snappy" else {
            throw IngestError(.unsupported, "Content-Encoding \"\(encoding.prefix(80))\" is not taken here: send snappy blocks")
        }
        let parts = contentType.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\"" }.lowercased() }
        guard parts.isEmpty || parts[0] == "application/x-protobuf" else {
            throw IngestError(
                .unsupported, "Content-Type \"\(contentType.prefix(80))\" is not taken here: send application/x-protobuf")
        }
        switch parts.dropFirst().first(where: { $0.hasPrefix("proto=") })?.dropFirst(6) {
        case nil, "prometheus.writerequest": self = .version1
        case "io.prometheus.write.v2.request": self = .version2
        case let name?:
            throw IngestError(
                .unsupported,
                "the message \(name.prefix(80)) is not taken here: send prometheus.WriteRequest or io.prometheus.write.v2.Request"
            )
        }
    }
}
