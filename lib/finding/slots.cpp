// SPDX-License-Identifier: Apache-2.0
#include "finding/slots.hpp"

#include <algorithm>
#include <optional>

#include "finding/finding.hpp"

namespace lhcr::finding {
namespace {

/// The number in a slot "{N}" at `at`, or nothing.
std::optional<std::size_t> slot_at(std::string_view text, std::size_t at) {
  const bool slot = at + 2 < text.size() && text[at] == '{' && text[at + 2] == '}' &&
                    text[at + 1] >= '0' && text[at + 1] <= '9';
  return slot ? std::optional(static_cast<std::size_t>(text[at + 1] - '0')) : std::nullopt;
}

std::size_t slots_of(std::string_view text) {
  std::size_t needed = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto slot = slot_at(text, at);
    needed = slot ? std::max(needed, *slot + 1) : needed;
  }
  return needed;
}

/// Whether a text is one slot and nothing else, which may have no argument.
bool is_slot(std::string_view text) {
  return text.size() == 3 && slot_at(text, 0).has_value();
}

bool has_slot(std::string_view text, std::size_t slot) {
  return text.find('{' + std::to_string(slot) + '}') != std::string_view::npos;
}

}  // namespace

std::string fill(std::string_view text, const std::vector<std::string>& arguments) {
  std::string filled;
  if (is_slot(text) && *slot_at(text, 0) >= arguments.size()) return filled;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (const auto slot = slot_at(text, at)) {
      filled += *slot < arguments.size() ? arguments[*slot] : "?";
      at += 2;
    } else {
      filled += text[at];
    }
  }
  return filled;
}

Arity arity_of(std::string_view text, std::string_view hint) {
  const std::size_t in_text = slots_of(text);
  const std::size_t most = std::max(in_text, slots_of(hint));
  return {is_slot(hint) ? in_text : most, most};
}

bool skips_a_slot(std::string_view text, std::string_view hint) {
  for (std::size_t slot = 0; slot < arity_of(text, hint).most; ++slot) {
    if (!has_slot(text, slot) && !has_slot(hint, slot)) return true;
  }
  return false;
}

}  // namespace lhcr::finding
