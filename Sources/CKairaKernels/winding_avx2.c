// Winding numbers for x86 with AVX2: two vectors of eight floats.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include <immintrin.h>

// The estimate of 12 bits, and one step of Newton's.
static inline __m256 inverse_root(__m256 x) {
    const __m256 y = _mm256_rsqrt_ps(x);
    return y * (1.5f - 0.5f * x * y * y);
}
#define INVERSE_ROOT(x) \
    __builtin_shufflevector(inverse_root((__m256)(x).lo), inverse_root((__m256)(x).hi), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, \
        13, 14, 15)
#define NAME(x) x##_avx2
#include "winding.inc"
#pragma clang attribute pop
#endif
