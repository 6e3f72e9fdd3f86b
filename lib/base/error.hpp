// SPDX-License-Identifier: Apache-2.0
/// The one exception of the library. A bad record is a finding and never a throw; an Error is for
/// what ends the run.
#pragma once

#include <stdexcept>
#include <string>

namespace lhcr {

/// What went wrong, in the terms of the exit codes that every command shares.
enum class ErrorKind {
  usage,     ///< exit 2: the call cannot be carried out as asked
  input,     ///< exit 3: input, map, view or package cannot be read
  endpoint,  ///< exit 4: endpoint or network
  internal,  ///< exit 5: a fault of this program
};

/// Carries a message for the user: what happened, where (file:line:col when known) and what to try.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& text) : std::runtime_error(text), kind_(kind) {}
  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

}  // namespace lhcr
