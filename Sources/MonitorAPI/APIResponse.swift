import Hummingbird
import NIOCore

/// Answers as the APIs shape them.
enum APIResponse {
    /// A body of JSON.
    static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Plain text.
    static func text(_ text: String, status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8") -> Response {
        Response(status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// Prometheus' envelope of a success: `{"status":"success","data":…}`.
    static func success(warnings: [String] = [], infos: [String] = [], _ data: (inout JSONWriter) -> Void) -> Response {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("status")
            writer.string("success")
            writer.key("data")
            data(&writer)
            for (name, texts) in [("warnings", warnings), ("infos", infos)] where !texts.isEmpty {
                writer.key(name)
                writer.array { writer in for text in texts { writer.string(text) } }
            }
        }
        return json(writer.bytes)
    }

    /// Alertmanager's form of an error: its message as a text.
    static func message(_ error: APIError) -> Response {
        var writer = JSONWriter()
        writer.string(error.message)
        return json(writer.bytes, status: error.status)
    }

    /// Prometheus' envelope of an error.
    static func failure(_ error: APIError) -> Response {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("status")
            writer.string("error")
            writer.key("errorType")
            writer.string(error.kind.rawValue)
            writer.key("error")
            writer.string(error.message)
            writer.key("message")
            writer.string(error.message)
        }
        return json(writer.bytes, status: error.status)
    }
}

extension JSONWriter {
    /// A list of texts.
    mutating func strings(_ texts: some Sequence<String>) {
        array { writer in for text in texts { writer.string(text) } }
    }

    /// An object of texts.
    mutating func map(_ pairs: some Sequence<(String, String)>) {
        object { writer in
            for (name, value) in pairs {
                writer.key(name)
                writer.string(value)
            }
        }
    }
}
