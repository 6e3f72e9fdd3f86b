// SPDX-License-Identifier: Apache-2.0
#include "format/container/byte_source.hpp"

#include <algorithm>
#include <span>

#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "format/container/archive.hpp"
#include "format/container/codec.hpp"

namespace lhcr::format {
namespace {

class FileBytes : public ByteSource {
 public:
  explicit FileBytes(const std::string& path) : path_(path), file_(open_input(path)) {
    struct stat status {};
    regular_ = ::fstat(file_.get(), &status) == 0 && S_ISREG(status.st_mode);
    if (!regular_) return;
    const off_t start = path == "-" ? ::lseek(file_.get(), 0, SEEK_CUR) : 0;
    size_ = static_cast<std::uint64_t>(std::max<off_t>(status.st_size - start, 0));
  }

  std::size_t read(char* buffer, std::size_t size) override {
    // A file that grows meanwhile is the one that was opened. (Of some the system gives no size.)
    if (regular_ && size_ > 0 && taken_ >= size_) return 0;
    const std::size_t got = read_some(file_, buffer, size, path_);
    taken_ += got;
    if (got == 0 && taken_ < size_) {
      throw Error(ErrorKind::input, path_ + ": it became shorter while it was read");
    }
    return got;
  }
  bool ready(int milliseconds) override { return regular_ || wait_readable(file_, milliseconds); }
  [[nodiscard]] bool can_wait() const override { return !regular_; }
  const Descriptor* file(std::uint64_t& size) const override {
    size = size_;
    return regular_ && path_ != "-" ? &file_ : nullptr;
  }

 private:
  std::string path_;
  Descriptor file_;
  bool regular_ = false;    // always ready, and of a size that is known
  std::uint64_t size_ = 0;  // bytes that there are at least
  std::uint64_t taken_ = 0;
};

/// What a codec unpacks of a source.
class UnpackedBytes : public ByteSource {
 public:
  UnpackedBytes(std::unique_ptr<ByteSource> packed, std::unique_ptr<Codec> codec,
                std::string_view begun, std::string path)
      : packed_(std::move(packed)),
        codec_(std::move(codec)),
        path_(std::move(path)),
        limit_(path_),
        input_(std::max(block, begun.size()), '\0'),
        left_(input_.data(), begun.copy(input_.data(), begun.size())),
        taken_(begun.size()) {}

  std::size_t read(char* buffer, std::size_t size) override {
    if (!ahead_.empty()) {
      const std::size_t got = ahead_.copy(buffer, size);
      ahead_.erase(0, got);
      return got;
    }
    return unpack_some({buffer, size}, [] { return true; });
  }
  /// What has come may hold nothing that can be unpacked yet, so that it is tried.
  bool ready(int milliseconds) override {
    if (ended_ || !ahead_.empty()) return true;
    try {
      std::string made(block, '\0');
      made.resize(unpack_some(made, [&] { return packed_->ready(milliseconds); }));
      ahead_ = std::move(made);
    } catch (const Error&) {
      return true;  // read() meets the same fault
    }
    return ended_ || !ahead_.empty();
  }
  [[nodiscard]] bool can_wait() const override { return packed_->can_wait(); }
  const Descriptor* file(std::uint64_t& /*size*/) const override { return nullptr; }

 private:
  static constexpr std::size_t block = std::size_t{128} * 1024;

  /// Unpacks until something comes out, or `goes_on` says no before more would be read.
  template <typename GoesOn>
  std::size_t unpack_some(std::span<char> out, const GoesOn& goes_on) {
    std::size_t made = 0;
    while (!ended_ && made == 0 && !out.empty()) {
      if (left_.empty() && !full_) {
        if (!goes_on()) break;
        refill();
        if (ended_) break;
      }
      made = codec_->unpack(left_, out);
      full_ = made == out.size();
    }
    unpacked_ += made;
    limit_.check(unpacked_, taken_);
    return made;
  }
  void refill() {
    const std::size_t got = packed_->read(input_.data(), block);
    if (got == 0 && !codec_->between()) throw damaged(path_, "it ends before its packed data does");
    ended_ = got == 0;
    left_ = {input_.data(), got};
    taken_ += got;
  }

  std::unique_ptr<ByteSource> packed_;
  std::unique_ptr<Codec> codec_;
  std::string path_;
  SwellLimit limit_;
  std::string input_;
  std::string_view left_;  // of input_, for the codec
  std::uint64_t taken_ = 0;
  std::uint64_t unpacked_ = 0;
  bool ended_ = false;
  bool full_ = false;  // the latest buffer, so that there may be more
  std::string ahead_;  // what ready() has unpacked
};

/// What has been read of a source, and then the source.
class BegunBytes : public ByteSource {
 public:
  BegunBytes(std::unique_ptr<ByteSource> source, std::string begun)
      : source_(std::move(source)), begun_(std::move(begun)) {}

  std::size_t read(char* buffer, std::size_t size) override {
    if (at_ == begun_.size()) return source_->read(buffer, size);
    const std::size_t got = begun_.copy(buffer, size, at_);
    at_ += got;
    return got;
  }
  bool ready(int milliseconds) override {
    return at_ < begun_.size() || source_->ready(milliseconds);
  }
  [[nodiscard]] bool can_wait() const override { return source_->can_wait(); }
  const Descriptor* file(std::uint64_t& /*size*/) const override { return nullptr; }

 private:
  std::unique_ptr<ByteSource> source_;
  std::string begun_;
  std::size_t at_ = 0;
};

/// "ARCHIVE/FILE": the longest beginning that is a file, which then is to be an archive.
std::unique_ptr<ByteSource> try_member(const std::string& path) {
  for (std::size_t slash = path.rfind('/'); slash != std::string::npos && slash > 0;
       slash = path.rfind('/', slash - 1)) {
    const std::string archive = path.substr(0, slash);
    struct stat status {};
    if (::stat(archive.c_str(), &status) != 0) continue;
    if (!S_ISREG(status.st_mode) || !is_archive(archive)) return nullptr;
    return open_member(archive, path.substr(slash + 1));
  }
  return nullptr;
}

}  // namespace

std::unique_ptr<ByteSource> open_source(const std::string& path) {
  try {
    return std::make_unique<FileBytes>(path);
  } catch (const Error&) {
    if (auto member = try_member(path)) return member;
    throw;
  }
}

std::unique_ptr<ByteSource> open_unpacked(const std::string& path) {
  constexpr std::size_t enough_to_know = 4;
  std::unique_ptr<ByteSource> source = open_source(path);
  std::string begun(enough_to_know, '\0');
  std::size_t size = 0;
  for (std::size_t got = 1; got > 0 && size < begun.size(); size += got) {
    got = source->read(begun.data() + size, begun.size() - size);
  }
  begun.resize(size);
  if (begins_archive(begun)) {
    throw Error(ErrorKind::input,
                path + ": this is an archive; name a file in it: " + path + "/FILE");
  }
  if (auto inside = unpacked(source, begun, path)) return inside;
  return std::make_unique<BegunBytes>(std::move(source), std::move(begun));
}

std::string read_unpacked(const std::string& path, std::size_t limit) {
  constexpr std::size_t block = std::size_t{256} << 10U;
  const std::unique_ptr<ByteSource> source = open_unpacked(path);
  std::string text;
  for (std::size_t size = 0;; text.resize(size)) {
    text.resize(size + block);
    const std::size_t got = source->read(text.data() + size, block);
    size += got;
    if (size > limit) {
      throw Error(ErrorKind::input,
                  path + ": it has more than " + std::to_string(limit >> 20U) + " MiB");
    }
    if (got == 0) {
      text.resize(size);
      return text;
    }
  }
}

bool begins_packed(std::string_view bytes) {
  return begins_coded(bytes) || begins_archive(bytes);
}

std::unique_ptr<ByteSource> unpacked(std::unique_ptr<ByteSource>& source, std::string_view begun,
                                     const std::string& path) {
  std::unique_ptr<Codec> codec = codec_of(begun, path);
  if (codec == nullptr) return nullptr;
  return std::make_unique<UnpackedBytes>(std::move(source), std::move(codec), begun, path);
}

void SwellLimit::check(std::uint64_t unpacked, std::uint64_t packed) const {
  constexpr std::uint64_t never_too_much = std::uint64_t{64} << 20U;
  constexpr std::uint64_t most_times = 200;
  if (unpacked <= never_too_much || unpacked / most_times <= packed) return;
  throw Error(ErrorKind::input, path_ + ": it unpacks to more than " + std::to_string(most_times) +
                                    " times its size, as no records do");
}

}  // namespace lhcr::format
