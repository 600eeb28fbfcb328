// The learning kernels for x86 with AVX-512: register tiles of 12 rows by 32 floats.
#if defined(__x86_64__)
#include <float.h>
#include <immintrin.h>
#include <stdlib.h>

#include "learning.h"
#include "learning_turn.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)

// Where a loop cannot become vector code it stays as it is: double precision calls the C library.
#pragma clang diagnostic ignored "-Wpass-failed"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

// first / (sqrt(second) root + epsilon). Dividers and roots of 16 floats take longer than all else that Adam does:
// estimates of 14 bits, each made twice as exact by one step of Newton's method.
INLINE __m512 root_quotient(__m512 first, __m512 second, float root, float epsilon) {
    const __m512 half = _mm512_set1_ps(0.5f), two = _mm512_set1_ps(2);
    const __m512 r = _mm512_rsqrt14_ps(second), s = _mm512_mul_ps(second, r);
    // 0 and infinity are their own roots, which the estimate is not good for.
    const __mmask16 own = _mm512_fpclass_ps_mask(second, 0x0e);
    const __m512 exact = _mm512_mask_mov_ps(
        _mm512_fmadd_ps(_mm512_mul_ps(half, s), _mm512_fnmadd_ps(s, r, _mm512_set1_ps(1)), s), own, second);
    // Beyond what has a reciprocal, the quotient is none to speak of.
    const __m512 d = _mm512_min_ps(
        _mm512_set1_ps(1e37f), _mm512_fmadd_ps(exact, _mm512_set1_ps(root), _mm512_set1_ps(epsilon)));
    const __m512 q = _mm512_rcp14_ps(d);
    return _mm512_mul_ps(first, _mm512_mul_ps(q, _mm512_fnmadd_ps(d, q, two)));
}

// 16 x 16 floats of 16 rows, turned.
INLINE void turn16(const float *from, int64_t from_stride, float *to, int64_t to_stride) {
    __m512 rows[16];
    UNROLL for (int i = 0; i < 16; i++) rows[i] = _mm512_loadu_ps(from + i * from_stride);
    turn(rows);
    UNROLL for (int i = 0; i < 16; i++) _mm512_storeu_ps(to + i * to_stride, rows[i]);
}

#define NAME(x) x##_float_avx512
#define REAL float
#define DOUBLE 0
#define VW 16
#define ROWS 12
#define LARGEST FLT_MAX
#define ROOT_QUOTIENT root_quotient
#define TURN turn16
#include "learning.inc"

#define NAME(x) x##_double_avx512
#define REAL double
#define DOUBLE 1
#define VW 8
#define ROWS 12
#define LARGEST DBL_MAX
#include "learning.inc"

#pragma clang attribute pop

const kaira_learning_set kaira_learning_avx512 = {"avx512", {&kernels_float_avx512, &kernels_double_avx512}, 0};
const kaira_learning_set kaira_learning_amx = {"amx", {&kernels_float_avx512, &kernels_double_avx512}, 1};
#endif
