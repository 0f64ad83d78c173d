// swift-tools-version: 6.3
import PackageDescription

/// Every target, tests included, is built with these.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

// Products of other packages, by the name we call them.
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioFoundationCompat = Target.Dependency.product(name: "NIOFoundationCompat", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPCompression = Target.Dependency.product(name: "NIOHTTPCompression", package: "swift-nio-extras")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let swiftASN1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// One room of the house: a target in `Sources/` and its mirror in `Tests/`.
func room(
    _ name: String, _ dependencies: [Target.Dependency] = [], tests: [Target.Dependency] = [], excludingTests: [String] = []
) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, swiftSettings: settings),
        .testTarget(
            name: name + "Tests",
            dependencies: [.target(name: name), "TestKit"] + dependencies + tests,
            exclude: excludingTests,
            swiftSettings: settings
        ),
    ]
}

// Floor 0: C modules, and what everything else is made of. Rooms may import only rooms below them;
// `scripts/check-floors` fails the build when an import climbs.
let foundations: [Target] =
    [
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CSnappy", providers: [.apt(["libsnappy-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(name: "CLinux"),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
        .target(name: "TestKit", path: "Tests/TestKit", swiftSettings: settings),
    ]
    + room("Compression", ["CLZ4", "CLinux", "CSnappy", "CZlib", "CZstd"])
    + room("GeoDatabase")
    + room("RegularExpressions", ["CRE2"])
    + room("Telemetry", ["RegularExpressions"])
    + room("Topology")

// Floor 1: contracts, configuration, stores.
let stores: [Target] =
    room("Authority", [crypto, swiftASN1, x509])
    + room("Parsing", ["Telemetry", "RegularExpressions", "CLinux"])
    + room("AgentContract", ["Telemetry", "Topology"])
    + room("StackConfiguration", ["Telemetry", "Topology", yams])
    + room("MetricStore", ["Telemetry", "Compression", "CLinux"])
    + room("LogStore", ["Telemetry", "Compression", "CLinux", "RegularExpressions"])
    + room("StateStore", ["Telemetry", "Topology", crypto, grdb])

// Floor 2: languages, what goes where, and the hands.
let engines: [Target] =
    room("PromQL", ["Telemetry", "RegularExpressions"], tests: ["MetricStore"])
    + room("LogQL", ["Telemetry", "Parsing", "RegularExpressions"])
    + room("Placement")
    + room("Drivers", ["AgentContract", "Telemetry", "Topology", "CLinux", logging, subprocess])

// Floor 3: what watches, foresees, decides and acts.
let judgement: [Target] =
    room("Alerting", ["Telemetry", "StateStore", "PromQL", yams, logging, asyncHTTPClient, nioCore, nioHTTP1])
    + room("Checks", ["Telemetry", logging, asyncHTTPClient, nioCore, nioHTTP1, nioPosix, nioSSL, nioTLS])
    + room("WAF", ["GeoDatabase", "Telemetry", "Parsing", "RegularExpressions", "Topology", crypto, yams])
    + room("Forecasting", ["Telemetry"])
    + room("Planning", ["AgentContract", "Placement", "Telemetry", "Topology"])
    + room("Execution", ["AgentContract", "StateStore", "Telemetry", "Topology", logging], tests: ["Planning"])

// Floor 4: the edges.
let edges: [Target] =
    room(
        "Ingest",
        [
            "Telemetry", "Parsing", "Compression", logging, nioCore, nioPosix, nioHTTP1, nioHTTPCompression,
            nioFoundationCompat, asyncHTTPClient,
        ],
        tests: [nioEmbedded]
    )
    + room(
        "MonitorAPI",
        [
            "Telemetry", "Topology", "AgentContract", "Compression", "PromQL", "LogQL", "RegularExpressions", logging,
            hummingbird, hummingbirdCore, nioCore, nioPosix, nioHTTP1, nioHTTPTypes, nioHTTPTypesHTTP1, nioWebSocket,
            serviceLifecycle,
        ],
        tests: [hummingbirdTesting, subprocess]
    )
    + room("ServiceMetrics", ["Telemetry", "Topology", "CLinux", crypto, logging])
    + room("Dashboard", ["AgentContract", "Telemetry", "Topology", yams], excludingTests: ["Golden"])

// Floors 5 to 7: composition, the laboratory, the command.
let house: [Target] =
    room(
        "Agent",
        [
            "AgentContract", "Authority", "Drivers", "Parsing", "ServiceMetrics", "Telemetry", "Topology", "CLinux", logging,
            hummingbird, hummingbirdCore, hummingbirdTLS, asyncHTTPClient, serviceLifecycle, nioCore, nioFoundationCompat,
            nioHTTP1, nioSSL,
        ]
    )
    + room(
        "Monitor",
        [
            "Agent", "AgentContract", "Alerting", "Authority", "Checks", "StackConfiguration", "Drivers", "Execution",
            "Forecasting",
            "GeoDatabase", "Ingest", "LogQL", "LogStore", "MetricStore", "MonitorAPI", "Parsing", "Planning", "PromQL",
            "ServiceMetrics",
            "StateStore", "Telemetry", "Topology", "WAF", logging, asyncHTTPClient, serviceLifecycle, nioCore,
            nioFoundationCompat,
            nioHTTP1, nioPosix, nioSSL, hummingbird, hummingbirdCore, hummingbirdTLS, unixSignals,
        ],
        excludingTests: ["Rules"]
    )
    + room(
        "Lab",
        [
            "AgentContract", "StackConfiguration", "Drivers", "Telemetry", "Topology", "CLinux", logging, subprocess,
            asyncHTTPClient,
            nioCore,
        ]
    )
    + [
        .executableTarget(
            name: "magewatch",
            dependencies: [
                "Agent", "AgentContract", "Alerting", "StackConfiguration", "Dashboard", "Drivers", "Forecasting", "Lab", "LogQL",
                "LogStore", "MetricStore", "Monitor", "MonitorAPI", "Parsing", "Placement", "Planning", "PromQL",
                "ServiceMetrics", "Telemetry", "Topology", "WAF", "CLinux",
                argumentParser, logging, asyncHTTPClient, serviceLifecycle, unixSignals, nioCore, nioFoundationCompat, nioHTTP1,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "Conformance",
            dependencies: ["PromQL", "LogQL", "Parsing", "Telemetry", "TestKit", "Topology", "WAF"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "EndToEnd",
            dependencies: ["Telemetry", "TestKit", asyncHTTPClient, nioCore, nioHTTP1],
            swiftSettings: settings
        ),
    ]

let package = Package(
    name: "magewatch",
    products: [.executable(name: "magewatch", targets: ["magewatch"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: foundations + stores + engines + judgement + edges + house
)
