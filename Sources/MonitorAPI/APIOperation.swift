/// One endpoint as the OpenAPI document describes it.
struct APIOperation: Sendable {
    /// What an endpoint takes.
    struct Parameter: Sendable {
        var name: String
        var description: String
        var isRequired = false
        /// May be given any number of times.
        var isList = false
    }

    /// With variable parts in braces.
    let path: String
    let methods: [String]
    let summary: String
    let parameters: [Parameter]
    /// Media type and schema of the answer of a success; nil where there is no body.
    let answer: Answer?

    /// What comes back.
    enum Answer: Sendable {
        /// Prometheus' envelope, and what its `data` is.
        case envelope(String)
        /// JSON of a schema that the document has.
        case schema(String, isList: Bool)
        case json
        case text
        case binary(String)
    }

    init(
        _ methods: String, _ path: String, _ summary: String, _ parameters: [Parameter] = [],
        answer: Answer? = .envelope("object")
    ) {
        self.methods = methods.split(separator: " ").map { $0.lowercased() }
        self.path = path
        self.summary = summary
        self.parameters = parameters
        self.answer = answer
    }

    /// The parts of the path in braces.
    var pathParameters: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }
}

extension APIOperation.Parameter {
    /// A parameter that may be left out.
    static func optional(_ name: String, _ description: String) -> Self { .init(name: name, description: description) }
    /// A parameter that must be there.
    static func required(_ name: String, _ description: String) -> Self {
        .init(name: name, description: description, isRequired: true)
    }

    /// A parameter that may be repeated.
    static func list(_ name: String, _ description: String) -> Self {
        .init(name: name, description: description, isList: true)
    }

    static let query = required("query", "The query's text.")
    static let start = optional("start", "Earliest time, seconds since 1970 or RFC 3339.")
    static let end = optional("end", "Latest time, seconds since 1970 or RFC 3339.")
    static let limit = optional("limit", "Most results; 0 for all.")
    static let match = list("match[]", "A selector; results are those of any.")
}

extension JSONWriter {
    /// An operation as one member of its path.
    mutating func operation(_ operation: APIOperation, method: String) {
        object { writer in
            writer.key("summary")
            writer.string(operation.summary)
            writer.key("operationId")
            writer.string(method + operation.path.replacing("/", with: "_").filter { $0 != "{" && $0 != "}" })
            writer.key("parameters")
            writer.array { writer in
                for name in operation.pathParameters {
                    writer.parameter(.required(name, "Part of the path."), place: "path")
                }
                for parameter in operation.parameters { writer.parameter(parameter, place: "query") }
            }
            writer.key("responses")
            writer.object { writer in writer.responses(operation.answer) }
        }
    }

    private mutating func parameter(_ parameter: APIOperation.Parameter, place: String) {
        object { writer in
            for (name, text) in [("name", parameter.name), ("in", place), ("description", parameter.description)] {
                writer.key(name)
                writer.string(text)
            }
            writer.key("required")
            writer.boolean(parameter.isRequired)
            writer.key("schema")
            writer.raw((parameter.isList ? #"{"type":"array","items":{"type":"string"}}"# : #"{"type":"string"}"#).utf8)
        }
    }

    private mutating func responses(_ answer: APIOperation.Answer?) {
        key(answer == nil ? "204" : "200")
        object { writer in
            writer.key("description")
            writer.string(answer == nil ? "Done." : "Success.")
            guard let (type, schema) = answer?.content else { return }
            writer.key("content")
            writer.object { writer in
                writer.key(type)
                writer.object { writer in
                    writer.key("schema")
                    writer.raw(schema.utf8)
                }
            }
        }
        key("default")
        raw(##"{"$ref":"#/components/responses/Error"}"##.utf8)
    }
}

extension APIOperation.Answer {
    /// Media type and schema.
    fileprivate var content: (type: String, schema: String) {
        switch self {
        case .envelope(let data):
            (
                "application/json",
                ##"{"allOf":[{"$ref":"#/components/schemas/Success"},{"properties":{"data":{"type":"\##(data)"}}}]}"##
            )
        case .schema(let name, let isList):
            (
                "application/json",
                isList
                    ? ##"{"type":"array","items":{"$ref":"#/components/schemas/\##(name)"}}"##
                    : ##"{"$ref":"#/components/schemas/\##(name)"}"##
            )
        case .json: ("application/json", "{}")
        case .text: ("text/plain", #"{"type":"string"}"#)
        case .binary(let type): (type, #"{"type":"string","format":"binary"}"#)
        }
    }
}
