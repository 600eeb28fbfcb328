// The learning kernels for any machine a C compiler knows.
#include <float.h>
#include <stdlib.h>

#include "learning.h"


// Where a loop cannot become vector code it stays as it is: double precision calls the C library.
#pragma clang diagnostic ignored "-Wpass-failed"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

#define NAME(x) x##_float_generic
#define REAL float
#define DOUBLE 0
#define VW 4
#define ROWS 4
#define LARGEST FLT_MAX
#include "learning.inc"

#define NAME(x) x##_double_generic
#define REAL double
#define DOUBLE 1
#define VW 2
#define ROWS 4
#define LARGEST DBL_MAX
#include "learning.inc"

const kaira_learning_set kaira_learning_generic = {"generic", {&kernels_float_generic, &kernels_double_generic}, 0};
