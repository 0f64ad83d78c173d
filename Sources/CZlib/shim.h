#pragma once
// zlib in one call each way: its stream and the macros that open it are not what Swift takes well.
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

/// Window bits of the gzip format.
#define CZLIB_GZIP 31

/// Most bytes that `count` bytes can become.
static inline size_t czlib_gzip_bound(size_t count) { return compressBound(count) + 18; }

/// Writes the gzip form of `source` to `target`, which holds czlib_gzip_bound(count) bytes: its length, 0 for a failure.
static inline size_t czlib_gzip(const uint8_t *source, size_t count, uint8_t *target, size_t capacity, int level) {
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    if (deflateInit2(&stream, level, Z_DEFLATED, CZLIB_GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    stream.next_in = (Bytef *)source;
    stream.avail_in = (uInt)count;
    stream.next_out = target;
    stream.avail_out = (uInt)capacity;
    int status = deflate(&stream, Z_FINISH);
    size_t written = stream.total_out;
    deflateEnd(&stream);
    return status == Z_STREAM_END ? written : 0;
}

/// Restores gzip bytes into `target`: Z_OK when whole, Z_BUF_ERROR where `capacity` is too small or the bytes end early.
static inline int czlib_gunzip(const uint8_t *source, size_t count, uint8_t *target, size_t capacity, size_t *written) {
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    if (inflateInit2(&stream, CZLIB_GZIP) != Z_OK) return Z_MEM_ERROR;
    stream.next_in = (Bytef *)source;
    stream.avail_in = (uInt)count;
    stream.next_out = target;
    stream.avail_out = (uInt)capacity;
    int status = inflate(&stream, Z_FINISH);
    *written = stream.total_out;
    inflateEnd(&stream);
    return status == Z_STREAM_END ? Z_OK : status == Z_OK ? Z_BUF_ERROR : status;
}
