import Parsing
import Testing

@Suite struct ExpositionMetadataTests {
    @Test("Types, help texts and units are read, in any order, escapes resolved")
    func lines() {
        let text = """
            # HELP a_total What a does, \\"quoted\\" and\\nbroken \\\\.
            # TYPE a_total counter
            a_total{x="# TYPE no gauge"} 1
            # a remark
            # TYPE
            # TYPE b untyped
            # UNIT c_seconds seconds
            # HELP "d.e" Dotted.
            #TYPE f gauge
            # TYPE g gauge
            # EOF
            """
        let found = ExpositionMetadata.parse(Array(text.utf8))
        #expect(found.map(\.metric) == ["a_total", "b", "c_seconds", "d.e", "g"])
        #expect(found.map(\.type) == ["counter", "unknown", "unknown", "unknown", "gauge"])
        #expect(found[0].help == "What a does, \"quoted\" and\nbroken \\.")
        #expect(found[2].unit == "seconds" && found[3].help == "Dotted.")
    }

    @Test("Neither many metrics nor long texts are taken whole")
    func limits() {
        let many = (0..<ExpositionMetadata.maximumMetrics + 5).map { "# TYPE m\($0) gauge\n" }.joined()
        #expect(ExpositionMetadata.parse(Array(many.utf8)).count == ExpositionMetadata.maximumMetrics)
        let long = "# HELP m " + String(repeating: "x", count: 5000)
        #expect(ExpositionMetadata.parse(Array(long.utf8)).first?.help.utf8.count == ExpositionMetadata.maximumHelpBytes)
    }
}
