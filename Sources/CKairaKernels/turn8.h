// Turns 8 x 8 floats, from rows to rows; AVX2.
#pragma once

#include <immintrin.h>
#include <stddef.h>

static inline __attribute__((always_inline, target("avx2"))) void turn8(
    const float *from, ptrdiff_t from_stride, float *to, ptrdiff_t to_stride) {
    __m256 r[8], t[8];
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 8; i++) r[i] = _mm256_loadu_ps(from + i * from_stride);
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 8; i += 2) {
        t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
        t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
    }
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 8; i += 4) {
        r[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
        r[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
        r[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
        r[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
    }
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 4; i++) {
        _mm256_storeu_ps(to + i * to_stride, _mm256_permute2f128_ps(r[i], r[i + 4], 0x20));
        _mm256_storeu_ps(to + (i + 4) * to_stride, _mm256_permute2f128_ps(r[i], r[i + 4], 0x31));
    }
}
