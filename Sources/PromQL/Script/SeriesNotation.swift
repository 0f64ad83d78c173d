package import Telemetry

/// Labels and samples as scripts and tests of rules write them.
package enum SeriesNotation {
    /// `x{a="b"}`.
    package static func labels(_ text: String) throws(PromQLError) -> Labels {
        do {
            return try ScriptSeriesParser.parse(text).labels
        } catch {
            throw PromQLError(.parse, error.message)
        }
    }

    /// `{{schema:1 sum:3 buckets:[1 2]}}`.
    package static func histogram(_ text: String) throws(PromQLError) -> NativeHistogram {
        do {
            guard case .histogram(let histogram, _)? = try ScriptHistogram.points(text[...]).first else {
                throw PromQLError(.parse, "\"\(text)\" is no histogram")
            }
            return histogram
        } catch let error as PromQLError {
            throw error
        } catch {
            throw PromQLError(.parse, "\(error)")
        }
    }

    /// A histogram as ``histogram(_:)`` reads it.
    package static func text(of histogram: NativeHistogram) -> String { ScriptHistogram.text(histogram) }

    /// Whether both are equal but for rounding and hints.
    package static func areAlike(_ left: NativeHistogram, _ right: NativeHistogram) -> Bool {
        ScriptEvaluation.areClose(left, right)
    }
}
