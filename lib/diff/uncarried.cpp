// SPDX-License-Identifier: Apache-2.0
#include "diff/uncarried.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace lhcr::diff {
namespace {

constexpr std::string_view not_meant[] = {
#define LHCR_DIFF_KEY(type, paths)
#define LHCR_DIFF_ORDERED(type, name)
#define LHCR_DIFF_NOISE(type, name)
#define LHCR_DIFF_NOISE_IF(type, name, child, values)
#define LHCR_DIFF_MINOR(type, name)
#define LHCR_DIFF_LABEL(type, paths)
#define LHCR_DIFF_TEXT(type, paths)
#define LHCR_DIFF_WHOLE(type)
#define LHCR_DIFF_VALUE(type, paths)
#define LHCR_DIFF_DATE(type, paths)
#define LHCR_DIFF_WHO(type, paths)
#define LHCR_DIFF_NOT_MEANT(name) name,
#include "diff/rules.def"
#undef LHCR_DIFF_KEY
#undef LHCR_DIFF_ORDERED
#undef LHCR_DIFF_NOISE
#undef LHCR_DIFF_NOISE_IF
#undef LHCR_DIFF_MINOR
#undef LHCR_DIFF_LABEL
#undef LHCR_DIFF_TEXT
#undef LHCR_DIFF_WHOLE
#undef LHCR_DIFF_VALUE
#undef LHCR_DIFF_DATE
#undef LHCR_DIFF_WHO
#undef LHCR_DIFF_NOT_MEANT
};

/// The path without the places of repeated elements.
std::string without_places(std::string_view path) {
  std::string out;
  bool inside = false;
  for (const char byte : path) {
    inside = inside || byte == '[';
    if (!inside) out += byte;
    inside = inside && byte != ']';
  }
  return out;
}

bool is_meant(std::string_view path) {
  const std::size_t start = path.rfind('/');
  std::string_view last = path.substr(start == std::string_view::npos ? 0 : start + 1);
  std::string_view before = start == std::string_view::npos ? "" : path.substr(0, start);
  before = before.substr(before.rfind('/') == std::string_view::npos ? 0 : before.rfind('/') + 1);
  return std::none_of(std::begin(not_meant), std::end(not_meant), [&](std::string_view name) {
    return name == last || (last.starts_with('@') && name == before);
  });
}

using Key = std::pair<std::string, std::size_t>;

std::map<Key, std::vector<const Uncarried*>> by_key(const std::vector<Uncarried>& all,
                                                    bool strict) {
  std::map<Key, std::vector<const Uncarried*>> found;
  for (const Uncarried& each : all) {
    std::string path = without_places(each.path);
    if (strict || is_meant(path)) found[{std::move(path), each.hash}].push_back(&each);
  }
  return found;
}

Line told(What what, const Uncarried* left, const Uncarried* right) {
  Line line;
  line.what = what;
  line.path = line.full_path = (left != nullptr ? left : right)->path;
  if (left != nullptr) line.before = left->value;
  if (right != nullptr) line.after = right->value;
  return line;
}

}  // namespace

void add_uncarried(const std::vector<Uncarried>& left, const std::vector<Uncarried>& right,
                   bool strict, std::string_view record, Result& result) {
  const auto lefts = by_key(left, strict);
  auto rights = by_key(right, strict);
  std::map<std::string_view, std::pair<const Uncarried*, const Uncarried*>> rest;  // by path
  for (const auto& [key, items] : lefts) {
    std::vector<const Uncarried*>& others = rights[key];
    const std::size_t same = std::min(items.size(), others.size());
    for (std::size_t at = same; at < items.size(); ++at) rest[items[at]->path].first = items[at];
    others.erase(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(same));
  }
  for (const auto& [key, items] : rights) {
    for (const Uncarried* item : items) rest[item->path].second = item;
  }
  if (rest.empty()) return;
  Section section;
  section.type = "Not carried by the conversion";
  section.record = record;
  for (const auto& [path, pair] : rest) {
    const auto& [one, other] = pair;
    const What what = one == nullptr     ? What::added
                      : other == nullptr ? What::removed
                                         : What::changed;
    section.lines.push_back(told(what, one, other));
  }
  result.sections.push_back(std::move(section));
}

}  // namespace lhcr::diff
