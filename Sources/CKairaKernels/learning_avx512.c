// The learning kernels for x86 with AVX-512: register tiles of 12 rows by 32 floats.
#if defined(__x86_64__)
#include <float.h>
#include <stdlib.h>

#include "learning.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)

// Where a loop cannot become vector code it stays as it is: double precision calls the C library.
#pragma clang diagnostic ignored "-Wpass-failed"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

#define NAME(x) x##_float_avx512
#define REAL float
#define DOUBLE 0
#define VW 16
#define ROWS 12
#define LARGEST FLT_MAX
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
