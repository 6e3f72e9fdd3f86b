// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/disk_sync.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "base/error.hpp"

namespace lhcr::deliver {

DiskSync::DiskSync(const std::string& path)
    : path_(path),
      file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)),
      folder_(::open(std::filesystem::absolute(path).parent_path().c_str(),
                     O_RDONLY | O_CLOEXEC | O_DIRECTORY)) {
  if (file_.get() < 0) {
    throw Error(ErrorKind::input, path + ": " + std::strerror(errno));
  }
  thread_ = std::thread([this] { run(); });
}

DiskSync::~DiskSync() {
  {
    const std::lock_guard guard(lock_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void DiskSync::begin() {
  {
    const std::lock_guard guard(lock_);
    ++asked_;
  }
  changed_.notify_all();
}

void DiskSync::finish() {
  begin();
  std::unique_lock guard(lock_);
  changed_.wait(guard, [this] { return done_ == asked_ || fault_ != 0; });
  if (fault_ == 0) return;
  throw Error(ErrorKind::input, path_ + ": it cannot be made lasting: " + std::strerror(fault_));
}

/// Once something could not be made lasting, nothing is said to be any more: the system may have
/// forgotten it (fsync(2), EIO).
void DiskSync::run() {
  std::unique_lock guard(lock_);
  for (;;) {
    changed_.wait(guard, [this] { return stopping_ || asked_ > done_; });
    if (stopping_ || fault_ != 0) return;
    const std::uint64_t wanted = asked_;
    const bool first = done_ == 0;
    guard.unlock();
    // The name of a new file is in its folder.
    bool good = ::fdatasync(file_.get()) == 0;
    if (first && folder_.get() >= 0) good = ::fsync(folder_.get()) == 0 && good;
    const int fault = good ? 0 : errno;
    guard.lock();
    done_ = wanted;
    fault_ = fault;
    changed_.notify_all();
  }
}

}  // namespace lhcr::deliver
