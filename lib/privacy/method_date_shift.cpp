// SPDX-License-Identifier: Apache-2.0
/// dateShift: dates of one scope move by the same number of days, so that intervals hold.
#include <cstdlib>

#include "base/names.hpp"
#include "privacy/dates.hpp"

namespace lhcr::privacy {
namespace {

constexpr int farthest_shift = 50;  // days, either way
constexpr int nearest_shift = 7;    // days: what moves less is still told

/// Microsoft's anonymiser computes the offset so; a policy that both read moves dates alike.
int keyed_offset(std::string_view prefix, std::string_view key) {
  constexpr int radix = 131;
  constexpr int range = 2 * farthest_shift + 1;
  int offset = 0;
  for (const std::string_view part : {prefix, key}) {
    for (const char byte : part) {
      offset = (offset * radix + static_cast<unsigned char>(byte)) % range;
    }
  }
  return offset - farthest_shift;
}

std::string_view id_of(const Work& work, tree::NodeId resource) {
  const tree::NodeId id = work.tree.child(resource, name::id);
  return id == tree::no_node ? std::string_view() : work.text(id);
}

/// Who the part of the resource around a node is about.
std::string_view person_at(const Work& work, tree::NodeId node) {
  if (!work.persons.empty()) {
    for (; node != work.resource && node != tree::no_node; node = work.tree[node].parent) {
      const auto found = work.persons.find(node);
      if (found != work.persons.end()) return found->second;
    }
  }
  return work.patient;
}

std::string_view scope_key(const Work& work, tree::NodeId node) {
  switch (work.policy.parameters.shift_scope) {
    case ShiftScope::patient:
      return person_at(work, node);
    case ShiftScope::resource:
      return id_of(work, tree::root_node);
    case ShiftScope::run:
      break;
  }
  return {};
}

int offset_of(const Work& work, tree::NodeId node) {
  const Parameters& given = work.policy.parameters;
  if (given.fixed_shift) return *given.fixed_shift;
  const int offset = keyed_offset(scope_key(work, node), work.keys.date_shift);
  // A key of Microsoft's kind has to give what theirs gives, also when that hides nothing.
  if (given.date_shift_key.kind == KeySource::Kind::literal || std::abs(offset) >= nearest_shift) {
    return offset;
  }
  return offset < 0 ? -farthest_shift - offset : farthest_shift - offset;
}

/// The zone as it was written; an instant says it in numbers.
std::string zone_of(std::string_view text, bool instant) {
  if (text.ends_with('Z')) return instant ? "+00:00" : "Z";
  const std::size_t sign = text.find_last_of("+-");
  return sign == std::string_view::npos || sign < 11 ? std::string()
                                                     : std::string(text.substr(sign));
}

}  // namespace

bool is_date(const Work& work, tree::NodeId node) {
  const definition::TypeId type = work.tree[node].type;
  return type != definition::no_type &&
         (type == work.types.date || type == work.types.date_time || type == work.types.instant);
}

std::optional<DateTime> lenient_date(std::string_view text) {
  for (const std::size_t length : {std::size_t{10}, std::size_t{7}, std::size_t{4}}) {
    if (text.size() < length) continue;
    if (const auto date = DateTime::parse_date(text.substr(0, length))) return date;
  }
  return std::nullopt;
}

bool tells_high_age(const DateTime& born, const DateTime& today) {
  const bool later_in_year =
      born.month > today.month || (born.month == today.month && born.day > today.day);
  return today.year - born.year - (later_in_year ? 1 : 0) > 89;
}

Effect shift_date(Work& work, const CompiledRule&, tree::NodeId node) {
  if (!work.has_value(node) || !is_date(work, node)) return Effect::none;
  const std::string_view text = work.text(node);
  const auto date = lenient_date(text);
  if (!date || date->precision < Precision::day || tells_high_age(*date, work.today)) {
    return redact_date(work, node);
  }
  const auto moved = add(*date, offset_of(work, node), CalendarUnit::day);
  if (!moved) return redact_date(work, node);
  std::string out = moved->text();
  // The time of day would tell a shifted visit from all others.
  if (text.size() > 11 && text[10] == 'T') {
    out += "T00:00:00" + zone_of(text, work.tree[node].type == work.types.instant);
  }
  work.set_text(node, out);
  return Effect::perturbed;
}

}  // namespace lhcr::privacy
