// SPDX-License-Identifier: Apache-2.0
/// What could still identify somebody: everything but codes of published lists, flags, short
/// numbers and what the methods make. What cannot be judged is listed, too.
#include <algorithm>
#include <array>
#include <deque>

#include <re2/re2.h>

#include "base/check_digit.hpp"
#include "base/names.hpp"
#include "base/nhs_number.hpp"
#include "base/reference_text.hpp"
#include "base/text_rules.hpp"
#include "base/uk_system.hpp"
#include "finding/id.hpp"
#include "privacy/dates.hpp"
#include "privacy/privacy.hpp"
#include "privacy/work.hpp"

namespace lhcr::privacy {
namespace {

using What = std::string_view;  ///< empty: nothing

constexpr What free_text = "free text";
constexpr What network_address = "an address on a network";

struct Identifying {
  std::string_view type;
  std::string_view element;
  std::size_t least;  ///< characters
  What what;
};
constexpr std::array identifying{
#define LHCR_IDENTIFYING(type, element, least, what) Identifying{type, element, least, what},
#include "privacy/identifying.def"
#undef LHCR_IDENTIFYING
};

class Pattern {
 public:
  Pattern(What what, const char* expression) : what_(what), expression_(expression, RE2::Quiet) {}
  [[nodiscard]] What what() const { return what_; }
  [[nodiscard]] bool in(std::string_view text) const {
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), expression_);
  }

 private:
  What what_;
  RE2 expression_;
};

const std::deque<Pattern>& patterns() {
  static const std::deque<Pattern> all = [] {
    std::deque<Pattern> made;
#define LHCR_PATTERN(what, expression) made.emplace_back(what, expression);
#include "privacy/patterns.def"
#undef LHCR_PATTERN
    return made;
  }();
  return all;
}

/// Ten digits, as they are or in groups, of which the last checks the others; test numbers are
/// nobody's.
bool holds_nhs_number(std::string_view text, bool test_numbers) {
  static const RE2 number(
      R"((?:^|[^0-9A-Za-z.-])([0-9]{3})[ -]?([0-9]{3})[ -]?([0-9]{4})(?:$|[^0-9A-Za-z.-]))",
      RE2::Quiet);
  re2::StringPiece rest(text.data(), text.size());
  std::string first;
  std::string second;
  std::string third;
  while (RE2::FindAndConsume(&rest, number, &first, &second, &third)) {
    std::string digits = first;
    digits.append(second).append(third);
    const bool counts = test_numbers || nhs_number_range(digits) != NhsNumberRange::test;
    if (counts && has_modulus11_check_digit(digits)) return true;
  }
  return false;
}

/// Whether a run of digits is as long as the number of a person or a telephone.
bool has_long_number(std::string_view text) {
  constexpr int least = 5;
  int run = 0;
  for (const char byte : text) {
    run = byte >= '0' && byte <= '9' ? run + 1 : 0;
    if (run >= least) return true;
  }
  return false;
}

What judge_id(std::string_view id) {
  return !is_pseudonym(id) && has_long_number(id) ? What("an id that holds a number") : What();
}

/// "1.2.3", "q4": the number of a question or a section, no words.
bool is_label(std::string_view text) {
  static const RE2 label(R"([A-Za-z]?[0-9]{1,3}([._/-][0-9]{1,3}){0,5}|[A-Za-z])", RE2::Quiet);
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), label);
}

/// An outward post code, a country: what the methods leave of an address.
bool is_coarse_place(std::string_view text) {
  static const RE2 place(
      R"([A-Z]{1,2}[0-9][0-9A-Z]?|[0-9]{3}00|[A-Z]{2,3}|England|Scotland|Wales|Northern Ireland|United Kingdom)",
      RE2::Quiet);
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), place);
}

/// What methods did to the dates of a resource, by its labels.
struct Labels {
  bool shifted = false;
  bool generalized = false;
};

class IdentifierChecker {
 public:
  IdentifierChecker(const tree::Tree& tree, const definition::Definitions& definitions,
                    bool test_numbers, finding::Sink& sink)
      : tree_(tree),
        paths_(tree),
        definitions_(definitions),
        published_(definitions),
        types_(definitions),
        test_numbers_(test_numbers),
        sink_(sink) {}

  void enter(tree::NodeId resource) {
    if (resource != tree::root_node && tree_[resource].element == name::contained) return;
    labels_ = {};
    const tree::NodeId meta = tree_.child(resource, name::meta);
    if (meta == tree::no_node) return;
    for (const tree::NodeId label : tree::all_named(tree_, meta, name::security)) {
      const std::string_view code = tree::child_text(tree_, label, name::code);
      labels_.shifted = labels_.shifted || code == "PERTURBED";
      labels_.generalized = labels_.generalized || code == "GENERALIZED";
    }
  }

  void node(tree::NodeId id) {
    const tree::Node& node = tree_[id];
    if (node.is(tree::Flag::meta) || node.length == 0) return;
    if (!test_numbers_ && is_test_number(node)) return;
    What what = by_place(node);
    if (what.empty()) what = by_type(id);
    if (what.empty()) return;
    sink_.add(finding::about(paths_, id, finding::id<"privacy-identifies">, {std::string(what)}));
  }

 private:
  [[nodiscard]] std::string_view type_name(definition::TypeId type) const {
    return type == definition::no_type ? std::string_view() : definitions_.info(type).name;
  }

  [[nodiscard]] What by_place(const tree::Node& node) const {
    const std::string_view type = type_name(tree_[node.parent].type);
    const std::string_view element = tree_.name(node.element);
    for (const Identifying& row : identifying) {
      const bool here = row.element == element && row.type == type && node.length >= row.least;
      if (here && !is_pseudonym(node.text())) return row.what;
    }
    return {};
  }

  /// An NHS number of the range for tests.
  [[nodiscard]] bool is_test_number(const tree::Node& node) const {
    if (node.element != name::value) return false;
    const auto known = uk_system(tree::child_text(tree_, node.parent, name::system));
    const bool number = known && known->kind == UkSystem::nhs_number;
    return number && has_modulus11_check_digit(node.text()) &&
           nhs_number_range(node.text()) == NhsNumberRange::test;
  }

  [[nodiscard]] bool is_a(definition::TypeId type, definition::TypeId ancestor) const {
    return type != definition::no_type && ancestor != definition::no_type &&
           definitions_.derives(type, ancestor);
  }

  What by_type(tree::NodeId id) {
    const tree::Node& node = tree_[id];
    const definition::TypeId around = tree_[node.parent].type;
    if (node.kind == tree::Kind::boolean) return {};
    if (node.kind == tree::Kind::number) return number(id);
    if (around == types_.coding) return of_coding(id);
    if (around == types_.address && is_coarse_place(node.text())) return {};
    if (is_a(around, types_.quantity)) return of_quantity(id);
    if (is_date(node.type)) return date(node.text());
    if (node.type == types_.code) {
      return published_.is_bound_code(tree_, id) || is_absent_reason(id)
                 ? What()
                 : What("a code that no published list has");
    }
    const std::string_view type = type_name(node.type);
    if (type == "id" || node.element == name::id) return judge_id(node.text());
    if (type == "time") return {};
    const bool address = type == "uri" || type == "url" || type == "canonical" || type == "oid" ||
                         type == "uuid" || node.element == name::reference;
    return address || node.element == name::url ? of_address(id) : by_text(node.text());
  }

  [[nodiscard]] bool is_date(definition::TypeId type) const {
    return type != definition::no_type &&
           (type == types_.date || type == types_.date_time || type == types_.instant);
  }

  [[nodiscard]] What date(std::string_view text) const {
    constexpr std::size_t whole_day = 10;
    if (text.size() < whole_day || labels_.shifted) return {};
    return labels_.generalized && text.ends_with("-01-01") ? What() : What("a date");
  }

  /// In the extension that says why something is not told.
  [[nodiscard]] bool is_absent_reason(tree::NodeId node) const {
    constexpr std::string_view url = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
    if (tree::child_text(tree_, tree_[node].parent, name::url) != url) return false;
    const std::string_view code = tree_[node].text();
    return is_listed("http://terminology.hl7.org/CodeSystem/data-absent-reason", code) ||
           is_listed("http://hl7.org/fhir/data-absent-reason", code);
  }

  [[nodiscard]] bool is_listed(std::string_view system, std::string_view code) const {
    const definition::CodeSystemId list = definitions_.code_system(system);
    return list != definition::no_code_system && definitions_.code_system_has(list, code);
  }

  [[nodiscard]] What number(tree::NodeId id) const {
    constexpr double oldest = 89;
    const tree::NodeId around = tree_[id].parent;
    const std::string_view code = tree::child_text(tree_, around, name::code);
    const std::string_view unit = code.empty() ? tree::child_text(tree_, around, name::unit) : code;
    const bool age = tree_[around].type == types_.age;
    const auto years = years_of(tree_[id].text(), unit, age ? "a" : "");
    // From 90 years on all are 90.
    if (years && *years > oldest && *years != oldest + 1) return "an age over 89";
    const std::string_view url = tree::child_text(tree_, around, name::url);
    if (url == "latitude" || url == "longitude") return "a position";
    const auto shorter = shorten_number(tree_[id].text());
    return shorter && *shorter != tree_[id].text() ? What("a number of many digits") : What();
  }

  What of_coding(tree::NodeId id) {
    const tree::NodeId coding = tree_[id].parent;
    const std::string_view system = tree::child_text(tree_, coding, name::system);
    const std::string_view code = tree::child_text(tree_, coding, name::code);
    const bool published = published_.is_coding(system, code) || is_label_code(system);
    const Symbol element = tree_[id].element;
    if (element == name::display) {
      return is_official(system, code, tree_[id].text()) ? What() : What("free text beside a code");
    }
    if (element == name::version) return is_version(tree_[id].text()) ? What() : free_text;
    if (published) return {};
    return element == name::system ? What("the address of a local code system")
                                   : What("a local code");
  }

  /// A label of meta.security that the methods set, some of which have no system.
  [[nodiscard]] bool is_label_code(std::string_view system) const {
    return system.empty() && (labels_.shifted || labels_.generalized);
  }

  [[nodiscard]] bool is_official(std::string_view system, std::string_view code,
                                 std::string_view display) const {
    if (is_label_display(display)) return true;
    const definition::CodeSystemId list = definitions_.code_system(system);
    if (list == definition::no_code_system) return false;
    const auto known = definitions_.displays(list, code);
    return std::find(known.begin(), known.end(), display) != known.end();
  }

  static bool is_label_display(std::string_view display) {
    constexpr std::array displays{
#define LHCR_LABEL(effect, system, code, display) std::string_view(display),
#include "privacy/labels.def"
#undef LHCR_LABEL
    };
    return std::find(displays.begin(), displays.end(), display) != displays.end();
  }

  What of_quantity(tree::NodeId id) {
    const Symbol element = tree_[id].element;
    const std::string_view text = tree_[id].text();
    if (element == name::unit) return is_unit(text) ? What() : What("free text as a unit");
    const tree::NodeId quantity = tree_[id].parent;
    const bool published = published_.is_coding(tree::child_text(tree_, quantity, name::system),
                                                tree::child_text(tree_, quantity, name::code));
    if (published || published_.is_bound_code(tree_, id)) return {};
    return element == name::system ? What("the address of a local code system")
                                   : What("a local code");
  }

  [[nodiscard]] What of_address(tree::NodeId id) const {
    const std::string_view text = tree_[id].text();
    if (is_pseudonym(text) || is_other_server(text)) return {};
    if (text.starts_with('#')) return judge_id(text.substr(1));
    if (text.find('?') != std::string_view::npos) return "a search";
    if (text.find(':') == std::string_view::npos)
      return judge_id(cut_reference(text).id.empty() ? text : cut_reference(text).id);
    return is_published_address(text) ? What() : network_address;
  }

  static bool is_other_server(std::string_view text) {
    static const RE2 server(R"(https://[0-9a-f]{16}\.invalid/[A-Za-z]+/[0-9a-f]{64})", RE2::Quiet);
    return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), server);
  }

  /// Of a definition that is here, of the UK's, of an identifier system that is registered.
  [[nodiscard]] bool is_published_address(std::string_view text) const {
    if (definitions_.structure(text) != definition::no_structure ||
        definitions_.value_set(text) != definition::no_value_set ||
        definitions_.code_system(text) != definition::no_code_system || uk_system(text)) {
      return true;
    }
    const bool registered = is_uk_canonical(text) || text.starts_with("http://hl7.org/fhir/") ||
                            text.starts_with("http://terminology.hl7.org/") ||
                            text == "urn:ietf:rfc:3986" || text.starts_with("urn:oid:");
    return registered && !has_long_number(text);
  }

  [[nodiscard]] What by_text(std::string_view text) const {
    if (is_pseudonym(text) || is_label(text)) return {};
    if (holds_nhs_number(text, test_numbers_)) return "an NHS number";
    for (const Pattern& pattern : patterns()) {
      if (pattern.in(text)) return pattern.what();
    }
    return free_text;
  }

  const tree::Tree& tree_;
  tree::Paths paths_;
  const definition::Definitions& definitions_;
  Published published_;
  KnownTypes types_;
  bool test_numbers_;
  finding::Sink& sink_;
  Labels labels_;
};

// Recursion is as deep as the record, which the reader bounds.
void check_below(const tree::Tree& tree, tree::NodeId node, IdentifierChecker& checker) {
  if (tree[node].is(tree::Flag::resource)) checker.enter(node);
  for (const tree::NodeId child : tree.children(node)) {
    checker.node(child);
    check_below(tree, child, checker);
  }
}

}  // namespace

void check(const tree::Tree& tree, const definition::Definitions& definitions, bool test_numbers,
           finding::Sink& sink) {
  IdentifierChecker checker(tree, definitions, test_numbers, sink);
  check_below(tree, tree::root_node, checker);
}

}  // namespace lhcr::privacy
