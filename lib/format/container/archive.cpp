// SPDX-License-Identifier: Apache-2.0
#include "format/container/archive.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/shared_library.hpp"
#include "format/container/codec.hpp"

namespace lhcr::format {
namespace {

constexpr std::size_t block_bytes = std::size_t{128} * 1024;
constexpr std::size_t first_look = 1024;
constexpr std::size_t most_members = 200'000;

/// Functions of libarchive by name.
struct Library {
// NOLINTNEXTLINE(bugprone-macro-parentheses): a name cannot stand in parentheses
#define LHCR_ARCHIVE(name) decltype(&::archive_##name) name = nullptr;
#include "format/container/archive.def"
#undef LHCR_ARCHIVE
};

Library load() {
  const SharedLibrary library(LHCR_LIBARCHIVE, ErrorKind::input,
                              "libarchive is needed for archives");
  Library made;
#define LHCR_ARCHIVE(name) library.find("archive_" #name, made.name);
#include "format/container/archive.def"
#undef LHCR_ARCHIVE
  return made;
}

const Library& lib() {
  static const Library loaded = load();
  return loaded;
}

/// A name that is one line of plain text for whoever prints it.
std::string printable(std::string_view name) {
  std::string text(name);
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    // Of C1 in UTF-8 the second byte is not one on its own.
    const bool control = byte < 0x20 || byte == 0x7F ||
                         (byte >= 0x80 && byte < 0xA0 && at > 0 && text[at - 1] == '\xC2');
    if (control) text[at] = '_';
    if (control && byte >= 0x80) text[at - 1] = '_';
  }
  return text;
}

/// What libarchive reads: a file in which it may seek, or bytes in order.
class Packed {
 public:
  explicit Packed(const std::string& path) : file_(open_input(path)) {}
  Packed(std::unique_ptr<ByteSource> source, std::string_view begun)
      : source_(std::move(source)), begun_(begun) {}

  [[nodiscard]] bool can_seek() const noexcept { return source_ == nullptr; }
  [[nodiscard]] std::uint64_t taken() const noexcept { return taken_; }

  la_ssize_t read(const void** bytes, const std::string& path) {
    if (!begun_.empty()) {
      block_ = std::exchange(begun_, {});
      *bytes = block_.data();
      taken_ += block_.size();
      return static_cast<la_ssize_t>(block_.size());
    }
    block_.resize(block_bytes);
    const std::size_t got = source_ != nullptr ? source_->read(block_.data(), block_bytes)
                                               : read_some(file_, block_.data(), block_bytes, path);
    *bytes = block_.data();
    taken_ += got;
    return static_cast<la_ssize_t>(got);
  }
  la_int64_t seek(la_int64_t offset, int whence) const {
    const off_t at = ::lseek(file_.get(), offset, whence);
    return at < 0 ? ARCHIVE_FATAL : at;
  }

 private:
  Descriptor file_;
  std::unique_ptr<ByteSource> source_;
  std::string begun_;
  std::string block_;
  std::uint64_t taken_ = 0;
};

/// One pass over an archive.
class Reader {
 public:
  Reader(std::string path, Packed packed)
      : path_(std::move(path)), packed_(std::move(packed)), limit_(path_) {
    struct stat status {};
    size_ = ::stat(path_.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
    if (handle_.get() == nullptr) throw std::bad_alloc();
    check(lib().read_support_format_tar(handle_.get()));
    if (packed_.can_seek()) check(lib().read_support_format_zip(handle_.get()));
    lib().read_set_read_callback(handle_.get(), &Reader::give);
    if (packed_.can_seek()) lib().read_set_seek_callback(handle_.get(), &Reader::move);
    lib().read_set_callback_data(handle_.get(), this);
    check(lib().read_open1(handle_.get()));
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() = default;

  /// The next file, or nullptr at the end. Throws Error{input} when the archive is damaged.
  archive_entry* next_file() {
    archive_entry* entry = nullptr;
    for (;;) {
      const int code = lib().read_next_header(handle_.get(), &entry);
      if (code == ARCHIVE_EOF) return nullptr;
      check(code == ARCHIVE_WARN ? ARCHIVE_OK : code);
      if (lib().entry_filetype(entry) == AE_IFREG && lib().entry_hardlink(entry) == nullptr) {
        return entry;
      }
    }
  }

  /// Bytes of the present file; a check sum that does not hold is an error.
  std::size_t read(char* buffer, std::size_t size) {
    const la_ssize_t got = lib().read_data(handle_.get(), buffer, size);
    check(got < 0 ? static_cast<int>(got) : ARCHIVE_OK);
    unpacked_ += static_cast<std::uint64_t>(got);
    limit_.check(unpacked_, std::max(size_, packed_.taken()));
    return static_cast<std::size_t>(got);
  }

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  static std::string name_of(archive_entry* entry) {
    const char* name = lib().entry_pathname_utf8(entry);
    if (name == nullptr) name = lib().entry_pathname(entry);
    if (name == nullptr) return "(a name that cannot be read)";
    std::string text = printable(name);
    return text.starts_with("./") ? text.substr(2) : text;
  }

 private:
  struct Free {
    void operator()(archive* handle) const noexcept { lib().read_free(handle); }
  };
  static la_ssize_t give(archive* /*handle*/, void* self, const void** bytes) {
    auto& reader = *static_cast<Reader*>(self);
    try {
      return reader.packed_.read(bytes, reader.path_);
    } catch (...) {
      reader.error_ = std::current_exception();  // which must not pass through libarchive
      return -1;
    }
  }
  static la_int64_t move(archive* /*handle*/, void* self, la_int64_t offset, int whence) {
    return static_cast<Reader*>(self)->packed_.seek(offset, whence);
  }

  void check(int code) {
    if (code == ARCHIVE_OK) return;
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    const char* why = lib().error_string(handle_.get());
    throw damaged(path_, why == nullptr ? "no reason" : why);
  }

  std::string path_;
  Packed packed_;
  SwellLimit limit_;
  std::uint64_t size_ = 0;  ///< of the file
  std::uint64_t unpacked_ = 0;
  std::exception_ptr error_;
  std::unique_ptr<archive, Free> handle_{lib().read_new()};
};

std::string first_bytes(ByteSource& source, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t used = 0;
  while (used < size) {
    const std::size_t got = source.read(bytes.data() + used, size - used);
    if (got == 0) break;
    used += got;
  }
  bytes.resize(used);
  return bytes;
}

/// A zip, or a tar that may be packed. nullptr for what is neither.
std::unique_ptr<Reader> open_reader(const std::string& path) {
  auto source = open_source(path);
  const std::string begun = first_bytes(*source, first_look);
  if (begins_archive(begun)) {
    return std::make_unique<Reader>(path, Packed(path));
  }
  auto inside = unpacked(source, begun, path);
  if (inside == nullptr) return nullptr;
  const std::string first = first_bytes(*inside, first_look);
  if (!begins_archive(first)) return nullptr;
  return std::make_unique<Reader>(path, Packed(std::move(inside), first));
}

std::unique_ptr<Reader> require_reader(const std::string& path) {
  auto reader = open_reader(path);
  if (reader == nullptr) throw Error(ErrorKind::input, path + ": this is not a zip or tar archive");
  return reader;
}

/// The archive that this thread read last, behind the member it read.
thread_local std::unique_ptr<Reader> resting;

class MemberBytes : public ByteSource {
 public:
  explicit MemberBytes(std::unique_ptr<Reader> reader) : reader_(std::move(reader)) {}
  ~MemberBytes() override {
    if (rests_) resting = std::move(reader_);
  }
  std::size_t read(char* buffer, std::size_t size) override {
    const bool rests = std::exchange(rests_, false);
    const std::size_t got = reader_->read(buffer, size);
    rests_ = rests;  // unless it is damaged
    return got;
  }
  bool ready(int /*milliseconds*/) override { return true; }
  [[nodiscard]] bool can_wait() const override { return false; }
  const Descriptor* file(std::uint64_t& /*size*/) const override { return nullptr; }

 private:
  std::unique_ptr<Reader> reader_;
  bool rests_ = true;  // the archive stays open for its next member
};

/// The present file of a reader that goes on to be used.
class PresentBytes : public ByteSource {
 public:
  explicit PresentBytes(Reader& reader) : reader_(reader) {}
  std::size_t read(char* buffer, std::size_t size) override { return reader_.read(buffer, size); }
  bool ready(int /*milliseconds*/) override { return true; }
  [[nodiscard]] bool can_wait() const override { return false; }
  const Descriptor* file(std::uint64_t& /*size*/) const override { return nullptr; }

 private:
  Reader& reader_;
};

/// Moves to a member; false at the end.
bool find_member(Reader& reader, const std::string& member) {
  while (archive_entry* entry = reader.next_file()) {
    if (Reader::name_of(entry) != member) continue;
    if (lib().entry_is_encrypted(entry) != 0) {
      throw Error(ErrorKind::input,
                  reader.path() + "/" + member + ": it is encrypted; decrypt it first");
    }
    return true;
  }
  return false;
}

/// Reads on behind `bytes` until they tell what they are, or are very many.
Look look(ByteSource& source, std::string bytes, const Judge& judge) {
  constexpr std::size_t most = std::size_t{8} << 20U;
  // Most records say in their first lines what they are.
  if (judge(bytes, false) == Sight::wanted) return {Sight::wanted, begins_archive(bytes)};
  for (std::size_t size = std::size_t{16} * 1024;; size *= 4) {
    const std::size_t wanted = std::max(size, bytes.size()) - bytes.size();
    const std::string more = first_bytes(source, wanted);
    const bool whole = more.size() < wanted;
    bytes += more;
    const Sight sight = judge(bytes, whole);
    if (whole || sight != Sight::unsure || size > most) return {sight, begins_archive(bytes)};
  }
}

/// The same of what may be packed; packed bytes that are damaged are for their reader to say.
Look look_into(std::unique_ptr<ByteSource> source, const std::string& path, const Judge& judge) {
  std::string begun = first_bytes(*source, first_look);
  if (!begins_packed(begun) || begins_archive(begun)) return look(*source, std::move(begun), judge);
  try {
    return look(*unpacked(source, begun, path), {}, judge);
  } catch (const Error&) {
    return {Sight::wanted, false};
  }
}

}  // namespace

bool begins_archive(std::string_view bytes) {
  constexpr std::size_t tar_magic_at = 257;
  return bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06") ||
         (bytes.size() > tar_magic_at && bytes.substr(tar_magic_at).starts_with("ustar"));
}

bool is_archive(const std::string& path) {
  try {
    auto source = open_source(path);
    std::string begun = first_bytes(*source, first_look);
    auto inside = unpacked(source, begun, path);
    return begins_archive(inside == nullptr ? begun : first_bytes(*inside, first_look));
  } catch (const Error&) {
    return false;
  }
}

Look look_at(const std::string& path, const Judge& judge) {
  try {
    return look_into(open_source(path), path, judge);
  } catch (const Error&) {
    return {Sight::wanted, false};
  }
}

std::vector<Member> list_members(const std::string& path, const Judge& judge) {
  std::vector<Member> members;
  const auto reader = require_reader(path);
  try {
    while (archive_entry* entry = reader->next_file()) {
      if (members.size() == most_members) {
        throw Error(ErrorKind::input,
                    path + ": more than " + std::to_string(most_members) + " files in an archive");
      }
      Member member;
      member.name = Reader::name_of(entry);
      if (lib().entry_is_encrypted(entry) != 0) {
        member.problem = "it is encrypted; decrypt it first";
      } else {
        member.look = look_into(std::make_unique<PresentBytes>(*reader), path, judge);
      }
      members.push_back(std::move(member));
    }
  } catch (const Error& error) {
    members.push_back({{}, error.what()});
  }
  return members;
}

std::unique_ptr<ByteSource> open_member(const std::string& archive, const std::string& member) {
  std::unique_ptr<Reader> reader = std::move(resting);
  const bool goes_on = reader != nullptr && reader->path() == archive;
  if (!goes_on) reader = require_reader(archive);
  if (find_member(*reader, member)) return std::make_unique<MemberBytes>(std::move(reader));
  if (goes_on) {
    reader = require_reader(archive);
    if (find_member(*reader, member)) return std::make_unique<MemberBytes>(std::move(reader));
  }
  throw Error(ErrorKind::input, archive + "/" + member + ": there is no such file in the archive");
}

}  // namespace lhcr::format
