#ifndef KAIRA_KERNELS_H
#define KAIRA_KERNELS_H
/// The instruction set that the kernels were dispatched to on this CPU: "avx512", "avx2" or "generic".
const char *kaira_kernels_isa(void);
#endif
