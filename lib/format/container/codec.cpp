// SPDX-License-Identifier: Apache-2.0
#include "format/container/codec.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include <zlib.h>

#include "base/shared_library.hpp"

namespace lhcr::format {
namespace {

constexpr std::string_view gzip_magic = "\x1F\x8B";
constexpr std::string_view zstd_magic = "\x28\xB5\x2F\xFD";
constexpr std::size_t most_at_once = std::size_t{1} << 30U;

class Gzip : public Codec {
 public:
  explicit Gzip(std::string path) : path_(std::move(path)) {
    constexpr int gzip_only = 16;
    if (::inflateInit2(&stream_, MAX_WBITS + gzip_only) != Z_OK) throw std::bad_alloc();
  }
  ~Gzip() override { ::inflateEnd(&stream_); }

  std::size_t unpack(std::string_view& packed, std::span<char> out) override {
    if (between_ && !begin_next(packed)) return 0;
    const std::size_t given = std::min(packed.size(), most_at_once);
    const std::size_t room = std::min(out.size(), most_at_once);
    // zlib's interface takes what it only reads as changeable.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));  // NOLINT
    stream_.avail_in = static_cast<uInt>(given);
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(room);
    const int code = ::inflate(&stream_, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END) {
      throw damaged(path_, stream_.msg != nullptr ? stream_.msg : "no gzip");
    }
    between_ = code == Z_STREAM_END;
    packed.remove_prefix(given - stream_.avail_in);
    return room - stream_.avail_out;
  }
  [[nodiscard]] bool between() const noexcept override { return between_; }

 private:
  /// Packed parts may follow each other, and zeros may fill up the last block of a tape.
  bool begin_next(std::string_view& packed) {
    packed.remove_prefix(std::min(packed.find_first_not_of('\0'), packed.size()));
    if (packed.empty()) return false;
    ::inflateReset(&stream_);
    between_ = false;
    return true;
  }

  std::string path_;
  z_stream stream_{};
  bool between_ = false;
};

/// Functions of libzstd's stable interface (zstd.h since 1.4.0), whose ABI is that of
/// libzstd.so.1.
struct ZstdLibrary {
  struct Input {  // ZSTD_inBuffer
    const void* bytes;
    std::size_t size;
    std::size_t used;
  };
  struct Output {  // ZSTD_outBuffer
    void* bytes;
    std::size_t size;
    std::size_t made;
  };
  void* (*createDStream)() = nullptr;
  std::size_t (*freeDStream)(void* stream) = nullptr;
  std::size_t (*decompressStream)(void* stream, Output* out, Input* in) = nullptr;
  unsigned (*isError)(std::size_t code) = nullptr;
  const char* (*getErrorName)(std::size_t code) = nullptr;
};

ZstdLibrary load() {
  const SharedLibrary library(LHCR_LIBZSTD, ErrorKind::input, "libzstd is needed for Zstandard");
  ZstdLibrary made;
  library.find("ZSTD_createDStream", made.createDStream);
  library.find("ZSTD_freeDStream", made.freeDStream);
  library.find("ZSTD_decompressStream", made.decompressStream);
  library.find("ZSTD_isError", made.isError);
  library.find("ZSTD_getErrorName", made.getErrorName);
  return made;
}

const ZstdLibrary& lib() {
  static const ZstdLibrary loaded = load();
  return loaded;
}

class Zstd : public Codec {
 public:
  explicit Zstd(std::string path) : path_(std::move(path)), stream_(lib().createDStream()) {
    if (stream_ == nullptr) throw std::bad_alloc();
  }

  std::size_t unpack(std::string_view& packed, std::span<char> out) override {
    if (between_ && packed.empty()) return 0;
    ZstdLibrary::Input from{packed.data(), packed.size(), 0};
    ZstdLibrary::Output to{out.data(), out.size(), 0};
    const std::size_t code = lib().decompressStream(stream_.get(), &to, &from);
    if (lib().isError(code) != 0) throw damaged(path_, lib().getErrorName(code));
    between_ = code == 0;  // a frame, whose check sum it has compared, is done
    packed.remove_prefix(from.used);
    return to.made;
  }
  [[nodiscard]] bool between() const noexcept override { return between_; }

 private:
  struct Free {
    void operator()(void* stream) const noexcept { lib().freeDStream(stream); }
  };
  std::string path_;
  std::unique_ptr<void, Free> stream_;
  bool between_ = false;
};

}  // namespace

bool begins_coded(std::string_view bytes) noexcept {
  return bytes.starts_with(gzip_magic) || bytes.starts_with(zstd_magic);
}

std::unique_ptr<Codec> codec_of(std::string_view begun, const std::string& path) {
  if (begun.starts_with(gzip_magic)) return std::make_unique<Gzip>(path);
  if (begun.starts_with(zstd_magic)) return std::make_unique<Zstd>(path);
  return nullptr;
}

Error damaged(const std::string& path, const std::string& why) {
  return {ErrorKind::input, path + ": the packed data is damaged: " + why};
}

}  // namespace lhcr::format
