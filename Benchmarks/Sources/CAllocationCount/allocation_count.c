#include "allocation_count.h"
#include <errno.h>
#include <stddef.h>

// Takes the place of glibc's functions in this executable and hands on to them.
static unsigned long count;

unsigned long kaira_allocation_count(void) { return __atomic_load_n(&count, __ATOMIC_RELAXED); }

#ifdef __GLIBC__
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static void tick(void) { __atomic_fetch_add(&count, 1, __ATOMIC_RELAXED); }

void *malloc(size_t size) {
    tick();
    return __libc_malloc(size);
}
void *calloc(size_t n, size_t size) {
    tick();
    return __libc_calloc(n, size);
}
void *realloc(void *p, size_t size) {
    tick();
    return __libc_realloc(p, size);
}
void *memalign(size_t alignment, size_t size) {
    tick();
    return __libc_memalign(alignment, size);
}
void *aligned_alloc(size_t alignment, size_t size) {
    tick();
    return __libc_memalign(alignment, size);
}
int posix_memalign(void **p, size_t alignment, size_t size) {
    tick();
    *p = __libc_memalign(alignment, size);
    return *p ? 0 : ENOMEM;
}
#endif
