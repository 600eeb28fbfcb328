// Shared by the kernels of every instruction set; not part of the module's interface.
#pragma once

#include <math.h>
#include <string.h>

#include "kaira_kernels.h"

/// Windows of a convolution that are gathered for one matrix product.
#define KAIRA_GATHERED 24

/// The kernels of one instruction set.
typedef struct {
    int vector_width;
    int sparse_block;
    void (*pack_convolution)(const float *weights, int out_channels, int depth, float *packed);
    void (*pack_depthwise)(const float *weights, int channels, int taps, float *packed);
    void (*run)(const kaira_step *step, int tile, float *scratch);
} kaira_kernels;

extern const kaira_kernels kaira_kernels_generic;
#if defined(__x86_64__)
extern const kaira_kernels kaira_kernels_avx2;
extern const kaira_kernels kaira_kernels_avx512;
#endif

/// Steps that only move values.
void kaira_run_plain_step(const kaira_step *step, int tile);
