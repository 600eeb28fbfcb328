// swift-tools-version: 6.2
import PackageDescription

/// Every target is checked for unsafe constructs; `docs/ARCHITECTURE.md` says which module may import which.
let settings: [SwiftSetting] = [.strictMemorySafety()]

func module(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name), "KairaTestSupport"] + dependencies,
        swiftSettings: settings)
}

let numerics: Target.Dependency = .product(name: "RealModule", package: "swift-numerics")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "kaira",
    products: [
        "KairaGeometry", "KairaImage", "KairaMotion", "KairaPhysics", "KairaScene", "KairaFormats", "KairaTensor",
        "KairaPose",
        "KairaRetarget", "KairaRender", "KairaMedia", "KairaPlot", "KairaLearning", "KairaSpeech", "Kaira",
    ].map { .library(name: $0, targets: [$0]) } + [.executable(name: "kaira", targets: ["KairaCLI"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    ],
    targets: [
        // C libraries of the system, one module map and one shim header each.
        .systemLibrary(
            name: "CEGL", pkgConfig: "egl", providers: [.apt(["libegl-dev", "libopengl-dev", "libgl-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CMatIO", providers: [.apt(["libmatio-dev"])]),
        .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
        // libpng's longjmp must not cross Swift frames: this keeps it in C.
        .target(name: "CKairaPNG", dependencies: ["CPNG"]),
        // The few C kernels that beat the libraries, dispatched at run time.
        .target(name: "CKairaKernels"),
        // The Manifold library, loaded when booleans are asked for; scripts/install-manifold compiles the shim.
        .target(name: "CKairaManifold", exclude: ["shim"]),

        module("KairaGeometry", [numerics, "CKairaKernels", "CKairaManifold"]),
        module("KairaImage", ["CKairaPNG", "CTurboJPEG"]),
        module("KairaMotion", ["KairaGeometry", numerics]),
        module("KairaPhysics", ["KairaGeometry", numerics]),
        module("KairaScene", ["KairaGeometry", "KairaImage", "KairaMotion", "KairaPhysics"]),
        module("KairaFormats", ["KairaScene"]),
        module("KairaTensor", ["CKairaKernels"]),
        module("KairaLearning", ["KairaTensor"], resources: [.embedInCode("Data/Resources/digits.csv.gz")]),
        module("KairaPose", ["KairaTensor", "KairaImage", "KairaMotion"]),
        module("KairaRetarget", ["KairaScene"]),
        module("KairaSpeech", ["KairaMotion"]),
        module("KairaRender", ["KairaScene", "CEGL"]),
        module("KairaMedia", ["KairaImage"]),
        module("KairaPlot", ["KairaImage", "KairaMotion", "CCairo"]),
        module(
            "Kaira",
            [
                "KairaGeometry", "KairaImage", "KairaMotion", "KairaPhysics", "KairaScene", "KairaFormats",
                "KairaTensor", "KairaPose",
                "KairaRetarget", "KairaRender", "KairaMedia", "KairaPlot", "KairaLearning", "KairaSpeech", "CMatIO",
            ]),
        .executableTarget(name: "KairaCLI", dependencies: ["Kaira", argumentParser], swiftSettings: settings),

        .target(
            name: "KairaTestSupport", dependencies: ["KairaGeometry", "KairaImage"], path: "Tests/KairaTestSupport",
            swiftSettings: settings),
        tests("KairaGeometry", []),
        tests("KairaImage", []),
        tests("KairaMotion", []),
        tests("KairaPhysics", ["KairaGeometry"]),
        tests("KairaScene", ["KairaPhysics"]),
        // Reads one file under limits, for the tests of hostile files.
        .executableTarget(
            name: "KairaReadProbe", dependencies: ["KairaFormats"], path: "Tests/KairaReadProbe",
            swiftSettings: settings),
        tests("KairaFormats", ["KairaReadProbe", "KairaScene", "KairaGeometry", "KairaImage", "KairaMotion"]),
        tests("KairaTensor", []),
        tests("KairaLearning", ["KairaTensor"]),
        tests("KairaPose", []),
        tests("KairaRetarget", []),
        tests("KairaSpeech", ["KairaMotion"]),
        tests("KairaRender", []),
        tests("KairaMedia", []),
        tests("KairaPlot", []),
        tests(
            "Kaira",
            [
                "KairaCLI", "KairaGeometry", "KairaLearning", "KairaMotion", "KairaScene", "KairaImage", "KairaFormats",
            ]),
    ],
    swiftLanguageModes: [.v6]
)
