// SPDX-License-Identifier: Apache-2.0
/// What is to be told of the reading of a release: rows that were refused, and what is missing.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lhcr::release {

class Notes {
 public:
  /// A row that cannot be used; the first ones are kept with their place.
  void refuse(const std::string& file, std::uint64_t line, const std::string& why);
  /// Something about the release as a whole.
  void say(std::string text) { texts_.push_back(std::move(text)); }

  [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }
  [[nodiscard]] const std::vector<std::string>& examples() const noexcept { return examples_; }
  [[nodiscard]] const std::vector<std::string>& texts() const noexcept { return texts_; }

 private:
  static constexpr std::size_t kept = 10;
  std::uint64_t refused_ = 0;
  std::vector<std::string> examples_;
  std::vector<std::string> texts_;
};

}  // namespace lhcr::release
