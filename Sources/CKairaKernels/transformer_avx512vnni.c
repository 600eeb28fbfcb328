// The transformer kernels for x86 with AVX-512 and its instructions for int8 (VNNI), with and without those for bfloat16.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx512vnni,avx2,fma"))), apply_to = function)

#include "transformer_avx512.h"
#define NAME(x) x##_avx512vnni
#define INT8 uint8_t
#define VSTORE_INT8(p, v) _mm_storeu_si128((__m128i *)(p), _mm512_cvtusepi32_epi8(_mm512_cvtps_epi32(v)))
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

// VNNI: four products of a byte of 0...255 and a signed byte for each int32, exact.
#define PNAME(x) NAME(x##_int8)
#define PGROUP 4
#define ACC __m512i
#define ACC_ZERO _mm512_setzero_si512()
#define ACC_STORE(p, acc) _mm512_storeu_si512(p, acc)
#define LEFT __m512i
#define LEFT_SET(p) _mm512_set1_epi32(*(p))
#define RIGHT __m512i
#define RIGHT_LOAD(p) _mm512_loadu_si512(p)
#define RIGHT_BYTES 64
#define DOT(acc, x, b) _mm512_dpbusd_epi32(acc, x, b)
#define INTEGER 1
#include "transformer_product.inc"

#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx512vnni,avx512bf16,avx2,fma"))), apply_to = function)
#define PNAME(x) NAME(x##_dpbf16)
#define PGROUP 2
#define ACC V
#define ACC_ZERO VSET(0)
#define ACC_STORE(p, acc) VSTORE(p, acc)
#define LEFT __m512bh
#define LEFT_SET(p) (__m512bh) _mm512_set1_epi32(*(p))
#define RIGHT __m512bh
#define RIGHT_LOAD(p) (__m512bh) _mm512_loadu_si512(p)
#define RIGHT_BYTES 64
#define DOT(acc, x, b) _mm512_dpbf16_ps(acc, x, b)
#define INTEGER 0
#include "transformer_product.inc"

#define ANAME(x) NAME(x##_dpbf16)
#define HALVES 1
#define BLOCK NAME(block_dpbf16)
#define SUMS_TO_HALVES(p, v) _mm256_storeu_si256((__m256i *)(p), (__m256i)_mm512_cvtneps_pbh(v))
#define PAIR_HALVES(to, a, b, n) pair_halves16(to, a, b, n)
#include "transformer_attention.inc"
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx512vnni,avx2,fma"))), apply_to = function)

#define PRODUCTS
#include "transformer.inc"

#pragma clang attribute pop

const kaira_transformer_kernels kaira_transformer_avx512vnni = {
    .name = "avx512vnni",
    .lanes = VW,
    .rows = {ROWS, ROWS, ROWS},
    .words = {1, 1, 1},
    .attention_rows = {ROWS, ROWS},
    .group = {1, 2, 4},
    .element = {4, 2, 1},
    .weight = {4, 2, 1},
    .native = {1, 0, 1},
    .matrix = {NAME(matrix_float32), NAME(matrix_bfloat16), NAME(matrix_int8)},
    .norm = NAME(norm),
    .attention = {NAME(attention_float32), NULL},
    .upsample = NAME(upsample),
    .peak = {NAME(peak_float32), NAME(peak_bfloat16), NAME(peak_int8)},
};

const kaira_transformer_kernels kaira_transformer_avx512bf16 = {
    .name = "avx512bf16",
    .lanes = VW,
    .rows = {ROWS, ROWS, ROWS},
    .words = {1, 1, 1},
    .attention_rows = {ROWS, ROWS},
    .group = {1, 2, 4},
    .element = {4, 2, 1},
    .weight = {4, 2, 1},
    .native = {1, 1, 1},
    .matrix = {NAME(matrix_float32), NAME(matrix_dpbf16), NAME(matrix_int8)},
    .norm = NAME(norm),
    .attention = {NAME(attention_float32), NAME(attention_dpbf16)},
    .upsample = NAME(upsample),
    .peak = {NAME(peak_float32), NAME(peak_dpbf16), NAME(peak_int8)},
};
#endif
