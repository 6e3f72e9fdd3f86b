// SPDX-License-Identifier: Apache-2.0
/// Reference sets: members, links to other components, maps.
#include <algorithm>
#include <numeric>
#include <tuple>

#include "release/snomed/builder.hpp"

namespace lhcr::release {
namespace {

using terminology::LinkRow;
using terminology::MapRow;
using terminology::no_concept;
using terminology::Ordinal;
using terminology::RefsetKind;
using terminology::RefsetRow;
using terminology::Section;

/// Numbers of rows from `first` on, sorted.
template <typename Less>
void append_order(std::vector<std::uint32_t>& order, std::size_t first, std::size_t end,
                  const Less& less) {
  const auto from = static_cast<std::ptrdiff_t>(order.size());
  order.resize(order.size() + (end - first));
  std::iota(order.begin() + from, order.end(), static_cast<std::uint32_t>(first));
  std::stable_sort(order.begin() + from, order.end(), less);
}

}  // namespace

void SnomedBuilder::write_refsets() {
  std::stable_sort(
      rows_.members.begin(), rows_.members.end(),
      [](const MemberIn& left, const MemberIn& right) { return left.refset < right.refset; });
  std::vector<RefsetRow> refsets;
  std::vector<Ordinal> members;
  std::vector<LinkRow> links;
  std::vector<MapRow> maps;
  std::vector<std::uint32_t> links_by_target;
  std::vector<std::uint32_t> maps_by_target;
  std::size_t unknown = 0;
  for (std::size_t at = 0; at < rows_.members.size();) {
    const std::uint16_t number = rows_.members[at].refset;
    RefsetRow row{ordinal(rows_.refsets.values()[number]), rows_.kinds[number],
                  static_cast<std::uint32_t>(members.size())};
    const bool linked =
        row.kind == RefsetKind::association || row.kind == RefsetKind::attribute_value;
    row.first_row = static_cast<std::uint32_t>(linked ? links.size() : maps.size());
    for (; at < rows_.members.size() && rows_.members[at].refset == number; ++at) {
      const MemberIn& in = rows_.members[at];
      const Ordinal source = ordinal(in.component);
      if (source == no_concept) {
        ++row.outside;
        continue;
      }
      members.push_back(source);
      if (linked) {
        links.push_back({source, ordinal(in.value)});
      } else if (row.kind == RefsetKind::map) {
        maps.push_back({source, static_cast<std::uint32_t>(in.value), in.detail});
      }
    }
    if (row.refset == no_concept) {
      ++unknown;
      members.resize(row.first);
      links.resize(linked ? row.first_row : links.size());
      maps.resize(row.kind == RefsetKind::map ? row.first_row : maps.size());
      continue;
    }
    const auto begin = members.begin() + row.first;
    std::sort(begin, members.end());
    members.erase(std::unique(begin, members.end()), members.end());
    row.count = static_cast<std::uint32_t>(members.size()) - row.first;
    finish_rows(row, links, maps);
    members.resize(row.row_count > 0 ? row.first : members.size());
    append_order(links_by_target, links_by_target.size(), links.size(),
                 [&](std::uint32_t left, std::uint32_t right) {
                   return links[left].target < links[right].target;
                 });
    append_order(maps_by_target, maps_by_target.size(), maps.size(),
                 [&](std::uint32_t left, std::uint32_t right) {
                   return out_.strings().text(maps[left].target) <
                          out_.strings().text(maps[right].target);
                 });
    refsets.push_back(row);
  }
  if (unknown > 0) {
    notes_.say(std::to_string(unknown) +
               " reference set(s) have no concept here and were left out");
  }
  std::sort(refsets.begin(), refsets.end(), [](const RefsetRow& left, const RefsetRow& right) {
    return left.refset < right.refset;
  });
  info_.refsets = refsets.size();
  out_.add(Section::refset, refsets);
  out_.add(Section::member, members);
  out_.add(Section::link, links);
  out_.add(Section::link_by_target, links_by_target);
  out_.add(Section::map_row, maps);
  out_.add(Section::map_by_target, maps_by_target);
  write_details();
}

/// Rows of a set by source; of a map by group and priority as well.
void SnomedBuilder::finish_rows(RefsetRow& row, std::vector<LinkRow>& links,
                                std::vector<MapRow>& maps) const {
  if (row.kind == RefsetKind::map) {
    std::sort(maps.begin() + row.first_row, maps.end(),
              [&](const MapRow& left, const MapRow& right) {
                const auto& a = rows_.details[left.detail].row;
                const auto& b = rows_.details[right.detail].row;
                return std::tie(left.source, a.block, a.group, a.priority, left.target) <
                       std::tie(right.source, b.block, b.group, b.priority, right.target);
              });
    row.row_count = static_cast<std::uint32_t>(maps.size()) - row.first_row;
  } else if (row.kind == RefsetKind::association || row.kind == RefsetKind::attribute_value) {
    std::sort(links.begin() + row.first_row, links.end(),
              [](const LinkRow& left, const LinkRow& right) {
                return std::tie(left.source, left.target) < std::tie(right.source, right.target);
              });
    row.row_count = static_cast<std::uint32_t>(links.size()) - row.first_row;
  }
}

void SnomedBuilder::write_details() {
  std::vector<terminology::DetailRow> details;
  for (DetailIn& in : rows_.details) {
    in.row.correlation = ordinal(in.correlation);
    in.row.category = ordinal(in.category);
    details.push_back(in.row);
  }
  out_.add(Section::map_detail, details);
}

}  // namespace lhcr::release
