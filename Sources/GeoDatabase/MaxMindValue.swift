/// A value of the data section.
package indirect enum MaxMindValue: Sendable, Equatable {
    case map([String: MaxMindValue])
    case array([MaxMindValue])
    case string(String)
    case bytes([UInt8])
    case double(Double)
    case float(Float)
    case unsigned(UInt64)
    /// 128 bits, the high half first; what fits 64 is ``unsigned(_:)``.
    case wide(high: UInt64, low: UInt64)
    case signed(Int32)
    case boolean(Bool)

    /// A map's value of a key; nil where it is no map or has no such key.
    package subscript(key: String) -> MaxMindValue? {
        if case .map(let values) = self { values[key] } else { nil }
    }

    /// The text, where it is one.
    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The number, where it is an unsigned one.
    package var number: UInt64? {
        if case .unsigned(let number) = self { number } else { nil }
    }
}
