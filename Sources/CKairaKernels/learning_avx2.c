// The learning kernels for x86 with AVX2 and FMA: register tiles of 6 rows by 16 floats.
#if defined(__x86_64__)
#include <float.h>
#include <stdlib.h>

#include "learning.h"
#include "turn8.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

// Where a loop cannot become vector code it stays as it is: double precision calls the C library.
#pragma clang diagnostic ignored "-Wpass-failed"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

#define NAME(x) x##_float_avx2
#define REAL float
#define DOUBLE 0
#define VW 8
#define ROWS 6
#define LARGEST FLT_MAX
#define TURN turn8
#include "learning.inc"

#define NAME(x) x##_double_avx2
#define REAL double
#define DOUBLE 1
#define VW 4
#define ROWS 6
#define LARGEST DBL_MAX
#include "learning.inc"

#pragma clang attribute pop

const kaira_learning_set kaira_learning_avx2 = {"avx2", {&kernels_float_avx2, &kernels_double_avx2}, 0};
#endif
