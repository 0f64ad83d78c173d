import Testing

@testable import LogQL

@Suite("Templates")
struct TemplateTests {
    private static let labels = [
        "method": "GET", "status": "503", "path": "/a b/ü", "empty": "", "took": "1500ms", "size": "2KiB", "word": "a1b22c",
        "n": "-7",
    ]

    private func expand(_ template: String) throws -> String {
        try TemplateText(template).expand(line: Array("the line".utf8)[...], timestamp: 1_767_323_045_012_000_000) {
            Self.labels[$0]
        }
    }

    @Test(
        "Conditions, blocks, parentheses and trimmed blanks",
        arguments: [
            ("{{ if .method }}yes{{ end }}", "yes"), ("{{ if .empty }}yes{{ else }}no{{ end }}", "no"),
            (#"{{ if eq .method "PUT" }}1{{ else if eq .status 503 }}2{{ else }}3{{ end }}"#, "2"),
            (#"{{ if and (eq .method "GET") (ge .status 500) }}failed{{ end }}"#, "failed"),
            (#"{{ if or .empty (lt .status 500) }}a{{ else }}b{{ end }}"#, "b"), ("{{ if not .missing }}none{{ end }}", "none"),
            ("{{ with .path }}<{{ . | ToUpper }}>{{ end }}", "</A B/Ü>"), ("{{ with .empty }}a{{ else }}b{{ end }}", "b"),
            ("{{ if .method }}{{ if .empty }}a{{ else }}b{{ end }}c{{ end }}d", "bcd"),
            ("a  {{- .method -}}  b", "aGETb"), ("a {{/* nothing */}} b", "a  b"), ("{{ -3 }}", "-3"),
            ("{{ .method | lower | printf \"%s-%s\" (trunc 1 .word) }}", "a-get"), ("{{ __line__ | len }}", "8"),
            ("{{ true }}{{ and .empty .method }}{{ or .empty .method }}", "trueGET"),
        ])
    func structure(template: String, expected: String) throws {
        #expect(try expand(template) == expected)
    }

    @Test(
        "Functions of text",
        arguments: [
            ("{{ substr 1 3 .method }}", "ET"), ("{{ substr 1 -1 .method }}", "ET"), ("{{ trunc -2 .method }}", "ET"),
            (#"{{ Replace .word "a" "x" 1 }}{{ replace "2" "y" .word }}"#, "x1b22ca1byyc"),
            (
                #"{{ Trim "xxhixx" "x" }},{{ TrimLeft "xxhi" "x" }},{{ TrimRight "hixx" "x" }},{{ trimAll "$" "$5$" }}"#,
                "hi,hi,hi,5"
            ),
            (#"{{ TrimPrefix .path "/a" }},{{ TrimSuffix .path "/ü" }},{{ trimSuffix "ü" .path }}"#, " b/ü,/a b,/a b/"),
            (
                "{{ alignLeft 5 .method }}|{{ alignRight 5 .method }}|{{ alignLeft 2 .method }}|{{ alignRight 2 .method }}",
                "GET  |  GET|GE|ET"
            ),
            ("{{ repeat 3 .method }}{{ indent 2 .method }}{{ nindent 1 .n }}", "GETGETGET  GET\n -7"),
            (#"{{ contains "b2" .word }} {{ hasPrefix "G" .method }} {{ hasSuffix "G" .method }}"#, "true true false"),
            ("{{ b64enc .path }} {{ b64enc .path | b64dec }} {{ b64dec .n }}", "L2EgYi/DvA== /a b/ü -7"),
            ("{{ urlencode .path }} {{ urlencode .path | urldecode }}", "%2Fa+b%2F%C3%BC /a b/ü"),
            (
                #"{{ regexReplaceAll "([a-z])([0-9]+)" .word "${2}$1-" }} {{ regexReplaceAllLiteral "[0-9]" .word "$1" }}"#,
                "1a-22b-c a$1b$1$1c"
            ),
            (#"{{ count "[0-9]+" .word }} {{ .word | count "b" }} {{ regexReplaceAll "x*" "abc" "-" }}"#, "2 1 -a-b-c-"),
            (#"{{ default "-" .empty }}{{ print .method .n }}{{ title .word }}"#, "-GET-7A1b22c"),
        ])
    func texts(template: String, expected: String) throws {
        #expect(try expand(template) == expected)
    }

    @Test(
        "Functions of numbers and times",
        arguments: [
            ("{{ add 1 .status 3 }} {{ sub 5 7 }} {{ mul 2 .n }} {{ div 7 2 }} {{ mod 7 4 }} {{ div 1 0 }}", "507 -2 -14 3 3 "),
            ("{{ addf 1.5 2 }} {{ subf 5 1.5 1 }} {{ mulf 1.5 2 }} {{ divf 9 2 }}", "3.5 2.5 3 4.5"),
            ("{{ max 1 .status 3 }} {{ min 1 .n }} {{ maxf 1.5 1 }} {{ minf 1.5 1 }}", "503 -7 1.5 1"),
            ("{{ ceil 1.2 }} {{ floor 1.8 }} {{ round 123.5555 3 }} {{ round 1.24 1 }}", "2 1 123.556 1.2"),
            (
                "{{ int 3.9 }} {{ float64 .n }} {{ duration .took }} {{ duration_seconds .took }} {{ bytes .size }}",
                "3 -7 1.5 1.5 2048"
            ),
            (
                #"{{ gt .status 99 }} {{ lt .n 0 }} {{ ne .method "PUT" }} {{ eq .status 500 503 }} {{ le 2 2.0 }}"#,
                "true true true true true"
            ),
            (#"{{ __timestamp__ | date "2006-01-02T15:04:05.000Z07:00" }}"#, "2026-01-02T03:04:05.012Z"),
            (#"{{ date "Mon, 2 Jan 06 03:04PM MST _2 002" __timestamp__ }}"#, "Fri, 2 Jan 26 03:04AM UTC  2 002"),
            ("{{ unixEpoch __timestamp__ }} {{ unixEpochMillis __timestamp__ }}", "1767323045 1767323045012"),
            (#"{{ unixToTime "1767323045" | date "2006" }} {{ unixToTime "x" }}"#, "2026 x"),
        ])
    func numbers(template: String, expected: String) throws {
        #expect(try expand(template) == expected)
    }

    @Test(
        "What is wrong is told when the template is read",
        arguments: [
            ("{{ if .x }}", "without {{end}}"), ("{{ end }}", "unexpected {{end}}"),
            ("{{ if .x }}{{ else }}{{ else }}{{ end }}", "behind"),
            ("{{ lower }}", "wrong number of arguments for lower"), ("{{ (.x }}", "unclosed left paren"),
            ("{{ .x .y }}", "unexpected"),
            (#"{{ count "(" .x }}"#, "invalid template"), ("{{ count .x .y }}", "must stand there as text"),
            ("{{ lower upper .x }}", "parentheses"),
            ("{{ now }}", "\"now\" is not available"), ("{{ .x | .y }}", "expected a function"),
            ("{{ $x }}", "undefined variable \"$x\""), ("{{ if .x }}{{ $y := 1 }}{{ end }}{{ $y }}", "undefined variable \"$y\""),
            ("{{ $x = 1 }}", "undefined variable"), ("{{ break }}", "{{break}} outside {{range}}"),
            ("{{ range .x }}{{ else }}{{ continue }}{{ end }}", "outside"), ("{{ range .x }}", "{{range}} without {{end}}"),
            ("{{ $i, $x := .x }}", "too many variables"), ("{{ template \"x\" }}", "\"template\" is not available"),
        ])
    func mistakes(template: String, message: String) {
        let error = #expect(throws: LogQLError.self) { try TemplateText(template) }
        #expect(error?.message.contains(message) ?? false, "\(error?.message ?? "")")
    }

    @Test("Nesting is bounded, and so is what functions make")
    func bounds() throws {
        let deep = String(repeating: "{{ if .x }}", count: 100) + String(repeating: "{{ end }}", count: 100)
        #expect(throws: LogQLError.self) { try TemplateText(deep) }
        let inside = "{{ " + String(repeating: "(", count: 1000) + "1" + String(repeating: ")", count: 1000) + " }}"
        #expect(throws: LogQLError.self) { try TemplateText(inside) }
        #expect(try expand("{{ repeat 9000000000 .method | len }}") == "\(TemplateText.maximumBytes / 3 * 3)")
        #expect(try expand("{{ alignRight 9000000000 .method | len }}") == "\(TemplatePrintf.maximumWidth + 3)")
    }
}
