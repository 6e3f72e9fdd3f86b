// SPDX-License-Identifier: Apache-2.0
#include "terminology/store/code_list.hpp"

#include <algorithm>
#include <utility>

#include "terminology/store/words.hpp"

namespace lhcr::terminology {

ListedCode CodeList::at(std::uint32_t row) const noexcept {
  if (row >= rows().size()) {
    return {};
  }
  const CodeRow& found = rows()[row];
  return {row, image_.text(found.code), image_.text(found.display),
          (found.flags & code_active) != 0};
}

std::optional<ListedCode> CodeList::find(std::string_view code) const {
  const auto all = rows();
  const auto found = std::lower_bound(
      all.begin(), all.end(), code,
      [&](const CodeRow& row, std::string_view wanted) { return image_.text(row.code) < wanted; });
  if (found != all.end() && image_.text(found->code) == code) {
    return at(static_cast<std::uint32_t>(found - all.begin()));
  }
  return image_.meta("case") == "any" ? find_in_any_case(code) : std::nullopt;
}

std::optional<ListedCode> CodeList::find_in_any_case(std::string_view code) const {
  const auto all = rows();
  const auto found = std::find_if(all.begin(), all.end(), [&](const CodeRow& row) {
    return equal_but_case(image_.text(row.code), code);
  });
  return found == all.end() ? std::nullopt
                            : std::optional(at(static_cast<std::uint32_t>(found - all.begin())));
}

std::vector<CodeProperty> CodeList::properties(const ListedCode& code) const {
  std::vector<CodeProperty> made;
  if (code.row >= rows().size()) {
    return made;
  }
  const CodeRow& row = rows()[code.row];
  for (const PropertyRow& one :
       part(image_.rows<PropertyRow>(Section::property), row.first, row.count)) {
    made.push_back({image_.text(one.name), image_.text(one.value)});
  }
  return made;
}

std::string_view CodeList::property(const ListedCode& code, std::string_view name) const {
  for (const CodeProperty& one : properties(code)) {
    if (one.name == name) {
      return one.value;
    }
  }
  return {};
}

std::vector<ListedCode> CodeList::with(std::string_view name, std::string_view value) const {
  const auto all = image_.rows<PropertyRow>(Section::property);
  const auto order = image_.rows<std::uint32_t>(Section::by_value);
  const auto key = [&](std::uint32_t row) {
    return row < all.size() ? std::pair(image_.text(all[row].name), image_.text(all[row].value))
                            : std::pair<std::string_view, std::string_view>();
  };
  const std::pair wanted(name, value);
  std::vector<ListedCode> made;
  auto found =
      std::lower_bound(order.begin(), order.end(), wanted,
                       [&](std::uint32_t row, const auto& other) { return key(row) < other; });
  for (; found != order.end() && *found < all.size() && key(*found) == wanted; ++found) {
    made.push_back(at(all[*found].owner));
  }
  return made;
}

bool CodeList::has_property(std::string_view name) const {
  const auto all = image_.rows<PropertyRow>(Section::property);
  const auto order = image_.rows<std::uint32_t>(Section::by_value);
  const auto name_of = [&](std::uint32_t row) {
    return row < all.size() ? image_.text(all[row].name) : std::string_view{};
  };
  const auto found = std::lower_bound(
      order.begin(), order.end(), name,
      [&](std::uint32_t row, std::string_view wanted) { return name_of(row) < wanted; });
  return found != order.end() && name_of(*found) == name;
}

std::vector<ListedCode> CodeList::search(std::string_view words, std::size_t limit) const {
  const std::string plain = folded(words);
  const auto wanted = words_of(plain);
  std::vector<ListedCode> made;
  for (std::uint32_t row = 0; row < rows().size() && made.size() < limit && !wanted.empty();
       ++row) {
    const ListedCode one = at(row);
    const std::string display = folded(one.display);
    if (match_words(words_of(display), wanted)) {
      made.push_back(one);
    }
  }
  return made;
}

}  // namespace lhcr::terminology
