// SPDX-License-Identifier: Apache-2.0
// PQ, its intervals and ratios.
#include <array>

#include "map/codec/codec_functions.hpp"
#include "map/run/run.hpp"

namespace lhcr::map {
namespace {

constexpr std::string_view ucum = "http://unitsofmeasure.org";

// The same amount in another unit.
constexpr std::string_view translation_url = "urn:hl7-org:v3:translation";

void keep_translations(Run& run, tree::NodeId from, tree::NodeId to) {
  const Names& names = run.names();
  for (const tree::NodeId child : run.source().children(from)) {
    if (run.source()[child].name != names.translation) {
      continue;
    }
    const tree::NodeId extension = run.fresh(names.extension);
    const tree::NodeId value = run.fresh(names.valueQuantity);
    const std::string_view system = run.read(child, names.codeSystem);
    const tree::NodeId original = run.source().child(child, names.originalText);
    const std::string_view display = run.read(child, names.displayName);
    const std::string said = display.empty() && original != tree::no_node ? ed_text(run, original)
                                                                          : std::string(display);
    if (said.empty() && run.peek(child, names.value).empty() &&
        run.peek(child, names.code).empty()) {
      continue;
    }
    run.take(child);
    run.add(extension, names.url, translation_url);
    run.add_copy(value, names.value, json_number(run.read(child, names.value)));
    run.add_copy(value, names.unit, said);
    run.add_copy(value, names.system,
                 system.empty() ? std::string() : system_of(run.map(), system));
    run.add_copy(value, names.code, run.read(child, names.code));
    run.attach(extension, value);
    run.attach(to, extension);
  }
}

void restore_translations(Run& run, tree::NodeId from, tree::NodeId to) {
  const Names& names = run.names();
  for (const tree::NodeId child : run.source().children(from)) {
    const tree::NodeId value = run.named_child(child, names.valueQuantity);
    if (value == tree::no_node || run.peek(child, names.url) != translation_url) {
      continue;
    }
    const tree::NodeId made = run.fresh(names.translation);
    run.take_all(child);
    run.add_copy(made, names.value, run.peek(value, names.value), true);
    run.add_copy(made, names.code, run.peek(value, names.code), true);
    run.add_copy(made, names.codeSystem, oid_of(run.map(), run.peek(value, names.system)), true);
    run.add_copy(made, names.displayName, run.peek(value, names.unit), true);
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
  const Names& names = run.names();
  const std::string value = json_number(run.read(from, names.value));
  if (value.empty()) {
    return false;
  }
  run.read(from, names.xsi_type);
  run.add_copy(to, names.value, value);
  if (const std::string_view unit = run.read(from, names.unit); !unit.empty()) {
    run.add_copy(to, names.unit, unit_name(call, unit));
    run.add(to, names.system, ucum);
    run.add_copy(to, names.code, unit);
  }
  keep_translations(run, from, to);
  return true;
}

bool physical(Run& run, tree::NodeId from, tree::NodeId to) {
  const Names& names = run.names();
  const std::string_view value = run.read(from, names.value);
  if (value.empty()) {
    return false;
  }
  run.add_copy(to, names.value, value, true);
  const std::string_view code = run.read(from, names.code);
  const std::string_view unit = run.read(from, names.unit);
  run.read(from, names.system);
  run.add_copy(to, names.unit, code.empty() ? unit : code, true);
  restore_translations(run, from, to);
  return true;
}

bool part(const Call& call, Symbol from, Symbol to) {
  Run& run = call.run;
  const tree::NodeId node = run.source().child(call.from, from);
  if (node == tree::no_node) {
    return false;
  }
  const tree::NodeId made = run.fresh(to);
  if (!(run.forward() ? quantity(call, node, made) : physical(run, node, made))) {
    return false;
  }
  run.take(node);
  run.attach(call.to, made);
  return true;
}

}  // namespace

std::string json_number(std::string_view text) {
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

bool pq_to_quantity(const Call& call) {
  return quantity(call, call.from, call.to);
}
bool quantity_to_pq(const Call& call) {
  return physical(call.run, call.from, call.to);
}

bool ivl_to_range(const Call& call) {
  const Names& names = call.run.names();
  const bool low = part(call, names.low, names.low);
  const bool high = part(call, names.high, names.high);
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
  const Names& names = run.names();
  const tree::NodeId low = run.source().child(call.from, names.low);
  const tree::NodeId high = run.source().child(call.from, names.high);
  const auto said = [&](tree::NodeId node) {
    return node != tree::no_node && !run.peek(node, names.value).empty();
  };
  if (said(low) == said(high)) {
    return false;
  }
  const tree::NodeId node = said(low) ? low : high;
  const bool inclusive = run.read(node, names.inclusive) != "false";
  for (const Comparator& known : comparators) {
    if (known.low == said(low) && known.inclusive == inclusive) {
      run.add(call.to, names.comparator, known.sign);
    }
  }
  const tree::NodeId other = said(low) ? high : low;
  if (other != tree::no_node &&
      run.peek(other, names.nullFlavor) == (said(low) ? "PINF" : "NINF")) {
    run.take_all(other);
  }
  run.read(call.from, names.xsi_type);
  run.take(node);
  return quantity(call, node, call.to);
}

bool quantity_to_bound(const Call& call) {
  Run& run = call.run;
  const Names& names = run.names();
  const std::string_view sign = run.peek(call.from, names.comparator);
  for (const Comparator& known : comparators) {
    if (known.sign != sign) {
      continue;
    }
    const tree::NodeId made = run.fresh(known.low ? names.low : names.high);
    if (!physical(run, call.from, made)) {
      return false;
    }
    run.read(call.from, names.comparator);
    run.add(call.to, names.xsi_type, "IVL_PQ", true);
    run.add(made, names.inclusive, known.inclusive ? "" : "false", true);
    run.attach(call.to, made);
    return true;
  }
  return false;
}

bool rto_to_ratio(const Call& call) {
  const Names& names = call.run.names();
  const bool top = part(call, names.numerator, names.numerator);
  const bool bottom = part(call, names.denominator, names.denominator);
  return top || bottom;
}

bool ratio_to_rto(const Call& call) {
  return rto_to_ratio(call);
}

}  // namespace lhcr::map
