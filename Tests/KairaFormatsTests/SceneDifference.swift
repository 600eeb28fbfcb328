import KairaImage
import KairaScene

/// Finds the first place where two values differ, by their stored properties.
struct SceneDifference {
    /// By how much floating point numbers may differ, of the larger one or 1.
    var tolerance: Float = 0
    /// Names of properties that are not compared.
    var ignored: Set<String> = []

    /// The place and both values; nil where the two are the same.
    func first(_ a: Any, _ b: Any, at path: String = "") -> String? {
        switch (a, b) {
        case (let a as Float, let b as Float):
            return a == b || abs(a - b) <= tolerance * max(1, abs(a), abs(b)) ? nil : "\(path): \(a), \(b)"
        case (let a as [Float], let b as [Float]) where a == b: return nil
        case (let a as [UInt8], let b as [UInt8]): return a == b ? nil : "\(path): \(a.count) and \(b.count) bytes"
        case (let a as [UInt16], let b as [UInt16]): return a == b ? nil : "\(path): \(a.count) and \(b.count) numbers"
        case (let a as [UInt32], let b as [UInt32]): return a == b ? nil : "\(path): \(a.count) and \(b.count) numbers"
        case (let a as [SIMD2<Float>], let b as [SIMD2<Float>]) where a == b: return nil
        case (let a as [SIMD3<Float>], let b as [SIMD3<Float>]) where a == b: return nil
        case (let a as [SIMD4<Float>], let b as [SIMD4<Float>]) where a == b: return nil
        case (let a as SIMD2<Float>, let b as SIMD2<Float>): return numbers([a.x, a.y], [b.x, b.y], path)
        case (let a as SIMD3<Float>, let b as SIMD3<Float>): return numbers([a.x, a.y, a.z], [b.x, b.y, b.z], path)
        case (let a as SIMD4<Float>, let b as SIMD4<Float>):
            return numbers([a.x, a.y, a.z, a.w], [b.x, b.y, b.z, b.w], path)
        case (let a as Image, let b as Image): return a == b ? nil : "\(path): other pixels"
        case (let a as any Hashable, let b as any Hashable) where AnyHashable(a) == AnyHashable(b): return nil
        default: break
        }
        let (left, right) = (Mirror(reflecting: a), Mirror(reflecting: b))
        guard left.subjectType == right.subjectType else { return "\(path): \(a), \(b)" }
        let (own, other) = (Array(left.children), Array(right.children))
        guard own.count == other.count else { return "\(path): \(own.count) and \(other.count) parts" }
        if own.isEmpty { return "\(a)" == "\(b)" ? nil : "\(path): \(a), \(b)" }
        for (i, (x, y)) in zip(own, other).enumerated() {
            let name = x.label ?? String(i)
            if ignored.contains(name) { continue }
            guard x.label == y.label else { return "\(path): \(name), \(y.label ?? "")" }
            if let found = first(x.value, y.value, at: path + "/" + name) { return found }
        }
        return nil
    }

    private func numbers(_ a: [Float], _ b: [Float], _ path: String) -> String? {
        for (i, (x, y)) in zip(a, b).enumerated() {
            if let found = first(x, y, at: "\(path)/\(i)") { return found }
        }
        return nil
    }
}
