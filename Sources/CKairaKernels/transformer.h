// Shared by the transformer kernels of every instruction set; not part of the module's interface.
#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kaira_transformer.h"

/// Four bytes of an operand: one float32, two bfloat16 or int16, four int8.
typedef int32_t __attribute__((may_alias)) word;

typedef void kaira_tile_function(const kaira_transformer_step *step, int tile, int threads, float *scratch);

struct kaira_transformer_kernels {
    const char *name;
    int lanes;        ///< floats in a vector; a panel is two vectors wide
    int rows[3];      ///< of a register tile, by type
    int words[3];     ///< the multiple of words that a segment's depth is padded to, by type
    int attention_rows[2];
    int group[3];     ///< activations in a word, by type
    int element[3];   ///< bytes of an activation, by type
    int weight[3];    ///< bytes of a weight, by type
    int native[3];    ///< whether the type has instructions of its own
    int pairs;        ///< whether int8 products are added in pairs of 16 bits, for which weights have to leave room
    int rounds;       ///< whether rounding to bfloat16 is one instruction
    kaira_tile_function *matrix[3];
    kaira_tile_function *norm, *upsample;
    kaira_tile_function *attention[2];  ///< by type; NULL: none
    // The best of so many windows, each so many thousands of instructions long.
    double (*peak[3])(int windows, int length);
};

extern const kaira_transformer_kernels kaira_transformer_generic;
#if defined(__x86_64__)
extern const kaira_transformer_kernels kaira_transformer_avx2, kaira_transformer_avx512, kaira_transformer_avx512vnni,
    kaira_transformer_avx512bf16, kaira_transformer_amx;
#endif

static inline int kaira_ceiling(int64_t a, int64_t b) { return (int)((a + b - 1) / b); }

/// The words of one segment's depth, with padding.
static inline int kaira_words(const kaira_transformer_kernels *k, int type, int depth) {
    return kaira_ceiling(kaira_ceiling(depth, k->group[type]), k->words[type]) * k->words[type];
}

/// Float32 to bfloat16, to nearest even; NaN stays NaN.
static inline uint16_t kaira_bfloat16(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if ((bits & 0x7fffffff) > 0x7f800000) return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}
