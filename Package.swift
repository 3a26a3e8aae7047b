// swift-tools-version:6.2
import PackageDescription

// Layout and arrows: ARCHITECTURE.md. C targets hold one C library each; Swift never sees its header.
var strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
// In CI only: another toolchain's new warning must not keep a person from building.
if Context.environment["CI"] != nil { strict.append(.treatAllWarnings(as: .error)) }

// Tests are compiled a dozen times for each time they run a loop that optimising would notice: unoptimised, they take a
// third of the time to build. What they test is optimised, and so is what measures.
let tests = strict + [.unsafeFlags(["-Onone"])]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
]

let package = Package(
  name: "gztop",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "gztop", targets: ["gztop"]),
    .executable(name: "gzload", targets: ["gzload"]),
    .executable(name: "gzproxy", targets: ["gzproxy"]),
    .executable(name: "gzorigin", targets: ["gzorigin"]),
    .executable(name: "gzlambda", targets: ["gzlambda"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.90.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
  ],
  targets: [
    // C, one library a target.
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
    .target(
      name: "CInflate",
      linkerSettings: [
        .linkedLibrary("z"),
        .linkedLibrary("isal", .when(platforms: [.linux])),
      ]),
    .target(
      name: "CTerminal",
      linkerSettings: [
        .linkedLibrary("ncursesw", .when(platforms: [.linux])),
        .linkedLibrary("ncurses", .when(platforms: [.macOS])),
      ]),

    .target(name: "CSpawn"),
    .target(name: "CSplice"),
    .target(name: "CDigest", linkerSettings: [.linkedLibrary("crypto", .when(platforms: [.linux]))]),
    .target(name: "Digest", dependencies: ["CDigest"], swiftSettings: strict),

    // What every tool shares: units, exit codes, the contract between a lab and its children.
    .target(
      name: "ToolSupport", dependencies: ["CSpawn", argumentParser, .product(name: "Yams", package: "Yams")],
      swiftSettings: strict),

    .target(
      name: "Origin",
      dependencies: nio + [
        "ToolSupport", argumentParser,
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        "CDeflate", "Digest",
      ],
      swiftSettings: strict),
    .target(name: "CDeflate", linkerSettings: [.linkedLibrary("z")]),
    .target(
      name: "ProxyCore",
      dependencies: nio + [
        "CSplice", "ToolSupport", argumentParser,
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
    .target(
      name: "LambdaEmulator",
      dependencies: nio + [
        "ToolSupport", argumentParser,
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
    .target(
      name: "LoadGen",
      dependencies: [
        "CCurl", "CInflate", "Digest", "ToolSupport", argumentParser,
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ],
      swiftSettings: strict),
    .target(
      name: "ProxyTUI",
      dependencies: ["CTerminal", "LoadGen", "ToolSupport", argumentParser],
      swiftSettings: strict),

    // Thin executables.
    .executableTarget(
      name: "gzload", dependencies: ["LoadGen", "ProxyCore", "Origin", "LambdaEmulator", "ToolSupport"],
      swiftSettings: strict),
    .executableTarget(
      name: "gztop", dependencies: ["ProxyTUI", "LoadGen", "ProxyCore", "Origin", "LambdaEmulator", "ToolSupport"],
      swiftSettings: strict),
    .executableTarget(name: "gzproxy", dependencies: ["ProxyCore", "ToolSupport"], swiftSettings: strict),
    .executableTarget(name: "gzlambda", dependencies: ["LambdaEmulator", "ToolSupport"], swiftSettings: strict),
    .executableTarget(name: "gzorigin", dependencies: ["Origin", "ToolSupport"], swiftSettings: strict),

    // Tests mirror the sources.
    .target(
      name: "TestSupport",
      dependencies: nio + ["ToolSupport"],
      path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(name: "DigestTests", dependencies: ["Digest"], swiftSettings: tests),
    .testTarget(name: "ToolSupportTests", dependencies: ["ToolSupport", argumentParser], swiftSettings: tests),
    .testTarget(
      name: "OriginTests",
      dependencies: nio + [
        "Origin", "TestSupport", "ToolSupport", "CDeflate", "Digest", argumentParser,
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      swiftSettings: tests),
    .testTarget(
      name: "LambdaEmulatorTests",
      dependencies: nio + [
        "LambdaEmulator", "TestSupport", "ToolSupport", argumentParser,
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      exclude: ["Fixtures"],
      swiftSettings: tests),
    .testTarget(
      name: "ProxyCoreTests",
      dependencies: nio + [
        "ProxyCore", "TestSupport", "ToolSupport", argumentParser,
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      exclude: ["Differential/read-with-h11.py"],
      swiftSettings: tests),
    .target(name: "CTestDeflate", path: "Tests/CTestDeflate", linkerSettings: [.linkedLibrary("z")]),
    .testTarget(
      name: "LoadGenTests",
      dependencies: nio + [
        "LoadGen", "Origin", "TestSupport", "CInflate", "CTestDeflate", "CCurl", "ToolSupport", argumentParser,
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ],
      swiftSettings: tests),
    .testTarget(
      name: "ProxyTUITests", dependencies: ["ProxyTUI", "LoadGen", "ToolSupport", argumentParser],
      exclude: ["Snapshots"],
      swiftSettings: tests),
    .testTarget(name: "SoakTests", dependencies: ["TestSupport", "ToolSupport"], swiftSettings: strict),
    .testTarget(
      name: "IntegrationTests", dependencies: ["LoadGen", "TestSupport", "ToolSupport"], swiftSettings: tests),
  ],
  swiftLanguageModes: [.v6]
)

// It looks inside the libraries, which only a build with -enable-testing can: Scripts/flags.sh, which says so.
if Context.environment["GZMICRO"] != nil {
  package.targets.append(
    .executableTarget(
      name: "gzmicro",
      dependencies: [
        "CDeflate", "LoadGen", "ProxyCore", "ToolSupport", .product(name: "NIOCore", package: "swift-nio"),
      ],
      path: "Benchmarks/Micro", swiftSettings: strict))
}
