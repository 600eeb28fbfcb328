#ifndef KAIRA_TRANSFORMER_H
#define KAIRA_TRANSFORMER_H

#include <stddef.h>
#include <stdint.h>

#include "kaira_kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

// Transformer networks as lists of steps over tensors at fixed addresses. Rows are tokens or pixels, channels last.
//
// Memory is read and written in whole vectors and whole register tiles: rows are padded to whole panels of columns, and
// KAIRA_TRANSFORMER_SLACK rows follow the last one. What padding holds is never part of a result, but must be finite
// where it meets weights (columns beyond a matrix's depth).

/// Rows that must be readable after the last row of a matrix's left operand.
#define KAIRA_TRANSFORMER_SLACK 32
/// Most segments of the left operand's rows: the taps of one phase of a 4x4 transposed convolution.
#define KAIRA_TRANSFORMER_SEGMENTS 4

/// Number types of a matrix product's operands. Sums are float32 (int8: int32, exactly).
enum {
    KAIRA_TYPE_FLOAT32 = 0,
    KAIRA_TYPE_BFLOAT16 = 1,
    /// Weights of 8 bits, one scale a column; activations of 8 bits, one scale and one minimum a row.
    KAIRA_TYPE_INT8 = 2,
};

enum {
    KAIRA_TRANSFORMER_MATRIX = 0,     ///< out = activation(rows(in) * weights + bias) + residual
    KAIRA_TRANSFORMER_NORM = 1,       ///< layer norm, or none (weights NULL), then ReLU if asked, then conversion
    KAIRA_TRANSFORMER_ATTENTION = 2,  ///< softmax(q k^T) v for each head; q is scaled by log2(e) / sqrt(width) already
    KAIRA_TRANSFORMER_PATCHES = 3,    ///< cuts an image into patches, one a row
    KAIRA_TRANSFORMER_UPSAMPLE = 4,   ///< bilinear enlargement of per-tap maps and their sum: a 3x3 convolution after it
    KAIRA_TRANSFORMER_PLANAR = 5,     ///< rows of channels to planes
};

enum { KAIRA_TRANSFORMER_PLAIN = 0, KAIRA_TRANSFORMER_GELU = 1, KAIRA_TRANSFORMER_RELU = 2 };

/// The kernels of one instruction set.
typedef struct kaira_transformer_kernels kaira_transformer_kernels;

/// Where rows lie: row x of group y of image b begins at b * batch + y * group + x * row, in the operand's units.
typedef struct {
    int64_t row, group, batch;
} kaira_strides;

/// One step. Strides of `in` and `out` are bytes, of `residual` floats, of `in_quantised`/`out_quantised` rows.
typedef struct {
    int32_t kind;
    int32_t type;      ///< of `in`; NORM: float32 or bfloat16; ATTENTION: float32, or bfloat16 where kaira_transformer_halves says so
    int32_t out_type;  ///< of `out`; int8 for NORM only
    int32_t activation;
    /// Whether the next step needs this one's results: all threads wait here.
    int32_t waits;
    int32_t tiles;
    int32_t batch;
    int32_t groups, rows;  ///< an image has `groups * rows` rows
    int32_t columns;       ///< of `out`, without padding
    int32_t depth;         ///< MATRIX: values of one segment
    int32_t segments;
    int32_t chunk;         ///< MATRIX: register tiles of rows in one piece of work
    // ATTENTION: columns = heads * width; key and value follow the query at `key` and `value` bytes.
    int32_t heads, width;
    int64_t key, value;
    // PATCHES: image [batch][channels][height][width] or [batch][height][width][channels] (interleaved).
    // UPSAMPLE: groups x rows small pixels of 9 * `channels` padded values -> planes [columns][height][image_width].
    int32_t channels, height, image_width, patch_height, patch_width, pad_y, pad_x, interleaved, factor;
    float epsilon;

    const void *in;
    kaira_strides in_strides;
    int64_t segment_offsets[KAIRA_TRANSFORMER_SEGMENTS];  ///< bytes
    const float *in_quantised;  ///< int8: scale and minimum of each row
    kaira_strides in_quantised_strides;
    int64_t segment_rows[KAIRA_TRANSFORMER_SEGMENTS];

    const void *weights;   ///< packed; NORM: gamma
    const float *bias;     ///< padded to whole panels; NORM: beta
    const float *scales;   ///< int8: one a column
    const float *sums;     ///< int8: [segments][padded columns], the sum of a column's weights
    const float *residual; ///< NULL: none
    kaira_strides residual_strides;
    const float *mask;     ///< ATTENTION: NULL, or [batch][rows] values added to the scores, times log2(e)

    void *out;
    kaira_strides out_strides;
    float *out_quantised;
    kaira_strides out_quantised_strides;
} kaira_transformer_step;

/// The fastest kernels that this CPU can run (held lower by KAIRA_ISA=generic, avx2 or avx512).
const kaira_transformer_kernels *kaira_transformer_best(void);
/// The kernels of that name if this CPU can run them, else NULL: generic, avx2, avx512, avx512vnni, avx512bf16, amx.
const kaira_transformer_kernels *kaira_transformer_named(const char *name);
/// A set's name.
const char *kaira_transformer_name(const kaira_transformer_kernels *kernels);
/// Whether the set has instructions for products of this type, so that it can be faster than float32.
int kaira_transformer_has(const kaira_transformer_kernels *kernels, int type);
/// Whether attention can work on bfloat16 queries, keys and values.
int kaira_transformer_halves(const kaira_transformer_kernels *kernels);
/// Whether int8 products are added in pairs of 16 bits: weights are then rounded in steps of a 127th of the largest weight or
/// sum of two neighbours (the first and second, third and fourth ... of a segment) of a row, so that no sum overflows.
int kaira_transformer_pairs(const kaira_transformer_kernels *kernels);
/// Whether rounding to bfloat16 costs next to nothing, so that it saves time where it only halves what is stored.
int kaira_transformer_rounds(const kaira_transformer_kernels *kernels);
/// Columns of one panel of weights.
int kaira_transformer_panel(const kaira_transformer_kernels *kernels);
/// Bytes of one activation of this type.
int kaira_transformer_element(const kaira_transformer_kernels *kernels, int type);
/// `columns` rounded up to whole panels.
int kaira_transformer_padded(const kaira_transformer_kernels *kernels, int columns);

/// Bytes of a packed matrix.
size_t kaira_transformer_packed_bytes(
    const kaira_transformer_kernels *kernels, int type, int columns, int depth, int segments);
/// Packs panels `first ..< last` of `weights` [columns][segments * depth]. int8: also fills `scales` [padded columns] and
/// `sums` [segments][padded columns].
void kaira_transformer_pack(
    const kaira_transformer_kernels *kernels, int type, const float *weights, int columns, int depth, int segments,
    int first, int last, void *packed, float *scales, float *sums);
/// Packs the whole matrix, the panels shared out to a pool.
void kaira_transformer_pack_shared(
    const kaira_transformer_kernels *kernels, kaira_pool *pool, int type, const float *weights, int columns, int depth,
    int segments, void *packed, float *scales, float *sums);

/// Cuts a step into tiles for `batch` images.
void kaira_transformer_prepare(
    const kaira_transformer_kernels *kernels, kaira_transformer_step *step, int batch, int threads);
/// Floats of scratch that each participant needs for a step.
size_t kaira_transformer_scratch(const kaira_transformer_kernels *kernels, const kaira_transformer_step *step);
/// Runs prepared steps. `progress` has `count` entries, `scratch` one pointer a participant; `nanoseconds` is NULL or gets
/// `count` times, as the caller's thread saw them.
void kaira_transformer_run(
    const kaira_transformer_kernels *kernels, kaira_pool *pool, const kaira_transformer_step *steps, int count,
    kaira_progress *progress, float *const *scratch, int64_t *nanoseconds);

/// Multiplications with additions that a chain of the type's own instructions does in a second on this thread, in
/// billions, at best in a third of a millisecond: which type is the fastest.
double kaira_transformer_peak(const kaira_transformer_kernels *kernels, int type);
/// The same of all threads of a pool at once and for a quarter of a second, on the clock rate that they can keep up: what
/// products are measured against. At most 64 threads.
double kaira_transformer_shared_peak(const kaira_transformer_kernels *kernels, kaira_pool *pool, int type);

#ifdef __cplusplus
}
#endif
#endif
