// Shared by the learning kernels of every instruction set; not part of the module's interface.
#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kaira_learning.h"

/// One block of a product: a tile of `rows` x `columns` results, over `depth` terms.
typedef struct {
    int64_t columns, depth;
    const char *b_packed;
} kaira_panel;

/// The kernels of one number type on one instruction set. Pointers are to that type.
typedef struct {
    int lanes, rows;  ///< of a register tile, which is two vectors wide
    void (*unary)(int op, double p, double q, int64_t n, const void *a, int64_t stride, void *out);
    void (*binary)(
        int op, double p, double q, int64_t n, const void *a, int64_t a_stride, const void *b, int64_t b_stride,
        void *out);
    void (*select)(
        int64_t n, const void *c, int64_t c_stride, const void *a, int64_t a_stride, const void *b, int64_t b_stride,
        void *out);
    double (*reduce_row)(int op, int64_t n, const void *x);
    void (*reduce_columns)(
        int op, double scale, int64_t count, int64_t stride, int64_t width, const void *x, void *out);
    int (*finite)(int64_t n, const void *x);
    /// Part of a product: rows `m0 ..< m1`, columns `n0 ..< n1`; `scratch` of kaira_product_scratch bytes.
    void (*product)(
        const kaira_product *s, const void *a, const void *b, void *c, void *before, int64_t m0, int64_t m1, int64_t n0,
        int64_t n1, void *scratch);
    /// Writes a tile [rows][2 * lanes] of a product to its place; what can be done to it is done. `first`, `last`: whether
    /// it is of the first or last part of the terms.
    void (*write)(
        const kaira_product *s, void *tile, int64_t rows, int64_t columns, int64_t row, int64_t column, int first,
        int last, void *c, void *before);
    void (*softmax)(int64_t count, const void *x, void *y);
    void (*log_softmax)(int64_t count, const void *x, void *y);
    void (*softmax_slope)(int64_t count, const void *y, const void *dy, void *dx);
    void (*log_softmax_slope)(int64_t count, const void *y, const void *dy, void *dx);
    void (*cross_entropy)(
        int64_t classes, const void *x, int label, double smoothing, double scale, void *loss, void *gradient);
    void (*layer_norm)(
        int64_t count, double epsilon, const void *x, const void *gain, const void *bias, void *y, void *mean,
        void *inverse);
    void (*layer_norm_slope)(
        int64_t count, const void *x, const void *gain, double mean, double inverse, const void *dy, void *dx,
        void *dgain, void *dbias);
    void (*moments)(int64_t n, const void *x, double shift, double *sum, double *squares);
    void (*affine)(int64_t n, const void *x, double scale, double shift, int relu, void *y);
    void (*sums)(int64_t n, const void *x, const void *dy, double mean, double inverse, double *sum, double *product);
    void (*combine)(int64_t n, const void *dy, const void *x, double a, double b, double c, void *dx);
    void (*masked_softmax)(int64_t count, int64_t valid, double scale, void *x);
    /// x = scale * p * (x - sum p x)
    void (*attention_slope)(int64_t count, double scale, const void *p, void *x);
    void (*sgd)(
        int64_t n, double rate, double momentum, double decay, int nesterov, int first, const void *g, void *v, void *p);
    void (*adam)(
        int64_t n, double rate, double beta1, double beta2, double epsilon, double decay, int decoupled, double c1,
        double c2, const void *g, void *m, void *v, void *p);
    void (*blend)(int64_t n, double factor, const void *x, void *y);
    void (*dropout)(uint64_t key, uint64_t stream, uint64_t first, int64_t n, uint32_t threshold, double scale, void *mask);
    /// Convolution with stride 1 of one group of a padded image; weights packed as [tile][depth][rows].
    void (*convolve)(
        const kaira_window *s, int64_t padded_width, const int32_t *offsets, int64_t depth, const void *image,
        const void *w, const void *bias, int relu, void *y);
    /// Adds one image's part of the gradient for the weights of a group to `sums` [panel][tile][rows][2 * lanes].
    void (*convolve_weights)(
        const kaira_window *s, int64_t padded_width, const int32_t *offsets, int64_t depth, const void *image,
        const void *gradient, void *packed, void *sums);
    void (*pool_pairs)(
        int64_t n, const void *upper, const void *lower, int32_t place, int32_t width, void *out, int32_t *places);
} kaira_learning_kernels;

typedef struct {
    const char *name;
    const kaira_learning_kernels *of[2];
    int tiles;  ///< whether products of halves are those of learning_amx.c
} kaira_learning_set;

extern const kaira_learning_set kaira_learning_generic;
#if defined(__x86_64__)
extern const kaira_learning_set kaira_learning_avx2, kaira_learning_avx512, kaira_learning_amx;
void kaira_learning_amx_product(
    const kaira_learning_kernels *rest, const kaira_product *s, const void *a, const void *b, void *c, void *before,
    int64_t m0, int64_t m1, int64_t n0, int64_t n1, void *scratch);
#endif

/// Columns and terms of the block of the right operand that is packed at a time.
#define KAIRA_BLOCK_COLUMNS 256
#define KAIRA_BLOCK_DEPTH 256
/// The most terms where there are no more columns than this.
#define KAIRA_FEW_COLUMNS 128
#define KAIRA_MOST_DEPTH 1024
/// Numbers of a packed block, and bytes of scratch that `product` needs: that, and eight tiles of rows.
#define KAIRA_PACKED ((KAIRA_FEW_COLUMNS + 32) * (KAIRA_MOST_DEPTH + 8))
#define KAIRA_PRODUCT_SCRATCH ((KAIRA_PACKED + 8 * 12 * (KAIRA_MOST_DEPTH + 8)) * 8 + 4096)

/// The kernels that this thread uses, and makes those use that it shares its work with.
const kaira_learning_set *kaira_learning_chosen(void);
/// Makes this thread use them; NULL: the best for this CPU.
void kaira_learning_choose_set(const kaira_learning_set *set);
/// The kernels of a type.
const kaira_learning_kernels *kaira_learning_kernels_of(int type);
/// Part of a product, as `product` of the kernels, on tiles where there are such and they are worth while.
void kaira_multiply_part(
    int type, const kaira_product *s, const void *a, const void *b, void *c, void *before, int64_t m0, int64_t m1,
    int64_t n0, int64_t n1, void *scratch);

/// One piece of work; `scratch` is the thread's own.
typedef void kaira_piece_function(const void *context, int64_t piece, void *scratch);
/// Runs `function` for every piece, shared out to the threads, each with `scratch` bytes of its own.
void kaira_share(int64_t pieces, size_t scratch, kaira_piece_function *function, const void *context);

// A piece of memory that vector loads may start at; NULL where there is none.
static inline void *aligned(size_t bytes) {
    void *memory = NULL;
    return posix_memalign(&memory, 64, bytes < 64 ? 64 : bytes) == 0 ? memory : NULL;
}

// Elements of one piece of work.
#define PIECE 16384

static inline size_t bytes_of(int type) { return type == KAIRA_REAL_DOUBLE ? 8 : 4; }
static inline const void *at(int type, const void *p, int64_t index) { return (const char *)p + index * (int64_t)bytes_of(type); }
static inline void *to(int type, void *p, int64_t index) { return (char *)p + index * (int64_t)bytes_of(type); }
static inline double value(int type, const void *p, int64_t i) {
    return type == KAIRA_REAL_DOUBLE ? ((const double *)p)[i] : (double)((const float *)p)[i];
}
static inline void set_value(int type, void *p, int64_t i, double v) {
    if (type == KAIRA_REAL_DOUBLE) ((double *)p)[i] = v;
    else ((float *)p)[i] = (float)v;
}
static inline int64_t ceiling(int64_t a, int64_t b) { return (a + b - 1) / b; }
static inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

static inline void small_product(
    int type, int64_t m, int64_t n, int64_t k, const void *a, int64_t a_row, int64_t a_column, const void *b,
    int64_t b_row, int64_t b_column, void *c, int64_t c_row, void *scratch) {
    const kaira_product s = {
        .m = m, .n = n, .k = k, .a_row = a_row, .a_column = a_column, .b_row = b_row, .b_column = b_column,
        .c_row = c_row, .c_column = 1, .alpha = 1};
    kaira_multiply_part(type, &s, a, b, c, NULL, 0, m, 0, n, scratch);
}

