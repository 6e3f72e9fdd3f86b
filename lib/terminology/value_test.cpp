// SPDX-License-Identifier: Apache-2.0
#include "terminology/value_test.hpp"

#include <algorithm>
#include <memory>

#include <re2/re2.h>

#include "base/text.hpp"

namespace lhcr::terminology {
namespace {

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

bool in_commas(std::string_view list, std::string_view wanted) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (trim(list.substr(0, comma)) == wanted) {
      return true;
    }
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

}  // namespace

ValueTest value_test(std::string_view op, std::string_view wanted) {
  if (op == "=") {
    return [wanted](std::string_view value) { return value == wanted; };
  }
  if (op == "in" || op == "not-in") {
    return [wanted](std::string_view value) { return in_commas(wanted, value); };
  }
  if (op == "exists") {
    return [](std::string_view) { return true; };
  }
  if (op != "regex") {
    return {};
  }
  auto pattern = std::make_shared<re2::RE2>(piece(wanted), re2::RE2::Quiet);
  if (!pattern->ok()) {
    return {};
  }
  return [pattern = std::move(pattern)](std::string_view value) {
    return re2::RE2::FullMatch(piece(value), *pattern);
  };
}

bool is_contrary(std::string_view op, std::string_view wanted) {
  return op == "not-in" || (op == "exists" && wanted == "false");
}

}  // namespace lhcr::terminology
