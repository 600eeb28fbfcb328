// Winding numbers for x86 with AVX-512: one vector of sixteen floats.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#include <immintrin.h>

// The estimate of 14 bits, and one step of Newton's.
static inline __m512 inverse_root(__m512 x) {
    const __m512 y = _mm512_rsqrt14_ps(x);
    return y * (1.5f - 0.5f * x * y * y);
}
#define INVERSE_ROOT(x) ((f16)inverse_root((__m512)(x)))
#define NAME(x) x##_avx512
#include "winding.inc"
#pragma clang attribute pop
#endif
