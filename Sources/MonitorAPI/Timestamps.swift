import Foundation

/// Times as texts.
enum Timestamps {
    /// `2026-11-23T14:14:44.263Z`.
    static func rfc3339(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            .formatted(
                .iso8601.year().month().day().dateSeparator(.dash).time(includingFractionalSeconds: true).timeZone(
                    separator: .omitted))
    }
}
