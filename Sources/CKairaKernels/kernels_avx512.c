// The kernels for x86 with AVX-512: vectors of sixteen floats, 32 registers, masks for the odd channels.
#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx2,fma"))), apply_to = function)

#define NAME(x) x##_avx512
#define V __m512
#define VW 16

static inline __mmask16 lanes16(int n) { return n >= 16 ? (__mmask16)0xffff : (__mmask16)((1u << n) - 1); }

static inline __m512 sums16(const __m512 *v) {
    float lanes[16];
    for (int i = 0; i < 16; i++) lanes[i] = _mm512_reduce_add_ps(v[i]);
    return _mm512_loadu_ps(lanes);
}

// The estimate of 14 bits and a Newton step: a third of the division's time, 1e-7 off at most. The step's result for
// infinity and the largest numbers would be a NaN or nothing; SiLU holds its values to 2^127.
static inline __m512 inverse16(__m512 v) {
    const __m512 r = _mm512_rcp14_ps(v);
    return _mm512_mul_ps(r, _mm512_fnmadd_ps(v, r, _mm512_set1_ps(2)));
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

#define VLOAD(p) _mm512_loadu_ps(p)
#define VSTORE(p, v) _mm512_storeu_ps(p, v)
#define VSET(x) _mm512_set1_ps(x)
#define VFMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define VADD(a, b) _mm512_add_ps(a, b)
#define VMUL(a, b) _mm512_mul_ps(a, b)
#define VSUB(a, b) _mm512_sub_ps(a, b)
#define VROUND(v) _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)
#define VSCALE(v, n) _mm512_scalef_ps(v, n)
#define VINVERSE(v) inverse16(v)
#define VMIN(a, b) _mm512_min_ps(a, b)
#define VMAX(a, b) _mm512_max_ps(a, b)
#define VLOAD_PART(p, n) _mm512_maskz_loadu_ps(lanes16(n), p)
#define VSTORE_PART(p, v, n) _mm512_mask_storeu_ps(p, lanes16(n), v)
#define VSUM(v) _mm512_reduce_add_ps(v)
#define VSUMS(v) sums16(v)
#define MR1 12
#define MR2 12
#define MR3 8
#define PREFETCH 1024
#include "kernels.inc"

#pragma clang attribute pop
#endif
