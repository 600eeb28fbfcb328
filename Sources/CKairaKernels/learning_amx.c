// Products of floats rounded to bfloat16, on the tiles of AMX. (Products of floats themselves, each the sum of three
// bfloat16 numbers, would need six of these: docs/decisions/0006-products-of-our-own.md says why they are not made so.)
#if defined(__x86_64__)
#include <immintrin.h>

#include "amx.h"
#include "learning.h"
#include "learning_turn.h"

#pragma clang attribute push(                                                                                          \
    __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,amx-tile,amx-bf16"))), apply_to = function)

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

// A tile has 16 lines of 32 bfloat16 numbers: 16 rows or columns by 32 terms. Terms i and i + 16 are neighbours in it, in
// both operands, so that lines are made from whole vectors.
#define SIDE 16
#define TERMS 32
#define TILE_BYTES 1024
// Terms, columns and rows that are packed at a time.
#define DEPTH 1024
#define COLUMNS 256
#define ROWS 128

// ---- packing ----------------------------------------------------------------------------------------------------

// Rounded to nearest even, into the upper halves. Not the instruction for it, which takes denormals for zeros.
INLINE __m512i rounded(__m512 x, __mmask16 *odd) {
    const __m512i bits = _mm512_castps_si512(x), lowest = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    *odd |= _mm512_fpclass_ps_mask(x, 0x99);  // infinities and NaN
    return _mm512_add_epi32(bits, _mm512_add_epi32(lowest, _mm512_set1_epi32(0x7fff)));
}

INLINE void store_line(__m512 x0, __m512 x1, char *to, __mmask16 *odd) {
    _mm512_store_si512(
        to, _mm512_mask_blend_epi16(0xaaaaaaaau, _mm512_srli_epi32(rounded(x0, odd), 16), rounded(x1, odd)));
}

INLINE __mmask16 first_of(int64_t count) { return (__mmask16)(count >= 16 ? 0xffff : count <= 0 ? 0 : (1 << count) - 1); }

// One tile, of `lines` lines and `terms` terms. Lines lie `line` apart, terms `term`; one of these is 1.
// `by_terms`: a line of the tile has one term pair of 16 rows or columns, as the right operand's; else one row's terms.
INLINE void pack_tile(
    const int by_terms, const float *from, int64_t line, int64_t term, int64_t lines, int64_t terms,
    char *to, __mmask16 *odd) {
    const int contiguous = by_terms ? line == 1 : term == 1;
    if (contiguous) {
        for (int i = 0; i < SIDE; i++, to += 64) {
            __m512 x0, x1;
            if (by_terms) {
                const __mmask16 m = first_of(lines);
                x0 = _mm512_maskz_loadu_ps(i < terms ? m : 0, from + i * term);
                x1 = _mm512_maskz_loadu_ps(i + 16 < terms ? m : 0, from + (i + 16) * term);
            } else {
                x0 = _mm512_maskz_loadu_ps(i < lines ? first_of(terms) : 0, from + i * line);
                x1 = _mm512_maskz_loadu_ps(i < lines ? first_of(terms - 16) : 0, from + i * line + 16);
            }
            store_line(x0, x1, to, odd);
        }
        return;
    }
    __m512 x0[16], x1[16];
    UNROLL for (int i = 0; i < 16; i++)
        x0[i] = by_terms ? _mm512_maskz_loadu_ps(i < lines ? first_of(terms) : 0, from + i * line)
                         : _mm512_maskz_loadu_ps(i < terms ? first_of(lines) : 0, from + i * term);
    turn(x0);
    UNROLL for (int i = 0; i < 16; i++)
        x1[i] = by_terms ? _mm512_maskz_loadu_ps(i < lines ? first_of(terms - 16) : 0, from + i * line + 16)
                         : _mm512_maskz_loadu_ps(i + 16 < terms ? first_of(lines) : 0, from + (i + 16) * term);
    turn(x1);
    UNROLL for (int i = 0; i < 16; i++, to += 64) store_line(x0[i], x1[i], to, odd);
}

// `lines` rows or columns of `terms` terms, as pairs of tiles: [tile][terms / 32].
INLINE void pack(
    const int by_terms, const float *from, int64_t line, int64_t term, int64_t lines, int64_t terms,
    char *to, __mmask16 *odd) {
    for (int64_t i = 0; i < (lines + 2 * SIDE - 1) / (2 * SIDE) * 2 * SIDE; i += SIDE)
        for (int64_t k = 0; k < terms; k += TERMS, to += TILE_BYTES)
            pack_tile(by_terms, from + i * line + k * term, line, term, lines - i, terms - k, to, odd);
}

static int is_odd(const float *x, int64_t count, int64_t stride) {
    for (int64_t i = 0; i < count; i++)
        if (!__builtin_isfinite(x[i * stride])) return 1;
    return 0;
}

// ---- tiles ------------------------------------------------------------------------------------------------------

// Tiles 0...3 are sums of 2 x 2 tiles, 4 and 5 two tiles of the left, 6 and 7 of the right operand.
static void multiply(int64_t steps, const char *a, const char *b, float *out) {
    const char *a1 = a + steps * TILE_BYTES, *b1 = b + steps * TILE_BYTES;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (int64_t at = 0; at < steps * TILE_BYTES; at += TILE_BYTES) {
        _tile_loadd(4, a + at, 64);
        _tile_loadd(6, b + at, 64);
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(7, b1 + at, 64);
        _tile_dpbf16ps(1, 4, 7);
        _tile_loadd(5, a1 + at, 64);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
    }
    _tile_stored(0, out, 128);
    _tile_stored(1, out + 16, 128);
    _tile_stored(2, out + 512, 128);
    _tile_stored(3, out + 528, 128);
}

// As `product` of the kernels, which this takes the other parts from.
void kaira_learning_amx_product(
    const kaira_learning_kernels *rest, const kaira_product *s, const void *a_, const void *b_, void *c, void *before,
    int64_t m0, int64_t m1, int64_t n0, int64_t n1, void *scratch) {
    const float *a = a_, *b = b_;
    float __attribute__((aligned(64))) tile[4 * SIDE * SIDE];
    char *packed_b = scratch, *packed_a = packed_b + DEPTH * COLUMNS * 2;
    // The terms are cut the same way however rows and columns are.
    const int64_t parts = (s->k + DEPTH - 1) / DEPTH, depth = ((s->k + parts - 1) / parts + TERMS - 1) / TERMS * TERMS;
    __mmask16 odd = 0;
    _tile_loadconfig(&kaira_whole_tiles);
    for (int64_t column = n0; column < n1; column += COLUMNS) {
        const int64_t columns = smaller(COLUMNS, n1 - column);
        for (int64_t k = 0; k < s->k; k += depth) {
            const int64_t terms = smaller(depth, s->k - k), steps = (terms + TERMS - 1) / TERMS;
            const int first = k == 0, last = k + terms == s->k;
            pack(
                1, b + k * s->b_row + column * s->b_column, s->b_column, s->b_row, columns, terms, packed_b,
                &odd);
            for (int64_t row = m0; row < m1; row += ROWS) {
                const int64_t rows = smaller(ROWS, m1 - row);
                pack(
                    0, a + row * s->a_row + k * s->a_column, s->a_row, s->a_column, rows, terms, packed_a,
                    &odd);
                for (int64_t j = 0; j < columns; j += 2 * SIDE)
                    for (int64_t i = 0; i < rows; i += 2 * SIDE) {
                        multiply(
                            steps, packed_a + i / SIDE * steps * TILE_BYTES, packed_b + j / SIDE * steps * TILE_BYTES,
                            tile);
                        rest->write(
                            s, tile, smaller(2 * SIDE, rows - i), smaller(2 * SIDE, columns - j), row + i, column + j,
                            first, last, c, before);
                    }
            }
        }
    }
    _tile_release();
    if (!odd) return;
    // Rounding makes other numbers of some NaN: rows and columns with one, or with an infinity, again.
    for (int64_t i = m0; i < m1; i++)
        if (is_odd(a + i * s->a_row, s->k, s->a_column)) rest->product(s, a, b, c, before, i, i + 1, n0, n1, scratch);
    for (int64_t j = n0; j < n1; j++)
        if (is_odd(b + j * s->b_column, s->k, s->b_row)) rest->product(s, a, b, c, before, m0, m1, j, j + 1, scratch);
}

#pragma clang attribute pop
#endif
