import KairaScene

/// The extension `KAIRA_physics` of a scene.
struct PhysicsWriter {
    let physics: PhysicsDescription

    /// The extension's object, nil where nothing obeys physics.
    func json() -> JSONValue? {
        if physics.isEmpty { return nil }
        return .object(of: [
            "specVersion": .string("1.0"),
            "colliders": list(physics.colliders.compactMap(collider)),
            "lattices": list(physics.lattices.map(lattice)),
            "strands": list(physics.strands.map(strands)),
            "rods": list(physics.rods.map(rods)),
        ])
    }

    private func list(_ values: [JSONValue]) -> JSONValue? { values.isEmpty ? nil : .array(values) }
    private func name(_ text: String) -> JSONValue? { text.isEmpty ? nil : .string(text) }
    private func number(_ v: Float) -> JSONValue { .number(Double(v)) }
    private func xyz(_ v: SIMD3<Float>) -> JSONValue { .numbers([v.x, v.y, v.z]) }
    private func xy(_ v: SIMD2<Float>) -> JSONValue { .numbers([v.x, v.y]) }
    private func indices(_ values: [Int]) -> JSONValue? { values.isEmpty ? nil : .integers(values) }
    private func chains(_ values: [[NodeID]]) -> JSONValue { .array(values.map { .integers($0.map(\.value)) }) }

    private func collider(_ collider: SpringBones.Collider) -> JSONValue {
        let shape: JSONValue =
            switch collider.shape {
            case .sphere(let offset, let radius, let inside):
                .object(of: [
                    "sphere": .object(of: [
                        "offset": xyz(offset), "radius": number(radius), "inside": inside ? .bool(true) : nil,
                    ])
                ])
            case .capsule(let offset, let tail, let radius, let inside):
                .object(of: [
                    "capsule": .object(of: [
                        "offset": xyz(offset), "tail": xyz(tail), "radius": number(radius),
                        "inside": inside ? .bool(true) : nil,
                    ])
                ])
            case .plane(let offset, let normal):
                .object(of: ["plane": .object(of: ["offset": xyz(offset), "normal": xyz(normal)])])
            }
        return .object(of: ["node": .integer(collider.node.value), "shape": shape])
    }

    private func lattice(_ l: PhysicsDescription.Lattice) -> JSONValue {
        .object(of: [
            "name": name(l.name), "node": .integer(l.node.value), "meshes": indices(l.meshes.map(\.value)),
            "bindTarget": l.bindTarget.map { .integer($0) },
            "cells": .integers([l.cells.x, l.cells.y, l.cells.z]), "origin": xyz(l.origin), "size": xyz(l.size),
            "cubicAxes": indices(l.cubicAxes), "mass": number(l.mass), "structural": number(l.structural),
            "shear": number(l.shear),
            "bend": number(l.bend), "volume": number(l.volume), "cell": number(l.cell), "damping": number(l.damping),
            "inertia": number(l.inertia), "easing": number(l.easing), "fixed": indices(l.fixed),
            "hollow": indices(l.hollow),
            "apart": list(l.apart.map { .integers([$0.x, $0.y]) }),
            "poses": list(
                l.poses.map { pose in
                    .object(of: [
                        "expression": .string(pose.expression), "corners": .integers(pose.corners),
                        "offsets": .array(pose.offsets.map(xyz)),
                    ])
                }),
        ])
    }

    private func strands(_ s: PhysicsDescription.Strands) -> JSONValue {
        .object(of: [
            "name": name(s.name), "node": .integer(s.node.value), "chains": chains(s.chains),
            "globalStiffness": number(s.globalStiffness), "localStiffness": number(s.localStiffness),
            "drag": number(s.drag), "gravity": xyz(s.gravity), "wind": xyz(s.wind), "gusts": number(s.gusts),
            "radius": number(s.radius), "colliders": indices(s.colliders),
            "ribbons": s.ribbons.map { ribbons in
                .object(of: [
                    "material": .integer(ribbons.material.value), "width": number(ribbons.width),
                    "taper": number(ribbons.taper),
                ])
            },
        ])
    }

    private func rods(_ r: PhysicsDescription.Rods) -> JSONValue {
        func beat(_ b: PhysicsDescription.Rods.Beat) -> JSONValue {
            .object(of: ["amplitude": number(b.amplitude), "frequency": number(b.frequency)])
        }
        return .object(of: [
            "name": name(r.name), "node": .integer(r.node.value), "chains": chains(r.chains), "bend": number(r.bend),
            "twist": number(r.twist), "dragAlong": number(r.dragAlong), "dragAcross": number(r.dragAcross),
            "wavelength": number(r.wavelength), "onset": number(r.onset), "helicity": number(r.helicity),
            "lag": number(r.lag), "idle": beat(r.idle), "active": beat(r.active),
            "activeSpeed": number(r.activeSpeed), "recoil": number(r.recoil),
            "pulse": r.pulse.map { pulse in
                .object(of: [
                    "material": .integer(pulse.material.value), "rate": xy(pulse.rate), "strength": xy(pulse.strength),
                ])
            },
        ])
    }
}
