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

/// Sections as they grow. The order by target goes with the rows, set by set.
struct SnomedBuilder::MemberSections {
  std::vector<Ordinal> members;
  std::vector<LinkRow> links;
  std::vector<MapRow> maps;
  std::vector<std::uint16_t> member_origins;
  std::vector<std::uint16_t> link_origins;
  std::vector<std::uint16_t> map_origins;
  std::vector<std::uint32_t> links_by_target;
  std::vector<std::uint32_t> maps_by_target;
};

/// Why concepts are inactive.
void SnomedBuilder::write_reasons() {
  std::vector<Ordinal> reasons(ids_.size() - active_, no_concept);
  for (const MemberIn& in : rows_.members) {
    const Ordinal at = ordinal(in.component);
    if (in.active && at != no_concept && at >= active_ &&
        rows_.refsets.values()[in.refset] == terminology::sctid::concept_inactivation) {
      reasons[at - active_] = ordinal(in.value);
    }
  }
  out_.add(Section::reason, reasons);
}

void SnomedBuilder::write_identifiers() {
  std::vector<terminology::IdentifierRow> rows;
  for (const IdentifierIn& in : rows_.identifiers) {
    const Ordinal meant = ordinal(in.component);
    if (meant != no_concept) {
      rows.push_back({in.text, ordinal(in.scheme), meant});
    }
  }
  const auto key = [&](const terminology::IdentifierRow& row) {
    return std::tuple(out_.strings().text(row.text), row.scheme, row.meant);
  };
  std::sort(rows.begin(), rows.end(),
            [&](const auto& left, const auto& right) { return key(left) < key(right); });
  out_.add(Section::identifier, rows);
}

void SnomedBuilder::write_refsets() {
  auto& all = rows_.members;
  const auto key = [](const MemberIn& in) { return std::pair(in.refset, !in.active); };
  std::sort(all.begin(), all.end(),
            [&](const MemberIn& left, const MemberIn& right) { return key(left) < key(right); });
  MemberSections out;
  std::vector<RefsetRow> refsets;
  std::vector<RefsetRow> inactive;
  std::size_t unknown = 0;
  for (auto at = all.begin(); at != all.end();) {
    const auto end =
        std::find_if(at, all.end(), [&](const MemberIn& in) { return key(in) != key(*at); });
    if (ordinal(rows_.refsets.values()[at->refset]) != no_concept) {
      const bool active = at->active;
      (active ? refsets : inactive).push_back(add_refset(std::span(at, end), out));
    } else {
      unknown += at->active ? 1U : 0U;
    }
    at = end;
  }
  if (unknown > 0) {
    notes_.say(std::to_string(unknown) +
               " reference set(s) have no concept here and were left out");
  }
  for (auto* rows : {&refsets, &inactive}) {
    std::sort(rows->begin(), rows->end(), [](const RefsetRow& left, const RefsetRow& right) {
      return left.refset < right.refset;
    });
  }
  info_.refsets = refsets.size();
  out_.add(Section::refset, refsets);
  out_.add(Section::refset_inactive, inactive);
  out_.add(Section::member, out.members);
  out_.add(Section::member_origin, out.member_origins);
  out_.add(Section::link, out.links);
  out_.add(Section::link_origin, out.link_origins);
  out_.add(Section::link_by_target, out.links_by_target);
  out_.add(Section::map_row, out.maps);
  out_.add(Section::map_origin, out.map_origins);
  out_.add(Section::map_by_target, out.maps_by_target);
  write_details();
}

namespace {

bool is_linked(RefsetKind kind) {
  return kind == RefsetKind::association || kind == RefsetKind::attribute_value;
}

std::uint32_t different_sources(std::span<const MemberIn> rows) {
  std::uint32_t count = 0;
  for (std::size_t at = 0; at < rows.size(); ++at) {
    count += at == 0 || rows[at].component != rows[at - 1].component ? 1U : 0U;
  }
  return count;
}

}  // namespace

/// Members of one set that are all active, or none of them.
RefsetRow SnomedBuilder::add_refset(std::span<MemberIn> rows, MemberSections& out) {
  const std::uint16_t number = rows.front().refset;
  const RefsetKind kind = rows_.kinds[number];
  RefsetRow row{ordinal(rows_.refsets.values()[number]), kind};
  row.columns = rows_.columns[number];
  for (MemberIn& in : rows) {
    in.component = ordinal(in.component);
    in.value = is_linked(kind) ? ordinal(in.value) : in.value;
  }
  const auto behind = std::partition(rows.begin(), rows.end(),
                                     [](const MemberIn& in) { return in.component != no_concept; });
  row.outside = static_cast<std::uint32_t>(rows.end() - behind);
  rows = rows.first(static_cast<std::size_t>(behind - rows.begin()));
  // Of a map by group and priority as well.
  std::sort(rows.begin(), rows.end(), [&](const MemberIn& left, const MemberIn& right) {
    if (left.component != right.component || kind != RefsetKind::map) {
      return std::tie(left.component, left.value, right.day) <
             std::tie(right.component, right.value, left.day);
    }
    const auto& a = rows_.details[left.detail].row;
    const auto& b = rows_.details[right.detail].row;
    return std::tie(a.block, a.group, a.priority, left.value) <
           std::tie(b.block, b.group, b.priority, right.value);
  });
  row.count = different_sources(rows);
  row.first = static_cast<std::uint32_t>(out.members.size());
  row.first_row = static_cast<std::uint32_t>(is_linked(kind) ? out.links.size() : out.maps.size());
  const bool has_rows = is_linked(kind) || kind == RefsetKind::map || row.columns != 0;
  row.row_count = has_rows ? static_cast<std::uint32_t>(rows.size()) : 0;
  if (!has_rows) {
    add_members(rows, out);
  } else if (is_linked(kind)) {
    add_links(rows, out);
  } else {
    add_maps(rows, out);
  }
  return row;
}

void SnomedBuilder::add_members(std::span<const MemberIn> rows, MemberSections& out) {
  for (std::size_t at = 0; at < rows.size(); ++at) {
    if (at == 0 || rows[at].component != rows[at - 1].component) {
      out.members.push_back(static_cast<Ordinal>(rows[at].component));
      out.member_origins.push_back(origin(rows[at].day, rows[at].module));
    }
  }
}

void SnomedBuilder::add_links(std::span<const MemberIn> rows, MemberSections& out) {
  const std::size_t first = out.links.size();
  for (const MemberIn& in : rows) {
    out.links.push_back({static_cast<Ordinal>(in.component), static_cast<Ordinal>(in.value)});
    out.link_origins.push_back(origin(in.day, in.module));
  }
  append_order(out.links_by_target, first, out.links.size(),
               [&](std::uint32_t left, std::uint32_t right) {
                 return out.links[left].target < out.links[right].target;
               });
}

void SnomedBuilder::add_maps(std::span<const MemberIn> rows, MemberSections& out) {
  const std::size_t first = out.maps.size();
  for (const MemberIn& in : rows) {
    out.maps.push_back(
        {static_cast<Ordinal>(in.component), static_cast<std::uint32_t>(in.value), in.detail});
    out.map_origins.push_back(origin(in.day, in.module));
  }
  append_order(out.maps_by_target, first, out.maps.size(),
               [&](std::uint32_t left, std::uint32_t right) {
                 return out_.strings().text(out.maps[left].target) <
                        out_.strings().text(out.maps[right].target);
               });
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
