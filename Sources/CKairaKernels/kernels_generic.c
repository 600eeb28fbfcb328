// The kernels in plain C vectors of four floats: any machine a C compiler knows.
#include "kernels.h"

#define NAME(x) x##_generic
typedef float vector4 __attribute__((vector_size(16)));
#define V vector4
#define VW 4

static inline vector4 load4(const float *p) {
    vector4 v;
    memcpy(&v, p, sizeof v);
    return v;
}
static inline void store4(float *p, vector4 v) { memcpy(p, &v, sizeof v); }
static inline vector4 load4_part(const float *p, int n) {
    vector4 v = {0, 0, 0, 0};
    for (int i = 0; i < n && i < 4; i++) v[i] = p[i];
    return v;
}
static inline void store4_part(float *p, vector4 v, int n) {
    for (int i = 0; i < n && i < 4; i++) p[i] = v[i];
}
// a < b ? a : b, lane by lane, as SSE's min and max: the second operand where either is a NaN.
static inline vector4 min4(vector4 a, vector4 b) {
    typedef int mask4 __attribute__((vector_size(16)));
    mask4 m = a < b;
    return (vector4)(((mask4)a & m) | ((mask4)b & ~m));
}
static inline vector4 max4(vector4 a, vector4 b) {
    typedef int mask4 __attribute__((vector_size(16)));
    mask4 m = a > b;
    return (vector4)(((mask4)a & m) | ((mask4)b & ~m));
}

static inline vector4 round4(vector4 v) {
    for (int i = 0; i < 4; i++) v[i] = nearbyintf(v[i]);
    return v;
}
static inline vector4 scale4(vector4 v, vector4 n) {
    for (int i = 0; i < 4; i++)
        if (n[i] == n[i]) v[i] = ldexpf(v[i], (int)n[i]);
    return v;
}

static inline float sum4(vector4 v) { return (v[0] + v[2]) + (v[1] + v[3]); }
static inline vector4 sums4(const vector4 *v) { return (vector4){sum4(v[0]), sum4(v[1]), sum4(v[2]), sum4(v[3])}; }

static inline void transpose4(const float *from, ptrdiff_t from_stride, float *to, ptrdiff_t to_stride) {
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) to[j * to_stride + i] = from[i * from_stride + j];
}
#define TRANSPOSED 4
#define TRANSPOSE(from, from_stride, to, to_stride) transpose4(from, from_stride, to, to_stride)

#define VLOAD(p) load4(p)
#define VSTORE(p, v) store4(p, v)
#define VSET(x) ((vector4){(x), (x), (x), (x)})
#define VFMA(a, b, c) ((a) * (b) + (c))
#define VADD(a, b) ((a) + (b))
#define VMUL(a, b) ((a) * (b))
#define VSUB(a, b) ((a) - (b))
#define VROUND(v) round4(v)
#define VSCALE(v, n) scale4(v, n)
#define VINVERSE(v) (1 / (v))
#define VMIN(a, b) min4(a, b)
#define VMAX(a, b) max4(a, b)
#define VLOAD_PART(p, n) load4_part(p, n)
#define VSTORE_PART(p, v, n) store4_part(p, v, n)
#define VSUM(v) sum4(v)
#define VSUMS(v) sums4(v)
#define MR1 8
#define MR2 4
#define MR3 3
#define PREFETCH 256
#include "kernels.inc"
