// The operations of training: picks the kernels for this CPU, cuts work into pieces and shares them out.
#define _GNU_SOURCE
#include "learning.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "kaira_kernels.h"

// ---- choice -----------------------------------------------------------------------------------------------------

static const kaira_learning_set *chosen(void) {
    static _Atomic(const kaira_learning_set *) cached = NULL;
    const kaira_learning_set *set = atomic_load_explicit(&cached, memory_order_acquire);
    if (set) return set;
    set = &kaira_learning_generic;
#if defined(__x86_64__)
    const char *isa = kaira_kernels_isa();
    __builtin_cpu_init();
    if (strcmp(isa, "generic") != 0) set = &kaira_learning_avx2;
    if (strcmp(isa, "avx512") == 0 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
        set = &kaira_learning_avx512;
#endif
    atomic_store_explicit(&cached, set, memory_order_release);
    return set;
}

const kaira_learning_kernels *kaira_learning_kernels_of(int type) { return chosen()->of[type]; }
// ---- threads ----------------------------------------------------------------------------------------------------

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
} sharing;

static void take_part(void *raw, int participant) {
    sharing *s = raw;
    for (;;) {
        const int64_t piece = atomic_fetch_add_explicit(&s->next, 1, memory_order_relaxed);
        if (piece >= s->pieces) return;
        s->function(s->context, piece, s->scratch[participant]);
    }
}

static void *aligned(size_t bytes) {
    void *memory = NULL;
    return posix_memalign(&memory, 64, bytes < 64 ? 64 : bytes) == 0 ? memory : NULL;
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
    sharing s = {function, context, pieces, 0, team.scratch};
    if (participants == 1) take_part(&s, 0);
    else kaira_pool_run(team.pool, take_part, &s);
    pthread_mutex_unlock(&team.mutex);
}

// ---- memory -----------------------------------------------------------------------------------------------------

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

// ---- layouts ----------------------------------------------------------------------------------------------------

// Joins neighbouring axes that are walked through in one go for every operand, and drops axes of length 1.
static kaira_layout joined(const kaira_layout *l, int operands) {
    kaira_layout r = {0};
    for (int axis = 0; axis < l->rank; axis++) {
        if (l->shape[axis] == 1) continue;
        int joins = r.rank > 0;
        for (int o = 0; o < operands && joins; o++)
            joins = r.strides[o][r.rank - 1] == l->strides[o][axis] * l->shape[axis];
        if (joins) {
            r.shape[r.rank - 1] *= l->shape[axis];
            for (int o = 0; o < operands; o++) r.strides[o][r.rank - 1] = l->strides[o][axis];
        } else {
            r.shape[r.rank] = l->shape[axis];
            for (int o = 0; o < operands; o++) r.strides[o][r.rank] = l->strides[o][axis];
            r.rank++;
        }
    }
    if (r.rank == 0) {
        r.rank = 1;
        r.shape[0] = 1;
    }
    return r;
}

// Elements of one piece of work.
#define PIECE 16384

typedef struct walk walk;
typedef void run_function(const walk *w, const int64_t offsets[3], int64_t start, int64_t count);

// A walk over all rows (runs of the last axis); rows are grouped, and long ones cut, into pieces of about PIECE.
struct walk {
    kaira_layout layout;
    int operands;
    int64_t rows, row, group, cuts, cut;
    run_function *run;
    int type, op, size;
    double p, q;
    const void *a, *b, *c;
    void *out;
};

static void walk_piece(const void *context, int64_t piece, void *scratch) {
    (void)scratch;
    const walk *w = context;
    const kaira_layout *l = &w->layout;
    const int last = l->rank - 1;
    const int64_t first = piece / w->cuts * w->group, end = smaller(first + w->group, w->rows);
    const int64_t start = piece % w->cuts * w->cut, count = smaller(w->cut, w->row - start);
    int64_t index[KAIRA_RANK] = {0}, rest = first;
    int64_t offsets[3] = {0};
    for (int axis = last - 1; axis >= 0; axis--) {
        index[axis] = rest % l->shape[axis];
        rest /= l->shape[axis];
    }
    for (int o = 0; o < w->operands; o++) {
        offsets[o] = start * l->strides[o][last];
        for (int axis = 0; axis < last; axis++) offsets[o] += index[axis] * l->strides[o][axis];
    }
    for (int64_t row = first; row < end; row++) {
        w->run(w, offsets, row * w->row + start, count);
        for (int axis = last - 1; axis >= 0; axis--) {
            for (int o = 0; o < w->operands; o++) offsets[o] += l->strides[o][axis];
            if (++index[axis] < l->shape[axis]) break;
            for (int o = 0; o < w->operands; o++) offsets[o] -= l->shape[axis] * l->strides[o][axis];
            index[axis] = 0;
        }
    }
}

static void walk_all(walk *w, const kaira_layout *layout, int operands) {
    for (int axis = 0; axis < layout->rank; axis++)
        if (layout->shape[axis] == 0) return;
    w->layout = joined(layout, operands);
    w->operands = operands;
    w->row = w->layout.shape[w->layout.rank - 1];
    w->rows = 1;
    for (int axis = 0; axis + 1 < w->layout.rank; axis++) w->rows *= w->layout.shape[axis];
    w->cut = w->row > PIECE ? PIECE : w->row;
    w->cuts = ceiling(w->row, w->cut);
    w->group = w->cuts > 1 ? 1 : larger(1, PIECE / w->row);
    kaira_share(ceiling(w->rows, w->group) * w->cuts, 0, walk_piece, w);
}

static void run_unary(const walk *w, const int64_t offsets[3], int64_t start, int64_t count) {
    const int64_t *s = &w->layout.strides[0][w->layout.rank - 1];
    kaira_learning_kernels_of(w->type)->unary(
        w->op, w->p, w->q, count, at(w->type, w->a, offsets[0]), *s, to(w->type, w->out, start));
}

void kaira_unary(int type, int op, double p, double q, const kaira_layout *layout, const void *a, void *out) {
    walk w = {.run = run_unary, .type = type, .op = op, .p = p, .q = q, .a = a, .out = out};
    walk_all(&w, layout, 1);
}

static void run_binary(const walk *w, const int64_t offsets[3], int64_t start, int64_t count) {
    const int last = w->layout.rank - 1;
    kaira_learning_kernels_of(w->type)->binary(
        w->op, w->p, w->q, count, at(w->type, w->a, offsets[0]), w->layout.strides[0][last],
        at(w->type, w->b, offsets[1]), w->layout.strides[1][last], to(w->type, w->out, start));
}

void kaira_binary(
    int type, int op, double p, double q, const kaira_layout *layout, const void *a, const void *b, void *out) {
    walk w = {.run = run_binary, .type = type, .op = op, .p = p, .q = q, .a = a, .b = b, .out = out};
    walk_all(&w, layout, 2);
}

static void run_select(const walk *w, const int64_t offsets[3], int64_t start, int64_t count) {
    const int last = w->layout.rank - 1;
    kaira_learning_kernels_of(w->type)->select(
        count, at(w->type, w->c, offsets[0]), w->layout.strides[0][last], at(w->type, w->a, offsets[1]),
        w->layout.strides[1][last], at(w->type, w->b, offsets[2]), w->layout.strides[2][last],
        to(w->type, w->out, start));
}

void kaira_select(
    int type, const kaira_layout *layout, const void *condition, const void *a, const void *b, void *out) {
    walk w = {.run = run_select, .type = type, .a = a, .b = b, .c = condition, .out = out};
    walk_all(&w, layout, 3);
}

#define COPY(TYPE)                                                                                                     \
    {                                                                                                                  \
        const TYPE *from = w->a;                                                                                       \
        TYPE *into = w->out;                                                                                           \
        if (scatter)                                                                                                   \
            for (int64_t i = 0; i < count; i++) into[offset + i * stride] = from[start + i];                           \
        else                                                                                                           \
            for (int64_t i = 0; i < count; i++) into[start + i] = from[offset + i * stride];                           \
        break;                                                                                                         \
    }

static inline void run_copy(const walk *w, int64_t offset, int64_t start, int64_t count, const int scatter) {
    const int64_t stride = w->layout.strides[0][w->layout.rank - 1];
    if (stride == 1) {
        char *place = (char *)w->out + (scatter ? offset : start) * w->size;
        memcpy(place, (const char *)w->a + (scatter ? start : offset) * w->size, (size_t)(count * w->size));
        return;
    }
    switch (w->size) {
        case 1: COPY(uint8_t)
        case 2: COPY(uint16_t)
        case 4: COPY(uint32_t)
        default: COPY(uint64_t)
    }
}
static void run_gather(const walk *w, const int64_t offsets[3], int64_t start, int64_t count) {
    run_copy(w, offsets[0], start, count, 0);
}
static void run_scatter(const walk *w, const int64_t offsets[3], int64_t start, int64_t count) {
    run_copy(w, offsets[0], start, count, 1);
}

void kaira_gather_strided(int size, const kaira_layout *layout, const void *a, void *out) {
    walk w = {.run = run_gather, .size = size, .a = a, .out = out};
    walk_all(&w, layout, 1);
}
void kaira_scatter_strided(int size, const kaira_layout *layout, const void *a, void *out) {
    walk w = {.run = run_scatter, .size = size, .a = a, .out = out};
    walk_all(&w, layout, 1);
}

// ---- reductions -------------------------------------------------------------------------------------------------

typedef struct {
    int type, op;
    double scale;
    int64_t outer, count, inner, group;
    const void *x;
    void *out;
} reduction;

static void reduce_rows(const void *context, int64_t piece, void *scratch) {
    (void)scratch;
    const reduction *r = context;
    for (int64_t i = piece * r->group; i < smaller((piece + 1) * r->group, r->outer); i++)
        set_value(
            r->type, r->out, i,
            r->scale * kaira_learning_kernels_of(r->type)->reduce_row(r->op, r->count, at(r->type, r->x, i * r->count)));
}

static void reduce_columns(const void *context, int64_t piece, void *scratch) {
    (void)scratch;
    const reduction *r = context;
    const int64_t blocks = ceiling(r->inner, 64), outer = piece / blocks, column = piece % blocks * 64;
    kaira_learning_kernels_of(r->type)->reduce_columns(
        r->op, r->scale, r->count, r->inner, smaller(64, r->inner - column),
        at(r->type, r->x, outer * r->count * r->inner + column), to(r->type, r->out, outer * r->inner + column));
}

// Rows summed in single precision before they meet others, as the kernels do.
#define SUMMED 64

static void sum_rows(const void *context, int64_t piece, void *scratch) {
    (void)scratch;
    const reduction *r = context;
    const int64_t first = piece * SUMMED, end = smaller(first + SUMMED, r->count);
    void *sum = to(r->type, r->out, piece * r->inner);
    memset(sum, 0, (size_t)r->inner * bytes_of(r->type));
    for (int64_t row = first; row < end; row++)
        kaira_learning_kernels_of(r->type)->binary(
            KAIRA_BINARY_ADD, 0, 0, r->inner, sum, 1, at(r->type, r->x, row * r->inner), 1, sum);
}

void kaira_reduce(
    int type, int op, double scale, int64_t outer, int64_t count, int64_t inner, const void *x, void *out) {
    if (outer * inner == 0) return;
    if (count == 0) {
        for (int64_t i = 0; i < outer * inner; i++) set_value(type, out, i, 0);
        return;
    }
    reduction r = {type, op, scale, outer, count, inner, larger(1, PIECE / count), x, out};
    if (inner == 1 && outer == 1 && count > 4 * PIECE && op != KAIRA_REDUCE_MAXIMUM && op != KAIRA_REDUCE_MINIMUM) {
        // One long row: its pieces first.
        const int64_t pieces = count / PIECE, rest = count - pieces * PIECE;
        double *sums = malloc((size_t)pieces * sizeof *sums);
        if (sums) {
            reduction parts = {type, op, 1, pieces, PIECE, 1, 1, x, sums};
            kaira_share(pieces, 0, reduce_rows, &parts);
            double total = 0;
            for (int64_t i = 0; i < pieces; i++) total += value(type, sums, i);
            if (rest > 0) total += kaira_learning_kernels_of(type)->reduce_row(op, rest, at(type, x, pieces * PIECE));
            set_value(type, out, 0, total * scale);
            free(sums);
            return;
        }
    }
    if (outer == 1 && inner > 64 && count >= 4 * SUMMED && op == KAIRA_REDUCE_SUM) {
        // Whole rows as they lie, then few rows of sums.
        const int64_t pieces = ceiling(count, SUMMED);
        const size_t bytes = (size_t)(pieces * inner) * bytes_of(type);
        reduction parts = {type, op, 1, 1, count, inner, 1, x, kaira_memory_take(bytes)};
        if (parts.out) {
            kaira_share(pieces, 0, sum_rows, &parts);
            reduction total = {type, op, scale, 1, pieces, inner, 1, parts.out, out};
            kaira_share(ceiling(inner, 64), 0, reduce_columns, &total);
            kaira_memory_give(parts.out, bytes);
            return;
        }
    }
    if (inner == 1) kaira_share(ceiling(outer, r.group), 0, reduce_rows, &r);
    else kaira_share(outer * ceiling(inner, 64), 0, reduce_columns, &r);
}

void kaira_argmax(int type, int64_t outer, int64_t count, int64_t inner, const void *x, int64_t *out) {
    for (int64_t o = 0; o < outer; o++)
        for (int64_t i = 0; i < inner; i++) {
            int64_t best = 0;
            double most = value(type, x, o * count * inner + i);
            for (int64_t k = 1; k < count && most == most; k++) {
                const double v = value(type, x, (o * count + k) * inner + i);
                if (v > most || v != v) {
                    most = v;
                    best = k;
                }
            }
            out[o * inner + i] = best;
        }
}

int kaira_all_finite(int type, int64_t count, const void *x) { return kaira_learning_kernels_of(type)->finite(count, x); }

// ---- products ---------------------------------------------------------------------------------------------------

typedef struct {
    kaira_product s;
    int type;
    int64_t row_pieces, column_pieces, rows, columns;
} multiplication;

static void multiply_piece(const void *context, int64_t piece, void *scratch) {
    const multiplication *x = context;
    const kaira_product *s = &x->s;
    const int64_t each = x->row_pieces * x->column_pieces, item = piece / each, rest = piece % each;
    const int64_t outer = item / s->inner, inner = item % s->inner;
    const int64_t row = rest / x->column_pieces * x->rows, column = rest % x->column_pieces * x->columns;
    const int64_t c = outer * s->c_outer + inner * s->c_inner;
    kaira_learning_kernels_of(x->type)->product(
        s, at(x->type, s->a, outer * s->a_outer + inner * s->a_inner),
        at(x->type, s->b, outer * s->b_outer + inner * s->b_inner), to(x->type, s->c, c),
        s->before ? to(x->type, s->before, c) : NULL, row, smaller(row + x->rows, s->m), column,
        smaller(column + x->columns, s->n), scratch);
}

// Cuts a product into pieces so that the threads are done early: by an estimate in cycles of the work and the packing of
// each piece. What a value is does not depend on it.
static void cut_product(multiplication *x, int threads) {
    const kaira_learning_kernels *kernels = kaira_learning_kernels_of(x->type);
    const kaira_product *s = &x->s;
    const int64_t panel = 2 * kernels->lanes, tile = kernels->rows, most = 4 * threads;
    x->columns = s->n;
    x->rows = s->m;
    x->row_pieces = x->column_pieces = 1;
    if (threads == 1 || s->batch >= 8 * threads) return;
    const double right = s->b_column == 1 ? 0.4 : 1, left = s->a_column == 1 ? 0.1 : 0.7;
    double best = 0;
    for (int64_t c = 1; c <= smaller(most, ceiling(s->n, panel)); c++) {
        const int64_t columns = ceiling(ceiling(s->n, c), panel) * panel, column_pieces = ceiling(s->n, columns);
        for (int64_t r = 1; r <= smaller(most, ceiling(s->m, tile)); r++) {
            const int64_t rows = ceiling(ceiling(s->m, r), tile) * tile, row_pieces = ceiling(s->m, rows);
            const double product = (double)(rows * columns) / (double)panel;
            const double packing =
                right * (double)columns + left * (double)(rows * ceiling(columns, KAIRA_BLOCK_COLUMNS));
            const double each = (double)s->k * (product + packing) + 2000;
            const double cost = each * (double)ceiling(row_pieces * column_pieces * s->batch, threads);
            if (best > 0 && cost >= best) continue;
            best = cost;
            x->columns = columns;
            x->rows = rows;
            x->column_pieces = column_pieces;
            x->row_pieces = row_pieces;
        }
    }
}

// c^T = b^T a^T where that packs less: b's columns are then read as they lie.
static void turn_product(kaira_product *s) {
    if (s->b_row != 1 || s->b_column == 1 || s->m >= s->n || s->halves || s->before) return;
    if (s->finish > KAIRA_FINISH_RELU || s->alpha != 1 || s->accumulate || s->m > KAIRA_FEW_COLUMNS
        || s->k > KAIRA_MOST_DEPTH) return;
    kaira_product t = *s;
    t.m = s->n;
    t.n = s->m;
    t.a = s->b;
    t.b = s->a;
    t.a_row = s->b_column;
    t.a_column = s->b_row;
    t.b_row = s->a_column;
    t.b_column = s->a_row;
    t.c_row = s->c_column;
    t.c_column = s->c_row;
    t.a_outer = s->b_outer;
    t.a_inner = s->b_inner;
    t.b_outer = s->a_outer;
    t.b_inner = s->a_inner;
    t.bias = s->row_bias;
    t.row_bias = s->bias;
    *s = t;
}

void kaira_multiply(int type, const kaira_product *product) {
    if (product->m == 0 || product->n == 0 || product->batch == 0) return;
    multiplication x = {.s = *product, .type = type};
    turn_product(&x.s);
    cut_product(&x, kaira_compute_threads());
    kaira_share(product->batch * x.row_pieces * x.column_pieces, KAIRA_PRODUCT_SCRATCH, multiply_piece, &x);
}

// ---- rows -------------------------------------------------------------------------------------------------------

typedef struct {
    int type, kind;
    int64_t rows, count, group;
    double epsilon, scale;
    const void *x, *y, *gain, *bias, *mean, *inverse;
    const int32_t *labels;
    void *out, *out2, *out3;
} row_work;

enum { SOFTMAX, LOG_SOFTMAX, SOFTMAX_SLOPE, LOG_SOFTMAX_SLOPE, CROSS_ENTROPY, LAYER_NORM };

static void row_piece(const void *context, int64_t piece, void *scratch) {
    (void)scratch;
    const row_work *w = context;
    const kaira_learning_kernels *k = kaira_learning_kernels_of(w->type);
    for (int64_t i = piece * w->group; i < smaller((piece + 1) * w->group, w->rows); i++) {
        const void *x = at(w->type, w->x, i * w->count), *y = w->y ? at(w->type, w->y, i * w->count) : NULL;
        void *out = w->out ? to(w->type, w->out, i * w->count) : NULL;
        switch (w->kind) {
            case SOFTMAX: k->softmax(w->count, x, out); break;
            case LOG_SOFTMAX: k->log_softmax(w->count, x, out); break;
            case SOFTMAX_SLOPE: k->softmax_slope(w->count, x, y, out); break;
            case LOG_SOFTMAX_SLOPE: k->log_softmax_slope(w->count, x, y, out); break;
            case CROSS_ENTROPY:
                k->cross_entropy(w->count, x, w->labels[i], w->epsilon, w->scale, to(w->type, w->out2, i), out);
                break;
            default:
                k->layer_norm(
                    w->count, w->epsilon, x, w->gain, w->bias, out, to(w->type, w->out2, i), to(w->type, w->out3, i));
                break;
        }
    }
}

static void each_row(row_work w) {
    if (w.rows == 0 || w.count == 0) return;
    w.group = larger(1, 4096 / w.count);
    kaira_share(ceiling(w.rows, w.group), 0, row_piece, &w);
}

void kaira_softmax(int type, int64_t rows, int64_t count, const void *x, void *y) {
    each_row((row_work){.type = type, .kind = SOFTMAX, .rows = rows, .count = count, .x = x, .out = y});
}
void kaira_log_softmax(int type, int64_t rows, int64_t count, const void *x, void *y) {
    each_row((row_work){.type = type, .kind = LOG_SOFTMAX, .rows = rows, .count = count, .x = x, .out = y});
}
void kaira_softmax_slope(int type, int64_t rows, int64_t count, const void *y, const void *dy, void *dx) {
    each_row((row_work){.type = type, .kind = SOFTMAX_SLOPE, .rows = rows, .count = count, .x = y, .y = dy, .out = dx});
}
void kaira_log_softmax_slope(int type, int64_t rows, int64_t count, const void *y, const void *dy, void *dx) {
    each_row(
        (row_work){.type = type, .kind = LOG_SOFTMAX_SLOPE, .rows = rows, .count = count, .x = y, .y = dy, .out = dx});
}
void kaira_cross_entropy(
    int type, int64_t rows, int64_t classes, const void *logits, const int32_t *labels, double smoothing, double scale,
    void *losses, void *gradient) {
    each_row((row_work){
        .type = type, .kind = CROSS_ENTROPY, .rows = rows, .count = classes, .x = logits, .labels = labels,
        .epsilon = smoothing, .scale = scale, .out = gradient, .out2 = losses});
}
void kaira_layer_norm(
    int type, int64_t rows, int64_t count, double epsilon, const void *x, const void *gain, const void *bias, void *y,
    void *mean, void *inverse) {
    each_row((row_work){
        .type = type, .kind = LAYER_NORM, .rows = rows, .count = count, .epsilon = epsilon, .x = x, .gain = gain,
        .bias = bias, .out = y, .out2 = mean, .out3 = inverse});
}

typedef struct {
    row_work w;
    void *gains, *biases;  // [pieces][count]
} norm_slope;

// Rows whose gradients for gain and bias are summed before those of other pieces are added.
#define NORM_ROWS 64

static void norm_piece(const void *context, int64_t piece, void *scratch) {
    (void)scratch;
    const norm_slope *n = context;
    const row_work *w = &n->w;
    void *gain = n->gains ? to(w->type, n->gains, piece * w->count) : NULL;
    void *bias = n->biases ? to(w->type, n->biases, piece * w->count) : NULL;
    if (gain) memset(gain, 0, (size_t)w->count * bytes_of(w->type));
    if (bias) memset(bias, 0, (size_t)w->count * bytes_of(w->type));
    for (int64_t i = piece * NORM_ROWS; i < smaller((piece + 1) * NORM_ROWS, w->rows); i++)
        kaira_learning_kernels_of(w->type)->layer_norm_slope(
            w->count, at(w->type, w->x, i * w->count), w->gain, value(w->type, w->mean, i),
            value(w->type, w->inverse, i), at(w->type, w->y, i * w->count), to(w->type, w->out, i * w->count), gain,
            bias);
}

void kaira_layer_norm_slope(
    int type, int64_t rows, int64_t count, const void *x, const void *gain, const void *mean, const void *inverse,
    const void *dy, void *dx, void *dgain, void *dbias) {
    if (count == 0) return;
    const int64_t pieces = ceiling(rows, NORM_ROWS);
    const size_t bytes = (size_t)(pieces * count) * bytes_of(type);
    norm_slope n = {
        {.type = type, .rows = rows, .count = count, .x = x, .gain = gain, .mean = mean, .inverse = inverse, .y = dy,
         .out = dx},
        dgain ? kaira_memory_take(bytes) : NULL, dbias ? kaira_memory_take(bytes) : NULL};
    if ((dgain && !n.gains) || (dbias && !n.biases)) abort();
    kaira_share(pieces, 0, norm_piece, &n);
    if (dgain) kaira_reduce(type, KAIRA_REDUCE_SUM, 1, 1, pieces, count, n.gains, dgain);
    if (dbias) kaira_reduce(type, KAIRA_REDUCE_SUM, 1, 1, pieces, count, n.biases, dbias);
    kaira_memory_give(n.gains, bytes);
    kaira_memory_give(n.biases, bytes);
}

// ---- channels ---------------------------------------------------------------------------------------------------

typedef struct {
    int type, kind, relu;
    int64_t batch, channels, area;
    const void *x, *dy, *a, *b, *c;
    void *out, *out2;
} channel_work;

enum { MOMENTS, SUMS, AFFINE, COMBINE };

static void channel_piece(const void *context, int64_t piece, void *scratch) {
    (void)scratch;
    const channel_work *w = context;
    const kaira_learning_kernels *k = kaira_learning_kernels_of(w->type);
    const int t = w->type;
    if (w->kind == AFFINE || w->kind == COMBINE) {
        // One image.
        for (int64_t channel = 0; channel < w->channels; channel++) {
            const int64_t place = (piece * w->channels + channel) * w->area;
            const double a = value(t, w->a, channel), b = value(t, w->b, channel);
            if (w->kind == AFFINE) k->affine(w->area, at(t, w->x, place), a, b, w->relu, to(t, w->out, place));
            else
                k->combine(
                    w->area, at(t, w->dy, place), at(t, w->x, place), a, b, value(t, w->c, channel),
                    to(t, w->out, place));
        }
        return;
    }
    // One channel.
    double first = 0, second = 0;
    const double count = (double)(w->batch * w->area);
    if (w->kind == MOMENTS) {
        // The first value as shift: variances of far-off means keep their digits.
        const double shift = value(t, w->x, piece * w->area);
        for (int64_t image = 0; image < w->batch; image++)
            k->moments(w->area, at(t, w->x, (image * w->channels + piece) * w->area), shift, &first, &second);
        double mean = shift + first / count, sum = 0, squares = 0;
        // A second pass about the mean.
        for (int64_t image = 0; image < w->batch; image++)
            k->moments(w->area, at(t, w->x, (image * w->channels + piece) * w->area), mean, &sum, &squares);
        if (t == KAIRA_REAL_FLOAT) mean = (double)(float)mean;
        set_value(t, w->out, piece, mean + sum / count);
        set_value(t, w->out2, piece, squares / count - (sum / count) * (sum / count));
        return;
    }
    const double mean = value(t, w->a, piece), inverse = value(t, w->b, piece);
    for (int64_t image = 0; image < w->batch; image++) {
        const int64_t place = (image * w->channels + piece) * w->area;
        k->sums(w->area, at(t, w->x, place), at(t, w->dy, place), mean, inverse, &first, &second);
    }
    set_value(t, w->out, piece, first);
    set_value(t, w->out2, piece, second);
}

void kaira_channel_moments(
    int type, int64_t batch, int64_t channels, int64_t area, const void *x, void *mean, void *variance) {
    channel_work w = {
        .type = type, .kind = MOMENTS, .batch = batch, .channels = channels, .area = area, .x = x, .out = mean,
        .out2 = variance};
    if (batch * area > 0) kaira_share(channels, 0, channel_piece, &w);
}
void kaira_channel_affine(
    int type, int64_t batch, int64_t channels, int64_t area, const void *x, const void *scale, const void *shift,
    int relu, void *y) {
    channel_work w = {
        .type = type, .kind = AFFINE, .relu = relu, .batch = batch, .channels = channels, .area = area, .x = x,
        .a = scale, .b = shift, .out = y};
    kaira_share(batch, 0, channel_piece, &w);
}
void kaira_channel_sums(
    int type, int64_t batch, int64_t channels, int64_t area, const void *x, const void *dy, const void *mean,
    const void *inverse, void *sum, void *product) {
    channel_work w = {
        .type = type, .kind = SUMS, .batch = batch, .channels = channels, .area = area, .x = x, .dy = dy, .a = mean,
        .b = inverse, .out = sum, .out2 = product};
    kaira_share(channels, 0, channel_piece, &w);
}
void kaira_channel_combine(
    int type, int64_t batch, int64_t channels, int64_t area, const void *dy, const void *x, const void *a,
    const void *b, const void *c, void *dx) {
    channel_work w = {
        .type = type, .kind = COMBINE, .batch = batch, .channels = channels, .area = area, .x = x, .dy = dy, .a = a,
        .b = b, .c = c, .out = dx};
    kaira_share(batch, 0, channel_piece, &w);
}

// ---- rows by index ----------------------------------------------------------------------------------------------

typedef struct {
    int type, size;
    int64_t count, width, group;
    const int32_t *indices;
    const void *from;
    void *into;
} index_work;

static void take_piece(const void *context, int64_t piece, void *scratch) {
    (void)scratch;
    const index_work *w = context;
    const size_t row = (size_t)w->width * (size_t)w->size;
    for (int64_t i = piece * w->group; i < smaller((piece + 1) * w->group, w->count); i++)
        memcpy((char *)w->into + (size_t)i * row, (const char *)w->from + (size_t)w->indices[i] * row, row);
}

void kaira_take_rows(int size, int64_t count, int64_t width, const int32_t *indices, const void *table, void *out) {
    index_work w = {
        .size = size, .count = count, .width = width, .group = larger(1, PIECE / larger(1, width)), .indices = indices,
        .from = table, .into = out};
    kaira_share(ceiling(count, w.group), 0, take_piece, &w);
}

static void add_piece(const void *context, int64_t piece, void *scratch) {
    (void)scratch;
    const index_work *w = context;
    const int64_t column = piece * 64, width = smaller(64, w->width - column);
    for (int64_t i = 0; i < w->count; i++) {
        void *row = to(w->type, w->into, (int64_t)w->indices[i] * w->width + column);
        kaira_learning_kernels_of(w->type)->binary(
            KAIRA_BINARY_ADD, 0, 0, width, row, 1, at(w->type, w->from, i * w->width + column), 1, row);
    }
}

void kaira_add_rows(int type, int64_t count, int64_t width, const int32_t *indices, const void *x, void *table) {
    index_work w = {.type = type, .count = count, .width = width, .indices = indices, .from = x, .into = table};
    kaira_share(ceiling(width, 64), 0, add_piece, &w);
}

// ---- attention --------------------------------------------------------------------------------------------------

typedef struct {
    int type;
    kaira_attention_shape s, g;
    const void *q, *k, *v, *d_o;
    void *p, *o, *dq, *dk, *dv;
} attention;

static void attention_piece(const void *context, int64_t piece, void *scratch) {
    const attention *x = context;
    const kaira_attention_shape *s = &x->s;
    const int t = x->type;
    const int64_t image = piece / s->heads, head = piece % s->heads;
    const void *q = at(t, x->q, image * s->q_batch + head * s->q_head);
    const void *k = at(t, x->k, image * s->k_batch + head * s->k_head);
    const void *v = at(t, x->v, image * s->v_batch + head * s->v_head);
    void *p = to(t, x->p, piece * s->queries * s->keys);
    void *o = to(t, x->o, image * s->o_batch + head * s->o_head);
    small_product(t, s->queries, s->keys, s->width, q, s->q_token, 1, k, 1, s->k_token, p, s->keys, scratch);
    for (int64_t i = 0; i < s->queries; i++) {
        const int64_t valid = s->causal ? larger(1, smaller(s->keys, i + 1 + s->keys - s->queries)) : s->keys;
        kaira_learning_kernels_of(t)->masked_softmax(s->keys, valid, s->scale, to(t, p, i * s->keys));
    }
    small_product(t, s->queries, s->width, s->keys, p, s->keys, 1, v, s->v_token, 1, o, s->o_token, scratch);
}

void kaira_attention(
    int type, const kaira_attention_shape *s, const void *q, const void *k, const void *v, void *p, void *o) {
    attention x = {.type = type, .s = *s, .q = q, .k = k, .v = v, .p = p, .o = o};
    if (s->keys > 0) kaira_share(s->batch * s->heads, KAIRA_PRODUCT_SCRATCH, attention_piece, &x);
}

static void attention_slope_piece(const void *context, int64_t piece, void *scratch) {
    const attention *x = context;
    const kaira_attention_shape *s = &x->s, *g = &x->g;
    const int t = x->type;
    const int64_t image = piece / s->heads, head = piece % s->heads;
    const int64_t q_at = image * s->q_batch + head * s->q_head, k_at = image * s->k_batch + head * s->k_head;
    const int64_t v_at = image * s->v_batch + head * s->v_head;
    const void *d_o = at(t, x->d_o, image * s->o_batch + head * s->o_head), *v = at(t, x->v, v_at);
    void *p = to(t, x->p, piece * s->queries * s->keys);
    void *ds = (char *)scratch + KAIRA_PRODUCT_SCRATCH;
    // dV = P^T dO
    small_product(
        t, s->keys, s->width, s->queries, p, 1, s->keys, d_o, s->o_token, 1, to(t, x->dv, image * g->v_batch + head * g->v_head), g->v_token,
        scratch);
    // dP = dO V^T
    small_product(t, s->queries, s->keys, s->width, d_o, s->o_token, 1, v, 1, s->v_token, ds, s->keys, scratch);
    for (int64_t i = 0; i < s->queries; i++)
        kaira_learning_kernels_of(t)->attention_slope(s->keys, s->scale, at(t, p, i * s->keys), to(t, ds, i * s->keys));
    // dQ = dS K, dK = dS^T Q
    small_product(
        t, s->queries, s->width, s->keys, ds, s->keys, 1, at(t, x->k, k_at), s->k_token, 1, 
        to(t, x->dq, image * g->q_batch + head * g->q_head), g->q_token, scratch);
    small_product(
        t, s->keys, s->width, s->queries, ds, 1, s->keys, at(t, x->q, q_at), s->q_token, 1, 
        to(t, x->dk, image * g->k_batch + head * g->k_head), g->k_token, scratch);
}

void kaira_attention_slope(
    int type, const kaira_attention_shape *s, const kaira_attention_shape *gradients, const void *q, const void *k,
    const void *v, const void *p, const void *d_o, void *dq, void *dk, void *dv) {
    attention x = {
        .type = type, .s = *s, .g = *gradients, .q = q, .k = k, .v = v, .p = (void *)p, .d_o = d_o, .dq = dq, .dk = dk, .dv = dv};
    kaira_share(
        s->batch * s->heads, KAIRA_PRODUCT_SCRATCH + (size_t)(s->queries * s->keys) * bytes_of(type),
        attention_slope_piece, &x);
}

// ---- optimisers -------------------------------------------------------------------------------------------------

typedef struct {
    int type, kind, flag, first;
    int64_t count;
    double rate, a, b, c, d, c1, c2;
    const void *g;
    void *m, *v, *p;
} update;

static void update_piece(const void *context, int64_t piece, void *scratch) {
    (void)scratch;
    const update *u = context;
    const kaira_learning_kernels *k = kaira_learning_kernels_of(u->type);
    const int t = u->type;
    const int64_t start = piece * PIECE, n = smaller(PIECE, u->count - start);
    const void *g = at(t, u->g, start);
    void *p = to(t, u->p, start);
    if (u->kind == 0)
        k->sgd(n, u->rate, u->a, u->b, u->flag, u->first, g, u->v ? to(t, u->v, start) : NULL, p);
    else if (u->kind == 1)
        k->adam(
            n, u->rate, u->a, u->b, u->c, u->d, u->flag, u->c1, u->c2, g, to(t, u->m, start), to(t, u->v, start), p);
    else k->blend(n, u->rate, g, p);
}

void kaira_sgd_step(
    int type, int64_t count, double rate, double momentum, double decay, int nesterov, int first, const void *g,
    void *v, void *p) {
    update u = {
        .type = type, .kind = 0, .flag = nesterov, .first = first, .count = count, .rate = rate, .a = momentum,
        .b = decay, .g = g, .v = v, .p = p};
    kaira_share(ceiling(count, PIECE), 0, update_piece, &u);
}
void kaira_adam_step(
    int type, int64_t count, double rate, double beta1, double beta2, double epsilon, double decay, int decoupled,
    double c1, double c2, const void *g, void *m, void *v, void *p) {
    update u = {
        .type = type, .kind = 1, .flag = decoupled, .count = count, .rate = rate, .a = beta1, .b = beta2, .c = epsilon,
        .d = decay, .c1 = c1, .c2 = c2, .g = g, .m = m, .v = v, .p = p};
    kaira_share(ceiling(count, PIECE), 0, update_piece, &u);
}
void kaira_blend(int type, int64_t count, double factor, const void *x, void *y) {
    update u = {.type = type, .kind = 2, .count = count, .rate = factor, .g = x, .p = y};
    kaira_share(ceiling(count, PIECE), 0, update_piece, &u);
}

// ---- random numbers ---------------------------------------------------------------------------------------------

void kaira_philox_block(uint64_t key, uint64_t stream, uint64_t counter, uint32_t out[4]) {
    uint32_t c[4] = {(uint32_t)counter, (uint32_t)(counter >> 32), (uint32_t)stream, (uint32_t)(stream >> 32)};
    uint32_t k[2] = {(uint32_t)key, (uint32_t)(key >> 32)};
    for (int round = 0; round < 10; round++) {
        const uint64_t p0 = (uint64_t)0xD2511F53u * c[0], p1 = (uint64_t)0xCD9E8D57u * c[2];
        const uint32_t next[4] = {
            (uint32_t)(p1 >> 32) ^ c[1] ^ k[0], (uint32_t)p1, (uint32_t)(p0 >> 32) ^ c[3] ^ k[1], (uint32_t)p0};
        memcpy(c, next, sizeof c);
        k[0] += 0x9E3779B9u;
        k[1] += 0xBB67AE85u;
    }
    memcpy(out, c, sizeof c);
}

void kaira_philox(uint64_t key, uint64_t stream, uint64_t first, int64_t count, uint32_t *out) {
    for (int64_t i = 0; i < count;) {
        uint32_t c[4];
        kaira_philox_block(key, stream, (first + (uint64_t)i) >> 2, c);
        for (int64_t lane = (int64_t)((first + (uint64_t)i) & 3); lane < 4 && i < count; lane++, i++) out[i] = c[lane];
    }
}

typedef struct {
    int type;
    uint64_t key, stream, first;
    int64_t count;
    uint32_t threshold;
    double scale;
    void *mask;
} dropping;

static void drop_piece(const void *context, int64_t piece, void *scratch) {
    (void)scratch;
    const dropping *d = context;
    const int64_t start = piece * PIECE;
    kaira_learning_kernels_of(d->type)->dropout(
        d->key, d->stream, d->first + (uint64_t)start, smaller(PIECE, d->count - start), d->threshold, d->scale,
        to(d->type, d->mask, start));
}

void kaira_dropout_mask(
    int type, uint64_t key, uint64_t stream, uint64_t first, int64_t count, double p, double scale, void *mask) {
    const double words = p * 4294967296.0;
    dropping d = {
        type, key, stream, first, count, words >= 4294967295.0 ? 4294967295u : (uint32_t)words, scale, mask};
    kaira_share(ceiling(count, PIECE), 0, drop_piece, &d);
}
