#pragma once
#include <stddef.h>
#include <stdint.h>

// libpng reports errors by longjmp; these functions keep it inside C. All return 0, or -1 with a message.

/// Room for a message of libpng, its terminating zero included.
#define KAIRA_PNG_MESSAGE 160

/// Reads width and height.
int kaira_png_header(const uint8_t *_Nonnull bytes, size_t count, uint32_t *_Nonnull width, uint32_t *_Nonnull height,
                     char *_Nonnull message);

/// Decodes to straight 8-bit RGBA, `width * height * 4` bytes at `pixels`, for the size that `kaira_png_header` told.
/// Gamma and profiles are ignored: the numbers of the file are the numbers of the picture.
int kaira_png_decode(const uint8_t *_Nonnull bytes, size_t count, uint8_t *_Nonnull pixels, uint32_t width,
                     uint32_t height, char *_Nonnull message);

/// Encodes straight 8-bit RGBA; `opaque` leaves the alpha channel out of the file. `*output` is to be freed with
/// `free`, also after an error.
int kaira_png_encode(const uint8_t *_Nonnull pixels, uint32_t width, uint32_t height, int opaque, int level,
                     uint8_t *_Nullable *_Nonnull output, size_t *_Nonnull outputCount, char *_Nonnull message);
