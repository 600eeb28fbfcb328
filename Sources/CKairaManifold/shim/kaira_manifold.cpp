// A C face of the Manifold library. Not built with the package: scripts/install-manifold compiles it with Manifold's sources.
#include "kaira_manifold.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <vector>

#include "manifold/manifold.h"

namespace {

using manifold::Manifold;
using manifold::MeshGL64;

const char *explanation(Manifold::Error error) {
    switch (error) {
        case Manifold::Error::NoError: return "no error";
        case Manifold::Error::NonFiniteVertex: return "a position is not finite";
        case Manifold::Error::NotManifold: return "it is not closed, or more than two faces meet at an edge";
        case Manifold::Error::VertexOutOfBounds: return "a triangle names a vertex that is not there";
        case Manifold::Error::ResultTooLarge: return "the result is too large";
        default: return "the library refuses it";
    }
}

struct Refusal {
    size_t mesh;
    Manifold::Error error;
};

Manifold solid(const kaira_manifold_mesh &mesh, size_t number) {
    MeshGL64 gl;
    gl.numProp = 3;
    gl.vertProperties.assign(mesh.positions, mesh.positions + 3 * mesh.vertex_count);
    gl.triVerts.assign(mesh.triangles, mesh.triangles + 3 * mesh.triangle_count);
    Manifold result(gl);
    if (result.Status() != Manifold::Error::NoError) throw Refusal{number, result.Status()};
    return result;
}

void store(const Manifold &solid, kaira_manifold_mesh *result) {
    if (solid.Status() != Manifold::Error::NoError) throw Refusal{0, solid.Status()};
    const MeshGL64 gl = solid.GetMeshGL64();
    const size_t vertices = gl.NumVert(), triangles = gl.NumTri();
    result->vertex_count = vertices;
    result->triangle_count = triangles;
    result->positions = static_cast<double *>(std::malloc(3 * vertices * sizeof(double) + 1));
    result->triangles = static_cast<uint64_t *>(std::malloc(3 * triangles * sizeof(uint64_t) + 1));
    if (!result->positions || !result->triangles) throw std::bad_alloc();
    for (size_t v = 0; v < vertices; v++)
        for (size_t k = 0; k < 3; k++) result->positions[3 * v + k] = gl.vertProperties[v * gl.numProp + k];
    // Vertices that were split for their properties count as one.
    std::vector<uint64_t> one(vertices);
    for (size_t v = 0; v < vertices; v++) one[v] = v;
    for (size_t i = 0; i < gl.mergeFromVert.size(); i++) one[gl.mergeFromVert[i]] = gl.mergeToVert[i];
    for (size_t i = 0; i < 3 * triangles; i++) result->triangles[i] = one[gl.triVerts[i]];
}

void release(kaira_manifold_mesh *mesh) {
    std::free(mesh->positions);
    std::free(mesh->triangles);
    *mesh = kaira_manifold_mesh{nullptr, nullptr, 0, 0};
}

// No exception may leave through a C function.
template <typename Body>
int guarded(char *message, size_t room, Body body) {
    try {
        body();
        return 0;
    } catch (const Refusal &refusal) {
        std::snprintf(message, room, "solid %zu: %s", refusal.mesh + 1, explanation(refusal.error));
    } catch (const std::exception &error) {
        std::snprintf(message, room, "%s", error.what());
    } catch (...) {
        std::snprintf(message, room, "the library failed");
    }
    return 1;
}

int combine(
    int operation, const kaira_manifold_mesh *meshes, size_t count, kaira_manifold_mesh *result, char *message,
    size_t room) {
    *result = kaira_manifold_mesh{nullptr, nullptr, 0, 0};
    const int failed = guarded(message, room, [&] {
        std::vector<Manifold> solids;
        for (size_t i = 0; i < count; i++) solids.push_back(solid(meshes[i], i));
        const auto kind = operation == KAIRA_MANIFOLD_UNION ? manifold::OpType::Add
            : operation == KAIRA_MANIFOLD_DIFFERENCE        ? manifold::OpType::Subtract
                                                            : manifold::OpType::Intersect;
        store(Manifold::BatchBoolean(solids, kind), result);
    });
    if (failed) release(result);
    return failed;
}

int split(
    const kaira_manifold_mesh *mesh, const double *normal, double offset, kaira_manifold_mesh *above,
    kaira_manifold_mesh *below, char *message, size_t room) {
    *above = *below = kaira_manifold_mesh{nullptr, nullptr, 0, 0};
    const int failed = guarded(message, room, [&] {
        const auto parts = solid(*mesh, 0).SplitByPlane({normal[0], normal[1], normal[2]}, offset);
        store(parts.first, above);
        store(parts.second, below);
    });
    if (failed) {
        release(above);
        release(below);
    }
    return failed;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const kaira_manifold_api *kaira_manifold_entry(void) {
    static const kaira_manifold_api api = {KAIRA_MANIFOLD_ABI, KAIRA_MANIFOLD_VERSION, combine, split, release};
    return &api;
}
