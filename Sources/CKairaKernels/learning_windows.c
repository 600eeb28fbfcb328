// Convolution and pooling for training, [batch, channels, height, width].
#include "learning.h"

#include <stdlib.h>

typedef struct {
    kaira_window s;
    int type, relu;
    int64_t depth, area, group;  // terms of one output, pixels of an output plane, planes in one piece of pooling
    int64_t channels, outputs;   // of one group
    const void *x, *w, *bias, *dy;
    void *out;
    int32_t *places;
} window_work;

// ---- columns ----------------------------------------------------------------------------------------------------

#define COLUMNS(REAL)                                                                                                  \
    for (int64_t c = 0; c < channels; c++)                                                                             \
        for (int64_t i = 0; i < s->kernel_height; i++)                                                                 \
            for (int64_t j = 0; j < s->kernel_width; j++) {                                                            \
                REAL *line = (REAL *)columns + ((c * s->kernel_height + i) * s->kernel_width + j) * area;              \
                for (int64_t y = 0; y < s->out_height; y++, line += s->out_width) {                                    \
                    const int64_t row = y * s->stride_y - s->pad_y + i * s->dilation_y;                                \
                    const int64_t first = j * s->dilation_x - s->pad_x;                                                \
                    REAL *plane = (REAL *)image + (c * s->height + row) * s->width;                                    \
                    const int inside = row >= 0 && row < s->height;                                                    \
                    if (back) {                                                                                        \
                        if (!inside) continue;                                                                         \
                        for (int64_t x = 0; x < s->out_width; x++) {                                                   \
                            const int64_t column = x * s->stride_x + first;                                            \
                            if (column >= 0 && column < s->width) plane[column] += line[x];                            \
                        }                                                                                              \
                    } else                                                                                             \
                        for (int64_t x = 0; x < s->out_width; x++) {                                                   \
                            const int64_t column = x * s->stride_x + first;                                            \
                            line[x] = inside && column >= 0 && column < s->width ? plane[column] : 0;                  \
                        }                                                                                              \
                }                                                                                                      \
            }

// Writes what every output sees, [terms][pixels]; or (`back`) adds such columns to an image.
static void turn_columns(int type, const kaira_window *s, int64_t channels, void *image, void *columns, const int back) {
    const int64_t area = s->out_height * s->out_width;
    if (type == KAIRA_REAL_DOUBLE) {
        COLUMNS(double)
    } else {
        COLUMNS(float)
    }
}

// Where the channels of an image's group lie, what becomes of them, and the group's weights.
static int64_t picture_at(const window_work *x, int64_t image, int64_t group) {
    return (image * x->s.channels + group * x->channels) * x->s.height * x->s.width;
}
static int64_t result_at(const window_work *x, int64_t image, int64_t group) {
    return (image * x->s.out_channels + group * x->outputs) * x->area;
}
static int64_t weights_at(const window_work *x, int64_t group) { return group * x->outputs * x->depth; }

// Scratch is a product's and, behind it, columns.
static void *columns_in(void *scratch) { return (char *)scratch + KAIRA_PRODUCT_SCRATCH; }

static void *picture_columns(const window_work *x, int64_t image, int64_t group, void *scratch) {
    void *columns = columns_in(scratch), *picture = (void *)at(x->type, x->x, picture_at(x, image, group));
    turn_columns(x->type, &x->s, x->channels, picture, columns, 0);
    return columns;
}

static void convolve_piece(const void *context, int64_t piece, void *scratch) {
    const window_work *x = context;
    const int t = x->type;
    const int64_t image = piece / x->s.groups, group = piece % x->s.groups;
    const kaira_product p = {
        .m = x->outputs, .n = x->area, .k = x->depth, .a_row = x->depth, .a_column = 1, .b_row = x->area,
        .b_column = 1, .c_row = x->area, .c_column = 1, .alpha = 1,
        .finish = x->relu ? KAIRA_FINISH_RELU : KAIRA_FINISH_NONE,
        .row_bias = x->bias ? at(t, x->bias, group * x->outputs) : NULL};
    kaira_learning_kernels_of(t)->product(
        &p, at(t, x->w, weights_at(x, group)), picture_columns(x, image, group, scratch),
        to(t, x->out, result_at(x, image, group)), NULL, 0, p.m, 0, p.n, scratch);
}

static void input_slope_piece(const void *context, int64_t piece, void *scratch) {
    const window_work *x = context;
    const int t = x->type;
    const int64_t image = piece / x->s.groups, group = piece % x->s.groups;
    small_product(
        t, x->depth, x->area, x->outputs, at(t, x->w, weights_at(x, group)), 1, x->depth,
        at(t, x->dy, result_at(x, image, group)), x->area, 1, columns_in(scratch), x->area, scratch);
    void *dx = to(t, x->out, picture_at(x, image, group));
    memset(dx, 0, (size_t)(x->channels * x->s.height * x->s.width) * bytes_of(t));
    turn_columns(t, &x->s, x->channels, dx, columns_in(scratch), 1);
}

// Images whose gradients for the weights are summed before those of other pieces are added.
#define IMAGES 8

static void weight_slope_piece(const void *context, int64_t piece, void *scratch) {
    const window_work *x = context;
    const int t = x->type;
    const int64_t bunch = piece / x->s.groups, group = piece % x->s.groups;
    void *dw = to(t, x->out, bunch * x->s.out_channels * x->depth + weights_at(x, group));
    for (int64_t image = bunch * IMAGES; image < smaller((bunch + 1) * IMAGES, x->s.batch); image++) {
        const kaira_product p = {
            .m = x->outputs, .n = x->depth, .k = x->area, .a_row = x->area, .a_column = 1, .b_row = 1,
            .b_column = x->area, .c_row = x->depth, .c_column = 1, .alpha = 1,
            .accumulate = image > bunch * IMAGES};
        kaira_learning_kernels_of(t)->product(
            &p, at(t, x->dy, result_at(x, image, group)), picture_columns(x, image, group, scratch), dw, NULL, 0, p.m,
            0, p.n, scratch);
    }
}

// ---- stride 1, in place -----------------------------------------------------------------------------------------

// A convolution with stride 1 as its kernels want it: padded planes, and where each term's first input lies.
typedef struct {
    kaira_window s;
    int type, relu, rows;
    int64_t padded_height, padded_width, depth, area;
    int32_t *offsets;
    const void *x, *dy;
    void *w, *out;  // packed weights; results or sums
    const void *bias;
} direct_work;

// Numbers that may be read behind a padded image: two vectors.
#define SLACK 64

static size_t padded_bytes(const direct_work *d) {
    const size_t count = (size_t)(d->s.channels / d->s.groups * d->padded_height * d->padded_width) + SLACK;
    return (count * bytes_of(d->type) + 63) / 64 * 64;
}

static void pad_image(const direct_work *d, int64_t image, int64_t group, void *into) {
    const kaira_window *s = &d->s;
    const int64_t channels = s->channels / s->groups, plane = d->padded_height * d->padded_width;
    const size_t bytes = bytes_of(d->type);
    memset(into, 0, (size_t)(channels * plane + SLACK) * bytes);
    for (int64_t c = 0; c < channels; c++)
        for (int64_t y = 0; y < s->height; y++)
            memcpy(
                to(d->type, into, c * plane + (y + s->pad_y) * d->padded_width + s->pad_x),
                at(d->type, d->x, ((image * s->channels + group * channels + c) * s->height + y) * s->width),
                (size_t)s->width * bytes);
}

static void direct_piece(const void *context, int64_t piece, void *scratch) {
    const direct_work *d = context;
    const kaira_window *s = &d->s;
    const int64_t image = piece / s->groups, group = piece % s->groups, outputs = s->out_channels / s->groups;
    const int64_t tiles = ceiling(outputs, d->rows);
    pad_image(d, image, group, scratch);
    kaira_learning_kernels_of(d->type)->convolve(
        s, d->padded_width, d->offsets, d->depth, scratch, at(d->type, d->w, group * tiles * d->depth * d->rows),
        d->bias ? at(d->type, d->bias, group * outputs) : NULL, d->relu,
        to(d->type, d->out, (image * s->out_channels + group * outputs) * d->area));
}

// Fills in the sizes and offsets; 0 where the convolution is none of these, or memory is refused.
static int direct_prepare(direct_work *d, int type, const kaira_window *s) {
    if (s->stride_x != 1 || s->stride_y != 1) return 0;
    const int64_t channels = s->channels / s->groups;
    *d = (direct_work){
        .s = *s, .type = type, .rows = kaira_learning_kernels_of(type)->rows,
        .padded_height = s->height + 2 * s->pad_y, .padded_width = s->width + 2 * s->pad_x,
        .depth = channels * s->kernel_height * s->kernel_width, .area = s->out_height * s->out_width};
    if (channels * d->padded_height * d->padded_width > INT32_MAX / 2 || d->depth == 0) return 0;
    d->offsets = kaira_memory_take((size_t)d->depth * sizeof *d->offsets);
    if (!d->offsets) return 0;
    int64_t k = 0;
    for (int64_t c = 0; c < channels; c++)
        for (int64_t i = 0; i < s->kernel_height; i++)
            for (int64_t j = 0; j < s->kernel_width; j++)
                d->offsets[k++] = (int32_t)(
                    (c * d->padded_height + i * s->dilation_y) * d->padded_width + j * s->dilation_x);
    return 1;
}

static size_t packed_weight_bytes(const direct_work *d) {
    const int64_t tiles = ceiling(d->s.out_channels / d->s.groups, d->rows);
    return (size_t)(d->s.groups * tiles * d->depth * d->rows) * bytes_of(d->type);
}

// Takes memory for the packed weights, zeros; 0 where it is refused.
static int direct_weights(direct_work *d) {
    d->w = kaira_memory_take(packed_weight_bytes(d));
    if (d->w) memset(d->w, 0, packed_weight_bytes(d));
    return d->w != NULL;
}

// Element `k` of output `o` of a group to its tile.
static void pack_weight(const direct_work *d, int64_t group, int64_t o, int64_t k, const void *from, int64_t place) {
    const int64_t tiles = ceiling(d->s.out_channels / d->s.groups, d->rows);
    const int64_t into = ((group * tiles + o / d->rows) * d->depth + k) * d->rows + o % d->rows;
    if (d->type == KAIRA_REAL_DOUBLE) ((double *)d->w)[into] = ((const double *)from)[place];
    else ((float *)d->w)[into] = ((const float *)from)[place];
}

// Convolves where there are weights, and gives the memory back; whether there were.
static int direct_run(direct_work *d) {
    const int done = d->w != NULL;
    if (done) kaira_share(d->s.batch * d->s.groups, padded_bytes(d), direct_piece, d);
    kaira_memory_give(d->offsets, (size_t)d->depth * sizeof *d->offsets);
    kaira_memory_give(d->w, packed_weight_bytes(d));
    return done;
}

static int direct_convolve(
    int type, const kaira_window *s, const void *x, const void *w, const void *bias, int relu, void *y) {
    direct_work d;
    if (!direct_prepare(&d, type, s)) return 0;
    const int64_t outputs = s->out_channels / s->groups;
    if (direct_weights(&d))
        for (int64_t o = 0; o < s->out_channels; o++)
            for (int64_t k = 0; k < d.depth; k++) pack_weight(&d, o / outputs, o % outputs, k, w, o * d.depth + k);
    d.x = x;
    d.bias = bias;
    d.relu = relu;
    d.out = y;
    return direct_run(&d);
}

// The gradient for x is the gradient of the result convolved with the turned weights, channels exchanged.
static int direct_input_slope(int type, const kaira_window *s, const void *w, const void *dy, void *dx) {
    kaira_window t = *s;
    t.channels = s->out_channels;
    t.out_channels = s->channels;
    t.height = s->out_height;
    t.width = s->out_width;
    t.out_height = s->height;
    t.out_width = s->width;
    t.pad_y = s->dilation_y * (s->kernel_height - 1) - s->pad_y;
    t.pad_x = s->dilation_x * (s->kernel_width - 1) - s->pad_x;
    direct_work d;
    if (t.pad_x < 0 || t.pad_y < 0 || !direct_prepare(&d, type, &t)) return 0;
    const int64_t taps = s->kernel_height * s->kernel_width, inputs = s->channels / s->groups;
    const int64_t outputs = s->out_channels / s->groups;
    if (direct_weights(&d))
        for (int64_t group = 0; group < s->groups; group++)
            for (int64_t o = 0; o < outputs; o++)
                for (int64_t c = 0; c < inputs; c++)
                    for (int64_t i = 0; i < taps; i++)
                        pack_weight(
                            &d, group, c, o * taps + taps - 1 - i, w,
                            ((group * outputs + o) * inputs + c) * taps + i);
    d.x = dy;
    d.out = dx;
    return direct_run(&d);
}

static int64_t sum_count(const direct_work *d) {
    const int64_t lanes = kaira_learning_kernels_of(d->type)->lanes, outputs = d->s.out_channels / d->s.groups;
    return ceiling(outputs, 2 * lanes) * ceiling(d->depth, d->rows) * d->rows * 2 * lanes;
}

static void direct_weight_piece(const void *context, int64_t piece, void *scratch) {
    const direct_work *d = context;
    const kaira_window *s = &d->s;
    const int64_t bunch = piece / s->groups, group = piece % s->groups, outputs = s->out_channels / s->groups;
    const int64_t lanes = kaira_learning_kernels_of(d->type)->lanes, count = sum_count(d), t = d->type;
    char *packed = (char *)scratch + padded_bytes(d);
    void *sums = packed + (size_t)(d->area * 2 * lanes + SLACK) * bytes_of(d->type);
    memset(sums, 0, (size_t)count * bytes_of(d->type));
    for (int64_t image = bunch * IMAGES; image < smaller((bunch + 1) * IMAGES, s->batch); image++) {
        pad_image(d, image, group, scratch);
        kaira_learning_kernels_of(d->type)->convolve_weights(
            s, d->padded_width, d->offsets, d->depth, scratch,
            at(d->type, d->dy, (image * s->out_channels + group * outputs) * d->area), packed, sums);
    }
    void *out = to(d->type, d->out, (bunch * s->groups + group) * outputs * d->depth);
    const int64_t tiles = ceiling(d->depth, d->rows);
    for (int64_t o = 0; o < outputs; o++)
        for (int64_t k = 0; k < d->depth; k++) {
            const int64_t place = ((o / (2 * lanes) * tiles + k / d->rows) * d->rows + k % d->rows) * 2 * lanes
                + o % (2 * lanes);
            if (t == KAIRA_REAL_DOUBLE) ((double *)out)[o * d->depth + k] = ((double *)sums)[place];
            else ((float *)out)[o * d->depth + k] = ((float *)sums)[place];
        }
}

static int direct_weight_slope(int type, const kaira_window *s, const void *x, const void *dy, void *partial) {
    direct_work d;
    if (!direct_prepare(&d, type, s)) return 0;
    const int64_t lanes = kaira_learning_kernels_of(type)->lanes;
    d.x = x;
    d.dy = dy;
    d.out = partial;
    const size_t scratch = padded_bytes(&d) + (size_t)(d.area * 2 * lanes + SLACK + sum_count(&d)) * bytes_of(type);
    kaira_share(ceiling(s->batch, IMAGES) * s->groups, scratch, direct_weight_piece, &d);
    kaira_memory_give(d.offsets, (size_t)d.depth * sizeof *d.offsets);
    return 1;
}

static window_work work_of(int type, const kaira_window *s) {
    const int64_t channels = s->channels / s->groups;
    return (window_work){
        .s = *s, .type = type, .channels = channels, .outputs = s->out_channels / s->groups,
        .depth = channels * s->kernel_height * s->kernel_width, .area = s->out_height * s->out_width};
}

static size_t column_scratch(const window_work *x) {
    return KAIRA_PRODUCT_SCRATCH + (size_t)(x->depth * x->area) * bytes_of(x->type);
}

void kaira_convolve(
    int type, const kaira_window *s, const void *x, const void *w, const void *bias, int relu, void *y) {
    if (direct_convolve(type, s, x, w, bias, relu, y)) return;
    window_work k = work_of(type, s);
    k.x = x;
    k.w = w;
    k.bias = bias;
    k.relu = relu;
    k.out = y;
    kaira_share(s->batch * s->groups, column_scratch(&k), convolve_piece, &k);
}

void kaira_convolve_input_slope(int type, const kaira_window *s, const void *w, const void *dy, void *dx) {
    if (direct_input_slope(type, s, w, dy, dx)) return;
    window_work k = work_of(type, s);
    k.w = w;
    k.dy = dy;
    k.out = dx;
    kaira_share(s->batch * s->groups, column_scratch(&k), input_slope_piece, &k);
}

void kaira_convolve_weight_slope(int type, const kaira_window *s, const void *x, const void *dy, void *dw) {
    window_work k = work_of(type, s);
    k.x = x;
    k.dy = dy;
    const int64_t bunches = ceiling(s->batch, IMAGES), count = s->out_channels * k.depth;
    if (bunches <= 1) {
        k.out = dw;
        if (bunches == 0) memset(dw, 0, (size_t)count * bytes_of(type));
        if (bunches == 1 && !direct_weight_slope(type, s, x, dy, dw))
            kaira_share(s->groups, column_scratch(&k), weight_slope_piece, &k);
        return;
    }
    const size_t bytes = (size_t)(bunches * count) * bytes_of(type);
    k.out = kaira_memory_take(bytes);
    if (!k.out) abort();
    if (!direct_weight_slope(type, s, x, dy, k.out))
        kaira_share(bunches * s->groups, column_scratch(&k), weight_slope_piece, &k);
    kaira_reduce(type, KAIRA_REDUCE_SUM, 1, 1, bunches, count, k.out, dw);
    kaira_memory_give(k.out, bytes);
}

// ---- pooling ----------------------------------------------------------------------------------------------------

enum { MAX, MAX_SLOPE, MAX_PICK, AVERAGE, AVERAGE_SLOPE };

#define POOL(REAL)                                                                                                     \
    {                                                                                                                  \
        const REAL *in = (const REAL *)x->x + piece * plane;                                                           \
        REAL *out = x->out;                                                                                            \
        for (int64_t y = 0; y < s->out_height; y++)                                                                    \
            for (int64_t c = 0; c < s->out_width; c++) {                                                               \
                const int64_t top = y * s->stride_y - s->pad_y, left = c * s->stride_x - s->pad_x;                     \
                const int64_t place = piece * area + y * s->out_width + c;                                             \
                REAL best = 0, sum = 0;                                                                                \
                int32_t where = -1;                                                                                    \
                for (int64_t i = top < 0 ? -top : 0; i < s->kernel_height && top + i < s->height; i++)                 \
                    for (int64_t j = left < 0 ? -left : 0; j < s->kernel_width && left + j < s->width; j++) {          \
                        const int64_t index = (top + i) * s->width + left + j;                                         \
                        const REAL v = in[index];                                                                      \
                        sum += v;                                                                                      \
                        const int better = (where < 0) | (v > best) | (v != v);                                        \
                        best = better ? v : best;                                                                      \
                        where = better ? (int32_t)index : where;                                                       \
                    }                                                                                                  \
                if (kind == MAX) x->places[place] = where;                                                             \
                out[place] = kind == MAX ? best : sum * (REAL)factor;                                                  \
            }                                                                                                          \
        break;                                                                                                         \
    }

#define SPREAD(REAL)                                                                                                   \
    {                                                                                                                  \
        REAL *out = (REAL *)x->out + piece * plane;                                                                    \
        const REAL *in = x->dy;                                                                                        \
        memset(out, 0, (size_t)plane * sizeof(REAL));                                                                  \
        for (int64_t y = 0; y < s->out_height; y++)                                                                    \
            for (int64_t c = 0; c < s->out_width; c++) {                                                               \
                const int64_t place = piece * area + y * s->out_width + c;                                             \
                if (kind == MAX_SLOPE) {                                                                               \
                    if (x->places[place] >= 0) out[x->places[place]] += in[place];                                     \
                    continue;                                                                                          \
                }                                                                                                      \
                const int64_t top = y * s->stride_y - s->pad_y, left = c * s->stride_x - s->pad_x;                     \
                const REAL v = in[place] * (REAL)factor;                                                               \
                for (int64_t i = top < 0 ? -top : 0; i < s->kernel_height && top + i < s->height; i++)                 \
                    for (int64_t j = left < 0 ? -left : 0; j < s->kernel_width && left + j < s->width; j++)            \
                        out[(top + i) * s->width + left + j] += v;                                                     \
            }                                                                                                          \
        break;                                                                                                         \
    }

#define PICK(REAL)                                                                                                     \
    {                                                                                                                  \
        const REAL *in = (const REAL *)x->x + piece * plane;                                                           \
        REAL *out = x->out;                                                                                            \
        for (int64_t i = piece * area; i < (piece + 1) * area; i++) out[i] = x->places[i] < 0 ? 0 : in[x->places[i]];  \
        break;                                                                                                         \
    }

static inline void pool_plane(const window_work *x, const int kind, int64_t piece) {
    const kaira_window *s = &x->s;
    const int64_t plane = s->height * s->width, area = x->area;
    const double factor = 1 / (double)(s->kernel_height * s->kernel_width);
    const int doubles = x->type == KAIRA_REAL_DOUBLE;
    if (kind == MAX && s->kernel_height == 2 && s->kernel_width == 2 && s->stride_y == 2 && s->stride_x == 2
        && s->pad_x == 0 && s->pad_y == 0) {
        for (int64_t y = 0; y < s->out_height; y++) {
            const int64_t from = piece * plane + 2 * y * s->width, into = piece * area + y * s->out_width;
            kaira_learning_kernels_of(x->type)->pool_pairs(
                s->out_width, at(x->type, x->x, from), at(x->type, x->x, from + s->width), (int32_t)(2 * y * s->width),
                (int32_t)s->width, to(x->type, x->out, into), x->places + into);
        }
        return;
    }
    switch (kind * 2 + doubles) {
        case MAX * 2:
        case AVERAGE * 2: POOL(float)
        case MAX * 2 + 1:
        case AVERAGE * 2 + 1: POOL(double)
        case MAX_SLOPE * 2:
        case AVERAGE_SLOPE * 2: SPREAD(float)
        case MAX_SLOPE * 2 + 1:
        case AVERAGE_SLOPE * 2 + 1: SPREAD(double)
        case MAX_PICK * 2: PICK(float)
        default: PICK(double)
    }
}

#define POOL_PIECE(name, kind)                                                                                         \
    static void name(const void *context, int64_t piece, void *scratch) {                                              \
        (void)scratch;                                                                                                 \
        const window_work *x = context;                                                                                \
        for (int64_t i = piece * x->group; i < smaller((piece + 1) * x->group, x->s.batch * x->s.channels); i++)       \
            pool_plane(x, kind, i);                                                                                    \
    }
POOL_PIECE(max_piece, MAX)
POOL_PIECE(max_slope_piece, MAX_SLOPE)
POOL_PIECE(max_pick_piece, MAX_PICK)
POOL_PIECE(average_piece, AVERAGE)
POOL_PIECE(average_slope_piece, AVERAGE_SLOPE)

static void pool(
    int type, const kaira_window *s, const void *x, const void *dy, int32_t *places, void *out,
    kaira_piece_function *function) {
    window_work k = work_of(type, s);
    k.x = x;
    k.dy = dy;
    k.places = places;
    k.out = out;
    k.group = larger(1, 8192 / larger(1, s->height * s->width));
    kaira_share(ceiling(s->batch * s->channels, k.group), 0, function, &k);
}

void kaira_max_pool(int type, const kaira_window *s, const void *x, void *y, int32_t *places) {
    pool(type, s, x, NULL, places, y, max_piece);
}
void kaira_max_pool_slope(int type, const kaira_window *s, const int32_t *places, const void *dy, void *dx) {
    pool(type, s, NULL, dy, (int32_t *)places, dx, max_slope_piece);
}
void kaira_max_pool_pick(int type, const kaira_window *s, const int32_t *places, const void *x, void *y) {
    pool(type, s, x, NULL, (int32_t *)places, y, max_pick_piece);
}
void kaira_average_pool(int type, const kaira_window *s, const void *x, void *y) {
    pool(type, s, x, NULL, NULL, y, average_piece);
}
void kaira_average_pool_slope(int type, const kaira_window *s, const void *dy, void *dx) {
    pool(type, s, NULL, dy, NULL, dx, average_slope_piece);
}
