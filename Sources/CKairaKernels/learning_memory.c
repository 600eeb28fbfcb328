// The memory of tensors: pieces that were given back are kept by size, since training asks for the same ones at every step.
#include "learning.h"

#include <pthread.h>
#include <stdlib.h>

// Sizes in eight steps an octave, from 64 bytes on.
#define CLASSES 400
#define KEPT 64

static struct {
    pthread_mutex_t mutex;
    struct {
        void **pieces;
        int count, capacity;
    } lists[CLASSES];
    size_t used, kept;
} memory = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static int class_of(size_t bytes, size_t *rounded) {
    if (bytes <= 512) {
        const size_t units = bytes == 0 ? 1 : (bytes + 63) / 64;
        *rounded = units * 64;
        return (int)units - 1;
    }
    const int octave = 63 - __builtin_clzll(bytes - 1);  // 2^octave < bytes <= 2^(octave + 1)
    const size_t step = (size_t)1 << (octave - 3), steps = (bytes - ((size_t)1 << octave) + step - 1) / step;
    *rounded = ((size_t)1 << octave) + steps * step;
    return 8 + (octave - 9) * 8 + (int)steps - 1;
}

void *kaira_memory_take(size_t bytes) {
    if (bytes > (size_t)1 << 46) return NULL;
    size_t rounded;
    const int class = class_of(bytes, &rounded);
    void *found = NULL;
    pthread_mutex_lock(&memory.mutex);
    memory.used += rounded;
    if (memory.lists[class].count > 0) {
        found = memory.lists[class].pieces[--memory.lists[class].count];
        memory.kept -= rounded;
    }
    pthread_mutex_unlock(&memory.mutex);
    if (found) return found;
    found = aligned(rounded);
    if (!found) {
        kaira_memory_trim();
        found = aligned(rounded);
    }
    if (!found) {
        pthread_mutex_lock(&memory.mutex);
        memory.used -= rounded;
        pthread_mutex_unlock(&memory.mutex);
    }
    return found;
}

void kaira_memory_give(void *piece, size_t bytes) {
    if (!piece) return;
    size_t rounded;
    const int class = class_of(bytes, &rounded);
    pthread_mutex_lock(&memory.mutex);
    memory.used -= rounded;
    // Never more at hand than was ever in use at once: lists only hold what was taken before.
    if (memory.lists[class].count == memory.lists[class].capacity) {
        const int capacity = memory.lists[class].capacity ? 2 * memory.lists[class].capacity : KEPT;
        void **pieces = realloc(memory.lists[class].pieces, (size_t)capacity * sizeof *pieces);
        if (!pieces) {
            pthread_mutex_unlock(&memory.mutex);
            free(piece);
            return;
        }
        memory.lists[class].pieces = pieces;
        memory.lists[class].capacity = capacity;
    }
    memory.lists[class].pieces[memory.lists[class].count++] = piece;
    memory.kept += rounded;
    pthread_mutex_unlock(&memory.mutex);
}

void kaira_memory_trim(void) {
    pthread_mutex_lock(&memory.mutex);
    for (int class = 0; class < CLASSES; class++) {
        while (memory.lists[class].count > 0) free(memory.lists[class].pieces[--memory.lists[class].count]);
        free(memory.lists[class].pieces);
        memory.lists[class].pieces = NULL;
        memory.lists[class].capacity = 0;
    }
    memory.kept = 0;
    pthread_mutex_unlock(&memory.mutex);
}

void kaira_memory_usage(size_t *used, size_t *kept) {
    pthread_mutex_lock(&memory.mutex);
    *used = memory.used;
    *kept = memory.kept;
    pthread_mutex_unlock(&memory.mutex);
}
