// Generalised winding numbers of triangle soups: exact, and fast through a tree of multipole expansions.
#ifndef KAIRA_WINDING_H
#define KAIRA_WINDING_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A tree over the triangles of a soup; not changed by questions, so that threads may share it.
typedef struct kaira_winding kaira_winding;

/// Builds the tree.
///
/// `positions` are doubles, x, y, z at every `stride` of them; `triangles` are `count` groups of `triangle_stride` vertex
/// numbers, of which the first three count. All must be finite and in range. NULL where memory runs out.
kaira_winding *kaira_winding_create(
    const double *positions, size_t vertices, size_t stride, const int32_t *triangles, size_t count,
    size_t triangle_stride);
/// Frees a tree.
void kaira_winding_destroy(kaira_winding *tree);

/// The winding number at each of `count` points, x, y, z at every `stride` doubles, on `threads` threads.
///
/// A cluster of triangles farther from the point than `beta` times its radius counts by its expansion to third order;
/// `beta` of 0 or less sums every triangle exactly. A point that is not finite has NaN. The same bits for any `threads`.
void kaira_winding_evaluate(
    const kaira_winding *tree, const double *points, size_t stride, size_t count, double *numbers, double beta,
    int threads);

#ifdef __cplusplus
}
#endif
#endif
