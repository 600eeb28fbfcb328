// What the tree's builder and its kernels share.
#ifndef KAIRA_WINDING_INTERNAL_H
#define KAIRA_WINDING_INTERNAL_H
#include "kaira_kernels.h"
#include "kaira_winding.h"

#define KAIRA_WINDING_CHILDREN 16
#define KAIRA_WINDING_LEAF 8

// Sixteen clusters side by side. Lengths are in units of the soup's size, from the middle of its box.
typedef struct {
    // Where the expansion is about, and the square of the farthest corner's distance; below 0 in an unused place.
    float x[16], y[16], z[16], radius2[16];
    // Coefficients over 4 pi: dipole, quadrupole and octupole in real solid harmonics (Barill et al. 2018 use monomials).
    float n[3][16], s[5][16], t[7][16];
    // A node, or ~ a leaf.
    int32_t child[16];
} kaira_winding_node;

// Eight triangles side by side; [corner][axis]. Unused places hold a triangle without area.
typedef struct {
    double at[3][3][8];
} kaira_winding_leaf;

struct kaira_winding {
    kaira_winding_node *nodes;
    kaira_winding_leaf *leaves;
    size_t node_count, node_room, leaf_count, leaf_room;
    double center[3], scale;
};

// The winding number at one point, given in the tree's own frame; `beta2` below or at 0 visits every triangle.
typedef double (*kaira_winding_kernel)(const kaira_winding *tree, double x, double y, double z, float beta2);

double kaira_winding_point_generic(const kaira_winding *tree, double x, double y, double z, float beta2);
#if defined(__x86_64__)
double kaira_winding_point_avx2(const kaira_winding *tree, double x, double y, double z, float beta2);
double kaira_winding_point_avx512(const kaira_winding *tree, double x, double y, double z, float beta2);
#endif
#endif
