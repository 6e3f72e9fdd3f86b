// SPDX-License-Identifier: Apache-2.0
#include "base/mapped_file.hpp"

#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"

namespace lhcr {

/// Where a mapping lies, for a signal handler: they are linked, never freed, and used again.
struct MappedRegion {
  std::atomic<bool> taken{false};
  std::atomic<bool> torn{false};
  std::atomic<std::uintptr_t> begin{0};
  std::atomic<std::size_t> size{0};  // 0: nothing is mapped
  MappedRegion* next = nullptr;
};

namespace {

std::atomic<MappedRegion*> regions{nullptr};
static_assert(std::atomic<std::uintptr_t>::is_always_lock_free);

MappedRegion& claim_region() {
  for (MappedRegion* at = regions; at != nullptr; at = at->next) {
    bool taken = false;
    if (at->taken.compare_exchange_strong(taken, true)) return *at;
  }
  auto* made = new MappedRegion;
  made->taken = true;
  made->next = regions;
  while (!regions.compare_exchange_weak(made->next, made)) {
  }
  return *made;
}

MappedRegion* find_region(std::uintptr_t address) noexcept {
  for (MappedRegion* at = regions; at != nullptr; at = at->next) {
    const std::uintptr_t begin = at->begin;
    if (address >= begin && address - begin < at->size) return at;
  }
  return nullptr;
}

std::size_t page_size() noexcept {
  static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

[[noreturn]] void fail(const std::string& path) {
  throw Error(ErrorKind::input, path + ": " + std::generic_category().message(errno));
}

}  // namespace

MappedFile::MappedFile(const std::string& path) : path_(path) {
  const Descriptor file = open_input(path);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail(path_);
  map(file, static_cast<std::size_t>(status.st_size));
}

MappedFile::MappedFile(const Descriptor& file, std::size_t size, const std::string& path)
    : path_(path) {
  map(file, size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept {
  *this = std::move(other);
}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(path_, other.path_);
  std::swap(identity_, other.identity_);
  std::swap(region_, other.region_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ == nullptr) return;
  region_->size = 0;
  region_->taken = false;
  ::munmap(const_cast<char*>(data_), size_);
}

void MappedFile::forget(std::string_view bytes) noexcept {
  // The system may decline: then the memory stays in use, which is what it was before.
  static_cast<void>(::madvise(const_cast<char*>(bytes.data()), bytes.size(), MADV_DONTNEED));
}

void MappedFile::expect(std::string_view part, Access access) const noexcept {
  if (part.empty()) return;
  // The pages that the part begins and ends in are its own as well.
  const auto at = static_cast<std::size_t>(part.data() - data_);
  const std::size_t from = at - at % page_size();
  const int advice = access == Access::anywhere ? MADV_RANDOM : MADV_NORMAL;
  static_cast<void>(::madvise(const_cast<char*>(data_) + from, at - from + part.size(), advice));
}

MappedFile::Identity MappedFile::identity_of(const struct stat& status) noexcept {
  return {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
          status.st_mtim.tv_nsec};
}

void MappedFile::map(const Descriptor& file, std::size_t size) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail(path_);
  identity_ = identity_of(status);
  if (size == 0) return;
  void* const bytes = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (bytes == MAP_FAILED) fail(path_);
  data_ = static_cast<const char*>(bytes);
  size_ = size;
  static_cast<void>(page_size());  // known before a handler asks
  region_ = &claim_region();
  region_->torn = false;
  region_->begin = reinterpret_cast<std::uintptr_t>(data_);
  region_->size = size;
}

bool MappedFile::intact() const noexcept {
  if (data_ == nullptr) return true;
  if (region_->torn) return false;
  struct stat status {};
  if (::stat(path_.c_str(), &status) != 0) return true;  // removed: what is mapped stays
  const Identity now = identity_of(status);
  const bool same = now.device == identity_.device && now.number == identity_.number;
  return !same || now == identity_;
}

std::string MappedFile::fault() const {
  return path_ + ": it changed, or could not be read on, while it was read";
}

void MappedFile::require_intact() const {
  if (!intact()) throw Error(ErrorKind::input, fault());
}

std::size_t mapped_padding(std::size_t size) noexcept {
  const std::size_t page = page_size();
  return (page - size % page) % page;
}

bool absorb_bus_error(const void* address) noexcept {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  MappedRegion* const region = find_region(at);
  if (region == nullptr) return false;
  const int earlier = errno;
  const std::uintptr_t page = at - at % page_size();
  const std::size_t rest = region->begin + region->size - page;
  region->torn = true;
  void* const zeros = ::mmap(reinterpret_cast<void*>(page), rest, PROT_READ,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  errno = earlier;
  return zeros != MAP_FAILED;
}

}  // namespace lhcr
