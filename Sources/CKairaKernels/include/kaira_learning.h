#ifndef KAIRA_LEARNING_H
#define KAIRA_LEARNING_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Tensor operations for training, in float and double. Results have the same bits for any number of threads: work is
// cut into pieces whose sizes do not depend on it, and every value is one chain of operations.

/// The number types of all functions' `type`.
enum { KAIRA_REAL_FLOAT = 0, KAIRA_REAL_DOUBLE = 1 };

/// Threads that share the work of every call, 1...64; at first as many as the machine has cores, at most 16.
void kaira_compute_set_threads(int threads);
/// How many there are.
int kaira_compute_threads(void);

/// Makes the calling thread use the kernels of an instruction set from now on, for tests: generic, avx2, avx512, amx; NULL:
/// the best. Returns 0, and chooses the best, where this CPU cannot run them.
int kaira_learning_choose(const char *name);
/// The name of those in use.
const char *kaira_learning_isa(void);

#define KAIRA_RANK 8

/// Where the elements of up to four tensors lie: a common shape, and for each the elements from one index to the next.
/// The first operand's strides come first; the result is always contiguous.
typedef struct {
    int32_t rank;
    int64_t shape[KAIRA_RANK];
    int64_t strides[3][KAIRA_RANK];
} kaira_layout;

enum {
    KAIRA_UNARY_COPY,
    KAIRA_UNARY_NEGATE,
    KAIRA_UNARY_EXP,
    KAIRA_UNARY_LOG,
    KAIRA_UNARY_SQRT,
    KAIRA_UNARY_RECIPROCAL,
    KAIRA_UNARY_SQUARE,
    KAIRA_UNARY_ABS,
    KAIRA_UNARY_SIGN,
    KAIRA_UNARY_SIN,
    KAIRA_UNARY_COS,
    KAIRA_UNARY_TANH,
    KAIRA_UNARY_SIGMOID,
    KAIRA_UNARY_RELU,
    KAIRA_UNARY_SWISH,
    KAIRA_UNARY_GELU,      ///< x * Phi(x)
    KAIRA_UNARY_SOFTPLUS,  ///< ln(1 + e^x)
    KAIRA_UNARY_ERF,
    KAIRA_UNARY_STEP,    ///< 0 below 0, else 1
    KAIRA_UNARY_AFFINE,  ///< p x + q
    KAIRA_UNARY_POWER,   ///< x^p
    KAIRA_UNARY_CLAMP,   ///< to p...q
    KAIRA_UNARY_LEAKY,   ///< x > 0 ? x : p x
};

enum {
    KAIRA_BINARY_ADD,
    KAIRA_BINARY_SUBTRACT,
    KAIRA_BINARY_MULTIPLY,
    KAIRA_BINARY_DIVIDE,
    KAIRA_BINARY_MAXIMUM,
    KAIRA_BINARY_MINIMUM,
    KAIRA_BINARY_POWER,
    KAIRA_BINARY_GREATER,        ///< a > b ? 1 : 0
    KAIRA_BINARY_GREATER_EQUAL,  ///< a >= b ? 1 : 0
    KAIRA_BINARY_EQUAL,          ///< a == b ? 1 : 0
    // Backward rules of activations: a is the gradient of the result.
    KAIRA_BINARY_RELU_SLOPE,     ///< b > 0 ? a : 0
    KAIRA_BINARY_SIGMOID_SLOPE,  ///< a b (1 - b), b the result
    KAIRA_BINARY_TANH_SLOPE,     ///< a (1 - b^2), b the result
    KAIRA_BINARY_SWISH_SLOPE,    ///< b the argument
    KAIRA_BINARY_GELU_SLOPE,     ///< b the argument
    KAIRA_BINARY_CLAMP_SLOPE,    ///< p <= b <= q ? a : 0
    KAIRA_BINARY_LEAKY_SLOPE,    ///< b > 0 ? a : p a
    KAIRA_BINARY_ADD_SCALED,     ///< a + p b
};

/// out = op(a), element by element.
void kaira_unary(int type, int op, double p, double q, const kaira_layout *layout, const void *a, void *out);
/// out = op(a, b). `out` may be `a` or `b` where that lies in the same order.
void kaira_binary(
    int type, int op, double p, double q, const kaira_layout *layout, const void *a, const void *b, void *out);
/// out = condition != 0 ? a : b.
void kaira_select(
    int type, const kaira_layout *layout, const void *condition, const void *a, const void *b, void *out);
/// Copies elements of `size` 1, 2, 4 or 8 bytes into row-major order.
void kaira_gather_strided(int size, const kaira_layout *layout, const void *a, void *out);
/// Copies contiguous elements of `size` bytes to strided places.
void kaira_scatter_strided(int size, const kaira_layout *layout, const void *a, void *out);

enum { KAIRA_REDUCE_SUM, KAIRA_REDUCE_MAXIMUM, KAIRA_REDUCE_MINIMUM, KAIRA_REDUCE_SQUARES };
/// out[outer][inner] = scale * the reduction of x[outer][count][inner] over the middle axis.
void kaira_reduce(
    int type, int op, double scale, int64_t outer, int64_t count, int64_t inner, const void *x, void *out);
/// The first index of the largest value of x[outer][count][inner] along the middle axis; a NaN is the largest.
void kaira_argmax(int type, int64_t outer, int64_t count, int64_t inner, const void *x, int64_t *out);
/// Whether all of a contiguous array is finite.
int kaira_all_finite(int type, int64_t count, const void *x);

enum { KAIRA_FINISH_NONE, KAIRA_FINISH_RELU, KAIRA_FINISH_GELU, KAIRA_FINISH_SIGMOID, KAIRA_FINISH_TANH };

/// A batch of matrix products c = finish(alpha a b + bias) with any strides, in elements.
typedef struct {
    int64_t m, n, k;
    const void *a, *b;
    void *c;
    int64_t a_row, a_column, b_row, b_column, c_row, c_column;
    int64_t batch, inner;  ///< `batch` products; item i lies at (i / inner) * outer strides + (i % inner) * inner strides
    int64_t a_outer, a_inner, b_outer, b_inner, c_outer, c_inner;
    double alpha;
    int32_t accumulate;      ///< adds to what c holds
    int32_t finish;          ///< what is applied to the result
    const void *bias;        ///< NULL, or one value a column
    const void *row_bias;    ///< NULL, or one value a row
    void *before;            ///< NULL, or where the values before `finish` go, laid out like c
    int32_t halves;          ///< float only: rounds both operands to bfloat16
} kaira_product;
void kaira_multiply(int type, const kaira_product *product);

// Rows of `count` values, contiguous.
void kaira_softmax(int type, int64_t rows, int64_t count, const void *x, void *y);
void kaira_log_softmax(int type, int64_t rows, int64_t count, const void *x, void *y);
/// dx = y (dy - sum dy y)
void kaira_softmax_slope(int type, int64_t rows, int64_t count, const void *y, const void *dy, void *dx);
/// dx = dy - e^y sum dy
void kaira_log_softmax_slope(int type, int64_t rows, int64_t count, const void *y, const void *dy, void *dx);
/// Losses of rows against labels (checked by the caller), smoothed; and their gradients times `scale`.
void kaira_cross_entropy(
    int type, int64_t rows, int64_t classes, const void *logits, const int32_t *labels, double smoothing, double scale,
    void *losses, void *gradient);
/// y = (x - mean) / sqrt(variance + epsilon) * gain + bias; gain and bias may be NULL. Saves mean and 1/deviation.
void kaira_layer_norm(
    int type, int64_t rows, int64_t count, double epsilon, const void *x, const void *gain, const void *bias, void *y,
    void *mean, void *inverse);
/// Gradients of the same; those of gain and bias may be NULL.
void kaira_layer_norm_slope(
    int type, int64_t rows, int64_t count, const void *x, const void *gain, const void *mean, const void *inverse,
    const void *dy, void *dx, void *dgain, void *dbias);
/// Mean and biased variance of each channel of x[batch][channels][area].
void kaira_channel_moments(
    int type, int64_t batch, int64_t channels, int64_t area, const void *x, void *mean, void *variance);
/// y = x * scale[channel] + shift[channel], then ReLU if asked.
void kaira_channel_affine(
    int type, int64_t batch, int64_t channels, int64_t area, const void *x, const void *scale, const void *shift,
    int relu, void *y);
/// Per channel: the sum of dy and that of dy * (x - mean) * inverse.
void kaira_channel_sums(
    int type, int64_t batch, int64_t channels, int64_t area, const void *x, const void *dy, const void *mean,
    const void *inverse, void *sum, void *product);
/// dx = a[channel] dy + b[channel] x + c[channel]
void kaira_channel_combine(
    int type, int64_t batch, int64_t channels, int64_t area, const void *dy, const void *x, const void *a,
    const void *b, const void *c, void *dx);

/// The sizes of a convolution or of pooling, [batch, channels, height, width].
typedef struct {
    int64_t batch, channels, height, width;
    int64_t out_channels, out_height, out_width;
    int64_t kernel_height, kernel_width, stride_y, stride_x, pad_y, pad_x, dilation_y, dilation_x, groups;
} kaira_window;
/// y = x * w + bias (correlation), then ReLU if asked. Weights [out][channels / groups][kh][kw]; bias may be NULL.
void kaira_convolve(
    int type, const kaira_window *s, const void *x, const void *w, const void *bias, int relu, void *y);
/// The gradient for x.
void kaira_convolve_input_slope(int type, const kaira_window *s, const void *w, const void *dy, void *dx);
/// The gradient for w.
void kaira_convolve_weight_slope(int type, const kaira_window *s, const void *x, const void *dy, void *dw);
/// Maximum of each window and its place in its plane; padding never wins.
void kaira_max_pool(int type, const kaira_window *s, const void *x, void *y, int32_t *places);
void kaira_max_pool_slope(int type, const kaira_window *s, const int32_t *places, const void *dy, void *dx);
/// y = x at the places of another pooling.
void kaira_max_pool_pick(int type, const kaira_window *s, const int32_t *places, const void *x, void *y);
/// Mean of each window; padding counts as zeros.
void kaira_average_pool(int type, const kaira_window *s, const void *x, void *y);
void kaira_average_pool_slope(int type, const kaira_window *s, const void *dy, void *dx);

/// out[i] = table[indices[i]], rows of `width`.
void kaira_take_rows(int size, int64_t count, int64_t width, const int32_t *indices, const void *table, void *out);
/// table[indices[i]] += x[i], in order.
void kaira_add_rows(int type, int64_t count, int64_t width, const int32_t *indices, const void *x, void *table);

/// Scaled dot-product attention. q, k, v, o: [batch][heads][tokens][width] by strides (width contiguous).
typedef struct {
    int64_t batch, heads, queries, keys, width;
    int64_t q_batch, q_head, q_token, k_batch, k_head, k_token, v_batch, v_head, v_token, o_batch, o_head, o_token;
    int32_t causal;
    double scale;
} kaira_attention_shape;
/// o = softmax(scale q k^T) v; `p` [batch][heads][queries][keys] gets the probabilities.
void kaira_attention(
    int type, const kaira_attention_shape *s, const void *q, const void *k, const void *v, void *p, void *o);
/// Gradients, laid out by the strides of q, k and v in `gradients`.
void kaira_attention_slope(
    int type, const kaira_attention_shape *s, const kaira_attention_shape *gradients, const void *q, const void *k,
    const void *v, const void *p, const void *d_o, void *dq, void *dk, void *dv);

/// p -= rate (v = momentum v + g + decay p); Nesterov: p -= rate (g + momentum v). v may be NULL.
void kaira_sgd_step(
    int type, int64_t count, double rate, double momentum, double decay, int nesterov, int first, const void *g,
    void *v, void *p);
/// Adam; `decoupled` decay is AdamW's. c1 = 1 - beta1^t, c2 = 1 - beta2^t.
void kaira_adam_step(
    int type, int64_t count, double rate, double beta1, double beta2, double epsilon, double decay, int decoupled,
    double c1, double c2, const void *g, void *m, void *v, void *p);
/// y += factor (x - y)
void kaira_blend(int type, int64_t count, double factor, const void *x, void *y);

/// Philox4x32-10 (Salmon et al., SC 2011): the four words of one counter; counter and stream are its 128 bits.
void kaira_philox_block(uint64_t key, uint64_t stream, uint64_t counter, uint32_t out[4]);
/// Words `first ..< first + count` of a stream.
void kaira_philox(uint64_t key, uint64_t stream, uint64_t first, int64_t count, uint32_t *out);
/// scale or 0: 0 with probability p; from words `first` on.
void kaira_dropout_mask(
    int type, uint64_t key, uint64_t stream, uint64_t first, int64_t count, double p, double scale, void *mask);

/// Memory on a 64-byte border from lists of freed pieces, by size; NULL where the system refuses it.
void *kaira_memory_take(size_t bytes);
/// Gives it back; `bytes` as asked for.
void kaira_memory_give(void *memory, size_t bytes);
/// Frees what the lists hold.
void kaira_memory_trim(void);
/// Bytes that are in use and bytes that the lists hold.
void kaira_memory_usage(size_t *used, size_t *kept);

#ifdef __cplusplus
}
#endif
#endif
