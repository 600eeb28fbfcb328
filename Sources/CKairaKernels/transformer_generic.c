// The transformer kernels in plain C vectors of four floats: any machine a C compiler knows.
#include <time.h>

#include "transformer.h"

#define NAME(x) x##_generic
#define ROWS 4
typedef float vector4 __attribute__((vector_size(16)));
typedef int32_t integers4 __attribute__((vector_size(16)));
#define V vector4
#define VW 4

static inline vector4 load4(const float *p) {
    vector4 v;
    memcpy(&v, p, sizeof v);
    return v;
}
static inline void store4(float *p, vector4 v) { memcpy(p, &v, sizeof v); }
static inline vector4 load4_part(const float *p, int n) {
    vector4 v = {0, 0, 0, 0};
    for (int i = 0; i < n && i < 4; i++) v[i] = p[i];
    return v;
}
static inline void store4_part(float *p, vector4 v, int n) {
    for (int i = 0; i < n && i < 4; i++) p[i] = v[i];
}
// As SSE's minimum and maximum: the second operand where either is a NaN.
static inline vector4 min4(vector4 a, vector4 b) {
    const integers4 m = a < b;
    return (vector4)(((integers4)a & m) | ((integers4)b & ~m));
}
static inline vector4 max4(vector4 a, vector4 b) {
    const integers4 m = a > b;
    return (vector4)(((integers4)a & m) | ((integers4)b & ~m));
}
static inline float sum4(vector4 v) { return (v[0] + v[2]) + (v[1] + v[3]); }
static inline float least4(vector4 v) { return fminf(fminf(v[0], v[1]), fminf(v[2], v[3])); }
static inline float most4(vector4 v) { return fmaxf(fmaxf(v[0], v[1]), fmaxf(v[2], v[3])); }
static inline vector4 round4(vector4 v) {
    return (vector4){rintf(v[0]), rintf(v[1]), rintf(v[2]), rintf(v[3])};
}
static inline vector4 scale4(vector4 v, vector4 n) {
    return (vector4){ldexpf(v[0], (int)n[0]), ldexpf(v[1], (int)n[1]), ldexpf(v[2], (int)n[2]), ldexpf(v[3], (int)n[3])};
}
static inline integers4 splat4(int32_t x) { return (integers4){x, x, x, x}; }
static inline integers4 load_integers4(const void *p) {
    integers4 v;
    memcpy(&v, p, sizeof v);
    return v;
}
// Eight signed bytes as pairs of 16 bits.
static inline integers4 load_bytes4(const void *p) {
    const int8_t *bytes = p;
    int16_t words[8];
    for (int i = 0; i < 8; i++) words[i] = bytes[i];
    return load_integers4(words);
}
static inline vector4 load_bfloat16_4(const uint16_t *p) {
    const integers4 words = {(int32_t)((uint32_t)p[0] << 16), (int32_t)((uint32_t)p[1] << 16), (int32_t)((uint32_t)p[2] << 16),
        (int32_t)((uint32_t)p[3] << 16)};
    return (vector4)words;
}
static inline void store_words4(int16_t *p, vector4 v) {
    for (int i = 0; i < 4; i++) p[i] = (int16_t)rintf(v[i]);
}
static inline void store_bfloat16_4(uint16_t *p, vector4 v) {
    for (int i = 0; i < 4; i++) p[i] = kaira_bfloat16(v[i]);
}
static inline void transpose4(const float *from, ptrdiff_t from_stride, float *to, ptrdiff_t to_stride) {
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) to[j * to_stride + i] = from[i * from_stride + j];
}
#define TRANSPOSED 4
#define TRANSPOSE(from, from_stride, to, to_stride) transpose4(from, from_stride, to, to_stride)

#define OPAQUE(v) __asm__ volatile("" : "+m"(v))
#define VLOAD(p) load4(p)
#define VSTORE(p, v) store4(p, v)
#define VSET(x) ((vector4){x, x, x, x})
#define VFMA(a, b, c) ((a) * (b) + (c))
#define VADD(a, b) ((a) + (b))
#define VSUB(a, b) ((a) - (b))
#define VMUL(a, b) ((a) * (b))
#define VMIN(a, b) min4(a, b)
#define VMAX(a, b) max4(a, b)
#define VLOAD_PART(p, n) load4_part(p, n)
#define VSTORE_PART(p, v, n) store4_part(p, v, n)
#define VSUM(v) sum4(v)
#define VLEAST(v) least4(v)
#define VMOST(v) most4(v)
#define VROUND(v) round4(v)
#define VSCALE(v, n) scale4(v, n)
#define VINTEGERS(p) load_integers4(p)
#define VFROMINT(i) __builtin_convertvector(i, vector4)
#define VLOAD_BFLOAT16(p) load_bfloat16_4(p)
#define VSTORE_BFLOAT16(p, v) store_bfloat16_4(p, v)
#define INT8 int16_t
#define VSTORE_INT8(p, v) store_words4(p, v)
#include "transformer.inc"

static inline vector4 high16(integers4 v) { return (vector4)(v & splat4((int32_t)0xffff0000)); }
static inline vector4 low16(integers4 v) { return (vector4)(v << 16); }

#define PNAME(x) NAME(x##_float32)
#define PGROUP 1
#define ACC V
#define ACC_ZERO VSET(0)
#define ACC_STORE(p, acc) VSTORE(p, acc)
#define LEFT V
#define LEFT_SET(p) (vector4)splat4(*(p))
#define RIGHT V
#define RIGHT_LOAD(p) VLOAD((const float *)(p))
#define RIGHT_BYTES (VW * 4)
#define DOT(acc, x, b) VFMA(x, b, acc)
#define INTEGER 0
#include "transformer_product.inc"

// bfloat16 without instructions for it: the halves of a word are the upper halves of two floats.
#define PNAME(x) NAME(x##_bfloat16)
#define PGROUP 2
#define ACC V
#define ACC_ZERO VSET(0)
#define ACC_STORE(p, acc) VSTORE(p, acc)
#define LEFT integers4
#define LEFT_SET(p) splat4(*(p))
#define RIGHT integers4
#define RIGHT_LOAD(p) load_integers4(p)
#define RIGHT_BYTES (VW * 4)
#define DOT(acc, x, b) VFMA(high16(x), high16(b), VFMA(low16(x), low16(b), acc))
#define INTEGER 0
#include "transformer_product.inc"

// int8 weights, activations of 0...255 in 16 bits: the instruction for bytes adds pairs in 16 bits and saturates.
#define PNAME(x) NAME(x##_int8)
#define PGROUP 2
#define ACC integers4
#define ACC_ZERO splat4(0)
#define ACC_STORE(p, acc) memcpy(p, &(acc), sizeof(acc))
#define LEFT integers4
#define LEFT_SET(p) splat4(*(p))
#define RIGHT integers4
#define RIGHT_LOAD(p) load_bytes4(p)
#define RIGHT_BYTES (VW * 2)
#define DOT(acc, x, b) (acc + ((x << 16) >> 16) * ((b << 16) >> 16) + (x >> 16) * (b >> 16))
#define INTEGER 1
#include "transformer_product.inc"

#define ANAME(x) NAME(x##_float32)
#define HALVES 0
#define BLOCK NAME(block_float32)
#include "transformer_attention.inc"

#define PRODUCTS
#include "transformer.inc"

const kaira_transformer_kernels kaira_transformer_generic = {
    .name = "generic",
    .lanes = VW,
    .rows = {ROWS, ROWS, ROWS},
    .words = {1, 1, 1},
    .attention_rows = {ROWS, ROWS},
    .group = {1, 2, 2},
    .element = {4, 2, 2},
    .weight = {4, 2, 1},
    .native = {1, 0, 1},
    .matrix = {NAME(matrix_float32), NAME(matrix_bfloat16), NAME(matrix_int8)},
    .norm = NAME(norm),
    .attention = {NAME(attention_float32), NULL},
    .upsample = NAME(upsample),
    .peak = {NAME(peak_float32), NAME(peak_bfloat16), NAME(peak_int8)},
};
