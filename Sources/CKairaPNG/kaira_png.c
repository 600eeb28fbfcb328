#include "kaira_png.h"
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    const uint8_t *bytes;
    size_t count, offset;
};

struct writer {
    uint8_t *bytes;
    size_t count, capacity;
};

static void on_error(png_structp png, png_const_charp text) {
    char *message = png_get_error_ptr(png);
    if (message) {
        strncpy(message, text ? text : "unknown error", KAIRA_PNG_MESSAGE - 1);
        message[KAIRA_PNG_MESSAGE - 1] = 0;
    }
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void on_read(png_structp png, png_bytep data, size_t length) {
    struct reader *reader = png_get_io_ptr(png);
    if (length > reader->count - reader->offset) png_error(png, "the data ends early");
    memcpy(data, reader->bytes + reader->offset, length);
    reader->offset += length;
}

static void on_write(png_structp png, png_bytep data, size_t length) {
    struct writer *writer = png_get_io_ptr(png);
    if (length > writer->capacity - writer->count) {
        size_t capacity = writer->capacity * 2;
        if (capacity < writer->count + length) capacity = writer->count + length;
        uint8_t *grown = realloc(writer->bytes, capacity);
        if (!grown) png_error(png, "out of memory");
        writer->bytes = grown;
        writer->capacity = capacity;
    }
    memcpy(writer->bytes + writer->count, data, length);
    writer->count += length;
}

static void on_flush(png_structp png) { (void)png; }

static png_structp new_reader(struct reader *reader, png_infop *info, char *message) {
    message[0] = 0;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, on_error, on_warning);
    if (!png) return NULL;
    *info = png_create_info_struct(png);
    if (!*info) {
        png_destroy_read_struct(&png, NULL, NULL);
        return NULL;
    }
    png_set_read_fn(png, reader, on_read);
    // Limits of our own are checked by the caller; ancillary chunks are of no use here, so keep them small.
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_chunk_malloc_max(png, 1 << 20);
    png_set_chunk_cache_max(png, 16);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    return png;
}

int kaira_png_header(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height, char *message) {
    struct reader reader = {bytes, count, 0};
    png_infop info = NULL;
    png_structp png = new_reader(&reader, &info, message);
    if (!png) return -1;
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return -1;
    }
    png_read_info(png, info);
    *width = png_get_image_width(png, info);
    *height = png_get_image_height(png, info);
    png_destroy_read_struct(&png, &info, NULL);
    return 0;
}

int kaira_png_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, uint32_t width, uint32_t height,
                     char *message) {
    struct reader reader = {bytes, count, 0};
    png_infop info = NULL;
    png_structp png = new_reader(&reader, &info, message);
    if (!png) return -1;
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return -1;
    }
    png_read_info(png, info);
    if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height)
        png_error(png, "the size changed");
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    png_set_add_alpha(png, 0xff, PNG_FILLER_AFTER);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t stride = (size_t)width * 4;
    if (png_get_rowbytes(png, info) != stride) png_error(png, "unexpected row size");
    for (int pass = 0; pass < passes; pass++)
        for (uint32_t y = 0; y < height; y++) png_read_row(png, pixels + stride * y, NULL);
    png_read_end(png, NULL);
    png_destroy_read_struct(&png, &info, NULL);
    return 0;
}

int kaira_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int opaque, int level, uint8_t **output,
                     size_t *outputCount, char *message) {
    struct writer writer = {NULL, 0, 0};
    *output = NULL;
    *outputCount = 0;
    message[0] = 0;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, on_error, on_warning);
    if (!png) return -1;
    png_infop info = png_create_info_struct(png);
    if (!info) {
        png_destroy_write_struct(&png, NULL);
        return -1;
    }
    struct writer *volatile kept = &writer;
    if (setjmp(png_jmpbuf(png))) {
        *output = kept->bytes;
        png_destroy_write_struct(&png, &info);
        return -1;
    }
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_write_fn(png, &writer, on_write, on_flush);
    // UP with level 1: the fastest pair that still compresses rendered pictures well.
    png_set_filter(png, 0, PNG_FILTER_UP);
    png_set_compression_level(png, level);
    png_set_IHDR(png, info, width, height, 8, opaque ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGB_ALPHA,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
    png_write_info(png, info);
    if (opaque) png_set_filler(png, 0, PNG_FILLER_AFTER);
    for (uint32_t y = 0; y < height; y++) png_write_row(png, pixels + (size_t)width * 4 * y);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    *output = writer.bytes;
    *outputCount = writer.count;
    return 0;
}
