// SPDX-License-Identifier: Apache-2.0
#include "format/json/json_index.hpp"

#include <algorithm>
#include <new>

#include <simdjson.h>

namespace lhcr::format {

struct JsonIndex::State {
  simdjson::dom::parser parser;  // of which only the first stage runs: it finds the tokens
  std::size_t least = 0;
  std::size_t capacity = 0;
};

JsonIndex::JsonIndex(std::size_t least) : state_(std::make_unique<State>()) {
  state_->least = least;
}
JsonIndex::~JsonIndex() = default;

bool JsonIndex::find(std::string_view text) {
  State& state = *state_;
  if (text.size() > largest_text) {
    return false;
  }
  if (text.size() > state.capacity || !state.parser.implementation) {
    const std::size_t wanted = std::min(std::max(text.size() * 2, state.least), largest_text);
    state.capacity = 0;
    const auto error = state.parser.allocate(wanted, 1);
    if (error != simdjson::SUCCESS) {
      throw std::bad_alloc();
    }
    state.capacity = wanted;
  }
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  return state.parser.implementation->stage1(bytes, text.size(), simdjson::stage1_mode::regular) ==
         simdjson::SUCCESS;
}

std::span<const std::uint32_t> JsonIndex::tokens() const noexcept {
  const auto& found = *state_->parser.implementation;
  return {found.structural_indexes.get(), found.n_structural_indexes};
}

std::span<const std::uint32_t> JsonIndex::tokens_and_end() const noexcept {
  const auto& found = *state_->parser.implementation;
  return {found.structural_indexes.get(), std::size_t{found.n_structural_indexes} + 1};
}

}  // namespace lhcr::format
