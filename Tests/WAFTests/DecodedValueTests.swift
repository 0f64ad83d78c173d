import Testing

@testable import WAF

@Suite("Decoding as the attacked program would")
struct DecodedValueTests {
    @Test(
        "Text is what is left when all is undone",
        arguments: [
            ("a%27b", "a'b"), ("a%2527b", "a'b"), ("a%252527b", "a'b"), ("%u0027", "'"), ("%uff07", "'"), ("\u{ff07}", "'"),
            ("&#39;&#x27;&quot;&lt", "''\"&lt"), ("\\u0027\\x27\\u{27}", "'''"), ("A  \t B", "a b"), ("a \r\n b", "a\nb"),
            ("un%00ion", "union"), ("100%", "100%"), ("%zz%4", "%zz%4"), ("%e9", "\u{e9}"), ("", ""),
        ])
    func text(input: String, expected: String) {
        var value = DecodedValue()
        value.load(Array(input.utf8), plusIsBlank: false)
        // One byte of Latin-1 stays the byte it is.
        let wanted = expected == "\u{e9}" ? [0xe9] : Array(expected.utf8)
        #expect(value.text == wanted, "\(String(decoding: value.text, as: UTF8.self))")
    }

    @Test(
        "Overlong UTF-8 is the ASCII that lenient decoders make of it",
        arguments: [([0xc0, 0xae], "."), ([0xc0, 0xaf], "/"), ([0xe0, 0x80, 0xaf], "/"), ([0xc1, 0x9c], "\\")]
            as [([UInt8], String)])
    func overlong(bytes: [UInt8], expected: String) {
        var value = DecodedValue()
        value.load(bytes, plusIsBlank: false)
        #expect(value.text == Array(expected.utf8))
        #expect(value.applied.contains(.overlong))
    }

    @Test(
        "A view is the text as its reader takes it",
        arguments: [
            (ValueView.sql, "1/**/union/*!50000select*/2", "1 union select 2"), (.sql, "a /* open", "a /* open"),
            (.path, "..\\..\\x", "../../x"), (.path, "/a/./b//c", "/a/b/c"), (.path, "http://a//b", "http://a/b"),
            (.path, "0x2e0x2e0x2fx", "../x"), (.shell, "c''a\\t$ifs/etc", "cat /etc"), (.shell, "c$@at ${ifs}x", "cat  x"),
            (.shell, "pi``ng$()", "ping"), (.script, "java\nscr/*x*/ipt:a(1)", "javascript:a(1)"),
        ])
    func views(view: ValueView, input: String, expected: String) {
        var value = DecodedValue()
        value.load(Array(input.utf8), plusIsBlank: false)
        #expect(String(decoding: value.bytes(of: view).bytes, as: UTF8.self) == expected)
    }

    @Test("Base64 is undone where it is text, and only there")
    func base64() {
        #expect(Base64Text.decode(Array("PHNjcmlwdD5hbGVydCgxKQ==".utf8)) == Array("<script>alert(1)".utf8))
        #expect(Base64Text.decode(Array("0123456789abcdef".utf8)) == nil)
        #expect(Base64Text.decode(Array("c2hvcnQ=".utf8)) == nil)
        #expect(Base64Text.decode(Array("not base64 at all!".utf8)) == nil)
    }

    @Test("A value beyond the limit is looked at up to it")
    func limit() {
        var value = DecodedValue()
        value.load([UInt8](repeating: 0x61, count: DecodedValue.maximumBytes + 10), plusIsBlank: false)
        #expect(value.text.count == DecodedValue.maximumBytes)
    }
}
