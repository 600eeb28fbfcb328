// The transformer kernels for x86 with AMX: int8 and bfloat16 products on tiles of 16 rows by 64 bytes, everything else as
// with AVX-512. A register tile is two by two of them: each that is loaded meets two others.
#if defined(__x86_64__)
#include "amx.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx512vnni,avx512bf16,avx2,fma,amx-tile,amx-int8,amx-bf16"))), apply_to = function)

#include "transformer_avx512.h"
#define NAME(x) x##_amx
#define INT8 uint8_t
#define VSTORE_INT8(p, v) _mm_storeu_si128((__m128i *)(p), _mm512_cvtusepi32_epi8(_mm512_cvtps_epi32(v)))
// To nearest even in one instruction; it takes numbers below 2^-126 for zero.
#undef VSTORE_BFLOAT16
#define VSTORE_BFLOAT16(p, v) _mm256_storeu_si256((__m256i *)(p), (__m256i)_mm512_cvtneps_pbh(v))
#include "transformer.inc"

#include "transformer_avx512_float32.inc"

// Tiles 0...3 are sums, 4 and 5 rows of the left operand, 6 and 7 columns of the right one. Between the two statements the
// tiles are in use, and the system saves their 8 KB with the thread's registers.
#define TILES_BEGIN _tile_loadconfig(&kaira_whole_tiles)
#define TILES_END _tile_release()

// Bytes of 0...255 by signed bytes, exactly.
#define PNAME(x) NAME(x##_int8)
#define PGROUP 4
#define TDP(c, a, b) _tile_dpbusd(c, a, b)
#define INTEGER 1
#include "transformer_tiles.inc"

#define PNAME(x) NAME(x##_bfloat16)
#define PGROUP 2
#define TDP(c, a, b) _tile_dpbf16ps(c, a, b)
#define INTEGER 0
#include "transformer_tiles.inc"

#define ANAME(x) NAME(x##_bfloat16)
#define HALVES 1
#define AROWS 32
#define AWORDS 16
#define ATTENTION_BEGIN TILES_BEGIN
#define ATTENTION_END TILES_END
#define SUMS_TO_HALVES(p, v) VSTORE_BFLOAT16(p, v)
#define PAIR_HALVES(to, a, b, n) pair_halves16(to, a, b, n)
static inline void ANAME(wide_product)(
    int words, const word *a, ptrdiff_t lda, const void *b, float *c, ptrdiff_t ldc) {
    const char *right = b;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (int k = 0; k < words; k += 16, right += 16 * 128) {
        _tile_loadd(6, right, 128);
        _tile_loadd(4, a + k, lda * 4);
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(7, right + 64, 128);
        _tile_dpbf16ps(1, 4, 7);
        _tile_loadd(5, a + 16 * lda + k, lda * 4);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
    }
    _tile_stored(0, c, ldc * 4);
    _tile_stored(1, c + 16, ldc * 4);
    _tile_stored(2, c + 16 * ldc, ldc * 4);
    _tile_stored(3, c + 16 * ldc + 16, ldc * 4);
}
static inline void ANAME(narrow_product)(
    int words, const word *a, ptrdiff_t lda, const void *b, float *c, ptrdiff_t ldc) {
    const char *right = b;
    _tile_zero(0);
    _tile_zero(2);
    for (int k = 0; k < words; k += 16, right += 16 * 64) {
        _tile_loadd(6, right, 64);
        _tile_loadd(4, a + k, lda * 4);
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(5, a + 16 * lda + k, lda * 4);
        _tile_dpbf16ps(2, 5, 6);
    }
    _tile_stored(0, c, ldc * 4);
    _tile_stored(2, c + 16 * ldc, ldc * 4);
}
#include "transformer_attention.inc"

#define PRODUCTS
#include "transformer.inc"

#pragma clang attribute pop

const kaira_transformer_kernels kaira_transformer_amx = {
    .name = "amx",
    .lanes = VW,
    .rows = {ROWS, 32, 32},
    .words = {1, 16, 16},
    .attention_rows = {ROWS, 32},
    .group = {1, 2, 4},
    .element = {4, 2, 1},
    .weight = {4, 2, 1},
    .native = {1, 1, 1},
    .rounds = 1,
    .matrix = {NAME(matrix_float32), NAME(matrix_bfloat16), NAME(matrix_int8)},
    .norm = NAME(norm),
    .attention = {NAME(attention_float32), NAME(attention_bfloat16)},
    .upsample = NAME(upsample),
    .peak = {NAME(peak_float32), NAME(peak_bfloat16), NAME(peak_int8)},
};
#endif
