// The operations of training: picks the kernels for this CPU; walks over layouts, reductions, products.
#define _GNU_SOURCE
#include "learning.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "amx.h"
#include "kaira_kernels.h"

// ---- choice -----------------------------------------------------------------------------------------------------

static const kaira_learning_set *best(void) {
    static _Atomic(const kaira_learning_set *) cached = NULL;
    const kaira_learning_set *set = atomic_load_explicit(&cached, memory_order_acquire);
    if (set) return set;
    set = &kaira_learning_generic;
#if defined(__x86_64__)
    const char *isa = kaira_kernels_isa(), *limit = getenv("KAIRA_ISA");
    __builtin_cpu_init();
    if (strcmp(isa, "generic") != 0) set = &kaira_learning_avx2;
    if (strcmp(isa, "avx512") == 0 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")) {
        set = &kaira_learning_avx512;
        if (!(limit && strcmp(limit, "avx512") == 0) && kaira_amx_allowed()) set = &kaira_learning_amx;
    }
#endif
    atomic_store_explicit(&cached, set, memory_order_release);
    return set;
}

static _Thread_local const kaira_learning_set *chosen = NULL;

const kaira_learning_set *kaira_learning_chosen(void) { return chosen ? chosen : best(); }

void kaira_learning_choose_set(const kaira_learning_set *set) { chosen = set; }

int kaira_learning_choose(const char *name) {
    // From the plainest to the best: who can run one can run all before it.
    const kaira_learning_set *const sets[] = {
        &kaira_learning_generic,
#if defined(__x86_64__)
        &kaira_learning_avx2, &kaira_learning_avx512, &kaira_learning_amx,
#endif
    };
    chosen = NULL;
    if (!name) return 1;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        if (strcmp(sets[i]->name, name) == 0) {
            chosen = sets[i];
            return 1;
        }
        if (sets[i] == best()) return 0;
    }
    return 0;
}

const char *kaira_learning_isa(void) { return kaira_learning_chosen()->name; }

const kaira_learning_kernels *kaira_learning_kernels_of(int type) { return kaira_learning_chosen()->of[type]; }

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

// Whether a product is worth tiles of 32 x 32 results and 32 terms. It does not depend on how the work is cut.
static int takes_tiles(int type, const kaira_product *s) {
    return type == KAIRA_REAL_FLOAT && s->halves && kaira_learning_chosen()->tiles && !s->accumulate && s->m >= 24 && s->n >= 24
        && s->k >= 24 && (s->a_row == 1 || s->a_column == 1) && (s->b_row == 1 || s->b_column == 1);
}

void kaira_multiply_part(
    int type, const kaira_product *s, const void *a, const void *b, void *c, void *before, int64_t m0, int64_t m1,
    int64_t n0, int64_t n1, void *scratch) {
    const kaira_learning_kernels *kernels = kaira_learning_kernels_of(type);
#if defined(__x86_64__)
    if (takes_tiles(type, s)) {
        kaira_learning_amx_product(kernels, s, a, b, c, before, m0, m1, n0, n1, scratch);
        return;
    }
#endif
    kernels->product(s, a, b, c, before, m0, m1, n0, n1, scratch);
#if defined(__x86_64__)
    if (before) __builtin_ia32_sfence();  // it may have gone past the caches
#endif
}

static void multiply_piece(const void *context, int64_t piece, void *scratch) {
    const multiplication *x = context;
    const kaira_product *s = &x->s;
    const int64_t each = x->row_pieces * x->column_pieces, item = piece / each, rest = piece % each;
    const int64_t outer = item / s->inner, inner = item % s->inner;
    const int64_t row = rest / x->column_pieces * x->rows, column = rest % x->column_pieces * x->columns;
    const int64_t c = outer * s->c_outer + inner * s->c_inner;
    kaira_multiply_part(
        x->type, s, at(x->type, s->a, outer * s->a_outer + inner * s->a_inner),
        at(x->type, s->b, outer * s->b_outer + inner * s->b_inner), to(x->type, s->c, c),
        s->before ? to(x->type, s->before, c) : NULL, row, smaller(row + x->rows, s->m), column,
        smaller(column + x->columns, s->n), scratch);
}

// Cuts a product into pieces so that the threads are done early: by an estimate in cycles of the work and the packing of
// each piece. What a value is does not depend on it.
static void cut_product(multiplication *x, int threads) {
    const kaira_learning_kernels *kernels = kaira_learning_kernels_of(x->type);
    const kaira_product *s = &x->s;
    const int tiles = takes_tiles(x->type, s);
    const int64_t panel = tiles ? 32 : 2 * kernels->lanes, tile = tiles ? 32 : kernels->rows, most = 4 * threads;
    x->columns = s->n;
    x->rows = s->m;
    x->row_pieces = x->column_pieces = 1;
    if (threads == 1 || s->batch >= 8 * threads) return;
    // Results a cycle, and cycles for each number that is packed.
    const double speed = tiles ? 300 : (double)panel;
    const double right = tiles ? s->b_column == 1 ? 0.2 : 0.4 : s->b_column == 1 ? 0.4 : 1;
    const double left = tiles ? s->a_column == 1 ? 0.2 : 0.4 : s->a_column == 1 ? 0.3 : 0.7;
    double best = 0;
    for (int64_t c = 1; c <= smaller(most, ceiling(s->n, panel)); c++) {
        const int64_t columns = ceiling(ceiling(s->n, c), panel) * panel, column_pieces = ceiling(s->n, columns);
        for (int64_t r = 1; r <= smaller(most, ceiling(s->m, tile)); r++) {
            const int64_t rows = ceiling(ceiling(s->m, r), tile) * tile, row_pieces = ceiling(s->m, rows);
            const double product = (double)(rows * columns) / speed;
            const double packing =
                right * (double)columns + left * (double)(rows * ceiling(columns, KAIRA_BLOCK_COLUMNS));
            const double each = (double)s->k * (product + packing) + 2000;
            // Threads begin and end at different times: smaller pieces leave less to wait for.
            const double cost = each * ((double)ceiling(row_pieces * column_pieces * s->batch, threads) + 0.1);
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
