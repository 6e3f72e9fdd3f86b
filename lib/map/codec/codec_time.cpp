// SPDX-License-Identifier: Apache-2.0
// TS and intervals of it. CDA: YYYYMMDDhhmmss.fff+zzzz, cut anywhere; FHIR: with
// separators, whole seconds and a time zone once there is a time.
#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

#include "base/date_time.hpp"
#include "base/names.hpp"
#include "base/number_in.hpp"
#include "map/codec/codec_functions.hpp"
#include "map/run/run.hpp"

namespace lhcr::map {
namespace {

// The exact CDA text where FHIR cannot say the same (a time without a zone).
constexpr std::string_view exact_url = "urn:hl7-org:v3:TS.value";

// What was written where no time of FHIR can be told.
constexpr std::string_view original_url = "http://hl7.org/fhir/StructureDefinition/originalText";

bool digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string date_part(std::string_view number) {
  std::string out(number.substr(0, 4));
  if (number.size() >= 6) {
    out += "-";
    out += number.substr(4, 2);
  }
  if (number.size() >= 8) {
    out += "-";
    out += number.substr(6, 2);
  }
  return out;
}

bool plausible(std::string_view number) {
  const auto two = [&](std::size_t at, int low, int high) {
    if (number.size() < at + 2) {
      return true;
    }
    const int value = (number[at] - '0') * 10 + (number[at + 1] - '0');
    return value >= low && value <= high;
  };
  // A year of another time is a date in another order.
  constexpr std::string_view first_year = "1800";
  constexpr std::size_t most_digits = 14;
  if (number.size() < 4 || number.size() > most_digits || number.size() % 2 != 0 ||
      number.substr(0, 4) < first_year || !two(4, 1, 12) || !two(6, 1, 31) || !two(8, 0, 23) ||
      !two(10, 0, 59) || !two(12, 0, 60)) {
    return false;
  }
  const auto part = [&](std::size_t at, std::size_t size) {
    int value = 0;
    std::from_chars(number.data() + at, number.data() + at + size, value);
    return value;
  };
  return number.size() < 8 || part(6, 2) <= days_in_month(part(0, 4), part(4, 2));
}

std::string zone_part(std::string_view zone) {
  if (zone == "Z" || zone == "z") {
    return "Z";
  }
  const auto two = [&](std::size_t at) { return (zone[at] - '0') * 10 + (zone[at + 1] - '0'); };
  if ((zone.size() != 3 && zone.size() != 5) || !digits(zone.substr(1)) || two(1) > 14 ||
      (zone.size() >= 5 && two(3) > 59)) {
    return {};
  }
  return std::string(zone.substr(0, 3)) + ":" +
         (zone.size() >= 5 ? std::string(zone.substr(3, 2)) : "00");
}

// What a date of birth has of the time.
constexpr std::string_view birth = "birth";
constexpr std::string_view birth_time_url =
    "http://hl7.org/fhir/StructureDefinition/patient-birthTime";

/// The hour of birth beside its date; `exact` when the way back gives the same text.
void add_birth_time(const Call& call, tree::NodeId to, std::string_view ts, bool& exact) {
  Run& run = call.run;
  const std::string time = fhir_time(ts, "dateTime", exact);
  if (time.find('T') == time.npos) {
    return;
  }
  const tree::NodeId extension = run.fresh(name::extension);
  run.add(extension, name::url, birth_time_url);
  run.add_copy(extension, name::value_date_time, time);
  run.attach(to, extension);
}

/// What is no time of FHIR: its text beside the value that is not there, for the reader and for the
/// way back.
bool keep_text(const Call& call, tree::NodeId to, std::string_view ts) {
  Run& run = call.run;
  const std::string_view number = ts.substr(0, ts.find_first_of("+-."));
  const std::string_view rest = ts.substr(number.size());
  constexpr std::size_t most_digits = 14;
  constexpr std::size_t most_of_zone = 5;
  // What the schema of CDA takes for a time.
  if (number.empty() || number.size() > most_digits || !digits(number) ||
      (!rest.empty() && (rest.size() > most_of_zone || !digits(rest.substr(1))))) {
    return false;
  }
  const tree::NodeId extension = run.fresh(name::extension);
  run.add(extension, name::url, original_url);
  run.add_copy(extension, name::value_string, ts);
  run.attach(to, extension);
  run.target()[to].kind = tree::Kind::null;
  return true;
}

/// Writes a time on a target node, with the exact text beside it when it differs.
bool set_time(const Call& call, tree::NodeId to, std::string_view ts) {
  bool exact = true;
  const std::string_view type =
      call.row.argument.empty() ? "dateTime" : std::string_view(call.row.argument);
  const std::string time = fhir_time(ts, type, exact);
  Run& run = call.run;
  if (time.empty()) {
    return keep_text(call, to, ts);
  }
  run.set_copy(to, time);
  if (type == birth && ts.size() > 8) {
    add_birth_time(call, to, ts, exact);
  }
  constexpr std::size_t day = 8;
  const bool is_shorter = type == "date" && ts.size() > day;
  if (!exact) {
    const tree::NodeId extension = run.fresh(name::extension);
    run.add(extension, name::url, is_shorter ? original_url : exact_url);
    run.add_copy(extension, name::value_string, ts);
    run.attach(to, extension);
  }
  return true;
}

/// The CDA text of a FHIR time, the exact one when it was kept.
std::string time_of(Run& run, tree::NodeId from) {
  for (const tree::NodeId child : run.source().children(from)) {
    const std::string_view url = run.peek(child, name::url);
    if (run.source()[child].name == name::extension && (url == exact_url || url == original_url)) {
      run.take_all(child);
      return std::string(run.peek(child, name::value_string));
    }
  }
  for (const tree::NodeId child : run.source().children(from)) {
    if (run.source()[child].name == name::extension &&
        run.peek(child, name::url) == birth_time_url) {
      run.take_all(child);
      return cda_time(run.peek(child, name::value_date_time));
    }
  }
  return cda_time(run.source()[from].text());
}

bool set_ts(const Call& call, tree::NodeId from, tree::NodeId to) {
  return call.run.add_copy(to, name::value, time_of(call.run, from), true) != tree::no_node;
}

/// low or high of an interval from start or end of a Period.
bool bound(const Call& call, Symbol from, Symbol to) {
  Run& run = call.run;
  const tree::NodeId node = run.source().child(call.from, from);
  if (node == tree::no_node) {
    return false;
  }
  const tree::NodeId made = run.fresh(to);
  run.take(node);
  const bool good =
      run.forward() ? set_time(call, made, run.read(node, name::value)) : set_ts(call, node, made);
  if (good) {
    run.attach(call.to, made);
  }
  return good;
}

// How long it takes, where CDA says so instead of when it ends.
constexpr std::string_view width_url = "urn:hl7-org:v3:width";

/// A unit of UCUM that calendars know, and the digits that a time needs to be moved by it.
struct Width {
  std::string_view unit;
  CalendarUnit calendar;
  int digits;
};
constexpr std::array<Width, 7> widths{{{"s", CalendarUnit::second, 14},
                                       {"min", CalendarUnit::minute, 12},
                                       {"h", CalendarUnit::hour, 10},
                                       {"d", CalendarUnit::day, 8},
                                       {"wk", CalendarUnit::week, 8},
                                       {"mo", CalendarUnit::month, 6},
                                       {"a", CalendarUnit::year, 4}}};

/// The time that lies a whole number of units behind another one, or nothing.
std::string later(std::string_view start, std::string_view amount, std::string_view unit) {
  const auto* const known = std::find_if(widths.begin(), widths.end(),
                                         [&](const Width& width) { return width.unit == unit; });
  const auto from = DateTime::parse_date_time(start);
  const std::int64_t count = number_in<std::int64_t>(amount).value_or(0);
  if (known == widths.end() || !from || from->digits() < known->digits || count <= 0) {
    return {};
  }
  const auto made = add(*from, count, known->calendar);
  return made ? made->text() : std::string();
}

/// The end that a start and a width give; the width stays beside it, for the way back.
bool add_width(const Call& call) {
  Run& run = call.run;
  const tree::NodeId width = run.source().child(call.from, name::width);
  const tree::NodeId start = run.child(call.to, name::start);
  if (width == tree::no_node || start == tree::no_node) {
    return false;
  }
  const std::string_view amount = run.peek(width, name::value);
  const std::string_view unit = run.peek(width, name::unit);
  const std::string text = later(run.target()[start].text(), amount, unit);
  if (text.empty()) {
    return false;
  }
  run.take_all(width);
  const tree::NodeId end = run.fresh(name::end);
  const tree::NodeId extension = run.fresh(name::extension);
  const tree::NodeId quantity = run.fresh(name::value_quantity);
  run.set_copy(end, text);
  run.add(extension, name::url, width_url);
  run.add_copy(quantity, name::value, json_number(amount));
  run.add_copy(quantity, name::unit, unit);
  run.attach(extension, quantity);
  run.attach(end, extension);
  run.attach(call.to, end);
  return true;
}

/// The width that an end was made from.
bool restore_width(const Call& call) {
  Run& run = call.run;
  const tree::NodeId end = run.source().child(call.from, name::end);
  if (end == tree::no_node) {
    return false;
  }
  for (const tree::NodeId child : run.source().children(end)) {
    const tree::NodeId quantity = run.named_child(child, name::value_quantity);
    if (run.source()[child].name == name::extension && quantity != tree::no_node &&
        run.peek(child, name::url) == width_url) {
      const tree::NodeId width = run.fresh(name::width);
      run.add_copy(width, name::value, run.peek(quantity, name::value), true);
      run.add_copy(width, name::unit, run.peek(quantity, name::unit), true);
      run.take_all(end);
      run.attach(call.to, width);
      return true;
    }
  }
  return false;
}

/// What ends before it starts is no Period (per-1); nobody knows which of both is wrong.
bool ends_before(const tree::Tree& tree, tree::NodeId period) {
  const tree::NodeId start = tree.child(period, name::start);
  const tree::NodeId end = tree.child(period, name::end);
  if (start == tree::no_node || end == tree::no_node) {
    return false;
  }
  const auto first = DateTime::parse_date_time(tree[start].text());
  const auto last = DateTime::parse_date_time(tree[end].text());
  return first && last && compare(*first, *last).value_or(0) > 0;
}

/// Both ends as exact as the coarser one, where nobody could say otherwise that the start is not
/// behind the end (per-1); the text of the other one stays beside it.
void level(const Call& call, tree::NodeId period) {
  Run& run = call.run;
  const tree::NodeId start = run.child(period, name::start);
  const tree::NodeId end = run.child(period, name::end);
  if (start == tree::no_node || end == tree::no_node) {
    return;
  }
  const std::string_view first = run.target()[start].text();
  const std::string_view last = run.target()[end].text();
  const auto from = DateTime::parse_date_time(first);
  const auto to = DateTime::parse_date_time(last);
  if (!from || !to || compare(*from, *to) || first.size() == last.size()) {
    return;
  }
  const bool late = last.size() > first.size();
  const tree::NodeId finer = late ? end : start;
  const std::string_view shorter = (late ? last : first).substr(0, (late ? first : last).size());
  const tree::NodeId source = run.source().child(call.from, late ? name::high : name::low);
  const std::string_view exact = run.peek(source, name::value);
  if (run.child(finer, name::extension) == tree::no_node) {
    const tree::NodeId extension = run.fresh(name::extension);
    run.add(extension, name::url, original_url);
    run.add_copy(extension, name::value_string, exact);
    run.attach(finer, extension);
  }
  run.set_copy(finer, shorter);
}

}  // namespace

std::string fhir_time(std::string_view ts, std::string_view type, bool& exact) {
  exact = true;
  const std::size_t zone_at = std::min(ts.find_first_of("+-Zz"), ts.size());
  const std::string_view zone = ts.substr(zone_at);
  std::string_view number = ts.substr(0, zone_at);
  const std::size_t dot = std::min(number.find('.'), number.size());
  const std::string_view fraction = number.substr(dot);
  number = number.substr(0, dot);
  constexpr std::size_t hour = 10;  // the digits of a time that may have a zone
  const std::string where = zone_part(zone);
  if (!digits(number) || !plausible(number) ||
      (!zone.empty() && (where.empty() || number.size() < hour))) {
    return {};
  }
  if (type == "date" || type == birth || number.size() <= 8) {
    exact = number.size() <= 8 && zone.empty() && type != "instant";
    if (type == "instant") {
      return number.size() == 8 ? date_part(number) + "T00:00:00Z" : std::string();
    }
    return date_part(number);
  }
  std::string out = date_part(number) + "T" + std::string(number.substr(8, 2)) + ":";
  out += number.size() >= 12 ? std::string(number.substr(10, 2)) : "00";
  out += ":";
  out += number.size() >= 14 ? std::string(number.substr(12, 2)) : "00";
  out += fraction.size() > 1 ? std::string(fraction) : "";
  exact = !where.empty() && number.size() >= 12;
  return out + (where.empty() ? "Z" : where);
}

std::string cda_time(std::string_view time) {
  std::string out;
  const std::size_t t = std::min(time.find('T'), time.size());
  for (const char c : time.substr(0, t)) {
    if (c != '-') {
      out += c;
    }
  }
  if (t == time.size()) {
    return out;
  }
  std::string_view clock = time.substr(t + 1);
  const std::size_t zone = std::min(clock.find_first_of("Z+-"), clock.size());
  for (const char c : clock.substr(0, zone)) {
    if (c != ':') {
      out += c;
    }
  }
  clock.remove_prefix(zone);
  if (clock == "Z") {
    return out + "+0000";
  }
  for (const char c : clock) {
    if (c != ':') {
      out += c;
    }
  }
  return out;
}

bool ts_to_time(const Call& call) {
  return set_time(call, call.to, call.run.read(call.from, name::value));
}

bool time_to_ts(const Call& call) {
  return set_ts(call, call.from, call.to);
}

bool point_to_time(const Call& call) {
  Run& run = call.run;
  if (const std::string_view value = run.read(call.from, name::value); !value.empty()) {
    return set_time(call, call.to, value);
  }
  const tree::NodeId low = run.source().child(call.from, name::low);
  const tree::NodeId high = run.source().child(call.from, name::high);
  tree::NodeId node = low != tree::no_node && !run.peek(low, name::value).empty() ? low : high;
  if (node == tree::no_node) {
    node = run.source().child(call.from, name::center);
  }
  if (node == tree::no_node) {
    return false;
  }
  const std::string_view value = run.peek(node, name::value);
  if (low != tree::no_node && high != tree::no_node && !run.peek(low, name::value).empty() &&
      !run.peek(high, name::value).empty() && run.peek(high, name::value) != value) {
    return false;
  }
  run.take_all(node);
  if (node == low && high != tree::no_node && run.peek(high, name::value) == value) {
    run.take_all(high);
  }
  return set_time(call, call.to, value);
}

bool time_to_point(const Call& call) {
  return set_ts(call, call.from, call.to);
}

bool ivl_to_period(const Call& call) {
  Run& run = call.run;
  if (const std::string_view value = run.read(call.from, name::value); !value.empty()) {
    const tree::NodeId made = run.fresh(name::start);
    if (!set_time(call, made, value)) {
      return false;
    }
    run.attach(call.to, made);
    return true;
  }
  const bool low = bound(call, name::low, name::start);
  const bool high = bound(call, name::high, name::end) || add_width(call);
  level(call, call.to);
  return (low || high) && !ends_before(run.target(), call.to);
}

bool period_to_ivl(const Call& call) {
  Run& run = call.run;
  const bool low = bound(call, name::start, name::low);
  const bool high = restore_width(call) || bound(call, name::end, name::high);
  if (low || high) {
    run.add(call.to, name::xsi_type, "IVL_TS", true);
  }
  return low || high;
}

}  // namespace lhcr::map
