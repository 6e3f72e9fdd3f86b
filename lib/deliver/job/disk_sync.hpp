// SPDX-License-Identifier: Apache-2.0
/// Makes a file lasting in a thread of its own, so that who writes to it need not wait for the
/// disk.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "base/file.hpp"

namespace lhcr::deliver {

/// Used by one thread.
class DiskSync {
 public:
  /// `path`: a file that is there, and that stays the same file. Throws Error{input} when it cannot
  /// be opened.
  explicit DiskSync(const std::string& path);
  /// Ends without another look at the disk.
  ~DiskSync();
  DiskSync(const DiskSync&) = delete;
  DiskSync& operator=(const DiskSync&) = delete;

  /// Asks for everything written so far to be made lasting; returns at once.
  void begin();
  /// Returns when everything that was written before is on the disk. Throws Error{input} when that
  /// cannot be.
  void finish();

 private:
  void run();

  std::string path_;
  Descriptor file_;
  Descriptor folder_;
  std::mutex lock_;
  std::condition_variable changed_;
  std::uint64_t asked_ = 0;
  std::uint64_t done_ = 0;  ///< of what was asked
  int fault_ = 0;           ///< errno
  bool stopping_ = false;
  std::thread thread_;  ///< last, so that it starts when everything else is there
};

}  // namespace lhcr::deliver
