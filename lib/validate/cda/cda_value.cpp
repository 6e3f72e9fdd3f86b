// SPDX-License-Identifier: Apache-2.0
/// Attributes and data types of CDA R2 (HL7 V3 data types, XML ITS release 1).
#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/date_time.hpp"
#include "base/decimal.hpp"
#include "base/measure.hpp"
#include "base/names.hpp"
#include "base/text.hpp"
#include "finding/id.hpp"
#include "validate/cda/cda.hpp"
#include "validate/checks.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using tree::no_node;
using tree::NodeId;

bool is_code(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), lhcr::is_space);
}

bool is_boolean(std::string_view text) {
  return text == "true" || text == "false";
}

bool is_integer(std::string_view text) {
  text.remove_prefix(!text.empty() && (text.front() == '-' || text.front() == '+') ? 1 : 0);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// xs:decimal or xs:double.
bool is_real(std::string_view text) {
  const std::size_t power = std::min(text.find_first_of("eE"), text.size());
  std::string_view digits = text.substr(0, power);
  digits.remove_prefix(!digits.empty() && (digits.front() == '-' || digits.front() == '+') ? 1 : 0);
  const auto points = std::count(digits.begin(), digits.end(), '.');
  const bool plain =
      std::all_of(digits.begin(), digits.end(), [](char c) { return is_digit(c) || c == '.'; }) &&
      std::any_of(digits.begin(), digits.end(), is_digit) && points <= 1;
  return plain && (power == text.size() || is_integer(text.substr(power + 1)));
}

bool is_timestamp(std::string_view text) {
  return DateTime::parse_timestamp(text).has_value();
}

/// Numbers with dots between them, none with a leading zero.
bool is_plain_oid(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '2') {
    return false;
  }
  for (bool first = true; !text.empty(); first = false) {
    const std::size_t end = std::min(text.find('.'), text.size());
    const std::string_view part = text.substr(0, end);
    const bool good = !part.empty() && std::all_of(part.begin(), part.end(), is_digit) &&
                      (part.size() == 1 || (part.front() != '0' && !first));
    if (!good || end + 1 == text.size()) {
      return false;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

bool is_plain_uuid(std::string_view text) {
  if (text.size() != 36) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen != (text[i] == '-') || (!hyphen && !is_alphanumeric(text[i]))) {
      return false;
    }
  }
  return true;
}

bool is_ruid(std::string_view text) {
  return !text.empty() && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_uid(std::string_view text) {
  return is_plain_oid(text) || is_plain_uuid(text) || is_ruid(text);
}

bool is_text(std::string_view text) {
  return !text.empty();
}

/// An XML name without colon.
bool is_xml_id(std::string_view text) {
  const auto starts = [](char c) {
    return is_letter(c) || c == '_' || (static_cast<unsigned char>(c) & 0x80U) != 0;
  };
  return !text.empty() && starts(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return starts(c) || is_digit(c) || c == '-' || c == '.'; });
}

bool is_probability(std::string_view text) {
  const auto value = Decimal::parse(text);
  const auto one = Decimal::parse("1");
  return value && is_real(text) && text.front() != '-' && compare(*value, *one) <= 0;
}

bool is_base64(std::string_view text) {
  std::size_t count = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (lhcr::is_space(c)) {
      continue;
    }
    padding += c == '=' ? 1U : 0U;
    const bool letter = is_alphanumeric(c) || c == '+' || c == '/';
    if (c != '=' && (!letter || padding > 0)) {
      return false;
    }
    ++count;
  }
  return count % 4 == 0 && padding <= 2;
}

/// Each of the primitives that an attribute may have.
bool fits(const Run& run, const ElementPlan& element, std::string_view text) {
  return std::any_of(element.types.begin(), element.types.end(),
                     [&](const definition::TypeRef& type) {
                       const CdaPrimitive* const rule = run.state.cda->primitive(type.type);
                       return rule == nullptr || rule->fits(text);
                     });
}

void check_token(Run& run, NodeId node, const ElementPlan& element, std::string_view text) {
  if (fits(run, element, text)) {
    return;
  }
  const CdaPrimitive& rule = *run.state.cda->primitive(element.types.front().type);
  run.report(node, id<"cda-value">,
             {std::string(text), std::string(rule.label), std::string(rule.hint)});
}

/// The text of a fixed value that is a JSON string.
std::string_view plain(std::string_view json) {
  return json.size() >= 2 && json.front() == '"' ? json.substr(1, json.size() - 2) : json;
}

// --- data types ---

void check_null_value(Run& run, NodeId node, Symbol value) {
  if (is_null_flavoured(run, node) && run.child(node, value) != no_node) {
    run.report(node, id<"cda-null-with-value">);
  }
}

void check_quantity_value(Run& run, NodeId node) {
  check_null_value(run, node, name::value);
}

void check_code_value(Run& run, NodeId node) {
  check_null_value(run, node, name::code);
}

void check_physical_quantity(Run& run, NodeId node) {
  const NodeId unit = run.child(node, name::unit);
  if (unit != no_node && is_code(run.tree[unit].text()) &&
      !run.state.units.is_ucum(run.definitions, run.tree[unit].text())) {
    run.report(unit, id<"unit-not-ucum">, {std::string(run.tree[unit].text())});
  }
}

struct Bounds {
  std::string_view low, high, low_unit, high_unit;
};

Bounds bounds_of(const Run& run, NodeId node) {
  const NodeId low = run.child(node, name::low);
  const NodeId high = run.child(node, name::high);
  if (low == no_node || high == no_node) {
    return {};
  }
  return {run.child_text(low, name::value), run.child_text(high, name::value),
          run.child_text(low, name::unit), run.child_text(high, name::unit)};
}

void report_reversed(Run& run, NodeId node, const Bounds& bounds) {
  run.report(node, id<"cda-interval-reversed">,
             {std::string(bounds.low), std::string(bounds.high)});
}

void check_time_interval(Run& run, NodeId node) {
  const Bounds bounds = bounds_of(run, node);
  if (compare_primitives(bounds.low, bounds.high, "TS").value_or(0) > 0) {
    report_reversed(run, node, bounds);
  }
}

void check_number_interval(Run& run, NodeId node) {
  const Bounds bounds = bounds_of(run, node);
  const auto order = compare_primitives(bounds.low, bounds.high, "decimal");
  if (bounds.low_unit == bounds.high_unit && order.value_or(0) > 0) {
    report_reversed(run, node, bounds);
  }
}

struct TypeCheckRow {
  std::string_view type;
  CdaTypeCheck check;
};
constexpr std::array type_check_rows = {
    TypeCheckRow{"QTY", check_quantity_value},     TypeCheckRow{"CD", check_code_value},
    TypeCheckRow{"PQ", check_physical_quantity},   TypeCheckRow{"IVL_TS", check_time_interval},
    TypeCheckRow{"IVL_PQ", check_number_interval}, TypeCheckRow{"IVL_INT", check_number_interval},
};

}  // namespace

const std::vector<CdaPrimitive>& cda_primitives() {
  static const std::vector<CdaPrimitive> rows = {
      {"bin", "base64",
       "Write groups of four characters of A-Z, a-z, 0-9, + and /, the last one padded with =, "
       "such as SGVsbG8=",
       is_base64},
      {"bl-simple", "boolean", "Use true or false", is_boolean},
      {"bn", "boolean", "Use true or false", is_boolean},
      {"cs-simple", "code", "A code holds no white space", is_code},
      {"int-simple", "integer", "Write digits such as 12 or -3", is_integer},
      {"oid", "OID, UUID or RUID",
       "An OID is numbers with dots between them, without leading zeros, such as "
       "2.16.840.1.113883.6.96",
       is_plain_oid},
      {"probability", "probability", "A number from 0 to 1, such as 0.25", is_probability},
      {"real-simple", "number", "Write digits such as 69.8: a point, no comma", is_real},
      {"ruid", "RUID", "A RUID is a letter and then letters, digits and hyphens, such as HL7-A1",
       is_ruid},
      {"st-simple", "text", "Leave an empty attribute out", is_text},
      {"ts-simple", "point in time",
       "Write YYYYMMDDHHMMSS.UUUU+ZZzz, from the right as much left out as is not known, such as "
       "202401310930+0000",
       is_timestamp},
      {"uid", "OID, UUID or RUID",
       "Write an OID such as 2.16.840.1.113883.6.96, or a UUID of 8-4-4-4-12 hexadecimal digits",
       is_uid},
      {"uuid", "UUID",
       "Write 8-4-4-4-12 hexadecimal digits, such as 0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
       is_plain_uuid},
      {"xs-ID", "ID", "An ID begins with a letter or _ and holds letters, digits, -, _ and .",
       is_xml_id},
  };
  return rows;
}

std::vector<CdaTypeCheck> cda_type_checks(std::string_view name) {
  std::vector<CdaTypeCheck> checks;
  for (const TypeCheckRow& row : type_check_rows) {
    if (row.type == name) {
      checks.push_back(row.check);
    }
  }
  return checks;
}

bool is_null_flavoured(const Run& run, NodeId node) {
  return run.child(node, name::null_flavor) != no_node;
}

void check_cda_attribute(Run& run, NodeId node, const ElementPlan& element,
                         const ChildPlan& child) {
  const std::string_view text = run.tree[node].text();
  if ((child.flags & definition::child_list) == 0) {
    check_token(run, node, element, text);
  }
  const std::string_view fixed = plain(element.fixed);
  if (!fixed.empty() && text != fixed) {
    run.report(node, id<"fixed-value">, {std::string(text), std::string(fixed), "CDA R2"});
  } else if (element.binding.strength == definition::Strength::required) {
    check_cda_binding(run, node, element.binding);
  }
}

}  // namespace lhcr::validate
