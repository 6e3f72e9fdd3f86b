// SPDX-License-Identifier: Apache-2.0
/// Values of primitive elements.
#include <array>
#include <charconv>
#include <cstdint>

#include "base/byte_word.hpp"
#include "base/excerpt.hpp"
#include "base/measure.hpp"
#include "base/names.hpp"
#include "base/oid.hpp"
#include "base/text_rules.hpp"
#include "definition/version/releases.hpp"
#include "finding/id.hpp"
#include "validate/checks.hpp"
#include "validate/plan/plan.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using tree::NodeId;

constexpr std::size_t longest_string = 1048576;  // characters, FHIR R4 section 2.24.0.1

struct Value {
  Run& run;
  NodeId node;
  const ElementPlan& element;
  const ChildPlan& child;
  std::string_view text;

  void fault(finding::KindTaking<1> kind) const { run.report(node, kind.id, {excerpt(text)}); }
  /// Most callers only tell.  NOLINTNEXTLINE(modernize-use-nodiscard)
  bool demand(bool truth, finding::KindTaking<1> kind) const {
    if (!truth) {
      fault(kind);
    }
    return truth;
  }
};

void check_empty(Run& run, NodeId node, const ElementPlan& element, bool has_value) {
  bool children = false;
  for (const NodeId at : run.tree.children(node)) {
    children = children || !run.tree[at].is(tree::Flag::meta);
  }
  if (!children) {
    has_value ? run.report(node, id<"value-empty">) : run.report(node, id<"value-missing">);
  }
  if (element.binding.strength == definition::Strength::required &&
      element.binding.set != definition::no_value_set) {
    run.report(node, finding::Severity::warning, id<"code-missing">,
               {std::string(element.binding.value_set)});
  }
}

/// Bytes of letters beyond ASCII are no white space.
bool blank(char c) {
  return static_cast<unsigned char>(c) <= ' ';
}

void check_string(const Value& value) {
  if (all_space(value.text)) {
    value.run.report(value.node, id<"string-blank">);
  } else if (blank(value.text.front()) || blank(value.text.back())) {
    value.fault(id<"string-edges-blank">);
  }
  if (value.text.size() > longest_string && characters(value.text) > longest_string) {
    value.run.report(value.node, id<"string-too-long">);
  }
}

void check_control_characters(const Value& value) {
  for (std::string_view rest = value.text; !rest.empty();) {
    if (rest.size() >= ByteWord::size && !ByteWord(rest.data()).has_control_or()) {
      rest.remove_prefix(ByteWord::size);
      continue;
    }
    const char c = rest.front();
    if (static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n' && c != '\r') {
      value.run.report(value.node, id<"control-character">, {std::to_string(static_cast<int>(c))});
      return;
    }
    rest.remove_prefix(1);
  }
}

void check_max_length(const Value& value) {
  if (value.element.max_length != 0 && value.text.size() > value.element.max_length &&
      characters(value.text) > value.element.max_length) {
    value.run.report(value.node, id<"value-too-long">, {std::to_string(value.element.max_length)});
  }
}

void check_markup(const Value& value) {
  if (value.text.find('<') == std::string_view::npos || !has_markup(value.text)) {
    return;
  }
  if (value.run.options.security_checks) {
    value.run.report(value.node, finding::Severity::error, id<"markup-in-string">);
  } else if (value.child.rule != ValueRule::markdown) {
    value.run.report(value.node, id<"markup-in-string">);
  }
}

std::string_view uuid_part(const Value& value) {
  std::string_view part = value.text.substr(9);
  part = part.substr(0, part.find('#'));
  return value.child.rule == ValueRule::canonical ? part.substr(0, part.rfind('|')) : part;
}
/// "Questionnaire/3141": STU3 wrote such references, and the examples of R4 do still.
bool names_resource(const Value& value) {
  const std::size_t slash = value.text.find('/');
  return slash != std::string_view::npos && is_id(value.text.substr(slash + 1)) &&
         definition::is_resource(value.run.definitions, value.text.substr(0, slash));
}

void check_canonical_form(const Value& value) {
  if (value.text.starts_with("#") || is_absolute_url(value.text)) {
    return;
  }
  const finding::Severity severity =
      names_resource(value) ? finding::Severity::warning : finding::Severity::error;
  value.run.report(value.node, severity, id<"canonical-not-absolute">, {excerpt(value.text)});
}

void check_uri_form(const Value& value) {
  const ValueRule rule = value.child.rule;
  value.demand(!value.text.starts_with("oid:"), id<"uri-oid-prefix">);
  value.demand(!value.text.starts_with("uuid:"), id<"uri-uuid-prefix">);
  value.demand(!has_space(value.text), id<"uri-space">);
  if (rule == ValueRule::oid) {
    value.demand(value.text.starts_with("urn:oid:"), id<"oid-prefix">);
  } else if (rule == ValueRule::uuid) {
    value.demand(value.text.starts_with("urn:uuid:"), id<"uuid-prefix">);
  } else if (rule == ValueRule::canonical) {
    check_canonical_form(value);
  }
  if (value.text.starts_with("urn:uuid:")) {
    value.demand(is_uuid(uuid_part(value)), id<"uuid-invalid">);
  } else if (value.text.starts_with("urn:oid:")) {
    value.demand(is_oid_namespace(value.text.substr(8)), id<"oid-invalid">);
  }
}

/// The types a canonical may point to, and whether `type` is one.
bool canonical_type_allowed(const Value& value, std::string_view type) {
  bool any = false;
  for (const definition::TypeRef& allowed : value.element.types) {
    for (const std::string_view target : allowed.targets) {
      any = true;
      const std::string_view name = target.substr(target.rfind('/') + 1);
      if (name == type || name == "Resource" || name == "CanonicalResource") {
        return true;
      }
    }
  }
  return !any;
}

void check_canonical_target(const Value& value) {
  const std::string_view type = value.run.definitions.canonical_type(value.text);
  if (!type.empty() && !canonical_type_allowed(value, type)) {
    value.run.report(value.node, id<"canonical-wrong-type">,
                     {excerpt(value.text), std::string(type)});
  }
}

bool below_extension(const Value& value) {
  const tree::Tree& tree = value.run.tree;
  const Symbol parent = tree[tree[value.node].parent].element;
  return parent == name::extension || parent == name::modifier_extension;
}

void check_uri(const Value& value) {
  check_uri_form(value);
  if (value.child.canonical_url) {
    value.demand(is_absolute_url(value.text), id<"canonical-not-absolute">);
    return;
  }
  if (value.child.rule == ValueRule::uuid) {
    return;
  }
  // A content reference names an element of the definitions, which need not be in this resource.
  const bool fragment = value.text.front() == '#' && value.text.size() > 1 &&
                        !value.element.path.ends_with("ElementDefinition.contentReference");
  if (fragment && !below_extension(value) && !fragment_exists(value.run, value.text.substr(1))) {
    // A uri identifies and need not lead anywhere.
    const finding::Severity severity = value.child.rule == ValueRule::uri
                                           ? finding::Severity::information
                                           : finding::Severity::error;
    value.run.report(value.node, severity, id<"fragment-unresolved">, {excerpt(value.text)});
  }
  if (!value.run.options.allow_example_urls && !below_extension(value) &&
      is_example_url(value.text)) {
    value.fault(id<"example-url">);
  }
  if (value.child.rule == ValueRule::canonical) {
    check_canonical_target(value);
  }
}

std::string date_form(ValueRule rule) {
  switch (rule) {
    case ValueRule::date:
      return "Write YYYY, YYYY-MM or YYYY-MM-DD, such as 2024-01-31";
    case ValueRule::instant:
      return "Write YYYY-MM-DDThh:mm:ss and a zone, such as 2024-01-31T09:30:00Z";
    default:
      return "Write YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss and a zone, such as "
             "2024-01-31T09:30:00+01:00";
  }
}

void check_date(const Value& value, DateFault fault) {
  if (fault == DateFault::none) {
    int year = 0;
    std::from_chars(value.text.data(), value.text.data() + 4, year);
    constexpr int first_likely = 1800;
    constexpr int last_likely = 2106;
    if (year < first_likely || year > last_likely) {
      value.fault(id<"date-unlikely">);
    }
  } else if (fault == DateFault::format) {
    value.run.report(value.node, id<"date-format-invalid">,
                     {excerpt(value.text), std::string(value.run.type_name(value.node)),
                      date_form(value.child.rule)});
  } else {
    fault == DateFault::day ? value.fault(id<"date-does-not-exist">)
                            : value.fault(id<"zone-missing">);
  }
}

bool below(std::string_view text, std::string_view limit) {
  return compare_primitives(text, limit).value_or(0) < 0;
}

void check_range(const Value& value) {
  const ElementPlan& element = value.element;
  if (!element.min_value.empty() && below(value.text, element.min_value)) {
    value.run.report(value.node, id<"value-below-minimum">,
                     {excerpt(value.text), std::string(element.min_value)});
  }
  if (!element.max_value.empty() && below(element.max_value, value.text)) {
    value.run.report(value.node, id<"value-above-maximum">,
                     {excerpt(value.text), std::string(element.max_value)});
  }
}

void check_integer(const Value& value) {
  if (!value.demand(is_integer(value.text), id<"integer-invalid">)) {
    return;
  }
  const bool negative = value.text.front() == '-';
  if (value.child.rule == ValueRule::unsigned_int) {
    value.demand(!negative, id<"integer-negative">);
  } else if (value.child.rule == ValueRule::positive_int) {
    value.demand(!negative && value.text != "0", id<"integer-not-positive">);
  }
  check_range(value);
}

void check_decimal(const Value& value) {
  const bool limited = value.child.rule == ValueRule::decimal_limited;
  if (value.demand(is_decimal(value.text) && (!limited || within_decimal_limits(value.text)),
                   id<"decimal-invalid">)) {
    check_range(value);
  }
}

void check_base64(const Value& value) {
  const Base64 form = base64_form(value.text);
  if (form == Base64::invalid) {
    value.run.report(value.node, id<"base64-invalid">);
  } else if (form == Base64::spaced) {
    const bool tolerated = value.child.rule == ValueRule::base64;
    value.run.report(value.node, tolerated ? finding::Severity::warning : finding::Severity::error,
                     id<"base64-space">);
  }
}

void check_id(const Value& value) {
  const NodeId parent = value.run.tree[value.node].parent;
  const bool of_resource = value.run.tree[parent].is(tree::Flag::resource) &&
                           value.run.tree[value.node].element == name::id;
  // The id of a resource is judged with the resource, whatever type a version gives it. The ids of
  // element definitions name slices with ':' and '/', STU3 types them as id nevertheless.
  if (!of_resource && !value.element.path.ends_with("ElementDefinition.id")) {
    value.demand(is_id(value.text), id<"id-invalid">);
  }
}

void check_text(const Value& value) {
  switch (value.child.rule) {
    case ValueRule::boolean:
      value.demand(value.text == "true" || value.text == "false", id<"boolean-invalid">);
      break;
    case ValueRule::integer:
    case ValueRule::unsigned_int:
    case ValueRule::positive_int:
      check_integer(value);
      break;
    case ValueRule::decimal:
    case ValueRule::decimal_limited:
      check_decimal(value);
      break;
    case ValueRule::integer64:
      if (value.demand(is_integer64(value.text), id<"integer-invalid">)) {
        check_range(value);
      }
      break;
    case ValueRule::string:
      check_string(value);
      break;
    case ValueRule::code:
      value.demand(is_code(value.text), id<"code-space">);
      break;
    case ValueRule::id:
      check_id(value);
      break;
    case ValueRule::uri:
    case ValueRule::url:
    case ValueRule::canonical:
    case ValueRule::oid:
    case ValueRule::uuid:
      check_uri(value);
      break;
    case ValueRule::date:
      check_date(value, date_fault(value.text));
      break;
    case ValueRule::date_time:
      check_date(value, date_time_fault(value.text));
      break;
    case ValueRule::instant:
      check_date(value, instant_fault(value.text));
      break;
    case ValueRule::time:
      value.demand(is_time(value.text), id<"time-invalid">);
      break;
    case ValueRule::base64:
    case ValueRule::base64_unspaced:
      check_base64(value);
      break;
    case ValueRule::markdown:
    case ValueRule::xhtml:
    case ValueRule::none:
      break;
  }
}

bool textual(ValueRule rule) {
  return rule == ValueRule::string || rule == ValueRule::markdown || rule == ValueRule::code;
}

}  // namespace

void check_value(Run& run, NodeId node, const TypePlan& parent, const ChildPlan& plan) {
  const tree::Node& at = run.tree[node];
  const ElementPlan& element = parent.elements[plan.element];
  if (at.kind == tree::Kind::object) {
    return;  // the shape is wrong, and said to be
  }
  if (at.length == 0) {
    check_empty(run, node, element, at.kind != tree::Kind::null);
    return;
  }
  if (plan.rule == ValueRule::xhtml) {
    return;
  }
  const Value value{run, node, element, plan, at.text()};
  check_text(value);
  check_max_length(value);
  if (textual(plan.rule)) {
    check_control_characters(value);
    check_markup(value);
  }
  if (element.binding.strength != definition::Strength::none) {
    check_code_binding(run, node, element.binding);
  }
}

}  // namespace lhcr::validate
