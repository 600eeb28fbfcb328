import KairaGeometry
import KairaScene

/// `KAIRA_physics`: lattices, strands and rods; `docs/formats/kaira-physics.md` describes it.
///
/// A part that cannot be used is left out with a warning: the scene is still worth drawing without it.
extension GLTFSceneBuilder {
    /// The most chains and lattices of a file.
    private static let maximumChains = 4096
    private static let maximumLattices = 16

    mutating func readPhysics() throws(FormatsError) {
        guard let json = try document.root.extensionObject("KAIRA_physics") else { return }
        let version = try json.string("specVersion", default: "1.0")
        if version != "1.0" { document.warn("\(json.path)/specVersion: \"\(version.prefix(20))\" is read as 1.0.") }
        var physics = PhysicsDescription()
        // Positions in the file, of colliders that could be read.
        var kept: [Int: Int] = [:]
        for (i, node) in try json.list("colliders").enumerated() {
            guard let index = try reference(try node.required("node"), below: scene.nodes.count, what: "node") else {
                continue
            }
            guard let shape = try node.optional("shape"), let own = try readShape(shape) else {
                document.warn("\(node.path): a collider without a known shape was left out.")
                continue
            }
            kept[i] = physics.colliders.count
            physics.colliders.append(SpringBones.Collider(node: NodeID(index), shape: own))
        }
        // No node is moved twice: this also bounds the work by the number of nodes.
        var used: Set<Int> = []
        for node in try json.list("strands") {
            guard let (root, chains) = try readChains(node, used: &used) else { continue }
            var strands = PhysicsDescription.Strands(name: try node.string("name"), node: root, chains: chains)
            strands.globalStiffness = try number(node, "globalStiffness", strands.globalStiffness, 0...1e6)
            strands.localStiffness = try number(node, "localStiffness", strands.localStiffness, 0...1e6)
            strands.drag = try number(node, "drag", strands.drag, 0...1e6)
            strands.gravity = try vector(node, "gravity", strands.gravity, limit: 1e3)
            strands.wind = try vector(node, "wind", strands.wind, limit: 1e3)
            strands.gusts = try number(node, "gusts", strands.gusts, 0...100)
            strands.radius = try number(node, "radius", strands.radius, 0...100)
            for entry in try node.list("colliders") {
                guard let position = Int(exactly: try entry.number()).flatMap({ kept[$0] }) else {
                    document.warn("\(entry.path): the collider does not exist; the reference was left out.")
                    continue
                }
                strands.colliders.append(position)
            }
            if let ribbons = try node.optional("ribbons"),
                let material = try reference(
                    try ribbons.required("material"), below: scene.materials.count, what: "material")
            {
                var own = PhysicsDescription.Strands.Ribbons(material: MaterialID(material))
                own.width = try number(ribbons, "width", own.width, 0...100)
                own.taper = try number(ribbons, "taper", own.taper, 0...1)
                strands.ribbons = own
            }
            physics.strands.append(strands)
        }
        for node in try json.list("rods") {
            guard let (root, chains) = try readChains(node, used: &used) else { continue }
            physics.rods.append(try readRods(node, root: root, chains: chains))
        }
        for node in try json.list("lattices") {
            guard physics.lattices.count < Self.maximumLattices else {
                document.warn("\(node.path): more than \(Self.maximumLattices) lattices; it was left out.")
                continue
            }
            if let lattice = try readLattice(node) { physics.lattices.append(lattice) }
        }
        scene.physics = physics
    }

    /// A number brought into a range.
    private mutating func number(
        _ json: JSONNode, _ name: String, _ fallback: Float, _ range: ClosedRange<Float>
    ) throws(FormatsError) -> Float {
        let value = try json.float(name, default: fallback)
        guard !range.contains(value) else { return value }
        document.warn("\(json.path)/\(name): \(value) was brought into \(range.lowerBound)...\(range.upperBound).")
        return min(max(value, range.lowerBound), range.upperBound)
    }

    /// A vector no longer than a limit.
    private mutating func vector(
        _ json: JSONNode, _ name: String, _ fallback: SIMD3<Float>, limit: Float
    ) throws(FormatsError) -> SIMD3<Float> {
        let value = try json.vector3(name, default: fallback)
        let largest = max(abs(value.x), abs(value.y), abs(value.z))
        guard largest > limit else { return value }
        document.warn("\(json.path)/\(name): \(largest) was brought into 0.0...\(limit).")
        return value * (limit / largest)
    }

    /// The body of strands or rods and its chains: every node the child of the one before, away from it, in no other chain.
    private mutating func readChains(
        _ json: JSONNode, used: inout Set<Int>
    ) throws(FormatsError) -> (NodeID, [[NodeID]])? {
        let count = scene.nodes.count
        guard let root = try reference(try json.required("node"), below: count, what: "node") else { return nil }
        var chains: [[NodeID]] = []
        for entry in try json.required("chains").elements() {
            guard chains.count < Self.maximumChains else {
                document.warn("\(entry.path): more than \(Self.maximumChains) chains; it was left out.")
                break
            }
            var chain: [NodeID] = []
            var fault: String?
            for element in try entry.elements() {
                guard let node = try reference(element, below: count, what: "node") else {
                    fault = "a node does not exist"
                    break
                }
                if used.contains(node) || chain.contains(NodeID(node)) {
                    fault = "node \(node) is in another chain already"
                } else if let above = chain.last, scene.nodes[node].parent != above {
                    fault = "node \(node) is not the child of the one before"
                } else if !chain.isEmpty, !(length(scene.nodes[node].localMatrix.translation) > 1e-5) {
                    fault = "node \(node) is in the place of the one before"
                }
                if fault != nil { break }
                chain.append(NodeID(node))
            }
            if fault == nil, chain.count < 2 { fault = "a chain has 2 nodes or more" }
            if fault == nil, let first = chain.first, !isBelow(first.value, root) {
                fault = "it does not hang on node \(root)"
            }
            if let fault {
                document.warn("\(entry.path): \(fault); the chain was left out.")
                continue
            }
            for node in chain { used.insert(node.value) }
            chains.append(chain)
        }
        return chains.isEmpty ? nil : (NodeID(root), chains)
    }

    private func isBelow(_ node: Int, _ top: Int) -> Bool {
        var above: Int? = node
        while let next = above {
            if next == top { return true }
            above = scene.nodes[next].parent?.value
        }
        return false
    }

    private mutating func readRods(
        _ node: JSONNode, root: NodeID, chains: [[NodeID]]
    ) throws(FormatsError) -> PhysicsDescription.Rods {
        var rods = PhysicsDescription.Rods(name: try node.string("name"), node: root, chains: chains)
        rods.bend = try number(node, "bend", rods.bend, 1e-9...1e3)
        rods.twist = try number(node, "twist", rods.twist, 1e-9...1e3)
        rods.dragAlong = try number(node, "dragAlong", rods.dragAlong, 1e-6...1e3)
        rods.dragAcross = try number(node, "dragAcross", rods.dragAcross, 1e-6...1e3)
        let wavelength = try number(node, "wavelength", rods.wavelength, -1e3...1e3)
        if abs(wavelength) >= 1e-3 {
            rods.wavelength = wavelength
        } else {
            document.warn("\(node.path)/wavelength: \(wavelength) was brought into 0.001...1000.0.")
            rods.wavelength = 0.001
        }
        rods.onset = try number(node, "onset", rods.onset, 0...1e3)
        rods.helicity = try number(node, "helicity", rods.helicity, -1...1)
        rods.lag = try number(node, "lag", rods.lag, -100...100)
        for (name, path) in [("idle", \PhysicsDescription.Rods.idle), ("active", \.active)] {
            guard let beat = try node.optional(name) else { continue }
            let fallback = rods[keyPath: path]
            rods[keyPath: path] = PhysicsDescription.Rods.Beat(
                amplitude: try number(beat, "amplitude", fallback.amplitude, 0...1e3),
                frequency: try number(beat, "frequency", fallback.frequency, -50...50))
        }
        rods.activeSpeed = try number(node, "activeSpeed", rods.activeSpeed, 1e-3...1e3)
        rods.recoil = try number(node, "recoil", rods.recoil, -1e3...1e3)
        if let pulse = try node.optional("pulse"),
            let material = try reference(
                try pulse.required("material"), below: scene.materials.count, what: "material")
        {
            func pair(_ name: String, _ fallback: SIMD2<Float>) throws(FormatsError) -> SIMD2<Float> {
                let value = try pulse.vector2(name, default: fallback)
                guard max(abs(value.x), abs(value.y)) > 1e3 else { return value }
                document.warn("\(pulse.path)/\(name): \(value.x), \(value.y) was brought into -1000.0...1000.0.")
                return value.clamped(lowerBound: SIMD2(repeating: -1e3), upperBound: SIMD2(repeating: 1e3))
            }
            rods.pulse = PhysicsDescription.Rods.Pulse(
                material: MaterialID(material), rate: try pair("rate", [0.3, 1]),
                strength: try pair("strength", [1, 1]))
        }
        return rods
    }

    private mutating func readLattice(_ node: JSONNode) throws(FormatsError) -> PhysicsDescription.Lattice? {
        let count = scene.nodes.count
        guard let frame = try reference(try node.required("node"), below: count, what: "node") else { return nil }
        let cellList = try node.required("cells")
        let numbers = try cellList.floats(3)
        guard numbers.allSatisfy({ $0 == $0.rounded() && (1...64).contains($0) }) else {
            document.warn("\(cellList.path): cells are three whole numbers from 1 to 64; the lattice was left out.")
            return nil
        }
        var lattice = PhysicsDescription.Lattice(
            name: try node.string("name"), node: NodeID(frame), meshes: [],
            cells: SIMD3(Int(numbers[0]), Int(numbers[1]), Int(numbers[2])),
            origin: try node.required("origin").vector3(), size: try node.required("size").vector3())
        guard lattice.cornerCount <= PhysicsDescription.Lattice.maximumCorners else {
            document.warn(
                "\(cellList.path): \(lattice.cornerCount) corners are more than"
                    + " \(PhysicsDescription.Lattice.maximumCorners); the lattice was left out.")
            return nil
        }
        guard lattice.size.min() >= 1e-5, lattice.size.max() <= 1e4, abs(lattice.origin.x) < 1e6,
            abs(lattice.origin.y) < 1e6, abs(lattice.origin.z) < 1e6
        else {
            document.warn("\(node.path)/size: the box is empty or too large; the lattice was left out.")
            return nil
        }
        for entry in try node.list("meshes") {
            guard let index = try reference(entry, below: count, what: "node") else { continue }
            guard scene.nodes[index].mesh != nil, !lattice.meshes.contains(NodeID(index)) else {
                document.warn("\(entry.path): node \(index) has no mesh, or stands twice; the reference was left out.")
                continue
            }
            lattice.meshes.append(NodeID(index))
        }
        if let target = try node.optional("bindTarget") {
            let fewest = lattice.meshes.map { morphCount(ofNode: $0.value) }.min() ?? 0
            lattice.bindTarget = try reference(target, below: fewest, what: "morph target")
        }
        lattice.cubicAxes = try indices(node, "cubicAxes", below: 3, what: "axis")
        lattice.mass = try number(node, "mass", lattice.mass, 1e-6...1e6)
        lattice.structural = try number(node, "structural", lattice.structural, 0...1e9)
        lattice.shear = try number(node, "shear", lattice.shear, 0...1e9)
        lattice.bend = try number(node, "bend", lattice.bend, 0...1e9)
        lattice.volume = try number(node, "volume", lattice.volume, 0...1e9)
        lattice.cell = try number(node, "cell", lattice.cell, 0...1e9)
        lattice.damping = try number(node, "damping", lattice.damping, 0...1e6)
        lattice.inertia = try number(node, "inertia", lattice.inertia, 0...1)
        lattice.easing = try number(node, "easing", lattice.easing, 0...10)
        let corners = lattice.cornerCount
        let cells = lattice.cells.x * lattice.cells.y * lattice.cells.z
        lattice.fixed = try indices(node, "fixed", below: corners, what: "corner")
        lattice.hollow = try indices(node, "hollow", below: cells, what: "cell")
        for pair in try node.list("apart").prefix(corners * 2) {
            let ends = try pair.elements()
            guard ends.count == 2 else { throw pair.failure("2 corners are expected here, not \(ends.count)") }
            guard let a = try reference(ends[0], below: corners, what: "corner"),
                let b = try reference(ends[1], below: corners, what: "corner"), a != b
            else { continue }
            lattice.apart.append([a, b])
        }
        for pose in try node.list("poses").prefix(256) {
            var own = PhysicsDescription.Lattice.Pose(
                expression: try pose.required("expression").string(), corners: [], offsets: [])
            var seen: Set<Int> = []
            let offsets = try pose.required("offsets").elements()
            let list = try pose.required("corners").elements()
            guard offsets.count == list.count else {
                throw pose.failure("\(list.count) corners have \(offsets.count) offsets")
            }
            for (entry, offset) in zip(list, offsets) {
                let value = try offset.vector3()
                guard let corner = try reference(entry, below: corners, what: "corner") else { continue }
                guard seen.insert(corner).inserted, length(value) <= 1e4 else {
                    document.warn("\(entry.path): corner \(corner) stands twice or goes too far; it was left out.")
                    continue
                }
                own.corners.append(corner)
                own.offsets.append(value)
            }
            lattice.poses.append(own)
        }
        return lattice
    }

    private mutating func indices(
        _ json: JSONNode, _ name: String, below count: Int, what: String
    ) throws(FormatsError) -> [Int] {
        var out: [Int] = []
        var seen: Set<Int> = []
        for entry in try json.list(name) {
            if let index = try reference(entry, below: count, what: what), seen.insert(index).inserted {
                out.append(index)
            }
        }
        return out
    }
}
