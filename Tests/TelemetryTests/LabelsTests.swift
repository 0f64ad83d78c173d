import Telemetry
import Testing

@Suite struct LabelsTests {
    @Test("Labels are sorted by name, whatever order they come in")
    func sorts() {
        #expect(Labels([Label("b", "1"), Label("a", "2")]).description == "{a=\"2\", b=\"1\"}")
    }
}
