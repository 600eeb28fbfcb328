import Foundation
import KairaFormats
import KairaGeometry

/// The verbs of `kaira solid`.
public enum SolidJob {
    /// Examines a file's surfaces.
    public static func report(_ input: SolidInput) throws -> SolidReport {
        SolidReport(file: input.path, try input.meshes())
    }

    /// How winding numbers are summed.
    public enum WindingMethod: String, Sendable, CaseIterable {
        /// Exact up to 10^9 pairs of points and triangles, a few seconds' work; fast beyond.
        case auto
        /// Every triangle for every point.
        case exact
        /// Far triangles by their multipole expansion; errors of about 0.0004.
        case fast
    }

    /// The winding number of all surfaces of a file together at each point of a CSV.
    ///
    /// - Parameters:
    ///   - input: the file.
    ///   - points: the path of a CSV of x, y, z, or `-` for stdin; a first line of other words is its header.
    ///   - method: how numbers are summed.
    /// - Returns: one number a point, in order.
    /// - Throws: as `SolidInput.meshes`; `KairaError.badData` with the line.
    public static func inside(_ input: SolidInput, points: String, method: WindingMethod) throws -> [Double] {
        var input = input
        input.joins = true
        let mesh = try input.meshes()[0].mesh
        let places = try PointList.read(try OutputPath.read(points), path: points)
        let isExact = method == .exact || (method == .auto && Double(places.count) * Double(mesh.faces.count) <= 1e9)
        return try WindingNumber(mesh).values(at: places, accuracy: isExact ? 0 : WindingNumber.standardAccuracy)
    }

    /// Cuts a file's surfaces by a plane and writes the section: `.svg` a drawing, `.obj` its lines and fill.
    ///
    /// - Throws: as `SolidInput.meshes`; `KairaError.usage` for another ending; `MediaError` where it can't be written.
    public static func section(
        _ input: SolidInput, plane: Plane, output: String, replacesOutput: Bool
    ) throws -> SectionReport {
        let kind = OutputPath.kind(output)
        guard ["svg", "obj"].contains(kind) else {
            throw KairaError.usage("\(output): a section is written as .svg or .obj")
        }
        try OutputPath.check(output, replaces: replacesOutput)
        try OutputPath.check(output, isNot: [input.path])
        let sections = try input.meshes().map { ($0.name, MeshSection($0.mesh, plane: plane)) }
        let report = SectionReport(file: input.path, plane: plane, sections)
        let bytes: [UInt8]
        if kind == "svg" {
            let (n, d) = (plane.normal, -plane.offset)
            let place = [n.x, n.y, n.z, d].map { String(format: "%g", $0) }.joined(separator: ", ")
            let area = String(format: "%.6g", report.area)
            bytes = SectionSVG.write(sections.map(\.1), title: "area \(area) m\u{B2}, plane \(place)")
        } else {
            bytes = try OBJWriter.write(sections.map { ($0.0, $0.1) })
        }
        try OutputPath.write(bytes, to: output, replaces: replacesOutput)
        return report
    }

    /// Joins the solids of files and writes the result as `.glb`, `.obj` or `.stl`.
    ///
    /// - Throws: as `SolidInput.meshes`; `GeometryError` for an open solid (with the file's name) or a missing library;
    ///   `KairaError.usage` for another ending or less than two files.
    public static func combine(
        _ operation: SolidBoolean.Operation, _ inputs: [SolidInput], output: String, replacesOutput: Bool
    ) throws -> SolidReport {
        guard inputs.count > 1 else { throw KairaError.usage("\(operation.rawValue) takes two files or more") }
        let kind = try outputKind(output, replaces: replacesOutput, inputs: inputs.map(\.path))
        _ = try SolidBoolean.libraryVersion()
        let solids = try inputs.map { try $0.solid() }
        return try write(try SolidBoolean(operation)(solids), name: operation.rawValue, output, kind, replacesOutput)
    }

    /// Cuts a file's solid by a plane, closes the part above it, and writes that.
    ///
    /// - Throws: as `combine`, but no library is needed for a file of one surface.
    public static func cut(
        _ input: SolidInput, plane: Plane, output: String, replacesOutput: Bool
    ) throws -> SolidReport {
        let kind = try outputKind(output, replaces: replacesOutput, inputs: [input.path])
        let result = try input.solid().cut(by: plane, keeping: .above)
        return try write(result, name: "cut", output, kind, replacesOutput)
    }

    private static func outputKind(
        _ output: String, replaces: Bool, inputs: [String]
    ) throws -> SolidFile.Kind {
        guard let kind = SolidFile.Kind(path: output), kind != .ply, OutputPath.kind(output) != "gltf",
            OutputPath.kind(output) != "vrm"
        else { throw KairaError.usage("\(output): solids are written as .obj, .stl or .glb") }
        try OutputPath.check(output, replaces: replaces)
        try OutputPath.check(output, isNot: inputs)
        return kind
    }

    private static func write(
        _ mesh: HalfEdgeMesh, name: String, _ output: String, _ kind: SolidFile.Kind, _ replaces: Bool
    ) throws -> SolidReport {
        let solid = SolidMesh(name: name, mesh)
        try OutputPath.write(try SolidFile.write([solid], kind: kind), to: output, replaces: replaces)
        return SolidReport(file: output, [(name, mesh)])
    }
}
