// SPDX-License-Identifier: Apache-2.0
#include "release/notes.hpp"

namespace lhcr::release {

void Notes::refuse(const std::string& file, std::uint64_t line, const std::string& why) {
  ++refused_;
  if (examples_.size() < kept) {
    examples_.push_back(file + ":" + std::to_string(line) + ": " + why);
  }
}

}  // namespace lhcr::release
