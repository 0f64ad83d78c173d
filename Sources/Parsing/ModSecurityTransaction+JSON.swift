extension ModSecurityTransaction {
    /// Messages read of one record.
    private static let maximumMessages = 64

    /// Reads a JSON record of either version; nil where it is neither.
    init?(json line: ArraySlice<UInt8>) {
        self.init()
        // A broken end does not take what stands before it.
        do {
            try JSONFields.forEachLeaf(of: line) { path, value in take(path.compactMap(ModSecurityTransaction.key), value.text) }
        } catch {
            if uniqueID.isEmpty { return nil }
        }
        guard !uniqueID.isEmpty else { return nil }
        takeMessages(line)
    }

    private static func key(_ element: JSONFields.PathElement) -> String? {
        if case .key(let key) = element { key } else { nil }
    }

    private mutating func take(_ path: [String], _ text: String) {
        switch path {
        // Version 3.
        case ["transaction", "unique_id"]: uniqueID = text
        case ["transaction", "client_ip"]: client = Array(text.utf8)
        case ["transaction", "time_stamp"]: time = text
        case ["transaction", "request", "method"]: method = Array(text.utf8)
        case ["transaction", "request", "uri"]: uri = Array(text.utf8)
        case ["transaction", "request", "body"]: body = Array(text.utf8)
        case ["transaction", "response", "http_code"]: status = Int(text) ?? 0
        // Version 2.
        case ["transaction", "transaction_id"]: uniqueID = text
        case ["transaction", "remote_address"]: client = Array(text.utf8)
        case ["transaction", "time"]: time = text
        case ["request", "request_line"]: take(requestLine: Array(text.utf8)[...])
        case ["response", "status"]: status = Int(text) ?? 0
        default:
            let isHeader = path.count >= 3 && path[path.count - 2] == "headers" && path[path.count - 3] == "request"
            if isHeader { headers.append((path[path.count - 1].lowercased(), Array(text.utf8))) }
        }
    }

    private mutating func takeMessages(_ line: ArraySlice<UInt8>) {
        var paths: [[JSONFields.PathElement]] = [[.key("request"), .key("body"), .index(0)]]
        for index in 0..<ModSecurityTransaction.maximumMessages {
            let three: [JSONFields.PathElement] = [.key("transaction"), .key("messages"), .index(index)]
            paths += [
                three + [.key("details"), .key("ruleId")], three + [.key("message")], three + [.key("details"), .key("data")],
                three + [.key("details"), .key("severity")], [.key("audit_data"), .key("messages"), .index(index)],
            ]
        }
        guard let values = try? JSONFields.values(at: paths, of: line) else { return }
        if body.isEmpty, let text = values[0]?.text { body = Array(text.utf8) }
        for start in stride(from: 1, to: paths.count, by: 5) {
            if let id = values[start].flatMap({ Int($0.text) }) {
                let severity = values[start + 3].flatMap { ModSecurityMessage.Severity(Array($0.text.utf8)[...]) }
                add(
                    ModSecurityMessage(
                        ruleID: id, message: values[start + 1]?.text ?? "", data: values[start + 2]?.text ?? "",
                        severity: severity,
                        uniqueID: uniqueID))
            } else if let text = values[start + 4]?.text, let message = ModSecurityMessage(Array(text.utf8)[...]) {
                add(message)
            }
        }
    }
}
