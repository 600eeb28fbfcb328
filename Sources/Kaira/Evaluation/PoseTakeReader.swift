import Foundation
import KairaPose
import KairaTensor

/// Reads the takes of a set of 3D poses from the layouts in use.
///
/// - `.npz` with one array `positions` `[frames, joints, 3]`, millimetres: one nameless take; `.npy` likewise.
/// - `.npz` with one array a take, named `subject/take` (`S9/Walking 1`, `Validate/S1/Jog 1 chunk0`, `TS3`), in the unit of
///   the protocol's own files: metres for Human3.6M and HumanEva, millimetres else. `TS3/valid` and `TS3/activity` are
///   one number a frame.
/// - `.npz` with pickled dictionaries `{subject: {take: array}}` in the same units, as `data_3d_h36m.npz` and
///   `data_3d_humaneva15.npz` have them, or `{TSn: {data_3d, valid}}`; nothing of a pickle is run.
/// - MATLAB files and folders of MPI-INF-3DHP: `TSn/annot_data.mat`, or results with variables `TS1`...
struct PoseTakeReader {
    var setProtocol: PoseProtocol3D

    func read(_ path: String) throws -> [PoseTake] {
        var isFolder: ObjCBool = false
        if unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            return try folder(path)
        }
        let takes: [PoseTake]
        switch OutputPath.kind(path) {
        case "npz": takes = try archive(path)
        case "npy":
            takes = [try take(NumPyArray(npy: try OutputPath.read(path)), subject: "", take: "", unit: 1, path: path)]
        case "mat": takes = try matlab(path)
        default: throw KairaError.usage("\(path): a set of 3D poses is a .npz, .npy or .mat file or a folder of TS1...")
        }
        guard !takes.isEmpty else { throw KairaError.badData(path: path, reason: "it holds no poses") }
        return takes
    }

    // MARK: NumPy

    private func archive(_ path: String) throws -> [PoseTake] {
        let archive = try PickledArchive(bytes: try OutputPath.read(path))
        if archive.names.contains("positions"), !archive.holdsObjects("positions") {
            return [try take(archive.array("positions"), subject: "", take: "", unit: 1, path: path)]
        }
        var takes: [PoseTake] = []
        for name in archive.names where name != "metadata" && !name.hasSuffix("/valid") && !name.hasSuffix("/activity")
        {
            if archive.holdsObjects(name) {
                try walk(try archive.object(name), name: [], into: &takes, path: path)
                continue
            }
            let (subject, action) = Self.parts(name, of: setProtocol)
            var one = try take(archive.array(name), subject: subject, take: action, unit: setProtocol.unit, path: path)
            func flags(_ suffix: String) throws -> [Double]? {
                guard archive.names.contains(name + suffix) else { return nil }
                return try self.flags(archive.array(name + suffix), frames: one.positions.frames, name, path)
            }
            one.isValid = try flags("/valid")?.map { $0 != 0 }
            one.activities = try flags("/activity")?.map { Int(exactly: $0) ?? 0 }
            takes.append(one)
        }
        return takes
    }

    /// Finds the takes in dictionaries of dictionaries, whose keys are subject and take.
    private func walk(_ value: PickleValue, name: [String], into takes: inout [PoseTake], path: String) throws {
        let label = name.joined(separator: "/")
        func add(_ array: NumPyArray, suffix: String = "") throws {
            let (subject, action) = Self.parts(label + suffix, of: setProtocol)
            takes.append(try take(array, subject: subject, take: action, unit: setProtocol.unit, path: path))
        }
        // More takes than any set has, or deeper than any file is: a pickle may hold itself.
        guard name.count <= 4, takes.count < 100_000 else {
            throw KairaError.badData(path: path, reason: "\(label): the dictionaries do not end")
        }
        if let array = try value.array() { return try add(array) }
        if let array = try value["data_3d"]?.array() {
            try add(array)
            if let valid = try value["valid"]?.array(), let last = takes.indices.last {
                takes[last].isValid = try flags(valid, frames: takes[last].positions.frames, label, path)?.map {
                    $0 != 0
                }
            }
            return
        }
        if let entries = value.entries {
            for (key, value) in entries {
                guard let text = key.string else {
                    throw KairaError.badData(path: path, reason: "\(label): a key that is no text")
                }
                try walk(value, name: name + [text], into: &takes, path: path)
            }
            return
        }
        // One array a camera.
        guard let items = value.items, items.count <= 16 else {
            throw KairaError.badData(path: path, reason: "\(label): neither an array nor a dictionary of arrays")
        }
        for (camera, item) in items.enumerated() {
            guard let array = try item.array() else {
                throw KairaError.badData(path: path, reason: "\(label): camera \(camera) is no array")
            }
            try add(array, suffix: ".\(camera)")
        }
    }

    static func parts(_ name: String, of setProtocol: PoseProtocol3D) -> (subject: String, take: String) {
        if let slash = name.lastIndex(of: "/") {
            return (String(name[..<slash]), String(name[name.index(after: slash)...]))
        }
        return setProtocol == .mpiInf3DHP ? (name, "") : ("", name)
    }

    private func flags(_ array: NumPyArray, frames: Int, _ name: String, _ path: String) throws -> [Double]? {
        guard array.count == frames else {
            throw KairaError.badData(path: path, reason: "\(name): \(array.count) flags for \(frames) frames")
        }
        return array.doubles()
    }

    func take(_ array: NumPyArray, subject: String, take: String, unit: Double, path: String) throws -> PoseTake {
        let name = subject + (subject.isEmpty || take.isEmpty ? "" : "/") + take
        return PoseTake(
            subject: subject, take: take,
            positions: try positions(sizes: array.shape, values: array.doubles(), name: name, path: path).scaled(
                by: unit))
    }

    /// Positions from an array `[frames, joints, 3]`, axes of one left out.
    private func positions(
        sizes: [Int], values: [Double], name: String, path: String
    ) throws(KairaError) -> JointPositions {
        let label = name.isEmpty ? "" : name + ": "
        var sizes = sizes
        while sizes.count > 3, let one = sizes.dropFirst().firstIndex(of: 1) { sizes.remove(at: one) }
        guard sizes.count == 3, sizes[2] == 3, sizes[1] > 0,
            let positions = JointPositions(frames: sizes[0], joints: sizes[1], values: values)
        else {
            throw .badData(path: path, reason: "\(label)an array [frames, joints, 3] is expected, not \(sizes)")
        }
        if let place = positions.firstNotFinite {
            throw .badData(
                path: path, reason: "\(label)frame \(place.frame), joint \(place.joint): the position is not finite")
        }
        return positions
    }

    // MARK: MATLAB

    private func folder(_ path: String) throws -> [PoseTake] {
        var takes: [PoseTake] = []
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for name in names.sorted() {
            let file = path + "/" + name + "/annot_data.mat"
            if FileManager.default.fileExists(atPath: file) { takes += try matlab(file) }
        }
        guard !takes.isEmpty else {
            throw KairaError.noInput(path: path, reason: "it holds no folders with an annot_data.mat")
        }
        return takes
    }

    private func matlab(_ path: String) throws -> [PoseTake] {
        let file = try MatFile(path: path)
        if let poses = try file.array("univ_annot3") ?? file.array("annot3") {
            let subject = URL(filePath: path).deletingLastPathComponent().lastPathComponent
            var one = PoseTake(subject: subject, take: "", positions: try reversed(poses, "univ_annot3", path))
            if let valid = try file.array("valid_frame") {
                guard valid.values.count == one.positions.frames else {
                    throw KairaError.badData(path: path, reason: "valid_frame has \(valid.values.count) frames")
                }
                one.isValid = valid.values.map { $0 != 0 }
            }
            if let activity = try file.array("activity_annotation"), activity.values.count == one.positions.frames {
                one.activities = activity.values.map { Int(exactly: $0) ?? 0 }
            }
            return [one]
        }
        var takes: [PoseTake] = []
        for name in file.names {
            guard let poses = try file.array(name) else { continue }
            let (subject, take) = Self.parts(name, of: setProtocol)
            takes.append(PoseTake(subject: subject, take: take, positions: try reversed(poses, name, path)))
        }
        return takes
    }

    /// MATLAB's `[3, joints, 1, frames]`, first index fastest, is `[frames, joints, 3]` with the last index fastest.
    private func reversed(
        _ array: (sizes: [Int], values: [Double]), _ name: String, _ path: String
    ) throws(KairaError) -> JointPositions {
        try positions(sizes: array.sizes.reversed(), values: array.values, name: name, path: path)
    }
}
