// The transformer kernels for x86 with AVX2 and FMA: register tiles of 6 rows by 16 columns.
#if defined(__x86_64__)
#include <immintrin.h>
#include <time.h>

#include "transformer.h"
#include "turn8.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define NAME(x) x##_avx2
#define ROWS 6
#define V __m256
#define VW 8

static inline __m256 load8_part(const float *p, int n) {
    float lanes[8] = {0, 0, 0, 0, 0, 0, 0, 0};
    for (int i = 0; i < n && i < 8; i++) lanes[i] = p[i];
    return _mm256_loadu_ps(lanes);
}
static inline void store8_part(float *p, __m256 v, int n) {
    float lanes[8];
    _mm256_storeu_ps(lanes, v);
    for (int i = 0; i < n && i < 8; i++) p[i] = lanes[i];
}
static inline float sum8(__m256 v) {
    __m128 x = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    x = _mm_add_ps(x, _mm_movehl_ps(x, x));
    return _mm_cvtss_f32(_mm_add_ss(x, _mm_shuffle_ps(x, x, 1)));
}
static inline float least8(__m256 v) {
    __m128 x = _mm_min_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    x = _mm_min_ps(x, _mm_movehl_ps(x, x));
    return _mm_cvtss_f32(_mm_min_ss(x, _mm_shuffle_ps(x, x, 1)));
}
static inline float most8(__m256 v) {
    __m128 x = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    x = _mm_max_ps(x, _mm_movehl_ps(x, x));
    return _mm_cvtss_f32(_mm_max_ss(x, _mm_shuffle_ps(x, x, 1)));
}
static inline __m256 scale8(__m256 v, __m256 n) {
    return _mm256_castsi256_ps(
        _mm256_add_epi32(_mm256_castps_si256(v), _mm256_slli_epi32(_mm256_cvtps_epi32(n), 23)));
}
static inline void store_bytes8(uint8_t *p, __m256 v) {
    const __m256i integers = _mm256_cvtps_epi32(v);
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(integers), _mm256_extracti128_si256(integers, 1));
    _mm_storel_epi64((__m128i *)p, _mm_packus_epi16(words, words));
}
static inline void store_bfloat16_8(uint16_t *p, __m256 v) {
    const __m256i bits = _mm256_castps_si256(v);
    const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    __m256i rounded = _mm256_srli_epi32(_mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff))), 16);
    const __m256i strange = _mm256_castps_si256(_mm256_cmp_ps(v, v, _CMP_UNORD_Q));
    rounded = _mm256_blendv_epi8(rounded, _mm256_set1_epi32(0x7fc0), strange);
    const __m256i words = _mm256_packus_epi32(rounded, _mm256_setzero_si256());
    _mm_storeu_si128((__m128i *)p, _mm256_castsi256_si128(_mm256_permute4x64_epi64(words, 0x08)));
}

#define TRANSPOSED 8
#define TRANSPOSE(from, from_stride, to, to_stride) turn8(from, from_stride, to, to_stride)

#define OPAQUE(v) __asm__ volatile("" : "+x"(v))
#define VLOAD(p) _mm256_loadu_ps(p)
#define VSTORE(p, v) _mm256_storeu_ps(p, v)
#define VSET(x) _mm256_set1_ps(x)
#define VFMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#define VADD(a, b) _mm256_add_ps(a, b)
#define VSUB(a, b) _mm256_sub_ps(a, b)
#define VMUL(a, b) _mm256_mul_ps(a, b)
#define VMIN(a, b) _mm256_min_ps(a, b)
#define VMAX(a, b) _mm256_max_ps(a, b)
#define VLOAD_PART(p, n) load8_part(p, n)
#define VSTORE_PART(p, v, n) store8_part(p, v, n)
#define VSUM(v) sum8(v)
#define VLEAST(v) least8(v)
#define VMOST(v) most8(v)
#define VROUND(v) _mm256_round_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)
#define VSCALE(v, n) scale8(v, n)
#define VFROMINT(i) _mm256_cvtepi32_ps(i)
#define VINTEGERS(p) _mm256_loadu_si256((const __m256i *)(p))
#define VSTORE_BFLOAT16(p, v) store_bfloat16_8(p, v)
#define VLOAD_BFLOAT16(p) \
    _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(p))), 16))
#define INT8 uint8_t
#define VSTORE_INT8(p, v) store_bytes8(p, v)
#include "transformer.inc"

static inline __m256 high16(__m256i v) { return _mm256_castsi256_ps(_mm256_and_si256(v, _mm256_set1_epi32((int)0xffff0000))); }
static inline __m256 low16(__m256i v) { return _mm256_castsi256_ps(_mm256_slli_epi32(v, 16)); }

#define PNAME(x) NAME(x##_float32)
#define PGROUP 1
#define ACC V
#define ACC_ZERO VSET(0)
#define ACC_STORE(p, acc) VSTORE(p, acc)
#define LEFT V
#define LEFT_SET(p) _mm256_castsi256_ps(_mm256_set1_epi32(*(p)))
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
#define LEFT __m256i
#define LEFT_SET(p) _mm256_set1_epi32(*(p))
#define RIGHT __m256i
#define RIGHT_LOAD(p) _mm256_loadu_si256((const __m256i *)(p))
#define RIGHT_BYTES (VW * 4)
#define DOT(acc, x, b) VFMA(high16(x), high16(b), VFMA(low16(x), low16(b), acc))
#define INTEGER 0
#include "transformer_product.inc"

// int8 weights and activations of 0...255: the instruction for bytes adds pairs in 16 bits and saturates, which packing
// sees to that it never has to (`pairs`). In 16 bits from the start, two instructions for sixteen products instead of three
// for thirty-two, it takes a quarter longer.
#define PNAME(x) NAME(x##_int8)
#define PGROUP 4
#define ACC __m256i
#define ACC_ZERO _mm256_setzero_si256()
#define ACC_STORE(p, acc) _mm256_storeu_si256((__m256i *)(p), acc)
#define LEFT __m256i
#define LEFT_SET(p) _mm256_set1_epi32(*(p))
#define RIGHT __m256i
#define RIGHT_LOAD(p) _mm256_loadu_si256((const __m256i *)(p))
#define RIGHT_BYTES (VW * 4)
#define DOT(acc, x, b) _mm256_add_epi32(acc, _mm256_madd_epi16(_mm256_maddubs_epi16(x, b), _mm256_set1_epi16(1)))
#define INTEGER 1
#include "transformer_product.inc"

#define ANAME(x) NAME(x##_float32)
#define HALVES 0
#define BLOCK NAME(block_float32)
#include "transformer_attention.inc"

#define PRODUCTS
#include "transformer.inc"

#pragma clang attribute pop

const kaira_transformer_kernels kaira_transformer_avx2 = {
    .name = "avx2",
    .lanes = VW,
    .rows = {ROWS, ROWS, ROWS},
    .words = {1, 1, 1},
    .attention_rows = {ROWS, ROWS},
    .group = {1, 2, 4},
    .element = {4, 2, 1},
    .weight = {4, 2, 1},
    .native = {1, 0, 1},
    .pairs = 1,
    .matrix = {NAME(matrix_float32), NAME(matrix_bfloat16), NAME(matrix_int8)},
    .norm = NAME(norm),
    .attention = {NAME(attention_float32), NULL},
    .upsample = NAME(upsample),
    .peak = {NAME(peak_float32), NAME(peak_bfloat16), NAME(peak_int8)},
};
#endif
