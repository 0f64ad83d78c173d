/// What was undone to see a value as the attacked program would see it; kept as evidence of a finding.
package struct Transforms: OptionSet, Sendable, Hashable {
    /// One bit a transformation.
    package let rawValue: UInt16

    /// A set from its bits.
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// `%27`
    package static let percent = Transforms(rawValue: 1 << 0)
    /// `%2527`
    package static let percentTwice = Transforms(rawValue: 1 << 1)
    /// `%u0027`
    package static let percentUnicode = Transforms(rawValue: 1 << 2)
    /// UTF-8 longer than it need be (`%c0%ae`), which some decoders accept for a dot or a slash.
    package static let overlong = Transforms(rawValue: 1 << 3)
    /// Full-width forms (U+FF01 to U+FF5E), which databases fold to ASCII.
    package static let fullWidth = Transforms(rawValue: 1 << 4)
    /// `&#39;`, `&quot;`
    package static let entities = Transforms(rawValue: 1 << 5)
    /// `\x27`, `\u0027`
    package static let escapes = Transforms(rawValue: 1 << 6)
    /// Zero bytes dropped, at which C ends a string.
    package static let nulBytes = Transforms(rawValue: 1 << 7)
    /// Comments taken out: `un/**/ion`.
    package static let comments = Transforms(rawValue: 1 << 8)
    /// The value was base64 of text.
    package static let base64 = Transforms(rawValue: 1 << 9)
    /// Quotes, backslashes and carets that a shell drops, `$IFS` as a blank.
    package static let shellQuoting = Transforms(rawValue: 1 << 10)
    /// `\` for `/`, `/./`, `//`.
    package static let pathForm = Transforms(rawValue: 1 << 11)
    /// Blanks and control characters that HTML and JavaScript parsers skip.
    package static let blanks = Transforms(rawValue: 1 << 12)

    private static let names: [(Transforms, String)] = [
        (.percent, "percent"), (.percentTwice, "percent twice"), (.percentUnicode, "%u"), (.overlong, "overlong UTF-8"),
        (.fullWidth, "full width"), (.entities, "HTML entities"), (.escapes, "escapes"), (.nulBytes, "NUL removed"),
        (.comments, "comments removed"), (.base64, "base64"), (.shellQuoting, "shell quoting removed"), (.pathForm, "path form"),
        (.blanks, "blanks removed"),
    ]

    /// The names, in the order in which the transformations are made.
    package var description: [String] {
        Transforms.names.compactMap { contains($0.0) ? $0.1 : nil }
    }
}
