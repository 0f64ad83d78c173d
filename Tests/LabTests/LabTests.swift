import Testing

@testable import Lab

@Suite("The laboratory's pure parts")
struct LabTests {}
