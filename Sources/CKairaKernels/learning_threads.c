// The threads of training: cuts work into pieces and shares them out.
#define _GNU_SOURCE
#include "learning.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "kaira_kernels.h"

#define MOST_THREADS 64

static struct {
    pthread_mutex_t mutex;  // held by the thread whose work is being shared
    kaira_pool *pool;
    int made;
    void *scratch[MOST_THREADS];
    size_t scratch_bytes[MOST_THREADS];
} team = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static _Atomic int wanted_threads = 0;

int kaira_compute_threads(void) {
    int threads = atomic_load_explicit(&wanted_threads, memory_order_relaxed);
    if (threads > 0) return threads;
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    int expected = 0;
    const int most = cores < 1 ? 1 : cores > 16 ? 16 : (int)cores;
    return atomic_compare_exchange_strong(&wanted_threads, &expected, most) ? most : expected;
}

void kaira_compute_set_threads(int threads) {
    atomic_store_explicit(
        &wanted_threads, threads < 1 ? 1 : threads > MOST_THREADS ? MOST_THREADS : threads, memory_order_relaxed);
}

typedef struct {
    kaira_piece_function *function;
    const void *context;
    int64_t pieces;
    int participants;
    struct {
        _Atomic int64_t taken;
        char apart[56];  // each in a line of its own
    } ranges[MOST_THREADS];
    void **scratch;
    const kaira_learning_set *kernels;
} sharing;

static void take_part(void *raw, int participant) {
    sharing *s = raw;
    if (participant > 0) kaira_learning_choose_set(s->kernels);
    // Its own range first, so that from operation to operation it meets what its cache holds; then what others have left.
    for (int turn = 0; turn < s->participants; turn++) {
        const int64_t range = (participant + turn) % s->participants;
        const int64_t first = s->pieces * range / s->participants, end = s->pieces * (range + 1) / s->participants;
        for (;;) {
            const int64_t piece = first + atomic_fetch_add_explicit(&s->ranges[range].taken, 1, memory_order_relaxed);
            if (piece >= end) break;
            s->function(s->context, piece, s->scratch[participant]);
        }
    }
}

// Runs `function` for every piece. Each thread has `scratch` bytes of its own.
void kaira_share(int64_t pieces, size_t scratch, kaira_piece_function *function, const void *context) {
    if (pieces <= 0) return;
    // Whoever finds the team at work does its own alone: the results are the same.
    if (pthread_mutex_trylock(&team.mutex) != 0) {
        void *own = scratch > 0 ? aligned(scratch) : NULL;
        if (scratch > 0 && !own) abort();
        for (int64_t piece = 0; piece < pieces; piece++) function(context, piece, own);
        free(own);
        return;
    }
    const int threads = kaira_compute_threads();
    if (team.made != threads) {
        kaira_pool_destroy(team.pool);
        team.pool = kaira_pool_create(threads);
        if (team.pool) kaira_pool_set_spins(team.pool, 4000);
        team.made = threads;
    }
    const int participants = pieces == 1 || !team.pool ? 1 : threads;
    for (int i = 0; i < participants; i++)
        if (team.scratch_bytes[i] < scratch) {
            free(team.scratch[i]);
            team.scratch[i] = aligned(scratch);
            // A few hundred kilobytes: a system without them cannot go on.
            if (!team.scratch[i]) abort();
            team.scratch_bytes[i] = scratch;
        }
    sharing s;
    s.function = function;
    s.context = context;
    s.pieces = pieces;
    s.participants = participants;
    s.scratch = team.scratch;
    s.kernels = kaira_learning_chosen();
    for (int i = 0; i < participants; i++) atomic_init(&s.ranges[i].taken, 0);
    if (participants == 1) take_part(&s, 0);
    else kaira_pool_run(team.pool, take_part, &s);
    pthread_mutex_unlock(&team.mutex);
}
