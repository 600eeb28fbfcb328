// Booleans of closed meshes by the Manifold library, which is loaded when it is first needed: scripts/install-manifold puts
// it, with the shim in `shim/`, into one shared library. This header is what both sides agree on.
#ifndef KAIRA_MANIFOLD_H
#define KAIRA_MANIFOLD_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Goes up with every change of the functions below; a library of another number is not used.
#define KAIRA_MANIFOLD_ABI 1

/// Triangles: x, y, z a vertex, three vertices a triangle, counter-clockwise from outside.
typedef struct {
    double *positions;
    uint64_t *triangles;
    size_t vertex_count, triangle_count;
} kaira_manifold_mesh;

enum { KAIRA_MANIFOLD_UNION = 0, KAIRA_MANIFOLD_DIFFERENCE = 1, KAIRA_MANIFOLD_INTERSECTION = 2 };

/// What the shared library offers. Both operations return 0, or 1 with a sentence in `message` (of `room` bytes).
/// Results belong to the library: give each to `release`.
typedef struct {
    int abi;
    /// The version of Manifold, as "3.5.4".
    const char *version;
    /// All meshes together; a difference takes the others from the first.
    int (*combine)(
        int operation, const kaira_manifold_mesh *meshes, size_t count, kaira_manifold_mesh *result, char *message,
        size_t room);
    /// The parts of a mesh where normal . p is more and less than `offset`; the normal is a unit vector.
    int (*split)(
        const kaira_manifold_mesh *mesh, const double *normal, double offset, kaira_manifold_mesh *above,
        kaira_manifold_mesh *below, char *message, size_t room);
    void (*release)(kaira_manifold_mesh *mesh);
} kaira_manifold_api;

/// The library's functions, or NULL where it is not installed: then `reason` (of `room` bytes) says where it was looked for.
///
/// It is looked for at $KAIRA_MANIFOLD_LIBRARY, else in `kaira/manifold` below $XDG_CACHE_HOME or ~/.cache. Safe from any
/// thread; a library once found stays loaded.
const kaira_manifold_api *kaira_manifold_load(char *reason, size_t room);

#ifdef __cplusplus
}
#endif
#endif
