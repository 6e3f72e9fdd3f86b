// SPDX-License-Identifier: Apache-2.0
/// What commands other than `lhcr validate` say on standard error about their inputs.
#pragma once

#include <memory>
#include <string>

#include "cmd/run/process.hpp"
#include "finding/finding.hpp"
#include "finding/report.hpp"

namespace lhcr::cmd {

/// Collects what is wrong with records while they are read, and puts it into Done as lines of text.
class Messages {
 public:
  explicit Messages(bool colour);
  [[nodiscard]] finding::Collector& sink() noexcept { return findings_; }
  void clear() { findings_.clear(); }
  /// Renders the findings of severity `least` and worse, counts the record, and forgets them.
  void hand_over(const std::string& input, const format::Record& record, finding::Severity least,
                 Done& done);
  /// Says that an input cannot be read.
  static void unreadable(const std::string& why, Done& done);

 private:
  std::unique_ptr<finding::Report> report_;
  finding::Collector findings_;
};

}  // namespace lhcr::cmd
