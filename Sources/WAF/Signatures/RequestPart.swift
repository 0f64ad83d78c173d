/// Where in a request a value stands.
package enum RequestPart: String, Sendable, CaseIterable, Codable {
    case method
    case path
    case parameterName = "name"
    case parameter
    /// `name=value` of a parameter whose name a rule begins its literals with, and of no other.
    case pair
    case cookie
    case host
    case referer
    case userAgent = "user-agent"
    case header
    case body

    var bit: UInt16 {
        switch self {
        case .method: 1 << 0
        case .path: 1 << 1
        case .parameterName: 1 << 2
        case .parameter: 1 << 3
        case .cookie: 1 << 4
        case .host: 1 << 5
        case .referer: 1 << 6
        case .userAgent: 1 << 7
        case .header: 1 << 8
        case .body: 1 << 9
        case .pair: 1 << 10
        }
    }
}
