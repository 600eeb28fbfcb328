// Softmax, norms, embeddings and attention for training: work by row, by channel and by head.
#include "learning.h"

#include <stdlib.h>

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
    // Logarithms and exponentials of few classes take longer than reading them.
    w.group = larger(1, (w.kind == CROSS_ENTROPY ? 128 : 4096) / w.count);
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
