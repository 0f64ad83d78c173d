import TestKit
import Testing

@testable import Telemetry

@Test func x() { #expect(Labels([Label("b", "1"), Label("a", "2")]).description == "{a=\"2\", b=\"1\"}") }
