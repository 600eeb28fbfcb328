// Steps of optimisers, and random numbers.
#include "learning.h"

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
