// SPDX-License-Identifier: Apache-2.0
// Periodic times: GTS, PIVL and EIVL, and FHIR's Timing.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "map/codec/codec_functions.hpp"
#include "map/run/run.hpp"

namespace lhcr::map {
namespace {

double number(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string whole(double value) {
  return std::to_string(static_cast<long long>(value));
}

/// What is written again for every periodic time.
void take_operator(const Call& call) {
  if (call.run.peek(call.from, call.run.names().op) == "A") {
    call.run.read(call.from, call.run.names().op);
  }
}

/// With three digits behind the point at most; empty when that would not be exact.
std::string decimal(double value) {
  const double thousands = value * 1000;
  if (thousands != std::floor(thousands)) {
    return {};
  }
  std::string out =
      whole(value) + "." + std::to_string(1000 + std::llround(thousands) % 1000).substr(1);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') {
    out.pop_back();
  }
  return out;
}

}  // namespace

/// "12/h/true": amount, unit and institutionSpecified that a GTSAbbreviation stands for.
bool gts_to_pivl(const Call& call) {
  Run& run = call.run;
  const Names& names = run.names();
  for (const tree::NodeId child : run.source().children(call.from)) {
    const std::string_view code = run.peek(child, names.code);
    const Concepts::Target* target =
        code.empty() || call.row.concepts == nullptr
            ? nullptr
            : call.row.concepts->find(false, run.peek(child, names.system), code);
    if (target == nullptr) {
      continue;
    }
    const std::string_view text = target->code;
    const std::size_t first = text.find('/');
    const std::size_t second = text.find('/', first + 1);
    if (second == text.npos) {
      return false;
    }
    run.take_all(call.from);
    run.add(call.to, names.xsi_type, "PIVL_TS", true);
    run.add(call.to, names.institutionSpecified, text.substr(second + 1), true);
    run.add(call.to, names.op, "A", true);
    const tree::NodeId period = run.fresh(names.period);
    run.add(period, names.value, text.substr(0, first), true);
    run.add(period, names.unit, text.substr(first + 1, second - first - 1), true);
    run.attach(call.to, period);
    return true;
  }
  return false;
}

bool pivl_to_timing(const Call& call) {
  Run& run = call.run;
  const Names& names = run.names();
  const tree::NodeId period = run.source().child(call.from, names.period);
  if (period == tree::no_node) {
    return false;
  }
  const tree::NodeId low = run.source().child(period, names.low);
  const tree::NodeId high = run.source().child(period, names.high);
  const tree::NodeId main = low != tree::no_node ? low : period;
  const std::string value = json_number(run.read(main, names.value));
  const std::string_view unit = run.read(main, names.unit);
  // FHIR's units of time; "m" is a metre.
  constexpr std::array<std::string_view, 7> units{"s", "min", "h", "d", "wk", "mo", "a"};
  if (value.empty() || value[0] == '-' ||
      std::find(units.begin(), units.end(), unit) == units.end()) {
    return false;
  }
  run.take(period);
  run.take(main);
  run.read(call.from, names.xsi_type);
  take_operator(call);
  const bool by_day = run.read(call.from, names.institutionSpecified) == "true";
  const double hours = number(value);
  if (by_day && unit == "h" && hours >= 1 &&
      static_cast<long long>(24 / hours) * static_cast<long long>(hours) == 24 &&
      high == tree::no_node) {
    run.add_copy(call.to, names.frequency, whole(24 / hours));
    run.add(call.to, names.period, "1");
    run.add(call.to, names.periodUnit, "d");
    return true;
  }
  run.add(call.to, names.frequency, "1");
  run.add_copy(call.to, names.period, value);
  if (high != tree::no_node) {
    run.take(high);
    run.read(high, names.unit);
    run.add_copy(call.to, names.periodMax, json_number(run.read(high, names.value)));
  }
  run.add_copy(call.to, names.periodUnit, unit);
  return true;
}

namespace {

/// How long it is from one time to the next, as a PIVL has it.
struct Interval {
  std::string least;
  std::string most;  ///< empty: always `least`
  std::string_view unit;
  bool by_day = false;
};

/// On some days of the week only: PIVL would say every day.
bool skips_days(const Run& run, tree::NodeId repeat, const Interval& between) {
  const Symbol day = run.source().find("dayOfWeek");
  std::size_t days = 0;
  for (const tree::NodeId child : run.source().children(repeat)) {
    days += day != no_symbol && run.source()[child].name == day ? 1U : 0U;
  }
  return days > 1 || (days == 1 && between.unit != "wk");
}

/// Empty when a PIVL cannot say it.
Interval interval_of(Run& run, tree::NodeId repeat) {
  const Names& names = run.names();
  const std::string_view value = run.read(repeat, names.period);
  const std::string_view longest = run.read(repeat, names.periodMax);
  const double times = std::max(1.0, number(run.peek(repeat, names.frequency)));
  const double most_times = number(run.peek(repeat, names.frequencyMax));
  Interval out{std::string(value), std::string(longest), run.read(repeat, names.periodUnit)};
  out.by_day = out.unit == "d" && value == "1" && std::max(times, most_times) <= 24;
  if (times <= 1 && most_times <= times && !out.by_day) {
    return out;
  }
  if (!longest.empty()) {
    return {};
  }
  const double whole_period = out.by_day ? 24 : number(value);
  out.unit = out.by_day ? "h" : out.unit;
  out.least = decimal(whole_period / std::max(times, most_times));
  if (most_times > times) {
    out.most = decimal(whole_period / times);
    out.least = out.most.empty() ? std::string() : out.least;
  }
  return out;
}

}  // namespace

bool timing_to_pivl(const Call& call) {
  Run& run = call.run;
  const Names& names = run.names();
  const Interval between = interval_of(run, call.from);
  if (between.least.empty() || skips_days(run, call.from, between)) {
    return false;
  }
  run.read(call.from, names.frequency);
  run.read(call.from, names.frequencyMax);
  const std::string& value = between.least;
  const std::string& most = between.most;
  const std::string_view unit = between.unit;
  const bool by_day = between.by_day;
  run.add(call.to, names.xsi_type, "PIVL_TS", true);
  run.add(call.to, names.institutionSpecified, by_day ? "true" : "", true);
  run.add(call.to, names.op, "A", true);
  const tree::NodeId period = run.fresh(names.period);
  const auto quantity = [&](tree::NodeId node, std::string_view text) {
    run.add_copy(node, names.value, text, true);
    run.add_copy(node, names.unit, unit, true);
  };
  if (most.empty()) {
    quantity(period, value);
  } else {
    run.add(period, names.xsi_type, "IVL_PQ", true);
    const tree::NodeId low = run.fresh(names.low);
    const tree::NodeId high = run.fresh(names.high);
    quantity(low, value);
    quantity(high, most);
    run.attach(period, low);
    run.attach(period, high);
  }
  run.attach(call.to, period);
  return true;
}

namespace {

// UCUM units of an offset, in minutes.
struct Minutes {
  std::string_view unit;
  int count;
};
constexpr std::array<Minutes, 4> minutes{{{"min", 1}, {"h", 60}, {"d", 1440}, {"wk", 10080}}};

/// offset/low (or value) of an EIVL_TS: FHIR counts it in minutes.
void offset_to_minutes(const Call& call) {
  Run& run = call.run;
  const Names& names = run.names();
  const tree::NodeId offset = run.source().child(call.from, names.offset);
  const tree::NodeId low = offset == tree::no_node ? offset : run.source().child(offset, names.low);
  const tree::NodeId node = low == tree::no_node ? offset : low;
  if (node == tree::no_node) {
    return;
  }
  const double value = number(run.peek(node, names.value));
  for (const Minutes& known : minutes) {
    const double count = value * known.count;
    if (known.unit == run.peek(node, names.unit) && count >= 0 && count == std::floor(count)) {
      run.take(offset);
      run.take_all(node);
      run.add_copy(call.to, names.offset, whole(count));
    }
  }
}

}  // namespace

bool eivl_to_timing(const Call& call) {
  Run& run = call.run;
  const Names& names = run.names();
  const tree::NodeId event = run.source().child(call.from, names.event);
  if (event == tree::no_node || run.peek(event, names.code).empty()) {
    return false;
  }
  run.read(call.from, names.xsi_type);
  take_operator(call);
  run.take(event);
  run.add_copy(call.to, names.when, run.read(event, names.code));
  offset_to_minutes(call);
  return true;
}

bool timing_to_eivl(const Call& call) {
  Run& run = call.run;
  const Names& names = run.names();
  const std::string_view when = run.read(call.from, names.when);
  if (when.empty()) {
    return false;
  }
  run.add(call.to, names.xsi_type, "EIVL_TS", true);
  run.add(call.to, names.op, "A", true);
  const tree::NodeId event = run.fresh(names.event);
  run.add_copy(event, names.code, when, true);
  run.attach(call.to, event);
  if (const std::string_view late = run.read(call.from, names.offset); !late.empty()) {
    const tree::NodeId offset = run.fresh(names.offset);
    const tree::NodeId low = run.fresh(names.low);
    run.add_copy(low, names.value, late, true);
    run.add(low, names.unit, "min", true);
    run.attach(offset, low);
    run.attach(call.to, offset);
  }
  return true;
}

}  // namespace lhcr::map
