// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "kaira-benchmarks",
    dependencies: [.package(name: "kaira", path: "..")],
    targets: [
        .executableTarget(
            name: "kaira-bench",
            dependencies: [
                "Kaira", "KairaGeometry", "KairaImage", "KairaPose", "KairaRender", "KairaScene", "KairaTensor",
            ].map {
                .product(name: $0, package: "kaira")
            },
            swiftSettings: [.strictMemorySafety()])
    ],
    swiftLanguageModes: [.v6]
)
