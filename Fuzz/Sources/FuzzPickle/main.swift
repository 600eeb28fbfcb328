import FuzzDriver
import KairaTensor

/// Touches every part of a value; shared and cyclic values end the walk.
func walk(_ value: PickleValue, _ left: inout Int, depth: Int = 0) {
    left -= 1
    guard left > 0, depth < 100 else { return }
    _ = value.typeName
    _ = value.bytes
    _ = try? value.array()
    _ = try? value.objects()
    for part in [value.arguments, value.state, value.reference] + (value.items ?? []) {
        if let part { walk(part, &left, depth: depth + 1) }
    }
    for (key, value) in value.entries ?? [] {
        walk(key, &left, depth: depth + 1)
        walk(value, &left, depth: depth + 1)
    }
}

// Reads whatever bytes come in as pickles, as an archive of pickled arrays and as a weight file: nothing may trap, hang or
// take more memory than the bytes justify.
fuzz { bytes in
    var reader = PickleReader(bytes: bytes)
    var left = 2000
    while !reader.isAtEnd, let value = try? reader.next() { walk(value, &left) }
    if let archive = try? PickledArchive(bytes: bytes, limit: 1 << 24) {
        for name in archive.names { if let value = try? archive.object(name) { walk(value, &left) } }
    }
    if let file = try? WeightFile(bytes: bytes) {
        for name in file.names.prefix(100) { _ = file[name]?.containsNonFinite }
    }
}
