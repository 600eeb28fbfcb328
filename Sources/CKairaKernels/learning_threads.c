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
    _Atomic int64_t next;
    void **scratch;
    const kaira_learning_set *kernels;
} sharing;

static void take_part(void *raw, int participant) {
    sharing *s = raw;
    if (participant > 0) kaira_learning_choose_set(s->kernels);
    for (;;) {
        const int64_t piece = atomic_fetch_add_explicit(&s->next, 1, memory_order_relaxed);
        if (piece >= s->pieces) return;
        s->function(s->context, piece, s->scratch[participant]);
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
    sharing s = {function, context, pieces, 0, team.scratch, kaira_learning_chosen()};
    if (participants == 1) take_part(&s, 0);
    else kaira_pool_run(team.pool, take_part, &s);
    pthread_mutex_unlock(&team.mutex);
}
