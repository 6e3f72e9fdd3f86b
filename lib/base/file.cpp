// SPDX-License-Identifier: Apache-2.0
#include "base/file.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/platform.hpp"

namespace lhcr {
namespace {

[[noreturn]] void fail(const std::string& path, int error, std::string_view advice = {}) {
  std::string text = path + ": " + std::generic_category().message(error);
  if (!advice.empty()) {
    text += ". ";
    text += advice;
  }
  throw Error(ErrorKind::input, text);
}

std::string_view open_advice(int error) {
  switch (error) {
    case ENOENT:
      return "Check the spelling of the path";
    case EACCES:
      return "Check the permissions";
    default:
      return {};
  }
}

struct stat status_of(const Descriptor& file, const std::string& path) {
  struct stat status {};
  if (fstat(file.get(), &status) != 0) {
    fail(path, errno);
  }
  return status;
}

/// The file behind symbolic links, so that a link stays a link.
std::string resolved(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  return real ? std::string(real.get()) : path;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) {
    return ".";
  }
  return slash == 0 ? "/" : path.substr(0, slash);
}

void sync_folder(const std::string& path) {
  const Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() >= 0) {
    // Some file systems cannot synchronise a folder; the file itself is safe by then.
    static_cast<void>(::fsync(folder.get()));
  }
}

/// Names of temporary files, for remove_temporary_files(). A slot is free when it is null.
std::array<std::atomic<const char*>, 64> temporaries{};

void remember_temporary(const char* name) noexcept {
  for (std::atomic<const char*>& slot : temporaries) {
    const char* free = nullptr;
    if (slot.compare_exchange_strong(free, name)) {
      return;
    }
  }
}

void forget_temporary(const char* name) noexcept {
  for (std::atomic<const char*>& slot : temporaries) {
    const char* held = name;
    slot.compare_exchange_strong(held, nullptr);
  }
}

/// Makes a file that did not exist beside `path`; its name is put into `name`.
int create_beside(const std::string& path, std::string& name) {
  static std::atomic<unsigned> serial{0};
  int descriptor = -1;
  do {
    name = path + '.' + std::to_string(::getpid()) + '-' + std::to_string(serial++);
    descriptor = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (descriptor < 0 && errno == EEXIST);
  return descriptor;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    const Descriptor closing(std::exchange(number_, other.release()));
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (number_ > STDERR_FILENO) {
    ::close(number_);
  }
}

int Descriptor::release() noexcept {
  return std::exchange(number_, -1);
}

Descriptor open_input(const std::string& path) {
  if (path == "-") {
    return Descriptor(STDIN_FILENO);
  }
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    const int error = errno;
    fail(path, error, open_advice(error));
  }
  if (S_ISDIR(status_of(file, path).st_mode)) {
    fail(path, EISDIR, "Name the files in it");
  }
  return file;
}

std::size_t read_some(const Descriptor& file, char* buffer, std::size_t size,
                      const std::string& path) {
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer, size);
    if (got >= 0) {
      return static_cast<std::size_t>(got);
    }
    if (errno != EINTR) {
      fail(path, errno);
    }
  }
}

bool wait_readable(const Descriptor& file, int milliseconds) noexcept {
  pollfd asked{file.get(), POLLIN, 0};
  const int ready = ::poll(&asked, 1, milliseconds);
  return ready > 0 || (ready < 0 && errno != EINTR);
}

std::string read_file(const std::string& path, std::size_t limit) {
  constexpr std::size_t block = std::size_t{64} * 1024;
  const Descriptor file = open_input(path);
  std::string bytes;
  std::size_t used = 0;
  for (;;) {
    if (bytes.size() - used < block) {
      bytes.resize(bytes.size() * 2 + block);
    }
    const std::size_t got = read_some(file, bytes.data() + used, bytes.size() - used, path);
    used += got;
    if (got == 0) {
      break;
    }
    if (used > limit) {
      throw Error(ErrorKind::input, path + ": longer than " + std::to_string(limit) + " bytes");
    }
  }
  bytes.resize(used);
  return bytes;
}

void each_block(const std::string& path, const std::function<void(std::string_view)>& take) {
  const Descriptor file = open_input(path);
  std::string block(std::size_t{256} * 1024, '\0');
  while (const std::size_t got = read_some(file, block.data(), block.size(), path)) {
    take(std::string_view(block).substr(0, got));
  }
}

std::string read_part(const std::string& path, std::uint64_t offset, std::size_t size) {
  const Descriptor file = open_input(path);
  if (::lseek(file.get(), static_cast<off_t>(offset), SEEK_SET) < 0) fail(path, errno);
  std::string bytes(size, '\0');
  std::size_t used = 0;
  while (used < size) {
    const std::size_t got = read_some(file, bytes.data() + used, size - used, path);
    if (got == 0) break;
    used += got;
  }
  bytes.resize(used);
  return bytes;
}

AtomicFile::AtomicFile(const std::string& path) : path_(resolved(path)) {
  struct stat status {};
  const bool exists = ::stat(path_.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) {
    fail(path, EISDIR, "Name a file in it");
  }
  if (exists && !S_ISREG(status.st_mode)) {
    file_ = Descriptor(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
  } else {
    file_ = Descriptor(create_beside(path_, temporary_));
    if (exists && file_.get() >= 0) {
      static_cast<void>(::fchmod(file_.get(), status.st_mode & 0777U));
    }
  }
  if (file_.get() < 0) {
    const int error = errno;
    temporary_.clear();
    fail(path, error, "Check that the folder exists and may be written");
  }
  if (!temporary_.empty()) {
    remember_temporary(temporary_.c_str());
  }
}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) {
    ::unlink(temporary_.c_str());
    forget_temporary(temporary_.c_str());
  }
}

bool write_all(int descriptor, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor, bytes.data(), bytes.size());
    if (put < 0 && errno != EINTR) return false;
    if (put > 0) bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

void AtomicFile::write(std::string_view bytes) {
  if (!write_all(file_.get(), bytes)) {
    fail(path_, errno);
  }
}

void AtomicFile::sync() {
  if (!temporary_.empty() && ::fsync(file_.get()) != 0) {
    fail(path_, errno);
  }
}

void AtomicFile::commit() {
  if (temporary_.empty()) {
    return;
  }
  sync();
  put();
  sync_folder(path_);
}

void AtomicFile::put() {
  if (temporary_.empty()) {
    return;
  }
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    fail(path_, errno);
  }
  forget_temporary(temporary_.c_str());
  temporary_.clear();
}

void sync_files(const std::string& folder) {
  const Descriptor open_folder(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (open_folder.get() < 0 || ::syncfs(open_folder.get()) != 0) {
    fail(folder, errno);
  }
}

AtomicFolder::AtomicFolder(const std::string& path) : path_(resolved(path)) {
  static std::atomic<unsigned> serial{0};
  while (path_.ends_with('/')) path_.pop_back();
  const std::size_t name = path_.rfind('/') + 1;
  temporary_ = path_.substr(0, name) + '.' + path_.substr(name) + '.' + std::to_string(::getpid()) +
               '-' + std::to_string(serial++);
  std::error_code error;
  std::filesystem::create_directories(temporary_, error);
  if (error) fail(path, error.value(), "Check that the folder around it may be written");
}

AtomicFolder::~AtomicFolder() {
  std::error_code ignored;
  if (!temporary_.empty()) std::filesystem::remove_all(temporary_, ignored);
}

void AtomicFolder::commit() {
  sync_files(temporary_);
  if (::rename(temporary_.c_str(), path_.c_str()) == 0) {
    temporary_.clear();
  } else if (!exchange_paths(temporary_, path_)) {
    const std::string before = temporary_ + "-before";
    if (::rename(path_.c_str(), before.c_str()) != 0) fail(path_, errno);
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail(path_, errno);
    temporary_ = before;
  }
  sync_folder(path_);
}

void remove_temporary_files() noexcept {
  for (std::atomic<const char*>& slot : temporaries) {
    const char* name = slot.load();
    if (name != nullptr) {
      ::unlink(name);
    }
  }
}

void write_file(const std::string& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace lhcr
