#ifndef KAIRA_KERNELS_H
#define KAIRA_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The instruction set that the kernels were dispatched to on this CPU: "avx512", "avx2" or "generic".
///
/// `KAIRA_ISA=generic` or `KAIRA_ISA=avx2` in the environment holds it lower; it is read once.
const char *kaira_kernels_isa(void);

// ---------------------------------------------------------------------------------------------------------------
// Threads
// ---------------------------------------------------------------------------------------------------------------

/// A fixed set of threads that sleep between jobs.
typedef struct kaira_pool kaira_pool;

/// Makes a pool of `threads` participants, the caller's thread among them; NULL where no thread can be made.
kaira_pool *kaira_pool_create(int threads);
/// Ends the threads and frees the pool; no job may be running.
void kaira_pool_destroy(kaira_pool *pool);
/// Lets waiting threads look this often for the next job before they sleep; before the first job only. Worth it where
/// jobs of microseconds follow each other.
void kaira_pool_set_spins(kaira_pool *pool, int spins);
/// The participants of a pool.
int kaira_pool_threads(const kaira_pool *pool);
/// Calls `body(context, participant)` on the caller's thread (participant 0) and on each worker that is free in time.
///
/// `body` has to share its work out dynamically: a worker that the system schedules late is not waited for.
void kaira_pool_run(kaira_pool *pool, void (*body)(void *context, int participant), void *context);

// ---------------------------------------------------------------------------------------------------------------
// Programs: a compiled graph as a list of steps over tensors at fixed addresses
// ---------------------------------------------------------------------------------------------------------------

/// What a step does. All tensors are float32, channels last.
enum {
    KAIRA_STEP_CONVOLUTION = 0,
    KAIRA_STEP_DEPTHWISE = 1,
    KAIRA_STEP_ADD = 2,
    KAIRA_STEP_MULTIPLY = 3,
    KAIRA_STEP_PAD = 4,
    KAIRA_STEP_RESIZE = 5,
    KAIRA_STEP_MAX_POOL = 6,
    KAIRA_STEP_AVERAGE_POOL = 7,
    KAIRA_STEP_DEPTH_TO_SPACE = 8,
    KAIRA_STEP_COPY = 9,
    KAIRA_STEP_UNARY = 10,
    KAIRA_STEP_TRANSPOSED_2X2 = 11,
    KAIRA_STEP_SPARSE = 12,
    KAIRA_STEP_REDUCE_CONVOLUTION = 13,
};

/// What is applied to each value of a step's result.
enum {
    KAIRA_ACTIVATION_CLAMP = 0,       ///< min(max(x, low), high); infinite bounds: nothing
    KAIRA_ACTIVATION_PRELU = 1,       ///< x > 0 ? x : alpha[channel] * x
    KAIRA_ACTIVATION_HARD_SWISH = 2,  ///< x * clamp(x + 3, 0, 6) / 6
    KAIRA_ACTIVATION_LOGISTIC = 3,    ///< 1 / (1 + exp(-x))
};

typedef struct {
    int32_t kind;
    float low, high;
    const float *alpha;  ///< KAIRA_ACTIVATION_PRELU: one value a channel
} kaira_activation;

/// One step. Which fields count depends on `kind`; sizes are checked by who builds the step.
typedef struct {
    int32_t kind;
    /// Pieces the work is cut into, each done by one thread: `row_tiles * channel_tiles`.
    int32_t tiles;
    int32_t row_tiles, channel_tiles;
    int32_t batch;
    int32_t in_height, in_width, in_channels;
    int32_t out_height, out_width, out_channels;
    int32_t kernel_height, kernel_width, stride_y, stride_x, pad_top, pad_left;
    /// KAIRA_STEP_RESIZE: 1 = half-pixel centres; 2 = align corners.
    int32_t mode;
    /// KAIRA_STEP_COPY: `count` runs of `length` floats; strides between runs of input and output.
    /// KAIRA_STEP_ADD, MULTIPLY: `count` rows of `length` floats, the second operand repeats every `period` floats.
    int64_t count, length, in_stride, out_stride, period;
    const float *in;
    const float *second;  ///< the other operand, or the residual that is added to the result
    const float *weights;
    const float *bias;
    const void *index;  ///< KAIRA_STEP_SPARSE: kaira_sparse_row for each channel, block by block of inputs
    float *out;
    kaira_activation activation;   ///< before the residual
    kaira_activation activation2;  ///< after the residual
} kaira_step;

/// Progress of one step; 64 bytes so that two steps never share a cache line.
typedef struct {
    int32_t next, done;
    int32_t padding[14];
} kaira_progress;

/// Floats in a vector of the chosen kernels.
int kaira_vector_width(void);
/// Floats that packed weights of a convolution take: `depth` = kernel height * width * input channels.
size_t kaira_packed_convolution_size(int out_channels, int depth);
/// Packs `[out_channels][depth]` weights for KAIRA_STEP_CONVOLUTION.
void kaira_pack_convolution(const float *weights, int out_channels, int depth, float *packed);
/// Floats that packed weights of a depthwise convolution take.
size_t kaira_packed_depthwise_size(int channels, int taps);
/// Packs `[taps][channels]` weights for KAIRA_STEP_DEPTHWISE.
void kaira_pack_depthwise(const float *weights, int channels, int taps, float *packed);
/// One weight that is not zero.
typedef struct {
    int32_t channel;  ///< of the input
    float value;
} kaira_sparse_weight;
/// The weights of one output channel over one block of input channels.
typedef struct {
    int32_t channel;  ///< of the output
    int32_t start;    ///< of its weights
    int32_t pairs;    ///< half as many as it has weights; an odd one gets a zero beside it
} kaira_sparse_row;
/// Output channels that a sparse product brings back to channels-last order together.
#define KAIRA_SPARSE_GROUP 64
/// Rows of the table that KAIRA_STEP_SPARSE finds its weights by.
size_t kaira_sparse_rows(int out_channels, int depth);
/// Weights of `[out_channels][depth]` that kaira_pack_sparse keeps.
size_t kaira_sparse_weights(const float *weights, int out_channels, int depth);
/// Packs the weights of `[out_channels][depth]` that are not zero.
void kaira_pack_sparse(
    const float *weights, int out_channels, int depth, kaira_sparse_row *rows, kaira_sparse_weight *packed);
/// `channels` rounded up to whole vectors: the length of bias and alpha arrays.
size_t kaira_padded_channels(int channels);
/// Sets the step's tiles and returns the floats of scratch that each participant needs.
size_t kaira_prepare_step(kaira_step *step);
/// Runs the steps in order on the pool. `progress` has `count` entries, `scratch` one pointer a participant.
void kaira_run_steps(
    kaira_pool *pool, const kaira_step *steps, int count, kaira_progress *progress, float *const *scratch);
/// Nanoseconds that each step took on one thread, into `nanoseconds` (`count` entries).
void kaira_time_steps(const kaira_step *steps, int count, float *scratch, int64_t *nanoseconds);

// ---------------------------------------------------------------------------------------------------------------
// Conversions
// ---------------------------------------------------------------------------------------------------------------

/// Half to single precision, exactly, subnormals and NaNs included; `source` needs no alignment.
void kaira_float16_to_float32(const void *source, float *target, size_t count);

#ifdef __cplusplus
}
#endif
#endif
