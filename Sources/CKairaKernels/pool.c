// A thread pool without spinning workers: between jobs they sleep on a condition variable, and a job never waits for a
// worker that has not started on it.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "kaira_kernels.h"

struct kaira_pool {
    pthread_mutex_t mutex;
    pthread_cond_t wake, idle;
    void (*body)(void *, int);
    void *context;
    _Atomic unsigned long generation;
    _Atomic int active, stopping;
    int threads, started, spins;
    pthread_t *workers;
};

typedef struct {
    kaira_pool *pool;
    int participant;
} worker_argument;

static void rest(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static void *work(void *raw) {
    worker_argument argument = *(worker_argument *)raw;
    free(raw);
    kaira_pool *pool = argument.pool;
    unsigned long seen = 0;
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        int left = pool->spins;
        while (!pool->stopping && (pool->body == NULL || pool->generation == seen)) {
            if (pool->body == NULL) seen = pool->generation;  // whatever it was, it is done
            if (left == 0) {
                pthread_cond_wait(&pool->wake, &pool->mutex);
                continue;
            }
            pthread_mutex_unlock(&pool->mutex);
            for (; left > 0 && !pool->stopping && pool->generation == seen; left--) rest();
            pthread_mutex_lock(&pool->mutex);
            if (pool->generation != seen) left = pool->spins;
        }
        if (pool->stopping) break;
        seen = pool->generation;
        void (*body)(void *, int) = pool->body;
        void *context = pool->context;
        pool->active++;
        pthread_mutex_unlock(&pool->mutex);
        body(context, argument.participant);
        pthread_mutex_lock(&pool->mutex);
        if (--pool->active == 0) pthread_cond_signal(&pool->idle);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

kaira_pool *kaira_pool_create(int threads) {
    if (threads < 1) threads = 1;
    kaira_pool *pool = calloc(1, sizeof *pool);
    if (!pool) return NULL;
    pool->threads = threads;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->idle, NULL);
    pool->workers = calloc((size_t)threads, sizeof *pool->workers);
    if (!pool->workers) {
        kaira_pool_destroy(pool);
        return NULL;
    }
    for (int i = 1; i < threads; i++) {
        worker_argument *argument = malloc(sizeof *argument);
        if (!argument) break;
        *argument = (worker_argument){pool, i};
        if (pthread_create(&pool->workers[pool->started], NULL, work, argument) != 0) {
            free(argument);
            break;
        }
        pool->started++;
    }
    // Fewer workers than asked for (a process limit) is slower, not wrong.
    return pool;
}

void kaira_pool_destroy(kaira_pool *pool) {
    if (!pool) return;
    pthread_mutex_lock(&pool->mutex);
    pool->stopping = 1;
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
    for (int i = 0; i < pool->started; i++) pthread_join(pool->workers[i], NULL);
    free(pool->workers);
    pthread_cond_destroy(&pool->wake);
    pthread_cond_destroy(&pool->idle);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

void kaira_pool_set_spins(kaira_pool *pool, int spins) { pool->spins = spins; }

int kaira_pool_threads(const kaira_pool *pool) { return pool->threads; }

void kaira_pool_run(kaira_pool *pool, void (*body)(void *, int), void *context) {
    if (pool->started > 0) {
        pthread_mutex_lock(&pool->mutex);
        pool->body = body;
        pool->context = context;
        pool->generation++;
        pthread_cond_broadcast(&pool->wake);
        pthread_mutex_unlock(&pool->mutex);
    }
    body(context, 0);
    if (pool->started > 0) {
        pthread_mutex_lock(&pool->mutex);
        pool->body = NULL;  // who has not woken yet need not
        if (pool->spins > 0 && pool->active > 0) {
            pthread_mutex_unlock(&pool->mutex);
            for (int i = 0; i < pool->spins && pool->active > 0; i++) rest();
            pthread_mutex_lock(&pool->mutex);
        }
        while (pool->active > 0) pthread_cond_wait(&pool->idle, &pool->mutex);
        pthread_mutex_unlock(&pool->mutex);
    }
}
