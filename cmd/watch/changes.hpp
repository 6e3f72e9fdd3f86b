// SPDX-License-Identifier: Apache-2.0
/// Tells that files change. The one place that knows how the system does that.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace lhcr::cmd {

/// Watches files and folders with all that is below them.
class Changes {
 public:
  /// Of a file its folder is watched, since editors put a new file in its place. Throws
  /// Error{input} when the system cannot watch.
  /// `outputs`: files and folders whose changes do not count.
  Changes(const std::vector<std::string>& paths, const std::vector<std::string>& outputs);
  Changes(const Changes&) = delete;
  Changes& operator=(const Changes&) = delete;
  ~Changes();

  /// Waits for a change, and then until it has been quiet for a moment.
  void wait();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lhcr::cmd
