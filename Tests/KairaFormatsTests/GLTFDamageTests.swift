import Foundation
import KairaFormats
import KairaScene
import Testing

/// Files that were valid, then damaged: each is refused or read, and what is read can be deformed and written.
///
/// A trap ends the whole test process; the fuzz target `FuzzGLTF` looks further.
@Suite struct GLTFDamageTests {
    @discardableResult
    private func attempt(_ bytes: [UInt8]) -> Bool {
        guard var scene = try? GLTFReader().read(bytes, file: "damaged.vrm") else { return false }
        let report = SceneReport(scene, file: "")
        let baker = GeometryBaker(scene)
        for clip in [nil, "0"] { _ = try? baker.bake(clip: clip, time: 0.4) }
        if var physics = ScenePhysics(scene) {
            var state = SceneState(scene)
            for _ in 0..<2 {
                physics.update(&state, deltaTime: 1.0 / 60)
                state.updateWorld()
            }
            _ = baker.bake(state)
        }
        if scene.avatar?.version == .vrm0 { scene.avatar = nil }
        let written = try? GLTFWriter().write(scene)
        // What could be written can be read.
        if let written {
            do { _ = try GLTFReader().read(written) } catch { Issue.record("\(error), after \(report.warnings)") }
        }
        return true
    }

    /// The two parts of a small model: JSON and binary data.
    private static func parts(_ name: String) throws -> (json: [UInt8], binary: [UInt8]) {
        let bytes = try #require(SmallModels.all.first { $0.name == name }).bytes
        guard bytes.starts(with: "glTF".utf8) else { return (bytes, []) }
        let length = Int(bytes[12]) | Int(bytes[13]) << 8 | Int(bytes[14]) << 16
        return (Array(bytes[20..<20 + length]), Array(bytes[(28 + length)...]))
    }

    /// A GLB whose lengths are right whatever is in it; a `.gltf` where there is no data.
    private static func assemble(_ json: [UInt8], _ binary: [UInt8]) -> [UInt8] {
        if binary.isEmpty { return json }
        func u32(_ value: Int) -> [UInt8] { [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) } }
        let text = json + [UInt8](repeating: 0x20, count: (4 - json.count % 4) % 4)
        let data = binary + [UInt8](repeating: 0, count: (4 - binary.count % 4) % 4)
        return Array("glTF".utf8) + u32(2) + u32(28 + text.count + data.count) + u32(text.count) + Array("JSON".utf8)
            + text + u32(data.count) + [0x42, 0x49, 0x4E, 0] + data
    }

    @Test("the small models are read as they are", arguments: SmallModels.all.map(\.name))
    func whole(name: String) throws {
        let (json, binary) = try Self.parts(name)
        let scene = try GLTFReader().read(Self.assemble(json, binary))
        #expect(scene.avatar?.bones.count ?? 0 >= 3 && !scene.meshes.isEmpty && scene.animations.count == 1)
        #expect(scene.warnings.count <= (name == "vrm0" ? 3 : 0), "\(scene.warnings)")
    }

    @Test("cut at every byte, and with its lengths set right again", arguments: SmallModels.all.map(\.name))
    func cut(name: String) throws {
        let bytes = try #require(SmallModels.all.first { $0.name == name }).bytes
        for end in 0..<bytes.count { #expect(!attempt(Array(bytes[..<end])), "cut at \(end)") }
        let (json, binary) = try Self.parts(name)
        for end in stride(from: 0, to: binary.count, by: 5) { attempt(Self.assemble(json, Array(binary[..<end]))) }
        for end in stride(from: 0, to: json.count, by: 7) { attempt(Self.assemble(Array(json[..<end]), binary)) }
    }

    @Test("one to eight bytes changed, 4000 times", arguments: SmallModels.all.map(\.name), 0..<4)
    func flipped(name: String, seed: Int) throws {
        let bytes = try #require(SmallModels.all.first { $0.name == name }).bytes
        var random = SplitMix(UInt64(seed))
        for _ in 0..<1000 {
            var damaged = bytes
            for _ in 0...Int.random(in: 0..<8, using: &random) {
                damaged[Int.random(in: damaged.indices, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            }
            attempt(damaged)
        }
    }

    @Test("each number of the JSON replaced: inflated, negative, broken", arguments: SmallModels.all.map(\.name))
    func inflated(name: String) throws {
        let (json, binary) = try Self.parts(name)
        let text = String(decoding: json, as: UTF8.self)
        let numbers = text.matches(of: #/-?\d+(\.\d+)?([eE][+-]?\d+)?/#).map(\.range)
        #expect(numbers.count > 200)
        for range in numbers {
            for value in ["-1", "0", "65536", "4294967296", "1e18", "0.5", "3e38"] {
                attempt(
                    Self.assemble(Array((text[..<range.lowerBound] + value + text[range.upperBound...]).utf8), binary))
            }
        }
    }

    @Test("each value of the JSON replaced by one of another kind, or left out", arguments: SmallModels.all.map(\.name))
    func retyped(name: String) throws {
        let (json, binary) = try Self.parts(name)
        let root = try JSONSerialization.jsonObject(with: Data(json))
        // Every fifth: six of each place, so that all kinds come up, at different places.
        for (i, damaged) in Self.variants(of: root).enumerated() where i % 5 == 0 {
            attempt(Self.assemble([UInt8](try JSONSerialization.data(withJSONObject: damaged)), binary))
        }
    }

    /// The value with one of its parts, at any depth, replaced or removed.
    private static func variants(of value: Any) -> [Any] {
        let others: [Any] = [NSNull(), "x", [Any](), [String: Any](), [0, 0, 0, 0]]
        if let object = value as? [String: Any] {
            return object.flatMap { name, member -> [Any] in
                var less = object
                less[name] = nil
                return [less] + (others + variants(of: member)).map { object.merging([name: $0]) { $1 } }
            }
        }
        if let array = value as? [Any] {
            return array.indices.flatMap { i -> [Any] in
                var less = array
                less.remove(at: i)
                return [less]
                    + ((i < 2 ? others : []) + variants(of: array[i])).map { part in
                        var damaged = array
                        damaged[i] = part
                        return damaged
                    }
            }
        }
        return []
    }
}

/// The same numbers on every machine (Steele, Lea and Flood, 2014).
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
