import Testing

@testable import LogQL

@Suite("Lists, maps and variables in templates")
struct TemplateListTests {
    private static let labels = [
        "items": #"[{"sku": "a-1", "count": 2, "tags": ["new", "red"]}, {"sku": "b\u00fc", "count": 10, "tags": []}]"#,
        "order": #"{"total": 12.5, "by": {"name": "Ann", "mail": null}, "paid": true, "big": 1e300}"#,
        "broken": #"[1, 2"#, "method": "GET", "none": "[]",
    ]

    private func expand(_ template: String) throws -> String {
        try TemplateText(template).expand(line: [], timestamp: 0) { Self.labels[$0] }
    }

    @Test(
        "Loops",
        arguments: [
            ("{{ range fromJson .items }}{{ .sku }}={{ .count }};{{ end }}", "a-1=2;bü=10;"),
            (
                "{{ range $i, $item := fromJson .items }}{{ if $i }}, {{ end }}{{ $item.sku }} {{ $.method }}{{ end }}",
                "a-1 GET, bü GET"
            ),
            ("{{ range $key, $value := (fromJson .order).by }}{{ $key }}:{{ $value }} {{ end }}", "mail: name:Ann "),
            ("{{ range fromJson .items }}{{ range .tags }}{{ . }} {{ else }}none{{ end }}|{{ end }}", "new red |none|"),
            ("{{ range $x := fromJson .none }}{{ $x }}{{ else }}empty{{ end }}", "empty"),
            ("{{ range fromJson .broken }}x{{ else }}broken{{ end }}{{ fromJson .missing }}", "broken"),
            ("{{ range $i, $_ := fromJson .items }}{{ continue }}{{ $i }}{{ end }}", ""),
            ("{{ range 5 }}{{ if eq . 3 }}{{ break }}{{ end }}{{ . }}{{ end }}", "012"),
            ("{{ range .method }}a{{ else }}b{{ end }}", "b"),
        ])
    func loops(template: String, expected: String) throws {
        #expect(try expand(template) == expected)
    }

    @Test(
        "Variables hold a value up to the end of their block",
        arguments: [
            ("{{ $x := 1 }}{{ $x }}{{ $x = add $x 1 }}{{ $x }}", "12"),
            ("{{ $sum := 0 }}{{ range fromJson .items }}{{ $sum = add $sum .count }}{{ end }}{{ $sum }}", "12"),
            ("{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}", "21"),
            ("{{ if $order := fromJson .order }}{{ $order.total }}{{ end }}", "12.5"),
            ("{{ with $by := (fromJson .order).by }}{{ .name }}{{ $by.name }}{{ $.method }}{{ end }}", "AnnAnnGET"),
            ("{{ with $x := .missing }}a{{ else }}b{{ end }}", "b"),
        ])
    func variables(template: String, expected: String) throws {
        #expect(try expand(template) == expected)
    }

    @Test(
        "Functions of lists, texts of them, and other ways to write text",
        arguments: [
            ("{{ index (fromJson .items) 1 \"sku\" }} {{ index (fromJson .items) 7 \"sku\" }}|", "bü |"),
            ("{{ (index (fromJson .items) 0).tags }} {{ (fromJson .order).by }}", "[new red] map[mail: name:Ann]"),
            ("{{ len (fromJson .items) }} {{ len (fromJson .order) }} {{ len .method }}", "2 4 3"),
            ("{{ slice .method 1 }} {{ slice .method 0 2 }} {{ slice .method 9 }} {{ slice (fromJson .items) 2 }}", "ET GE  []"),
            ("{{ (fromJson .order).paid }} {{ (fromJson .order).by.mail }}{{ (fromJson .order).big }}", "true 1e+300"),
            (
                #"{{ html "<a href='x'>&" }} {{ js "it's" }} {{ urlquery "a b/c" }}"#,
                #"&lt;a href=&#39;x&#39;&gt;&amp; it\'s a+b%2Fc"#
            ),
        ])
    func functions(template: String, expected: String) throws {
        #expect(try expand(template) == expected)
    }

    @Test(
        "Times are read by layouts",
        arguments: [
            (#"{{ toDate "2006-01-02" "2026-11-30" | unixEpoch }}"#, "1795996800"),
            (#"{{ toDate "2006-01-02T15:04:05Z07:00" "2026-11-30T01:30:00+01:30" | unixEpoch }}"#, "1795996800"),
            (#"{{ toDate "02/Jan/2006:15:04:05 -0700" "29/Nov/2026:16:00:00 -0800" | unixEpoch }}"#, "1795996800"),
            (#"{{ toDate "Mon Jan _2 03:04:05 PM 2006" "Mon Nov 30 12:00:00 AM 2026" | unixEpoch }}"#, "1795996800"),
            (#"{{ toDate "2006-01-02 15:04:05" "2026-11-30 00:00:00.25" | unixEpochMillis }}"#, "1795996800250"),
            (#"{{ toDate "2006-002" "2026-334" | unixEpoch }}"#, "1795996800"),
            (#"{{ toDateInZone "2006-01-02" "UTC" "2026-11-30" | date "Monday" }}"#, "Monday"),
            (#"{{ toDate "2006-01-02" "2026-02-30" | unixEpoch }}"#, "0"), (#"{{ toDate "2006" "x" | unixEpoch }}"#, "0"),
        ])
    func dates(template: String, expected: String) throws {
        #expect(try expand(template) == expected)
    }

    @Test(
        "A time written by a layout is read by it",
        arguments: ["2006-01-02T15:04:05.000000000Z07:00", "Jan _2 2006 3:04:05.999999999 pm MST"])
    func roundTrip(layout: String) {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let time = Int64.random(in: 0..<4_000_000_000_000_000_000, using: &generator)
            let text = TemplateDate.text(time, layout: layout)
            #expect(TemplateDate.time(text, layout: layout) == time, "\(time) as \(text)")
        }
    }

    @Test("Loops in loops end at the limit of steps, and deep JSON is none")
    func bounds() throws {
        let loops = "{{ range 2000 }}{{ range 2000 }}x{{ end }}{{ end }}"
        #expect(try expand(loops).utf8.count <= TemplateText.maximumSteps)
        let deep = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
        #expect(TemplateJSON.value(of: deep) == nil)
        for text in ["", "{", "[1,", "{\"a\":}", "\"abc", "nul", "1 2", "[1]x", "{\"a\\"] {
            #expect(TemplateJSON.value(of: text) == nil, "\(text)")
        }
    }
}
