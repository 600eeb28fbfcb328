// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// A fuzz target for each folder of `Sources`, with the module that it tries.
let modules = [
    "FuzzTFLite": "KairaTensor", "FuzzSafetensors": "KairaTensor", "FuzzPickle": "KairaTensor",
    "FuzzONNX": "KairaTensor", "FuzzNumPy": "KairaTensor", "FuzzGLTF": "KairaFormats", "FuzzMotion": "KairaFormats",
    "FuzzIDX": "KairaLearning", "FuzzRTM": "KairaPose",
    "FuzzSolid": "KairaFormats",
    "FuzzWAV": "KairaMedia", "FuzzVisemes": "KairaFormats",
]
let present = modules.filter { FileManager.default.fileExists(atPath: "\(Context.packageDirectory)/Sources/\($0.key)") }

let package = Package(
    name: "kaira-fuzz",
    dependencies: [.package(name: "kaira", path: "..")],
    targets: [.target(name: "FuzzDriver")]
        + present.sorted { $0.key < $1.key }.map { name, module in
            .executableTarget(name: name, dependencies: ["FuzzDriver", .product(name: module, package: "kaira")])
        },
    swiftLanguageModes: [.v6]
)
