// SPDX-License-Identifier: Apache-2.0
#include "release/lists/list_builder.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "terminology/store/systems.hpp"

namespace lhcr::release {

using terminology::CodeRow;
using terminology::PropertyRow;
using terminology::Section;

std::uint32_t ListBuilder::code(std::string_view code, std::string_view display, bool active) {
  const std::uint32_t text = strings_.add(code);
  const auto [found, fresh] = numbers_.emplace(text, static_cast<std::uint32_t>(rows_.size()));
  if (fresh) {
    rows_.push_back({text, strings_.add(display), active ? terminology::code_active : 0U, 0, 0});
  } else if (rows_[found->second].display == 0) {
    set_display(found->second, display);
  }
  return found->second;
}

void ListBuilder::set_display(std::uint32_t row, std::string_view display) {
  rows_[row].display = strings_.add(display);
}

void ListBuilder::set_active(std::uint32_t row, bool active) {
  rows_[row].flags = active ? terminology::code_active : 0U;
}

void ListBuilder::property(std::uint32_t row, std::string_view name, std::string_view value) {
  if (!value.empty()) {
    properties_.push_back({strings_.add(name), strings_.add(value), row});
  }
}

std::uint32_t ListBuilder::find(std::string_view code) const {
  const auto found = numbers_.find(strings_.find(code));
  return found == numbers_.end() ? none : found->second;
}

/// Sorts codes by text and their properties with them; old numbers become new ones.
std::vector<std::uint32_t> ListBuilder::sort_codes() {
  std::vector<std::uint32_t> order(rows_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t left, std::uint32_t right) {
    return strings_.text(rows_[left].code) < strings_.text(rows_[right].code);
  });
  std::vector<std::uint32_t> place(rows_.size());
  std::vector<CodeRow> sorted;
  for (const std::uint32_t row : order) {
    place[row] = static_cast<std::uint32_t>(sorted.size());
    sorted.push_back(rows_[row]);
  }
  rows_.swap(sorted);
  for (PropertyRow& one : properties_) {
    one.owner = place[one.owner];
  }
  std::stable_sort(
      properties_.begin(), properties_.end(),
      [](const PropertyRow& left, const PropertyRow& right) { return left.owner < right.owner; });
  for (std::uint32_t at = 0; at < properties_.size(); ++at) {
    CodeRow& owner = rows_[properties_[at].owner];
    owner.first = owner.count == 0 ? at : owner.first;
    ++owner.count;
  }
  std::vector<std::uint32_t> by_value(properties_.size());
  std::iota(by_value.begin(), by_value.end(), 0U);
  std::sort(by_value.begin(), by_value.end(), [&](std::uint32_t left, std::uint32_t right) {
    const PropertyRow& a = properties_[left];
    const PropertyRow& b = properties_[right];
    return std::tuple(strings_.text(a.name), strings_.text(a.value), left) <
           std::tuple(strings_.text(b.name), strings_.text(b.value), right);
  });
  return by_value;
}

Added ListBuilder::write(const std::string& folder, ListName name) {
  const terminology::CodeSystemName* known = terminology::find_code_system(name.name);
  name.version = name.version.empty() ? "1" : plain_name(name.version);
  const std::string path = folder + "/" + name.name + "#" + name.version + ".image";
  const std::vector<std::uint32_t> by_value = sort_codes();
  const auto active =
      static_cast<std::size_t>(std::count_if(rows_.begin(), rows_.end(), [](const CodeRow& row) {
        return (row.flags & terminology::code_active) != 0;
      }));
  terminology::ImageWriter out(path, std::move(strings_));
  out.set_meta("kind", "list");
  out.set_meta("name", name.name);
  out.set_meta("version", name.version);
  out.set_meta("title", name.title.empty() && known != nullptr ? known->title : name.title);
  out.set_meta("system", name.system.empty() && known != nullptr ? known->canonical : name.system);
  if (name.any_case) {
    out.set_meta("case", "any");
  }
  out.set_meta("codes", std::to_string(rows_.size()));
  out.set_meta("active", std::to_string(active));
  out.add(Section::code, rows_);
  out.add(Section::property, properties_);
  out.add(Section::by_value, by_value);
  out.finish();
  return {name.name,
          name.version,
          path,
          {std::to_string(rows_.size()) + " codes, " + std::to_string(active) + " of them active"}};
}

std::string day_in(std::string_view name) {
  constexpr std::size_t day = 8;
  std::size_t digits = 0;
  for (std::size_t at = 0; at < name.size(); ++at) {
    digits = name[at] >= '0' && name[at] <= '9' ? digits + 1 : 0;
    if (digits == day) {
      return std::string(name.substr(at + 1 - day, day));
    }
  }
  return {};
}

std::string plain_name(std::string_view text) {
  std::string made(text);
  for (char& byte : made) {
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                       (byte >= 'A' && byte <= 'Z') || byte == '.' || byte == '-';
    byte = plain ? byte : '-';
  }
  return made.empty() || made.front() == '.' ? "-" + made : made;
}

}  // namespace lhcr::release
