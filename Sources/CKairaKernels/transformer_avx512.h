// Vectors of sixteen floats for the transformer kernels: what both AVX-512 files define.
#pragma once

#include <immintrin.h>
#include <time.h>

#include "transformer.h"

// Included between the includer's attribute pragmas, so that these functions have its instruction set.
#define ROWS 12
#define V __m512
#define VW 16

static inline __mmask16 lanes16(int n) { return n >= 16 ? (__mmask16)0xffff : (__mmask16)((1u << n) - 1); }

static inline void store_bfloat16_16(uint16_t *p, __m512 v) {
    const __m512i bits = _mm512_castps_si512(v);
    const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    __m512i rounded = _mm512_srli_epi32(_mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff))), 16);
    const __mmask16 strange = _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q);
    rounded = _mm512_mask_mov_epi32(rounded, strange, _mm512_set1_epi32(0x7fc0));
    _mm256_storeu_si256((__m256i *)p, _mm512_cvtepi32_epi16(rounded));
}

// Two rows of bfloat16 as the halves of words; `b` NULL: zeros.
static inline void pair_halves16(float *to, const uint16_t *a, const uint16_t *b, int n) {
    const __mmask16 lanes = lanes16(n);
    __m512i words = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(lanes, a));
    if (b) words = _mm512_or_si512(words, _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(lanes, b)), 16));
    _mm512_storeu_si512(to, words);
}

// Turns a block of eight by eight.
static inline void transpose8(const float *from, ptrdiff_t from_stride, float *to, ptrdiff_t to_stride) {
    __m256 r[8], t[8];
    for (int i = 0; i < 8; i++) r[i] = _mm256_loadu_ps(from + i * from_stride);
    for (int i = 0; i < 8; i += 2) {
        t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
        t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
    }
    for (int i = 0; i < 8; i += 4) {
        r[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
        r[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
        r[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
        r[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
    }
    for (int i = 0; i < 4; i++) {
        _mm256_storeu_ps(to + i * to_stride, _mm256_permute2f128_ps(r[i], r[i + 4], 0x20));
        _mm256_storeu_ps(to + (i + 4) * to_stride, _mm256_permute2f128_ps(r[i], r[i + 4], 0x31));
    }
}
#define TRANSPOSED 8
#define TRANSPOSE(from, from_stride, to, to_stride) transpose8(from, from_stride, to, to_stride)

#define OPAQUE(v) __asm__ volatile("" : "+v"(v))
#define VLOAD(p) _mm512_loadu_ps(p)
#define VSTORE(p, v) _mm512_storeu_ps(p, v)
#define VSET(x) _mm512_set1_ps(x)
#define VFMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define VADD(a, b) _mm512_add_ps(a, b)
#define VSUB(a, b) _mm512_sub_ps(a, b)
#define VMUL(a, b) _mm512_mul_ps(a, b)
#define VMIN(a, b) _mm512_min_ps(a, b)
#define VMAX(a, b) _mm512_max_ps(a, b)
#define VLOAD_PART(p, n) _mm512_maskz_loadu_ps(lanes16(n), p)
#define VSTORE_PART(p, v, n) _mm512_mask_storeu_ps(p, lanes16(n), v)
#define VSUM(v) _mm512_reduce_add_ps(v)
#define VLEAST(v) _mm512_reduce_min_ps(v)
#define VMOST(v) _mm512_reduce_max_ps(v)
#define VROUND(v) _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)
#define VSCALE(v, n) _mm512_scalef_ps(v, n)
#define VFROMINT(i) _mm512_cvtepi32_ps(i)
#define VINTEGERS(p) _mm512_loadu_si512(p)
#define VSTORE_BFLOAT16(p, v) store_bfloat16_16(p, v)
#define VLOAD_BFLOAT16(p) \
    _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(p))), 16))
