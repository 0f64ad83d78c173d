/// What a container is for.
package enum Role: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    case lb, web, db, mail, search, monitor, queue, acc
}
