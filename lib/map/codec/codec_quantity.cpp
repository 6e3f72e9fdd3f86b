// SPDX-License-Identifier: Apache-2.0
// PQ, its intervals and ratios.
#include <array>
#include <optional>

#include "base/names.hpp"
#include "base/text.hpp"
#include "base/ucum.hpp"
#include "map/codec/codec_functions.hpp"
#include "map/run/run.hpp"
#include "tree/nodes.hpp"

namespace lhcr::map {
namespace {

constexpr std::string_view ucum_system = "http://unitsofmeasure.org";

// The same amount in another unit.
constexpr std::string_view translation_url =
    "http://hl7.org/fhir/StructureDefinition/iso21090-PQ-translation";
constexpr std::string_view original_mark = "original";
// PQR.codeSystem of UCUM.
constexpr std::string_view ucum_oid = "2.16.840.1.113883.6.8";
constexpr std::string_view other = "OTH";

/// A unit as FHIR has it: UCUM's system and code only for what is a unit of UCUM.
void add_unit(Run& run, tree::NodeId to, std::string_view name, std::string_view code) {
  run.add_copy(to, name::unit, name.empty() ? code : name);
  if (!code.empty() && ucum::is_valid(code)) {
    run.add(to, name::system, ucum_system);
    run.add_copy(to, name::code, code);
  }
}

/// C-CDA's form for units that are not of UCUM: no value of its own, and a translation with number
/// and unit.
bool translated(Run& run, tree::NodeId from, tree::NodeId to) {
  for (const tree::NodeId child : tree::named(run.source(), from, name::translation)) {
    const std::string value = json_number(run.peek(child, name::value));
    if (value.empty() || run.peek(from, name::null_flavor).empty()) {
      continue;
    }
    run.take(child);
    run.read(child, name::value);
    run.read(from, name::null_flavor);
    run.read(from, name::xsi_type);
    const tree::NodeId original = run.source().child(child, name::original_text);
    const std::string text = original == tree::no_node ? std::string() : ed_text(run, original);
    const std::string_view display = run.read(child, name::display_name);
    const std::string_view system = run.read(child, name::code_system);
    const std::string_view code = run.read(child, name::code);
    run.add_copy(to, name::value, value);
    const std::string name = text.empty() ? std::string(display) : text;
    if (system.empty() || system == ucum_oid) {
      add_unit(run, to, name, code);
    } else {
      run.add_copy(to, name::unit, name.empty() ? std::string(code) : name);
      run.add_copy(to, name::system, system_of(run.map(), system));
      run.add_copy(to, name::code, code);
    }
    return true;
  }
  return false;
}

void keep_translations(Run& run, tree::NodeId from, tree::NodeId to) {
  for (const tree::NodeId child : tree::named(run.source(), from, name::translation)) {
    const tree::NodeId extension = run.fresh(name::extension);
    const tree::NodeId value = run.fresh(name::value_quantity);
    const std::string_view system = run.read(child, name::code_system);
    const tree::NodeId original = run.source().child(child, name::original_text);
    const std::string_view display = run.read(child, name::display_name);
    const std::string said = display.empty() && original != tree::no_node ? ed_text(run, original)
                                                                          : std::string(display);
    if (said.empty() && run.peek(child, name::value).empty() &&
        run.peek(child, name::code).empty()) {
      continue;
    }
    run.take(child);
    run.add(extension, name::url, translation_url);
    run.add_copy(value, name::value, json_number(run.read(child, name::value)));
    run.add_copy(value, name::unit, said);
    run.add_copy(value, name::system,
                 system.empty() ? std::string() : system_of(run.map(), system));
    run.add_copy(value, name::code, run.read(child, name::code));
    run.attach(extension, value);
    run.attach(to, extension);
  }
}

/// Whether a translation is the quantity as the document had it (settle_vital_signs()).
bool is_original(const Run& run, tree::NodeId extension) {
  return run.peek(extension, name::url) == translation_url &&
         run.peek(extension, name::id) == original_mark;
}

void restore_translations(Run& run, tree::NodeId from, tree::NodeId to) {
  for (const tree::NodeId child : run.source().children(from)) {
    const tree::NodeId value = run.named_child(child, name::value_quantity);
    if (value == tree::no_node || run.peek(child, name::url) != translation_url ||
        is_original(run, child)) {
      continue;
    }
    const tree::NodeId made = run.fresh(name::translation);
    run.take_all(child);
    run.add_copy(made, name::value, run.peek(value, name::value), true);
    run.add_copy(made, name::code, run.peek(value, name::code), true);
    run.add_copy(made, name::code_system, oid_of(run.map(), run.peek(value, name::system)), true);
    run.add_copy(made, name::display_name, run.peek(value, name::unit), true);
    run.attach(to, made);
  }
}

/// The unit as people say it, where the row names a table of units.
std::string_view unit_name(const Call& call, std::string_view unit) {
  const Concepts::Target* target =
      call.row.concepts != nullptr ? call.row.concepts->find(true, {}, unit) : nullptr;
  return target != nullptr ? std::string_view(target->code) : unit;
}

bool quantity(const Call& call, tree::NodeId from, tree::NodeId to) {
  Run& run = call.run;
  const std::string value = json_number(run.read(from, name::value));
  if (value.empty()) {
    return translated(run, from, to);
  }
  run.read(from, name::xsi_type);
  run.add_copy(to, name::value, value);
  if (const std::string_view unit = run.read(from, name::unit); !unit.empty()) {
    add_unit(run, to, unit_name(call, unit), unit);
  }
  keep_translations(run, from, to);
  return true;
}

bool physical(Run& run, tree::NodeId from, tree::NodeId to) {
  const std::string_view value = run.read(from, name::value);
  if (value.empty()) {
    return false;
  }
  const std::string_view code = run.read(from, name::code);
  const std::string_view unit = run.read(from, name::unit);
  const std::string_view system = run.read(from, name::system);
  const std::string_view said = code.empty() ? unit : code;
  const bool foreign = !system.empty() && system != ucum_system;
  if (foreign || (!said.empty() && !ucum::is_valid(said))) {
    run.add(to, name::null_flavor, other, true);
    const tree::NodeId made = run.fresh(name::translation);
    run.add_copy(made, name::value, value, true);
    run.add_copy(made, name::code, system.empty() ? std::string_view{} : code, true);
    run.add_copy(made, name::code_system, oid_of(run.map(), system), true);
    const tree::NodeId original = run.fresh(name::original_text);
    run.set_copy(original, unit.empty() ? said : unit);
    run.attach(made, original);
    run.attach(to, made);
    return true;
  }
  run.add_copy(to, name::value, value, true);
  run.add_copy(to, name::unit, said, true);
  restore_translations(run, from, to);
  return true;
}

/// The quantity that a document had before its unit was changed, or no_node.
tree::NodeId original_of(const Run& run, tree::NodeId from) {
  for (const tree::NodeId child : run.source().children(from)) {
    if (is_original(run, child)) {
      return run.named_child(child, name::value_quantity);
    }
  }
  return tree::no_node;
}

/// PQ cannot say less than or more than.
bool exact(Run& run, tree::NodeId from, tree::NodeId to) {
  if (!run.peek(from, name::comparator).empty()) {
    return false;
  }
  const tree::NodeId original = original_of(run, from);
  if (original == tree::no_node) {
    return physical(run, from, to);
  }
  run.take_all(from);
  const bool good = physical(run, original, to);
  restore_translations(run, from, to);
  return good;
}

bool part(const Call& call, Symbol from, Symbol to) {
  Run& run = call.run;
  const tree::NodeId node = run.source().child(call.from, from);
  if (node == tree::no_node) {
    return false;
  }
  const tree::NodeId made = run.fresh(to);
  if (!(run.forward() ? quantity(call, node, made) : exact(run, node, made))) {
    return false;
  }
  run.take(node);
  run.attach(call.to, made);
  return true;
}

}  // namespace

std::string json_number(std::string_view text) {
  text = trim(text);
  std::string out;
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) {
    out += text[at] == '-' ? "-" : "";
    ++at;
  }
  const std::size_t digits = std::min(text.find_first_not_of("0123456789", at), text.size());
  std::string_view whole = text.substr(at, digits - at);
  while (whole.size() > 1 && whole[0] == '0') {
    whole.remove_prefix(1);
  }
  out += whole.empty() ? "0" : std::string(whole);
  std::string_view rest = text.substr(digits);
  if (rest.size() > 1 && rest[0] == '.') {
    const std::size_t end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
    out += rest.substr(0, end);
    rest.remove_prefix(end);
  } else if (rest == ".") {
    rest = {};
  }
  const bool number =
      rest.empty() && !text.empty() && text.find_first_of("0123456789") != text.npos;
  return number ? out : std::string();
}

/// An Age has a unit of time, and is more than nothing (age-1).
bool is_age(const Call& call) {
  const Concepts* units = call.row.concepts;
  const std::string value = json_number(call.run.peek(call.from, name::value));
  const std::optional<Decimal> number = Decimal::parse(value);
  return units != nullptr && number && !number->is_negative() && !number->is_zero() &&
         units->find(true, {}, call.run.peek(call.from, name::unit)) != nullptr;
}

bool pq_to_quantity(const Call& call) {
  if (call.row.argument == "age" && !is_age(call)) {
    return false;
  }
  return quantity(call, call.from, call.to);
}
bool pq_to_words(const Call& call) {
  const std::string_view value = call.run.read(call.from, name::value);
  const std::string_view unit = call.run.read(call.from, name::unit);
  if (value.empty()) {
    return false;
  }
  std::string words = call.row.argument.empty() ? std::string() : call.row.argument + " ";
  words += value;
  words += unit.empty() || unit == "1" ? "" : " " + std::string(unit);
  call.run.set_copy(call.to, words);
  return true;
}

bool quantity_to_pq(const Call& call) {
  return exact(call.run, call.from, call.to);
}

bool ivl_to_range(const Call& call) {
  const bool low = part(call, name::low, name::low);
  const bool high = part(call, name::high, name::high);
  return low || high;
}

bool range_to_ivl(const Call& call) {
  return ivl_to_range(call);
}

// Which bound of an interval a comparator stands for, and whether the bound is part of it.
struct Comparator {
  std::string_view sign;
  bool low;
  bool inclusive;
};
constexpr std::array<Comparator, 4> comparators{
    {{"<=", false, true}, {"<", false, false}, {">=", true, true}, {">", true, false}}};

bool bound_to_quantity(const Call& call) {
  Run& run = call.run;
  const tree::NodeId low = run.source().child(call.from, name::low);
  const tree::NodeId high = run.source().child(call.from, name::high);
  const auto said = [&](tree::NodeId node) {
    return node != tree::no_node && !run.peek(node, name::value).empty();
  };
  if (said(low) == said(high)) {
    return false;
  }
  const tree::NodeId node = said(low) ? low : high;
  const bool inclusive = run.read(node, name::inclusive) != "false";
  for (const Comparator& known : comparators) {
    if (known.low == said(low) && known.inclusive == inclusive) {
      run.add(call.to, name::comparator, known.sign);
    }
  }
  const tree::NodeId opposite = said(low) ? high : low;
  if (opposite != tree::no_node &&
      run.peek(opposite, name::null_flavor) == (said(low) ? "PINF" : "NINF")) {
    run.take_all(opposite);
  }
  run.read(call.from, name::xsi_type);
  run.take(node);
  return quantity(call, node, call.to);
}

bool quantity_to_bound(const Call& call) {
  Run& run = call.run;
  const std::string_view sign = run.peek(call.from, name::comparator);
  for (const Comparator& known : comparators) {
    if (known.sign != sign) {
      continue;
    }
    const tree::NodeId made = run.fresh(known.low ? name::low : name::high);
    if (!physical(run, call.from, made)) {
      return false;
    }
    run.read(call.from, name::comparator);
    run.add(call.to, name::xsi_type, "IVL_PQ", true);
    run.add(made, name::inclusive, known.inclusive ? "" : "false", true);
    run.attach(call.to, made);
    return true;
  }
  return false;
}

/// Half a ratio is another amount.
bool rto_to_ratio(const Call& call) {
  const auto whole = [&](Symbol name) {
    const bool there = call.run.source().child(call.from, name) != tree::no_node;
    // The schema of CDA asks for both.
    return there ? part(call, name, name) : call.run.forward();
  };
  const bool any = call.run.source()[call.from].child != tree::no_node;
  return any && whole(name::numerator) && whole(name::denominator) &&
         call.run.target()[call.to].child != tree::no_node;
}

bool ratio_to_rto(const Call& call) {
  return rto_to_ratio(call);
}

}  // namespace lhcr::map
