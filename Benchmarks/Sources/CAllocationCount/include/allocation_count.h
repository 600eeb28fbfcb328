#ifndef KAIRA_ALLOCATION_COUNT_H
#define KAIRA_ALLOCATION_COUNT_H
/// How often this process has asked for memory so far: malloc, calloc, realloc, aligned forms. glibc only, else 0.
unsigned long kaira_allocation_count(void);
#endif
