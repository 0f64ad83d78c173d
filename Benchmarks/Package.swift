// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that nobody pays for it in a normal build. It drives programs as their users do, over their ports, and so
// needs nothing but Foundation.
let settings: [SwiftSetting] = [.swiftLanguageMode(.v6)]

let package = Package(
    name: "magewatch-benchmarks",
    targets: [
        .target(name: "BenchmarkKit", swiftSettings: settings),
        .executableTarget(name: "forecast-benchmark", dependencies: ["BenchmarkKit"], swiftSettings: settings),
        .executableTarget(name: "ingest-benchmark", dependencies: ["BenchmarkKit"], swiftSettings: settings),
        .executableTarget(name: "logs-benchmark", dependencies: ["BenchmarkKit"], swiftSettings: settings),
        .executableTarget(name: "metrics-benchmark", dependencies: ["BenchmarkKit"], swiftSettings: settings),
        .executableTarget(name: "placement-benchmark", dependencies: ["BenchmarkKit"], swiftSettings: settings),
        .executableTarget(name: "waf-benchmark", dependencies: ["BenchmarkKit"], swiftSettings: settings),
    ]
)
