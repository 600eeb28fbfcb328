// The transformer kernels for x86 with AVX-512 alone: register tiles of 12 rows by 32 columns.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)

#include "transformer_avx512.h"
#define NAME(x) x##_avx512
#define INT8 int16_t
#define VSTORE_INT8(p, v) _mm256_storeu_si256((__m256i *)(p), _mm512_cvtepi32_epi16(_mm512_cvtps_epi32(v)))
#include "transformer.inc"

static inline __m512 high16(__m512i v) { return _mm512_castsi512_ps(_mm512_and_si512(v, _mm512_set1_epi32((int)0xffff0000))); }
static inline __m512 low16(__m512i v) { return _mm512_castsi512_ps(_mm512_slli_epi32(v, 16)); }

#include "transformer_avx512_float32.inc"

// bfloat16 without instructions for it: the halves of a word are the upper halves of two floats.
#define PNAME(x) NAME(x##_bfloat16)
#define PGROUP 2
#define ACC V
#define ACC_ZERO VSET(0)
#define ACC_STORE(p, acc) VSTORE(p, acc)
#define LEFT __m512i
#define LEFT_SET(p) _mm512_set1_epi32(*(p))
#define RIGHT __m512i
#define RIGHT_LOAD(p) _mm512_loadu_si512(p)
#define RIGHT_BYTES (VW * 4)
#define DOT(acc, x, b) VFMA(high16(x), high16(b), VFMA(low16(x), low16(b), acc))
#define INTEGER 0
#include "transformer_product.inc"

// int8 weights, activations of 0...255 in 16 bits: the instruction for bytes adds pairs in 16 bits and saturates.
#define PNAME(x) NAME(x##_int8)
#define PGROUP 2
#define ACC __m512i
#define ACC_ZERO _mm512_setzero_si512()
#define ACC_STORE(p, acc) _mm512_storeu_si512(p, acc)
#define LEFT __m512i
#define LEFT_SET(p) _mm512_set1_epi32(*(p))
#define RIGHT __m512i
#define RIGHT_LOAD(p) _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)(p)))
#define RIGHT_BYTES (VW * 2)
#define DOT(acc, x, b) _mm512_add_epi32(acc, _mm512_madd_epi16(x, b))
#define INTEGER 1
#include "transformer_product.inc"

#define PRODUCTS
#include "transformer.inc"

#pragma clang attribute pop

const kaira_transformer_kernels kaira_transformer_avx512 = {
    .name = "avx512",
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
#endif
