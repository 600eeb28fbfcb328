// Picks the transformer kernels for this CPU, packs weights for them, and runs lists of steps.
#define _GNU_SOURCE
#include "amx.h"
#include "transformer.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

// ---- choice -----------------------------------------------------------------------------------------------------

const kaira_transformer_kernels *kaira_transformer_named(const char *name) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    const int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const int avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
    const int vnni = avx512 && __builtin_cpu_supports("avx512vnni");
    if (strcmp(name, "avx2") == 0) return avx2 ? &kaira_transformer_avx2 : NULL;
    if (strcmp(name, "avx512") == 0) return avx512 ? &kaira_transformer_avx512 : NULL;
    if (strcmp(name, "avx512vnni") == 0) return vnni ? &kaira_transformer_avx512vnni : NULL;
    if (strcmp(name, "avx512bf16") == 0)
        return vnni && __builtin_cpu_supports("avx512bf16") ? &kaira_transformer_avx512bf16 : NULL;
    if (strcmp(name, "amx") == 0)
        return vnni && __builtin_cpu_supports("avx512bf16") && kaira_amx_allowed() ? &kaira_transformer_amx : NULL;
#endif
    return strcmp(name, "generic") == 0 ? &kaira_transformer_generic : NULL;
}

const kaira_transformer_kernels *kaira_transformer_best(void) {
    static _Atomic(const kaira_transformer_kernels *) cached = NULL;
    const kaira_transformer_kernels *found = atomic_load_explicit(&cached, memory_order_acquire);
    if (found) return found;
    const char *const names[] = {"amx", "avx512bf16", "avx512vnni", "avx512", "avx2", "generic"};
    const char *limit = getenv("KAIRA_ISA");
    int first = 0;
    if (limit && strcmp(limit, "avx512") == 0) first = 1;
    if (limit && strcmp(limit, "avx2") == 0) first = 4;
    if (limit && strcmp(limit, "generic") == 0) first = 5;
    for (int i = first; !found; i++) found = kaira_transformer_named(names[i]);
    atomic_store_explicit(&cached, found, memory_order_release);
    return found;
}

const char *kaira_transformer_name(const kaira_transformer_kernels *k) { return k->name; }
int kaira_transformer_has(const kaira_transformer_kernels *k, int type) { return k->native[type]; }
int kaira_transformer_halves(const kaira_transformer_kernels *k) { return k->attention[KAIRA_TYPE_BFLOAT16] != NULL; }
int kaira_transformer_pairs(const kaira_transformer_kernels *k) { return k->pairs; }
int kaira_transformer_rounds(const kaira_transformer_kernels *k) { return k->rounds; }
int kaira_transformer_panel(const kaira_transformer_kernels *k) { return 2 * k->lanes; }
int kaira_transformer_element(const kaira_transformer_kernels *k, int type) { return k->element[type]; }
int kaira_transformer_padded(const kaira_transformer_kernels *k, int columns) {
    return kaira_ceiling(columns, 2 * k->lanes) * 2 * k->lanes;
}

// ---- what the instructions can do ---------------------------------------------------------------------------------

double kaira_transformer_peak(const kaira_transformer_kernels *k, int type) { return k->peak[type](20, 1); }

typedef struct {
    const kaira_transformer_kernels *kernels;
    int type, threads;
    atomic_int arrived;
    double rates[64];
} peak_job;

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void measure_peak(void *context, int participant) {
    peak_job *job = context;
    // Everybody begins together, but nobody waits long for a thread that the system would not start.
    const double called = seconds_now();
    atomic_fetch_add(&job->arrived, 1);
    while (atomic_load(&job->arrived) < job->threads && seconds_now() - called < 0.1) {}
    double start = seconds_now();
    job->kernels->peak[job->type](1, 1);
    const double once = seconds_now() - start;
    // Windows of 20 ms, long enough for the clock rate to settle where it stays at work.
    const int length = once < 0.02 ? (int)(0.02 / (once > 1e-6 ? once : 1e-6)) : 1;
    job->rates[participant] = job->kernels->peak[job->type](12, length > 0 ? length : 1);
}

double kaira_transformer_shared_peak(const kaira_transformer_kernels *k, kaira_pool *pool, int type) {
    peak_job job = {.kernels = k, .type = type, .threads = kaira_pool_threads(pool)};
    kaira_pool_run(pool, measure_peak, &job);
    double sum = 0;
    for (int i = 0; i < job.threads; i++) sum += job.rates[i];
    return sum;
}

// ---- packing ----------------------------------------------------------------------------------------------------

static size_t panel_bytes(const kaira_transformer_kernels *k, int type, int depth, int segments) {
    return (size_t)segments * (size_t)kaira_words(k, type, depth) * (size_t)k->group[type] * (size_t)(2 * k->lanes)
        * (size_t)k->weight[type];
}

size_t kaira_transformer_packed_bytes(
    const kaira_transformer_kernels *k, int type, int columns, int depth, int segments) {
    return (size_t)kaira_ceiling(columns, 2 * k->lanes) * panel_bytes(k, type, depth, segments);
}

void kaira_transformer_pack(
    const kaira_transformer_kernels *k, int type, const float *weights, int columns, int depth, int segments, int first,
    int last, void *packed, float *scales, float *sums) {
    const int width = 2 * k->lanes, words = kaira_words(k, type, depth), group = k->group[type];
    const int padded = kaira_ceiling(columns, width) * width;
    const size_t bytes = panel_bytes(k, type, depth, segments);
    for (int panel = first; panel < last; panel++) {
        char *base = (char *)packed + (size_t)panel * bytes;
        memset(base, 0, bytes);
        for (int lane = 0; lane < width; lane++) {
            const int column = panel * width + lane;
            if (column >= columns) {
                if (type == KAIRA_TYPE_INT8) {
                    scales[column] = 0;
                    for (int s = 0; s < segments; s++) sums[(size_t)s * padded + column] = 0;
                }
                continue;
            }
            const float *row = weights + (size_t)column * segments * depth;
            float inverse = 0;
            if (type == KAIRA_TYPE_INT8) {
                float most = 0;
                for (int i = 0; i < segments * depth; i++) most = fabsf(row[i]) > most ? fabsf(row[i]) : most;
                // 255 times the sum of two rounded weights fits 16 bits if they sum to 127 before.
                for (int s = 0; k->pairs && s < segments; s++)
                    for (int i = 1; i < depth; i += 2) {
                        const float sum = fabsf(row[s * depth + i - 1] + row[s * depth + i]);
                        most = sum > most ? sum : most;
                    }
                inverse = most > 0 ? 127 / most : 0;
                scales[column] = most / 127;
            }
            for (int s = 0; s < segments; s++, row += depth) {
                const size_t start = (size_t)s * words * width * group;
                int32_t sum = 0;
                switch (type) {
                    case KAIRA_TYPE_FLOAT32: {
                        float *to = (float *)base + start + lane;
                        for (int i = 0; i < depth; i++) to[(size_t)i * width] = row[i];
                        break;
                    }
                    case KAIRA_TYPE_BFLOAT16: {
                        uint16_t *to = (uint16_t *)base + start + (size_t)lane * 2;
                        for (int i = 0; i < depth; i++) to[(size_t)(i / 2) * width * 2 + i % 2] = kaira_bfloat16(row[i]);
                        break;
                    }
                    default: {
                        int8_t *to = (int8_t *)base + start + (size_t)lane * group;
                        for (int i = 0; i < depth; i++) {
                            const float scaled = rintf(row[i] * inverse);
                            const int8_t value = (int8_t)(scaled > 127 ? 127 : scaled >= -127 ? scaled : -127);
                            to[(size_t)(i / group) * width * group + i % group] = value;
                            sum += value;
                        }
                        sums[(size_t)s * padded + column] = (float)sum;
                        break;
                    }
                }
            }
        }
    }
}

typedef struct {
    const kaira_transformer_kernels *kernels;
    const float *weights;
    int type, columns, depth, segments;
    void *packed;
    float *scales, *sums;
    _Atomic int next;
} packing;

static void pack_panels(void *context, int participant) {
    (void)participant;
    packing *p = context;
    const int panels = kaira_ceiling(p->columns, 2 * p->kernels->lanes);
    for (;;) {
        const int panel = atomic_fetch_add_explicit(&p->next, 1, memory_order_relaxed);
        if (panel >= panels) return;
        kaira_transformer_pack(
            p->kernels, p->type, p->weights, p->columns, p->depth, p->segments, panel, panel + 1, p->packed, p->scales,
            p->sums);
    }
}

void kaira_transformer_pack_shared(
    const kaira_transformer_kernels *kernels, kaira_pool *pool, int type, const float *weights, int columns, int depth,
    int segments, void *packed, float *scales, float *sums) {
    packing p = {kernels, weights, type, columns, depth, segments, packed, scales, sums, 0};
    kaira_pool_run(pool, pack_panels, &p);
}

// ---- running ----------------------------------------------------------------------------------------------------

void kaira_transformer_prepare(
    const kaira_transformer_kernels *k, kaira_transformer_step *s, int batch, int threads) {
    s->batch = batch;
    switch (s->kind) {
        case KAIRA_TRANSFORMER_MATRIX: {
            const int panels = kaira_ceiling(s->columns, 2 * k->lanes);
            const int pieces = kaira_ceiling(s->rows, k->rows[s->type]) * s->groups * batch;
            // At most 192 rows at a time, which keeps them in the second cache; fewer where that leaves few tiles.
            int chunk = 192 / k->rows[s->type];
            if (chunk > pieces) chunk = pieces;
            while (threads > 1 && chunk > 4 && panels * kaira_ceiling(pieces, chunk) < 24 * threads) chunk = (chunk + 1) / 2;
            s->chunk = chunk;
            s->tiles = panels * kaira_ceiling(pieces, chunk);
            break;
        }
        case KAIRA_TRANSFORMER_NORM: {
            s->chunk = 8;
            s->tiles = kaira_ceiling((int64_t)s->rows * s->groups * batch, s->chunk);
            break;
        }
        case KAIRA_TRANSFORMER_ATTENTION: {
            const int pieces = kaira_ceiling(s->rows, k->attention_rows[s->type]);
            s->chunk = pieces;
            while (s->chunk > 2 && kaira_ceiling(pieces, s->chunk) * s->heads * batch < 6 * threads)
                s->chunk = (s->chunk + 1) / 2;
            s->tiles = kaira_ceiling(pieces, s->chunk) * s->heads * batch;
            break;
        }
        case KAIRA_TRANSFORMER_PATCHES: s->tiles = s->groups * batch; break;
        case KAIRA_TRANSFORMER_UPSAMPLE: s->tiles = s->height * batch; break;
        default: {
            s->chunk = 64;
            s->tiles = kaira_ceiling(s->rows, s->chunk) * batch;
            break;
        }
    }
}

size_t kaira_transformer_scratch(const kaira_transformer_kernels *k, const kaira_transformer_step *s) {
    switch (s->kind) {
        case KAIRA_TRANSFORMER_NORM: return (size_t)s->columns + 64;
        case KAIRA_TRANSFORMER_ATTENTION: {
            const size_t panel = (size_t)(2 * k->lanes), padded = (size_t)kaira_ceiling(s->rows, (int)panel) * panel;
            const size_t width = (size_t)kaira_ceiling(s->width, 32) * 32;
            return padded * width * 2 + (2 * padded + 64) * (size_t)k->attention_rows[s->type] + 64;
        }
        case KAIRA_TRANSFORMER_UPSAMPLE:
            return (size_t)(3 * s->rows + s->image_width) * (size_t)s->channels + 64;
        default: return 64;
    }
}

// One row of patches, [channels][patch height][patch width] or [patch height][patch width][channels] each.
static void cut_patches(const kaira_transformer_step *s, int tile) {
    const int image = tile / s->groups, group = tile % s->groups;
    const int run = s->interleaved ? s->patch_width * s->channels : s->patch_width;
    const int pixel = s->interleaved ? s->channels : 1, planes = s->interleaved ? 1 : s->channels;
    const float *picture = (const float *)((const char *)s->in + image * s->in_strides.batch);
    for (int x = 0; x < s->rows; x++) {
        float *out = (float *)((char *)s->out + image * s->out_strides.batch + group * s->out_strides.group
            + x * s->out_strides.row);
        const int left = x * s->patch_width - s->pad_x;
        for (int c = 0; c < planes; c++)
            for (int y = 0; y < s->patch_height; y++, out += run) {
                const int row = group * s->patch_height + y - s->pad_y;
                if (row < 0 || row >= s->height) {
                    memset(out, 0, (size_t)run * sizeof(float));
                    continue;
                }
                const float *from = picture + ((size_t)c * s->height + row) * s->image_width * pixel;
                const int skip = left < 0 ? -left : 0;
                int end = s->image_width - left < s->patch_width ? s->image_width - left : s->patch_width;
                if (end < skip) end = skip;
                memset(out, 0, (size_t)(skip * pixel) * sizeof(float));
                memcpy(out + skip * pixel, from + (ptrdiff_t)(left + skip) * pixel,
                    (size_t)((end - skip) * pixel) * sizeof(float));
                memset(out + end * pixel, 0, (size_t)((s->patch_width - end) * pixel) * sizeof(float));
            }
    }
}

static void make_planes(const kaira_transformer_step *s, int tile) {
    const int pieces = kaira_ceiling(s->rows, s->chunk), image = tile / pieces, first = tile % pieces * s->chunk;
    const int last = first + s->chunk < s->rows ? first + s->chunk : s->rows;
    const char *in = (const char *)s->in + image * s->in_strides.batch;
    float *out = (float *)((char *)s->out + image * s->out_strides.batch);
    for (int row = first; row < last; row++) {
        const float *from = (const float *)(in + row * s->in_strides.row);
        for (int k = 0; k < s->columns; k++) out[(size_t)k * s->rows + row] = from[k];
    }
}

static void run_tile(
    const kaira_transformer_kernels *k, const kaira_transformer_step *s, int tile, int threads, float *scratch) {
    switch (s->kind) {
        case KAIRA_TRANSFORMER_MATRIX: k->matrix[s->type](s, tile, threads, scratch); break;
        case KAIRA_TRANSFORMER_NORM: k->norm(s, tile, threads, scratch); break;
        case KAIRA_TRANSFORMER_ATTENTION: k->attention[s->type](s, tile, threads, scratch); break;
        case KAIRA_TRANSFORMER_PATCHES: cut_patches(s, tile); break;
        case KAIRA_TRANSFORMER_UPSAMPLE: k->upsample(s, tile, threads, scratch); break;
        default: make_planes(s, tile); break;
    }
}

typedef struct {
    const kaira_transformer_kernels *kernels;
    const kaira_transformer_step *steps;
    int count, threads;
    kaira_progress *progress;
    float *const *scratch;
    int64_t *nanoseconds;
} run_context;

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void wait_for(_Atomic int32_t *done, int32_t tiles) {
    for (int spins = 0; atomic_load_explicit(done, memory_order_acquire) < tiles;) {
        if (++spins < 2000) {
#if defined(__x86_64__)
            __builtin_ia32_pause();
#endif
        } else {
            // Whoever holds the last tile was preempted: give it the core instead of burning it.
            sched_yield();
        }
    }
}

static void participate(void *context, int participant) {
    const run_context *p = context;
    int waited = 0;  // the first step that has not been waited for
    int64_t before = p->nanoseconds && participant == 0 ? now() : 0;
    for (int i = 0; i < p->count; i++) {
        const kaira_transformer_step *step = &p->steps[i];
        _Atomic int32_t *next = (_Atomic int32_t *)&p->progress[i].next, *done = (_Atomic int32_t *)&p->progress[i].done;
        for (;;) {
            const int32_t tile = atomic_fetch_add_explicit(next, 1, memory_order_relaxed);
            if (tile >= step->tiles) break;
            run_tile(p->kernels, step, tile, p->threads, p->scratch[participant]);
            atomic_fetch_add_explicit(done, 1, memory_order_release);
        }
        if (step->waits || i + 1 == p->count)
            for (; waited <= i; waited++)
                wait_for((_Atomic int32_t *)&p->progress[waited].done, p->steps[waited].tiles);
        if (p->nanoseconds && participant == 0) {
            const int64_t after = now();
            p->nanoseconds[i] = after - before;
            before = after;
        }
    }
}

void kaira_transformer_run(
    const kaira_transformer_kernels *kernels, kaira_pool *pool, const kaira_transformer_step *steps, int count,
    kaira_progress *progress, float *const *scratch, int64_t *nanoseconds) {
    memset((void *)progress, 0, (size_t)count * sizeof *progress);
    run_context p = {kernels, steps, count, kaira_pool_threads(pool), progress, scratch, nanoseconds};
    kaira_pool_run(pool, participate, &p);
}
