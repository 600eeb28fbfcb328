// What the kernels on AMX tiles share; not part of the module's interface.
#pragma once

#if defined(__x86_64__)
#include <stdint.h>

/// Whether the CPU multiplies tiles of bytes and of bfloat16, and the system lets this process do so; asked for once.
int kaira_amx_allowed(void);

/// What LDTILECFG reads: palette 1, eight tiles of 16 rows by 64 bytes.
typedef struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
} kaira_tile_shapes;
extern const kaira_tile_shapes kaira_whole_tiles;
#endif
