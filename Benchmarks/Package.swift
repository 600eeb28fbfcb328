// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "kaira-benchmarks",
    dependencies: [.package(name: "kaira", path: "..")],
    targets: [
        .target(name: "CAllocationCount"),
        .executableTarget(
            name: "kaira-bench",
            dependencies: [
                "Kaira", "KairaGeometry", "KairaImage", "KairaLearning", "KairaPhysics", "KairaPose", "KairaRender",
                "KairaScene",
                "KairaTensor",
            ].map {
                .product(name: $0, package: "kaira")
            } + ["CAllocationCount"],
            swiftSettings: [.strictMemorySafety()]),
    ],
    swiftLanguageModes: [.v6]
)
