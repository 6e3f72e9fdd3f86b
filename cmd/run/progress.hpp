// SPDX-License-Identifier: Apache-2.0
/// How far work on inputs has come, and how long its parts took.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cmd/command.hpp"
#include "cmd/run/inputs.hpp"

namespace lhcr::cmd {

/// "218.3 MB" (MB are 10^6 bytes).
[[nodiscard]] std::string size_text(std::uint64_t bytes);
/// "0:07", "1:02:07".
[[nodiscard]] std::string duration_text(std::chrono::seconds duration);

/// ", 0:12 left" at the rate so far; empty when there is nothing to tell it from.
[[nodiscard]] std::string left_text(std::uint64_t done, std::uint64_t total,
                                    std::chrono::milliseconds took);
/// What the status line says after `done` bytes of `total` (0: not known).
[[nodiscard]] std::string progress_text(std::uint64_t done, std::uint64_t total,
                                        std::chrono::milliseconds took);

/// Counts bytes and keeps the status line of a terminal up to date once work has taken a second.
class Progress {
 public:
  /// `shown`: whether there is a terminal that wants it.
  Progress(const std::vector<Input>& inputs, bool shown);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();
  void add(std::uint64_t bytes);

 private:
  using Clock = std::chrono::steady_clock;
  bool shown_;
  std::uint64_t total_ = 0;
  std::uint64_t done_ = 0;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point next_ = begin_ + std::chrono::seconds(1);
};

/// The phases of a run, for --verbose: a line on standard error when the run is over.
class Timings {
 public:
  Timings(const Io& io, bool wanted) : io_(io), wanted_(wanted) {}
  /// What has gone by since the last call was `name`.
  void phase(std::string name);
  /// "lhcr: 0.004 s start, 3.012 s records, 0.000 s report; 22.1 MB of memory at most"
  void finish() const;

 private:
  using Clock = std::chrono::steady_clock;
  const Io& io_;
  bool wanted_;
  Clock::time_point since_ = Clock::now();
  std::vector<std::pair<std::string, double>> phases_;  ///< name, seconds
};

}  // namespace lhcr::cmd
