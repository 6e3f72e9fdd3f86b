// SPDX-License-Identifier: Apache-2.0
// Periodic times: GTS, PIVL and EIVL, and FHIR's Timing.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/date_time.hpp"
#include "base/names.hpp"
#include "base/number_in.hpp"
#include "map/codec/codec_functions.hpp"
#include "map/run/run.hpp"
#include "tree/nodes.hpp"

namespace lhcr::map {
namespace {

double number(std::string_view text) {
  double value = 0;
  read_number(text.data(), text.data() + text.size(), value);
  return value;
}

std::string whole(double value) {
  return std::to_string(static_cast<long long>(value));
}

/// What is written again for every periodic time.
void take_operator(const Call& call) {
  if (call.run.peek(call.from, name::operator_) == "A") {
    call.run.read(call.from, name::operator_);
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

/// A day of the week and a date that is one: CDA says a day by a date, aligned to the week.
struct Weekday {
  std::string_view name;
  std::string_view date;
};
constexpr std::array<Weekday, 7> weekdays{{{"mon", "20000103"},
                                           {"tue", "20000104"},
                                           {"wed", "20000105"},
                                           {"thu", "20000106"},
                                           {"fri", "20000107"},
                                           {"sat", "20000108"},
                                           {"sun", "20000109"}}};
// CalendarCycle: day of the week, which begins with Monday.
constexpr std::string_view by_weekday = "DW";
// The argument of a row between an expression of times (SXPR_TS) and days of the week.
constexpr std::string_view several_days = "days";
constexpr std::string_view part_name = "comp";

/// The day of the week of a CDA time that names a day, or nullptr.
const Weekday* weekday_of(std::string_view ts) {
  constexpr std::size_t digits = 8;
  bool exact = false;
  const auto day = DateTime::parse_date(fhir_time(ts.substr(0, digits), "date", exact));
  if (!day || day->precision < Precision::day) {
    return nullptr;
  }
  constexpr std::int64_t per_day = 86'400'000'000;
  constexpr int first = 3;  // 1970-01-01 was a Thursday, three days behind Monday
  const std::int64_t since_monday = local_microseconds(*day) / per_day + first;
  return &weekdays.at(static_cast<std::size_t>((since_monday % 7 + 7) % 7));
}

/// phase and alignment of a weekly PIVL_TS: the day of the week.
void phase_to_day(const Call& call) {
  Run& run = call.run;
  const tree::NodeId phase = run.source().child(call.from, name::phase);
  if (phase == tree::no_node || run.peek(call.from, name::alignment) != by_weekday) {
    return;
  }
  const tree::NodeId low = run.source().child(phase, name::low);
  const tree::NodeId at = low == tree::no_node ? phase : low;
  if (const Weekday* day = weekday_of(run.peek(at, name::value)); day != nullptr) {
    run.take_all(phase);
    run.read(call.from, name::alignment);
    run.add(call.to, name::day_of_week, day->name);
  }
}

using Weekdays = std::vector<const Weekday*>;

/// The days of the week that a Timing names; none when one of them is not known.
Weekdays days_of(const Run& run, tree::NodeId repeat) {
  Weekdays found;
  for (const tree::NodeId child : tree::named(run.source(), repeat, name::day_of_week)) {
    const auto* const day = std::find_if(
        weekdays.begin(), weekdays.end(),
        [&](const Weekday& known) { return known.name == run.source()[child].text(); });
    if (day == weekdays.end() || std::find(found.begin(), found.end(), day) != found.end()) {
      return {};
    }
    found.push_back(day);
  }
  return found;
}

/// Of a Timing that is once on each of its days: every how many weeks; empty when it is not that.
std::string_view weeks_of(const Run& run, tree::NodeId repeat, std::size_t days) {
  const std::string_view unit = run.peek(repeat, name::period_unit);
  const std::string_view period = run.peek(repeat, name::period);
  const std::string_view frequency = run.peek(repeat, name::frequency);
  const bool daily = unit.empty() || (unit == "d" && period == "1");
  const double times = frequency.empty() ? 1 : number(frequency);
  if ((!daily && unit != "wk") || times != (daily ? 1 : static_cast<double>(days)) ||
      !run.peek(repeat, name::frequency_max).empty() ||
      !run.peek(repeat, name::period_max).empty()) {
    return {};
  }
  return daily ? std::string_view("1") : period;
}

void take_days(Run& run, tree::NodeId repeat) {
  for (const Symbol part : {name::frequency, name::period, name::period_unit}) {
    run.read(repeat, part);
  }
  for (const tree::NodeId day : tree::named(run.source(), repeat, name::day_of_week)) {
    run.take(day);
  }
}

/// Makes a time a PIVL_TS of a day of the week.
void write_day(Run& run, tree::NodeId to, const Weekday& day, std::string_view weeks) {
  run.add(to, name::xsi_type, "PIVL_TS", true);
  run.add(to, name::alignment, by_weekday, true);
  const tree::NodeId phase = run.fresh(name::phase);
  const tree::NodeId low = run.fresh(name::low);
  run.add(low, name::value, day.date, true);
  run.attach(phase, low);
  run.attach(to, phase);
  const tree::NodeId every = run.fresh(name::period);
  run.add_copy(every, name::value, weeks, true);
  run.add(every, name::unit, "wk", true);
  run.attach(to, every);
}

/// Once on one day of each week, or of each so many weeks, as a PIVL_TS; false when it is not that.
bool day_to_phase(const Call& call) {
  Run& run = call.run;
  const Weekdays days = days_of(run, call.from);
  const std::string_view weeks = weeks_of(run, call.from, days.size());
  if (days.size() != 1 || weeks.empty()) {
    return false;
  }
  take_days(run, call.from);
  write_day(run, call.to, *days[0], weeks);
  run.add(call.to, name::operator_, "A", true);
  return true;
}

/// Several days of the week are times of their own, and together they are one: an expression, to
/// which the bounds of the whole apply. In data types of version 3 (SXPR_TS) the first is what the
/// others are added to.
bool timing_to_days(const Call& call) {
  Run& run = call.run;
  const Weekdays days = days_of(run, call.from);
  const std::string_view weeks = weeks_of(run, call.from, days.size());
  if (days.size() < 2 || weeks.empty()) {
    return false;
  }
  take_days(run, call.from);
  run.add(call.to, name::xsi_type, "SXPR_TS", true);
  run.add(call.to, name::operator_, "A", true);
  for (const Weekday* day : days) {
    const tree::NodeId part = run.fresh(run.target().intern(part_name));
    write_day(run, part, *day, weeks);
    run.attach(call.to, part);
  }
  return true;
}

/// The day of a part of such an expression, or nullptr; `weeks`: that of the first one, or empty.
const Weekday* day_of_part(Run& run, tree::NodeId part, std::string_view& weeks) {
  const tree::NodeId phase = run.source().child(part, name::phase);
  const tree::NodeId low = phase == tree::no_node ? phase : run.source().child(phase, name::low);
  const tree::NodeId period = run.source().child(part, name::period);
  const std::string_view joined = run.read(part, name::operator_);
  if (low == tree::no_node || period == tree::no_node || (joined != "I" && !joined.empty()) ||
      run.read(part, name::xsi_type) != "PIVL_TS" ||
      run.read(part, name::alignment) != by_weekday || run.peek(period, name::unit) != "wk" ||
      run.peek(part, name::institution_specified) == "true") {
    return nullptr;
  }
  const std::string_view every = run.peek(period, name::value);
  weeks = weeks.empty() ? every : weeks;
  run.read(part, name::institution_specified);
  run.take(part);
  run.take(phase);
  run.take_all(low);
  run.take_all(period);
  return weeks == every ? weekday_of(run.peek(low, name::value)) : nullptr;
}

bool days_to_timing(const Call& call) {
  Run& run = call.run;
  std::string_view weeks;
  Weekdays days;
  for (const tree::NodeId part :
       tree::named(run.source(), call.from, run.source().find(part_name))) {
    const Weekday* const day = day_of_part(run, part, weeks);
    if (day == nullptr || std::find(days.begin(), days.end(), day) != days.end()) {
      return false;
    }
    days.push_back(day);
  }
  const std::string period = json_number(weeks);
  if (days.empty() || period.empty() || period[0] == '-') {
    return false;
  }
  run.read(call.from, name::xsi_type);
  take_operator(call);
  run.add_copy(call.to, name::frequency, std::to_string(days.size()));
  run.add_copy(call.to, name::period, period);
  run.add(call.to, name::period_unit, "wk");
  for (const Weekday* day : days) {
    run.add(call.to, name::day_of_week, day->name);
  }
  return true;
}

}  // namespace

/// "12/h/true": amount, unit and institutionSpecified that a GTSAbbreviation stands for.
bool gts_to_pivl(const Call& call) {
  Run& run = call.run;
  for (const tree::NodeId child : run.source().children(call.from)) {
    const std::string_view code = run.peek(child, name::code);
    const Concepts::Target* target =
        code.empty() || call.row.concepts == nullptr
            ? nullptr
            : call.row.concepts->find(false, run.peek(child, name::system), code);
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
    run.add(call.to, name::xsi_type, "PIVL_TS", true);
    run.add(call.to, name::institution_specified, text.substr(second + 1), true);
    run.add(call.to, name::operator_, "A", true);
    const tree::NodeId period = run.fresh(name::period);
    run.add(period, name::value, text.substr(0, first), true);
    run.add(period, name::unit, text.substr(first + 1, second - first - 1), true);
    run.attach(call.to, period);
    return true;
  }
  return false;
}

bool pivl_to_timing(const Call& call) {
  Run& run = call.run;
  if (call.row.argument == several_days) {
    return days_to_timing(call);
  }
  const tree::NodeId period = run.source().child(call.from, name::period);
  if (period == tree::no_node) {
    return false;
  }
  const tree::NodeId low = run.source().child(period, name::low);
  const tree::NodeId high = run.source().child(period, name::high);
  const tree::NodeId main = low != tree::no_node ? low : period;
  const std::string value = json_number(run.read(main, name::value));
  const std::string_view unit = run.read(main, name::unit);
  // FHIR's units of time; "m" is a metre.
  constexpr std::array<std::string_view, 7> units{"s", "min", "h", "d", "wk", "mo", "a"};
  if (value.empty() || value[0] == '-' ||
      std::find(units.begin(), units.end(), unit) == units.end()) {
    return false;
  }
  run.take(period);
  run.take(main);
  run.read(call.from, name::xsi_type);
  take_operator(call);
  if (unit == "wk") {
    phase_to_day(call);
  }
  const bool by_day = run.read(call.from, name::institution_specified) == "true";
  const double hours = number(value);
  if (by_day && unit == "h" && hours >= 1 &&
      static_cast<long long>(24 / hours) * static_cast<long long>(hours) == 24 &&
      high == tree::no_node) {
    run.add_copy(call.to, name::frequency, whole(24 / hours));
    run.add(call.to, name::period, "1");
    run.add(call.to, name::period_unit, "d");
    return true;
  }
  run.add(call.to, name::frequency, "1");
  run.add_copy(call.to, name::period, value);
  if (high != tree::no_node) {
    run.take(high);
    run.read(high, name::unit);
    run.add_copy(call.to, name::period_max, json_number(run.read(high, name::value)));
  }
  run.add_copy(call.to, name::period_unit, unit);
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
  std::size_t days = 0;
  for (const tree::NodeId child : run.source().children(repeat)) {
    days += run.source()[child].name == name::day_of_week ? 1U : 0U;
  }
  return days > 1 || (days == 1 && between.unit != "wk");
}

/// Empty when a PIVL cannot say it.
Interval interval_of(Run& run, tree::NodeId repeat) {
  const std::string_view value = run.read(repeat, name::period);
  const std::string_view longest = run.read(repeat, name::period_max);
  const double times = std::max(1.0, number(run.peek(repeat, name::frequency)));
  const double most_times = number(run.peek(repeat, name::frequency_max));
  Interval out{std::string(value), std::string(longest), run.read(repeat, name::period_unit)};
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
  if (call.row.argument == several_days) {
    return timing_to_days(call);
  }
  if (day_to_phase(call)) {
    return true;
  }
  const Interval between = interval_of(run, call.from);
  if (between.least.empty() || skips_days(run, call.from, between)) {
    return false;
  }
  run.read(call.from, name::frequency);
  run.read(call.from, name::frequency_max);
  const std::string& value = between.least;
  const std::string& most = between.most;
  const std::string_view unit = between.unit;
  const bool by_day = between.by_day;
  run.add(call.to, name::xsi_type, "PIVL_TS", true);
  run.add(call.to, name::institution_specified, by_day ? "true" : "", true);
  run.add(call.to, name::operator_, "A", true);
  const tree::NodeId period = run.fresh(name::period);
  const auto quantity = [&](tree::NodeId node, std::string_view text) {
    run.add_copy(node, name::value, text, true);
    run.add_copy(node, name::unit, unit, true);
  };
  if (most.empty()) {
    quantity(period, value);
  } else {
    run.add(period, name::xsi_type, "IVL_PQ", true);
    const tree::NodeId low = run.fresh(name::low);
    const tree::NodeId high = run.fresh(name::high);
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
  const tree::NodeId offset = run.source().child(call.from, name::offset);
  const tree::NodeId low = offset == tree::no_node ? offset : run.source().child(offset, name::low);
  const tree::NodeId node = low == tree::no_node ? offset : low;
  if (node == tree::no_node) {
    return;
  }
  const double value = number(run.peek(node, name::value));
  for (const Minutes& known : minutes) {
    const double count = value * known.count;
    if (known.unit == run.peek(node, name::unit) && count >= 0 && count == std::floor(count)) {
      run.take(offset);
      run.take_all(node);
      run.add_copy(call.to, name::offset, whole(count));
    }
  }
}

}  // namespace

bool eivl_to_timing(const Call& call) {
  Run& run = call.run;
  const tree::NodeId event = run.source().child(call.from, name::event);
  if (event == tree::no_node || run.peek(event, name::code).empty()) {
    return false;
  }
  run.read(call.from, name::xsi_type);
  take_operator(call);
  run.take(event);
  run.add_copy(call.to, name::when, run.read(event, name::code));
  offset_to_minutes(call);
  return true;
}

bool timing_to_eivl(const Call& call) {
  Run& run = call.run;
  const std::string_view when = run.read(call.from, name::when);
  if (when.empty()) {
    return false;
  }
  run.add(call.to, name::xsi_type, "EIVL_TS", true);
  run.add(call.to, name::operator_, "A", true);
  const tree::NodeId event = run.fresh(name::event);
  run.add_copy(event, name::code, when, true);
  run.attach(call.to, event);
  if (const std::string_view late = run.read(call.from, name::offset); !late.empty()) {
    const tree::NodeId offset = run.fresh(name::offset);
    const tree::NodeId low = run.fresh(name::low);
    run.add_copy(low, name::value, late, true);
    run.add(low, name::unit, "min", true);
    run.attach(offset, low);
    run.attach(call.to, offset);
  }
  return true;
}

}  // namespace lhcr::map
