// Picks the kernels for this CPU and runs programs with them.
#define _GNU_SOURCE
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "kernels.h"

static const kaira_kernels *chosen(void) {
    static _Atomic(const kaira_kernels *) cached = NULL;
    const kaira_kernels *kernels = atomic_load_explicit(&cached, memory_order_acquire);
    if (kernels) return kernels;
    kernels = &kaira_kernels_generic;
#if defined(__x86_64__)
    const char *limit = getenv("KAIRA_ISA");
    const int no_vectors = limit && strcmp(limit, "generic") == 0, no_wide = limit && strcmp(limit, "avx2") == 0;
    __builtin_cpu_init();
    if (!no_vectors && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        kernels = &kaira_kernels_avx2;
        if (!no_wide && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl"))
            kernels = &kaira_kernels_avx512;
    }
#endif
    atomic_store_explicit(&cached, kernels, memory_order_release);
    return kernels;
}

const char *kaira_kernels_isa(void) {
    switch (chosen()->vector_width) {
        case 16: return "avx512";
        case 8: return "avx2";
        default: return "generic";
    }
}

int kaira_vector_width(void) { return chosen()->vector_width; }

size_t kaira_padded_channels(int channels) {
    const size_t width = (size_t)chosen()->vector_width;
    return ((size_t)channels + width - 1) / width * width;
}

size_t kaira_packed_convolution_size(int out_channels, int depth) {
    return kaira_padded_channels(out_channels) * (size_t)depth;
}

void kaira_pack_convolution(const float *weights, int out_channels, int depth, float *packed) {
    chosen()->pack_convolution(weights, out_channels, depth, packed);
}

size_t kaira_packed_winograd_size(int out_channels, int in_channels, int side) {
    return (size_t)(side + 2) * (size_t)(side + 2) * kaira_packed_convolution_size(out_channels, in_channels);
}

int kaira_pack_winograd(const float *weights, int out_channels, int in_channels, int side, float *packed) {
    // G g G^T for the points 0, 1, -1, infinity, or 0, 1, -1, 2, -2, infinity.
    static const double two[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
    static const double four[6][3] = {
        {1.0 / 4, 0, 0}, {-1.0 / 6, -1.0 / 6, -1.0 / 6}, {-1.0 / 6, 1.0 / 6, -1.0 / 6},
        {1.0 / 24, 1.0 / 12, 1.0 / 6}, {1.0 / 24, -1.0 / 12, 1.0 / 6}, {0, 0, 1}};
    const int n = side + 2;
    const double(*g)[3] = side == 2 ? two : four;
    const size_t size = (size_t)out_channels * (size_t)in_channels;
    float *place = malloc(size * sizeof(float));
    if (!place) return 0;
    for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x++) {
            for (int o = 0; o < out_channels; o++)
                for (int c = 0; c < in_channels; c++) {
                    double sum = 0;
                    for (int ky = 0; ky < 3; ky++)
                        for (int kx = 0; kx < 3; kx++)
                            sum += g[y][ky] * g[x][kx]
                                * (double)weights[(((size_t)o * 3 + ky) * 3 + kx) * (size_t)in_channels + c];
                    place[(size_t)o * in_channels + c] = (float)sum;
                }
            kaira_pack_convolution(place, out_channels, in_channels, packed);
            packed += kaira_packed_convolution_size(out_channels, in_channels);
        }
    free(place);
    return 1;
}

static int sparse_blocks(int depth) { return (depth + chosen()->sparse_block - 1) / chosen()->sparse_block; }

size_t kaira_sparse_rows(int out_channels, int depth) { return (size_t)sparse_blocks(depth) * (size_t)out_channels; }

static int sparse_count(const float *weights, int depth, int block) {
    const int first = block * chosen()->sparse_block;
    const int last = first + chosen()->sparse_block < depth ? first + chosen()->sparse_block : depth;
    int count = 0;
    for (int k = first; k < last; k++) count += weights[k] != 0;
    return count;
}

size_t kaira_sparse_weights(const float *weights, int out_channels, int depth) {
    size_t total = 0;
    for (int block = 0; block < sparse_blocks(depth); block++)
        for (int n = 0; n < out_channels; n++)
            total += (size_t)(sparse_count(weights + (size_t)n * depth, depth, block) + 1) / 2 * 2;
    return total;
}

void kaira_pack_sparse(
    const float *weights, int out_channels, int depth, kaira_sparse_row *rows, kaira_sparse_weight *packed) {
    const int length = chosen()->sparse_block;
    int32_t start = 0;
    for (int block = 0; block < sparse_blocks(depth); block++)
        for (int group = 0; group < out_channels; group += KAIRA_SPARSE_GROUP) {
            const int end = group + KAIRA_SPARSE_GROUP < out_channels ? group + KAIRA_SPARSE_GROUP : out_channels;
            int counts[KAIRA_SPARSE_GROUP];
            for (int n = group; n < end; n++) counts[n - group] = sparse_count(weights + (size_t)n * depth, depth, block);
            // Channels by rising number of weights: the processor then foresees where each one's loop ends.
            for (int pairs = 0; pairs <= (length + 1) / 2; pairs++)
                for (int n = group; n < end; n++) {
                    const float *row = weights + (size_t)n * depth;
                    const int count = counts[n - group];
                    if ((count + 1) / 2 != pairs) continue;
                    *rows++ = (kaira_sparse_row){n, start, pairs};
                    for (int k = block * length; k < (block + 1) * length && k < depth; k++)
                        if (row[k] != 0) packed[start++] = (kaira_sparse_weight){k, row[k]};
                    if (count % 2) {
                        packed[start] = (kaira_sparse_weight){packed[start - 1].channel, 0};
                        start++;
                    }
                }
        }
}

size_t kaira_packed_depthwise_size(int channels, int taps) { return kaira_padded_channels(channels) * (size_t)taps; }

void kaira_pack_depthwise(const float *weights, int channels, int taps, float *packed) {
    chosen()->pack_depthwise(weights, channels, taps, packed);
}

static int smaller(int64_t a, int64_t b) { return (int)(a < b ? a : b); }
static int larger(int64_t a, int64_t b) { return (int)(a > b ? a : b); }

size_t kaira_prepare_step(kaira_step *s) {
    const int width = chosen()->vector_width;
    const size_t padded_in = kaira_padded_channels(s->in_channels > 0 ? s->in_channels : 1);
    size_t scratch = 0;
    s->channel_tiles = 1;
    switch (s->kind) {
        case KAIRA_STEP_CONVOLUTION: {
            const int64_t depth = (int64_t)s->kernel_height * s->kernel_width * s->in_channels;
            const int64_t pixels = (int64_t)s->out_height * s->out_width, work = pixels * depth * s->out_channels;
            // Pieces of at least about 100 kMAC, at most 24 to an image; rows first, in pieces of 24 or more.
            const int pieces = larger(1, smaller(24, work / 100000));
            int rows = larger(1, smaller(pieces, pixels / 24));
            const int64_t most = 256 * 1024 / larger(depth, 1);  // rows that keep a piece's input in the second cache
            rows = larger(rows, smaller(pixels / 24, pixels / larger(most, 24)));
            const int vectors = (s->out_channels + width - 1) / width;
            const int columns = larger(1, smaller(vectors / 2, (pieces + rows - 1) / rows));
            s->row_tiles = rows * s->batch;
            s->channel_tiles = columns;
            scratch = KAIRA_GATHERED * (size_t)depth;
            break;
        }
        case KAIRA_STEP_WINOGRAD: {
            // Up to 24 places a piece: two register tiles, and both transforms of them stay in the second cache.
            const int side = s->mode, n = side + 2;
            const int places = ((s->out_height + side - 1) / side) * ((s->out_width + side - 1) / side);
            const int pieces = larger((places + 23) / 24, places >= 8 ? 2 : 1);
            s->row_tiles = pieces * s->batch;
            const size_t most = (size_t)((places + pieces - 1) / pieces);
            scratch = (size_t)(n * n) * most * (padded_in + kaira_padded_channels(s->out_channels))
                + kaira_padded_channels(s->out_channels);
            break;
        }
        case KAIRA_STEP_WINDOWS: {
            s->row_tiles = s->batch * larger(1, smaller(8, (int64_t)s->out_height * s->out_width / 12));
            break;
        }
        case KAIRA_STEP_SPARSE: {
            // At most eight vectors of pixels at a time; where that leaves few pieces, channels are shared out too.
            const int64_t pixels = (int64_t)s->batch * s->out_height * s->out_width;
            const int64_t vectors = (pixels + width - 1) / width;
            s->row_tiles = (int)((vectors + 7) / 8);
            const int groups = (s->out_channels + KAIRA_SPARSE_GROUP - 1) / KAIRA_SPARSE_GROUP;
            s->channel_tiles = s->row_tiles >= 4 ? 1 : larger(1, smaller(4 / s->row_tiles, groups));
            scratch = (((size_t)s->in_channels + KAIRA_SPARSE_GROUP) * 8 + (size_t)s->in_channels) * (size_t)width;
            break;
        }
        case KAIRA_STEP_DEPTHWISE: {
            const int64_t work = (int64_t)s->out_height * s->out_width * s->out_channels * s->kernel_height * s->kernel_width;
            const int pieces = larger(1, smaller(16, work / 50000));
            const int rows = larger(1, smaller(pieces, s->out_height / 4));
            const int vectors = (s->out_channels + width - 1) / width;
            s->row_tiles = rows * s->batch;
            s->channel_tiles = larger(1, smaller(vectors / 2, (pieces + rows - 1) / rows));
            scratch = padded_in;
            break;
        }
        case KAIRA_STEP_REDUCE_CONVOLUTION: {
            s->row_tiles = larger(1, smaller(16, s->out_height / 4)) * s->batch;
            scratch = padded_in * ((size_t)s->out_width + 1);
            break;
        }
        case KAIRA_STEP_MAX_POOL:
        case KAIRA_STEP_AVERAGE_POOL: {
            const int vectors = (s->out_channels + width - 1) / width;
            s->row_tiles = larger(1, smaller(8, (int64_t)s->batch * s->out_height));
            if (s->out_height * s->batch == 1) s->channel_tiles = larger(1, smaller(4, vectors));
            break;
        }
        case KAIRA_STEP_RESIZE: {
            s->row_tiles = larger(1, smaller(16, (int64_t)s->batch * s->out_height / 2));
            scratch = padded_in * ((size_t)s->in_width + 1);
            break;
        }
        case KAIRA_STEP_ADD:
        case KAIRA_STEP_MULTIPLY: {
            s->row_tiles = larger(1, smaller(smaller(16, s->count), s->count * s->length / 8192));
            break;
        }
        case KAIRA_STEP_UNARY: {
            s->row_tiles = larger(1, smaller(smaller(16, s->count), s->count * s->out_channels / 8192));
            break;
        }
        case KAIRA_STEP_SCALE_CHANNELS: {
            const int64_t values = (int64_t)s->out_height * s->out_width * s->out_channels;
            s->row_tiles = s->batch * larger(1, smaller(16, values / 8192));
            break;
        }
        case KAIRA_STEP_SCALE_NORM: {
            s->row_tiles = larger(1, smaller(smaller(8, s->count), s->count * s->length / 4096));
            break;
        }
        case KAIRA_STEP_TRANSPOSE: s->row_tiles = s->batch; break;
        case KAIRA_STEP_GATED_ATTENTION: {
            const size_t padded = kaira_padded_channels((int)s->period);
            s->row_tiles = s->batch * larger(1, smaller(8, s->count / 8));
            scratch = ((size_t)s->count + 1) * padded + (size_t)s->count;
            break;
        }
        case KAIRA_STEP_SUM_WINDOWS: s->row_tiles = s->batch * larger(1, smaller(4, s->out_height)); break;
        case KAIRA_STEP_ENLARGE: s->row_tiles = larger(1, smaller(8, (int64_t)s->batch * s->out_height / 2)); break;
        default: s->row_tiles = 1; break;
    }
    s->tiles = s->row_tiles * s->channel_tiles;
    return scratch + 16;
}

typedef struct {
    const kaira_kernels *kernels;
    const kaira_step *steps;
    int count;
    kaira_progress *progress;
    float *const *scratch;
} program;

static void pause_a_little(int *spins) {
    if (++*spins < 2000) {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
        return;
    }
    // Whoever holds the last tile was preempted: give it the core instead of burning it.
    sched_yield();
}

static void participate(void *context, int participant) {
    const program *p = context;
    for (int i = 0; i < p->count; i++) {
        const kaira_step *step = &p->steps[i];
        kaira_progress *progress = &p->progress[i];
        _Atomic int32_t *next = (_Atomic int32_t *)&progress->next, *done = (_Atomic int32_t *)&progress->done;
        for (;;) {
            const int32_t tile = atomic_fetch_add_explicit(next, 1, memory_order_relaxed);
            if (tile >= step->tiles) break;
            p->kernels->run(step, tile, p->scratch[participant]);
            atomic_fetch_add_explicit(done, 1, memory_order_release);
        }
        for (int spins = 0; atomic_load_explicit(done, memory_order_acquire) < step->tiles;) pause_a_little(&spins);
    }
}

void kaira_run_steps(
    kaira_pool *pool, const kaira_step *steps, int count, kaira_progress *progress, float *const *scratch) {
    const kaira_kernels *kernels = chosen();
    if (kaira_pool_threads(pool) == 1) {
        for (int i = 0; i < count; i++)
            for (int tile = 0; tile < steps[i].tiles; tile++) kernels->run(&steps[i], tile, scratch[0]);
        return;
    }
    memset((void *)progress, 0, (size_t)count * sizeof *progress);
    program p = {kernels, steps, count, progress, scratch};
    kaira_pool_run(pool, participate, &p);
}

void kaira_time_steps(const kaira_step *steps, int count, float *scratch, int64_t *nanoseconds) {
    const kaira_kernels *kernels = chosen();
    for (int i = 0; i < count; i++) {
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        for (int tile = 0; tile < steps[i].tiles; tile++) kernels->run(&steps[i], tile, scratch);
        clock_gettime(CLOCK_MONOTONIC, &b);
        nanoseconds[i] = (int64_t)(b.tv_sec - a.tv_sec) * 1000000000 + (b.tv_nsec - a.tv_nsec);
    }
}

// ---- steps that only move values --------------------------------------------------------------------------------

static void pad(const kaira_step *s) {
    // in: [batch, in_height, in_width, in_channels] lands at (pad_top, pad_left, channel `mode`) of zeros.
    const size_t out_row = (size_t)s->out_width * s->out_channels;
    memset(s->out, 0, (size_t)s->batch * s->out_height * out_row * sizeof(float));
    for (int b = 0; b < s->batch; b++)
        for (int y = 0; y < s->in_height; y++) {
            float *o = s->out + ((size_t)b * s->out_height + y + s->pad_top) * out_row
                + (size_t)s->pad_left * s->out_channels + s->mode;
            const float *a = s->in + ((size_t)b * s->in_height + y) * s->in_width * s->in_channels;
            if (s->in_channels == s->out_channels) {
                memcpy(o, a, (size_t)s->in_width * s->in_channels * sizeof(float));
                continue;
            }
            for (int x = 0; x < s->in_width; x++)
                memcpy(o + (size_t)x * s->out_channels, a + (size_t)x * s->in_channels,
                    (size_t)s->in_channels * sizeof(float));
        }
}

static void depth_to_space(const kaira_step *s) {
    const int block = s->mode, channels = s->out_channels;
    for (int b = 0; b < s->batch; b++)
        for (int y = 0; y < s->out_height; y++)
            for (int x = 0; x < s->out_width; x++)
                memcpy(s->out + (((size_t)b * s->out_height + y) * s->out_width + x) * channels,
                    s->in + (((size_t)b * s->in_height + y / block) * s->in_width + x / block) * s->in_channels
                        + (size_t)((y % block) * block + x % block) * channels,
                    (size_t)channels * sizeof(float));
}

static void transposed_2x2(const kaira_step *s) {
    // Stride 2 with a 2x2 kernel: no two windows meet. Weights [out][2][2][in].
    for (int b = 0; b < s->batch; b++)
        for (int y = 0; y < s->out_height; y++)
            for (int x = 0; x < s->out_width; x++) {
                const float *a = s->in + (((size_t)b * s->in_height + y / 2) * s->in_width + x / 2) * s->in_channels;
                for (int n = 0; n < s->out_channels; n++) {
                    const float *w = s->weights + ((size_t)n * 4 + (y % 2) * 2 + x % 2) * s->in_channels;
                    float sum = s->bias[n];
                    for (int k = 0; k < s->in_channels; k++) sum += a[k] * w[k];
                    s->out[(((size_t)b * s->out_height + y) * s->out_width + x) * s->out_channels + n] = sum;
                }
            }
}

static void enlarge(const kaira_step *s, int tile) {
    const int64_t rows = (int64_t)s->batch * s->out_height;
    for (int64_t r = rows * tile / s->tiles; r < rows * (tile + 1) / s->tiles; r++) {
        const int64_t image = r / s->out_height, y = r % s->out_height;
        for (int x = 0; x < s->out_width; x++)
            memcpy(s->out + (r * s->out_width + x) * s->out_pixel,
                s->in + ((image * s->in_height + y / s->mode) * s->in_width + x / s->mode) * s->in_pixel,
                (size_t)s->out_channels * sizeof(float));
    }
}

void kaira_run_plain_step(const kaira_step *s, int tile) {
    switch (s->kind) {
        case KAIRA_STEP_PAD: pad(s); break;
        case KAIRA_STEP_DEPTH_TO_SPACE: depth_to_space(s); break;
        case KAIRA_STEP_COPY:
            for (int64_t i = 0; i < s->count; i++)
                memcpy(s->out + i * s->out_stride, s->in + i * s->in_stride, (size_t)s->length * sizeof(float));
            break;
        case KAIRA_STEP_TRANSPOSED_2X2: transposed_2x2(s); break;
        case KAIRA_STEP_ENLARGE: enlarge(s, tile); break;
        default: break;
    }
}

void kaira_float16_to_float32(const void *source, float *target, size_t count) {
    const unsigned char *bytes = source;
    for (size_t i = 0; i < count; i++) {
        const uint32_t half = (uint32_t)bytes[2 * i] | (uint32_t)bytes[2 * i + 1] << 8;
        const uint32_t sign = (half & 0x8000) << 16, magnitude = half & 0x7fff;
        uint32_t bits;
        if (magnitude >= 0x7c00) {
            bits = sign | 0x7f800000 | (magnitude & 0x3ff) << 13;
        } else if (magnitude >= 0x400) {
            bits = sign | ((magnitude << 13) + 0x38000000);
        } else {
            // Subnormal: its value is exact in single precision.
            float value = (float)magnitude * 0x1p-24f;
            memcpy(&bits, &value, sizeof bits);
            bits |= sign;
        }
        memcpy(&target[i], &bits, sizeof bits);
    }
}
