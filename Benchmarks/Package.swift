// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that nobody pays for it in a normal build. It drives the program as its users do, over its ports, and
// so needs nothing but Foundation.
let package = Package(
    name: "magewatch-benchmarks",
    targets: [.executableTarget(name: "ingest-benchmark", swiftSettings: [.swiftLanguageMode(.v6)])]
)
