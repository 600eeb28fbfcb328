// Builds the tree of clusters, and shares points out among threads.
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "winding.h"

// ---- building ---------------------------------------------------------------------------------------------------

typedef struct {
    float at[3];
    int32_t triangle;
} item;

// The integrals of a cluster about `p`: N = sum of area vectors, S = sym of n x, T = sym of n x x.
// S is xx xy xz yy yz zz; T is xxx xxy xxz xyy xyz xzz yyy yyz yzz zzz.
typedef struct {
    double p[3], n[3], s[6], t[10], area;
} moments;

typedef struct {
    kaira_winding *tree;
    item *items;
    const double *corners;  // nine a triangle, in the tree's frame
    int failed;
} builder;

static const int pairs[6][2] = {{0, 0}, {0, 1}, {0, 2}, {1, 1}, {1, 2}, {2, 2}};
static const int triples[10][3] = {{0, 0, 0}, {0, 0, 1}, {0, 0, 2}, {0, 1, 1}, {0, 1, 2}, {0, 2, 2}, {1, 1, 1}, {1, 1, 2}, {1, 2, 2}, {2, 2, 2}};
static const int pair_of[3][3] = {{0, 1, 2}, {1, 3, 4}, {2, 4, 5}};

static int order(const item *a, const item *b, int axis) {
    if (a->at[axis] != b->at[axis]) return a->at[axis] < b->at[axis] ? -1 : 1;
    return a->triangle < b->triangle ? -1 : a->triangle > b->triangle;
}
static int order_x(const void *a, const void *b) { return order(a, b, 0); }
static int order_y(const void *a, const void *b) { return order(a, b, 1); }
static int order_z(const void *a, const void *b) { return order(a, b, 2); }

// Puts the `middle` least items first. A sort takes over where the pivots are bad, so that no input is slow.
static void part(item *items, size_t count, size_t middle, int axis) {
    size_t low = 0, high = count;
    for (int tries = 0; high - low > 16; tries++) {
        if (tries > 64) break;
        const item *a = &items[low], *b = &items[low + (high - low) / 2], *c = &items[high - 1];
        const item pivot = order(a, b, axis) < 0 ? (order(b, c, axis) < 0 ? *b : order(a, c, axis) < 0 ? *c : *a)
                                                 : (order(a, c, axis) < 0 ? *a : order(b, c, axis) < 0 ? *c : *b);
        size_t i = low, j = high - 1;
        for (;;) {
            while (order(&items[i], &pivot, axis) < 0) i++;
            while (order(&pivot, &items[j], axis) < 0) j--;
            if (i >= j) break;
            const item t = items[i];
            items[i++] = items[j];
            items[j--] = t;
        }
        // Below i all come before or are the pivot, above j all come after or are it.
        if (middle <= j) {
            high = j + 1;
        } else if (middle >= i) {
            low = i;
        } else {
            return;
        }
    }
    qsort(items + low, high - low, sizeof *items, axis == 0 ? order_x : axis == 1 ? order_y : order_z);
}

static size_t halve(item *items, size_t count) {
    float low[3] = {INFINITY, INFINITY, INFINITY}, high[3] = {-INFINITY, -INFINITY, -INFINITY};
    for (size_t i = 0; i < count; i++)
        for (int k = 0; k < 3; k++) {
            if (items[i].at[k] < low[k]) low[k] = items[i].at[k];
            if (items[i].at[k] > high[k]) high[k] = items[i].at[k];
        }
    int axis = 0;
    for (int k = 1; k < 3; k++)
        if (high[k] - low[k] > high[axis] - low[axis]) axis = k;
    part(items, count, count / 2, axis);
    return count / 2;
}

static void shift(moments *m, const double *to) {
    // x about the new centre is x about the old one + d.
    const double d[3] = {m->p[0] - to[0], m->p[1] - to[1], m->p[2] - to[2]};
    for (int e = 0; e < 10; e++) {
        const int i = triples[e][0], j = triples[e][1], k = triples[e][2];
        m->t[e] += (2 * (m->s[pair_of[i][j]] * d[k] + m->s[pair_of[j][k]] * d[i] + m->s[pair_of[k][i]] * d[j])
                       + m->n[i] * d[j] * d[k] + m->n[j] * d[k] * d[i] + m->n[k] * d[i] * d[j]) / 3;
    }
    for (int e = 0; e < 6; e++) {
        const int i = pairs[e][0], j = pairs[e][1];
        m->s[e] += (m->n[i] * d[j] + m->n[j] * d[i]) / 2;
    }
    memcpy(m->p, to, sizeof m->p);
}

static void join(moments *sum, const moments *parts, int count) {
    memset(sum, 0, sizeof *sum);
    double weight = 0;
    for (int c = 0; c < count; c++) {
        weight += parts[c].area;
        for (int k = 0; k < 3; k++) sum->p[k] += parts[c].area * parts[c].p[k];
    }
    for (int k = 0; k < 3; k++) {
        if (weight > 0) {
            sum->p[k] /= weight;
        } else {
            sum->p[k] = parts[0].p[k];
        }
    }
    sum->area = weight;
    for (int c = 0; c < count; c++) {
        moments m = parts[c];
        shift(&m, sum->p);
        for (int k = 0; k < 3; k++) sum->n[k] += m.n[k];
        for (int e = 0; e < 6; e++) sum->s[e] += m.s[e];
        for (int e = 0; e < 10; e++) sum->t[e] += m.t[e];
    }
}

static void of_triangle(moments *m, const double *v) {
    double e[3], f[3], at[3][3];
    for (int k = 0; k < 3; k++) {
        e[k] = v[3 + k] - v[k];
        f[k] = v[6 + k] - v[k];
        m->p[k] = (v[k] + v[3 + k] + v[6 + k]) / 3;
    }
    for (int c = 0; c < 3; c++)
        for (int k = 0; k < 3; k++) at[c][k] = v[3 * c + k] - m->p[k];
    for (int k = 0; k < 3; k++) {
        const int i = (k + 1) % 3, j = (k + 2) % 3;
        m->n[k] = (e[i] * f[j] - e[j] * f[i]) / 2;
    }
    m->area = sqrt(m->n[0] * m->n[0] + m->n[1] * m->n[1] + m->n[2] * m->n[2]);
    memset(m->s, 0, sizeof m->s);
    double second[6];  // the mean of x x over the triangle, about its centroid
    for (int p = 0; p < 6; p++) {
        const int i = pairs[p][0], j = pairs[p][1];
        second[p] = (at[0][i] * at[0][j] + at[1][i] * at[1][j] + at[2][i] * at[2][j]) / 12;
    }
    for (int p = 0; p < 10; p++) {
        const int i = triples[p][0], j = triples[p][1], k = triples[p][2];
        m->t[p] = (m->n[i] * second[pair_of[j][k]] + m->n[j] * second[pair_of[k][i]] + m->n[k] * second[pair_of[i][j]]) / 3;
    }
}

static void store(kaira_winding_node *node, int lane, const moments *m, double radius2, int32_t child) {
    const double unit = 0.25 / 3.14159265358979323846;
    node->x[lane] = (float)m->p[0];
    node->y[lane] = (float)m->p[1];
    node->z[lane] = (float)m->p[2];
    node->radius2[lane] = (float)radius2;
    node->child[lane] = child;
    for (int k = 0; k < 3; k++) node->n[k][lane] = (float)(m->n[k] * unit);

    // The expansion of d / |d|^3 about p: N d / r^3 - 3 S d d / r^5 + 15/2 T d d d / r^7, S and T without their traces.
    const double third = (m->s[0] + m->s[3] + m->s[5]) / 3, minus3 = -3 * unit;
    const double sxx = m->s[0] - third, szz = m->s[5] - third;
    node->s[0][lane] = (float)(minus3 * 2 * m->s[1]);
    node->s[1][lane] = (float)(minus3 * 2 * m->s[4]);
    node->s[2][lane] = (float)(minus3 * 2 * m->s[2]);
    node->s[3][lane] = (float)(minus3 * (sxx + szz / 2));
    node->s[4][lane] = (float)(minus3 * (szz / 2));

    const double *t = m->t, factor = 7.5 * unit;
    const double tx = (t[0] + t[3] + t[5]) / 5, ty = (t[1] + t[6] + t[8]) / 5, tz = (t[2] + t[7] + t[9]) / 5;
    // The coefficients of the monomials that fix a harmonic polynomial.
    const double xxx = t[0] - 3 * tx, yyy = t[6] - 3 * ty, zzz = t[9] - 3 * tz;
    const double xzz = 3 * (t[5] - tx), yzz = 3 * (t[8] - ty), xxz = 3 * (t[2] - tz), xyz = 6 * t[4];
    const double h1 = zzz / 2, h2 = xzz / 4, h3 = yzz / 4;
    node->t[0][lane] = (float)(factor * h1);
    node->t[1][lane] = (float)(factor * h2);
    node->t[2][lane] = (float)(factor * h3);
    node->t[3][lane] = (float)(factor * (xxz + 3 * h1));
    node->t[4][lane] = (float)(factor * xyz);
    node->t[5][lane] = (float)(factor * (xxx + h2));
    node->t[6][lane] = (float)(factor * (-yyy - h3));
}

static void *grown(void *array, size_t *room, size_t count, size_t size) {
    if (count < *room) return array;
    const size_t wanted = *room * 2 + 16;
    void *fresh = NULL;
    if (posix_memalign(&fresh, 64, wanted * size) != 0) return NULL;
    if (array) memcpy(fresh, array, count * size);
    free(array);
    *room = wanted;
    return fresh;
}

static int compare_numbers(const void *a, const void *b) {
    const int32_t x = ((const item *)a)->triangle, y = ((const item *)b)->triangle;
    return (x > y) - (x < y);
}

static int32_t make_leaf(builder *b, item *items, size_t count, moments *m) {
    kaira_winding *tree = b->tree;
    kaira_winding_leaf *leaves = grown(tree->leaves, &tree->leaf_room, tree->leaf_count, sizeof *leaves);
    if (!leaves) {
        b->failed = 1;
        return -1;
    }
    tree->leaves = leaves;
    kaira_winding_leaf *leaf = &leaves[tree->leaf_count];
    // The order in which the halving left them says nothing; the file's order makes sums repeatable.
    qsort(items, count, sizeof *items, compare_numbers);
    moments parts[KAIRA_WINDING_LEAF];
    for (size_t i = 0; i < KAIRA_WINDING_LEAF; i++) {
        const double *v = &b->corners[9 * (size_t)items[i < count ? i : 0].triangle];
        for (int c = 0; c < 3; c++)
            for (int k = 0; k < 3; k++) leaf->at[c][k][i] = i < count ? v[3 * c + k] : v[k];
        if (i < count) of_triangle(&parts[i], v);
    }
    join(m, parts, (int)count);
    return ~(int32_t)tree->leaf_count++;
}

static double radius2(const builder *b, const item *items, size_t count, const double *p) {
    double most = 0;
    for (size_t i = 0; i < count; i++) {
        const double *v = &b->corners[9 * (size_t)items[i].triangle];
        for (int c = 0; c < 3; c++) {
            const double x = v[3 * c] - p[0], y = v[3 * c + 1] - p[1], z = v[3 * c + 2] - p[2];
            const double d = x * x + y * y + z * z;
            if (d > most) most = d;
        }
    }
    return most;
}

static int32_t make_node(builder *b, item *items, size_t count, moments *m) {
    kaira_winding *tree = b->tree;
    kaira_winding_node *nodes = grown(tree->nodes, &tree->node_room, tree->node_count, sizeof *nodes);
    if (!nodes) {
        b->failed = 1;
        return -1;
    }
    tree->nodes = nodes;
    const size_t number = tree->node_count++;
    size_t starts[KAIRA_WINDING_CHILDREN + 1] = {0, count};
    int parts = 1;
    for (int round = 0; round < 4; round++) {
        size_t next[KAIRA_WINDING_CHILDREN + 1];
        int made = 0;
        for (int c = 0; c < parts; c++) {
            const size_t size = starts[c + 1] - starts[c];
            next[made++] = starts[c];
            if (size > KAIRA_WINDING_LEAF) next[made++] = starts[c] + halve(items + starts[c], size);
        }
        next[made] = count;
        parts = made;
        memcpy(starts, next, sizeof next);
    }
    kaira_winding_node node;
    memset(&node, 0, sizeof node);
    moments children[KAIRA_WINDING_CHILDREN];
    for (int c = 0; c < KAIRA_WINDING_CHILDREN; c++) {
        if (c >= parts) {
            // Always far, of no weight, and not where a question may fall.
            node.x[c] = 1e6f;
            node.radius2[c] = -1;
            continue;
        }
        item *first = items + starts[c];
        const size_t size = starts[c + 1] - starts[c];
        const int32_t child =
            size > KAIRA_WINDING_LEAF ? make_node(b, first, size, &children[c]) : make_leaf(b, first, size, &children[c]);
        if (b->failed) return -1;
        // The single-precision centre and query round off: a little more keeps the criterion on the safe side.
        store(&node, c, &children[c], radius2(b, first, size, children[c].p) * (1 + 1e-6) + 1e-12, child);
    }
    join(m, children, parts);
    tree->nodes[number] = node;
    return (int32_t)number;
}

kaira_winding *kaira_winding_create(
    const double *positions, size_t vertices, size_t stride, const int32_t *triangles, size_t count,
    size_t triangle_stride) {
    (void)vertices;
    kaira_winding *tree = calloc(1, sizeof *tree);
    if (!tree) return NULL;
    tree->scale = 1;
    if (count == 0) return tree;
    double low[3] = {INFINITY, INFINITY, INFINITY}, high[3] = {-INFINITY, -INFINITY, -INFINITY};
    for (size_t i = 0; i < count; i++)
        for (int c = 0; c < 3; c++) {
            const double *v = &positions[(size_t)triangles[i * triangle_stride + c] * stride];
            for (int k = 0; k < 3; k++) {
                if (v[k] < low[k]) low[k] = v[k];
                if (v[k] > high[k]) high[k] = v[k];
            }
        }
    double extent = 0;
    for (int k = 0; k < 3; k++) {
        tree->center[k] = low[k] / 2 + high[k] / 2;
        extent = fmax(extent, high[k] / 2 - low[k] / 2);
    }
    // A power of two, so that scaling changes no digit.
    int exponent = 0;
    if (extent > 0) frexp(extent, &exponent);
    tree->scale = ldexp(1, exponent > 1000 ? -1000 : exponent < -1000 ? 1000 : -exponent);

    double *corners = malloc(count * 9 * sizeof *corners);
    item *items = malloc(count * sizeof *items);
    builder b = {tree, items, corners, !corners || !items};
    if (!b.failed) {
        for (size_t i = 0; i < count; i++) {
            double *v = &corners[9 * i];
            for (int c = 0; c < 3; c++)
                for (int k = 0; k < 3; k++)
                    v[3 * c + k] =
                        (positions[(size_t)triangles[i * triangle_stride + c] * stride + k] - tree->center[k]) * tree->scale;
            for (int k = 0; k < 3; k++) items[i].at[k] = (float)((v[k] + v[3 + k] + v[6 + k]) / 3);
            items[i].triangle = (int32_t)i;
        }
        moments all;
        make_node(&b, items, count, &all);
    }
    free(corners);
    free(items);
    if (!b.failed) return tree;
    kaira_winding_destroy(tree);
    return NULL;
}

void kaira_winding_destroy(kaira_winding *tree) {
    if (!tree) return;
    free(tree->nodes);
    free(tree->leaves);
    free(tree);
}

// ---- evaluating -------------------------------------------------------------------------------------------------

typedef struct {
    const kaira_winding *tree;
    const double *points;
    size_t stride, count;
    double *numbers;
    float beta2;
    kaira_winding_kernel kernel;
    _Atomic size_t next;
} job;

static double bounded(double x) { return x > 1e9 ? 1e9 : x < -1e9 ? -1e9 : x; }

static void participate(void *context, int participant) {
    (void)participant;
    job *j = context;
    const kaira_winding *tree = j->tree;
    const size_t tile = 128;
    for (;;) {
        const size_t start = atomic_fetch_add_explicit(&j->next, tile, memory_order_relaxed);
        if (start >= j->count) break;
        const size_t end = start + tile < j->count ? start + tile : j->count;
        for (size_t i = start; i < end; i++) {
            const double *p = &j->points[i * j->stride];
            double q[3];
            for (int k = 0; k < 3; k++) q[k] = (p[k] - tree->center[k]) * tree->scale;
            const int finite = isfinite(p[0]) && isfinite(p[1]) && isfinite(p[2]);
            // Beyond a thousand million sizes a soup has no solid angle left; single precision would overflow.
            j->numbers[i] =
                finite ? j->kernel(tree, bounded(q[0]), bounded(q[1]), bounded(q[2]), j->beta2) : (double)NAN;
        }
    }
}

void kaira_winding_evaluate(
    const kaira_winding *tree, const double *points, size_t stride, size_t count, double *numbers, double beta,
    int threads) {
    kaira_winding_kernel kernel = kaira_winding_point_generic;
#if defined(__x86_64__)
    const int width = kaira_vector_width();
    if (width == 16 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")) {
        kernel = kaira_winding_point_avx512;
    } else if (width >= 8) {
        kernel = kaira_winding_point_avx2;
    }
#endif
    job j = {tree, points, stride, count, numbers, beta > 0 ? (float)(beta * beta) : 0, kernel, 0};
    const size_t useful = (count + 127) / 128;
    kaira_pool *pool = threads > 1 && useful > 1 ? kaira_pool_create((size_t)threads < useful ? threads : (int)useful) : NULL;
    if (pool) {
        kaira_pool_run(pool, participate, &j);
        kaira_pool_destroy(pool);
    } else {
        participate(&j, 0);
    }
}
