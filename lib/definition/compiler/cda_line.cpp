// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/cda_line.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "base/words.hpp"

namespace lhcr::definition::compiler {
namespace {

/// "a=b" as a and b; b is empty without '='.
std::pair<std::string_view, std::string_view> halves(std::string_view text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  return {text.substr(0, equals), text.substr(std::min(equals + 1, text.size()))};
}

}  // namespace

std::uint32_t count_of(std::string_view text) {
  std::uint32_t value = unbounded;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::optional<std::string_view> CdaLine::option(std::string_view key) const {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [&](const auto& one) { return one.first == key; });
  return found == options.end() ? std::nullopt : std::optional(found->second);
}

std::optional<CdaLine> read_cda_line(std::string_view text) {
  const std::vector<std::string_view> words = split_words(text);
  const std::size_t dots = words.size() < 3 ? std::string_view::npos : words[1].find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  CdaLine line;
  line.mark = words[0].front();
  std::tie(line.name, line.written) = halves(words[0].substr(1));
  line.min = count_of(words[1].substr(0, dots));
  line.max = count_of(words[1].substr(dots + 2));
  line.type_text = words[2];
  line.types = split_words(words[2], "|");
  for (std::size_t at = 3; at < words.size(); ++at) line.options.push_back(halves(words[at]));
  return line;
}

}  // namespace lhcr::definition::compiler
