// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <span>

#include <nlohmann/json.hpp>

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "base/excerpt.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "fhirpath/fhirpath.hpp"
#include "privacy/policy.hpp"
#include "privacy/rule_path.hpp"

namespace lhcr::privacy {
namespace {

using Json = nlohmann::ordered_json;

template <typename Value>
using Words = std::pair<std::string_view, Value>;

constexpr int deepest = 64;  // levels of a policy; the deepest good one has five

constexpr std::array<Words<Method>, 12> methods{{{"keep", Method::keep},
                                                 {"redact", Method::redact},
                                                 {"cryptohash", Method::hash},
                                                 {"hash", Method::hash},
                                                 {"encrypt", Method::encrypt},
                                                 {"dateshift", Method::date_shift},
                                                 {"generalize", Method::generalize},
                                                 {"generalise", Method::generalize},
                                                 {"perturb", Method::perturb},
                                                 {"substitute", Method::substitute},
                                                 {"pseudonymise", Method::pseudonymise},
                                                 {"keepcoded", Method::keep_coded}}};
constexpr std::array<Words<Coarse>, 6> coarse_forms{{{"year", Coarse::year},
                                                     {"year-start", Coarse::year_start},
                                                     {"month", Coarse::month},
                                                     {"outward-postcode", Coarse::outward_postcode},
                                                     {"age-band", Coarse::age_band},
                                                     {"short-number", Coarse::short_number}}};
// A file and a folder are one run here: what they would share is given by the key.
constexpr std::array<Words<ShiftScope>, 4> scopes{{{"patient", ShiftScope::patient},
                                                   {"resource", ShiftScope::resource},
                                                   {"file", ShiftScope::run},
                                                   {"folder", ShiftScope::run}}};
constexpr std::array<Words<bool>, 2> failure_words{{{"raise", false}, {"skip", true}}};
constexpr std::array<Words<bool>, 2> unmatched_words{{{"keep", false}, {"redact", true}}};
constexpr std::array<Words<bool>, 2> other_words{{{"redact", false}, {"keep", true}}};
constexpr std::array<Words<bool>, 2> range_words{{{"fixed", false}, {"proportional", true}}};

/// A place in the policy that messages name: "FILE: fhirPathRules[2].method".
class Place {
 public:
  Place(const Json& json, std::string path) : json_(json), path_(std::move(path)) {}

  [[nodiscard]] bool has(const char* name) const {
    return json_.is_object() && json_.contains(name) && !json_[name].is_null();
  }
  [[nodiscard]] Place at(const char* name) const {
    return {json_[name], path_ + (path_.ends_with(' ') ? "" : ".") + name};
  }
  [[nodiscard]] Place at(std::size_t index) const {
    return {json_[index], path_ + "[" + std::to_string(index) + "]"};
  }
  [[nodiscard]] const Json& json() const { return json_; }

  [[noreturn]] void fail(const std::string& expected) const {
    throw Error(ErrorKind::usage,
                path_ + ": expected " + expected + ", found " + excerpt(json_.dump(), 60));
  }
  /// A member that has no meaning would be passed over, and what it should hide would go out.
  template <typename Known>
  void only(const Known& known) const {
    for (const auto& member : json_.items()) {
      const std::string_view name = member.key();
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      const std::string_view meant = closest(name, std::span<const std::string_view>(known));
      throw Error(ErrorKind::usage,
                  path_ + (path_.ends_with(' ') ? "" : ": ") + "'" +
                      excerpt(std::string(name), 60) + "' has no meaning here" +
                      (meant.empty() ? "" : ", did you mean '" + std::string(meant) + "'?"));
    }
  }
  [[nodiscard]] const Place& object() const {
    if (!json_.is_object()) fail("an object");
    return *this;
  }
  [[nodiscard]] std::string text() const {
    if (!json_.is_string()) fail("a string");
    return json_.get<std::string>();
  }
  [[nodiscard]] bool truth() const {
    if (!json_.is_boolean()) fail("true or false");
    return json_.get<bool>();
  }
  [[nodiscard]] double number() const {
    if (!json_.is_number()) fail("a number");
    return json_.get<double>();
  }
  [[nodiscard]] int whole(int least, int most) const {
    if (!json_.is_number_integer() || json_.get<std::int64_t>() < least ||
        json_.get<std::int64_t>() > most) {
      fail("a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    return json_.get<int>();
  }
  template <typename Table>
  [[nodiscard]] auto word(const Table& table) const {
    const std::string given = in_small_letters(text());
    for (const auto& [name, value] : table) {
      if (given == name) return value;
    }
    std::string expected;
    std::vector<std::string_view> names;
    for (const auto& [name, value] : table) {
      expected += (expected.empty() ? "" : ", ") + std::string(name);
      names.push_back(name);
    }
    const std::string_view meant = closest(given, names);
    fail("one of " + expected +
         (meant.empty() ? "" : " (did you mean " + std::string(meant) + "?)"));
  }

 private:
  const Json& json_;
  std::string path_;
};

// The members of the configuration, with those of our own.
constexpr std::array<std::string_view, 6> policy_members{
    "fhirVersion", "fhirPathRules", "processingErrors", "parameters", "unmatched", "keepRequired"};
constexpr std::array<std::string_view, 13> parameter_members{"cryptoHashKey",
                                                             "encryptKey",
                                                             "dateShiftKey",
                                                             "dateShiftScope",
                                                             "dateShiftFixedOffsetInDays",
                                                             "enablePartialAgesForRedact",
                                                             "enablePartialDatesForRedact",
                                                             "enablePartialZipCodesForRedact",
                                                             "restrictedZipCodeTabulationAreas",
                                                             "testRange",
                                                             "wellFormedHashes",
                                                             "replaceBaseUrls",
                                                             "securityLabels"};
constexpr std::array<std::string_view, 2> key_members{"environment", "file"};
constexpr std::array<std::string_view, 2> rule_members{"path", "method"};
constexpr std::array<std::string_view, 5> generalize_members{"path", "method", "cases",
                                                             "otherValues", "to"};
constexpr std::array<std::string_view, 5> perturb_members{"path", "method", "span", "rangeType",
                                                          "roundTo"};
constexpr std::array<std::string_view, 3> substitute_members{"path", "method", "replaceWith"};

/// What a rule may have depends on its method.
void check_members(const Place& place, Method method) {
  switch (method) {
    case Method::generalize:
      return place.only(generalize_members);
    case Method::perturb:
      return place.only(perturb_members);
    case Method::substitute:
      return place.only(substitute_members);
    default:
      return place.only(rule_members);
  }
}

struct KnownSlip {
  std::string_view written;
  std::string_view meant;
};
constexpr std::array known_slips{
#define LHCR_KNOWN_SLIP(written, meant) KnownSlip{written, meant},
#include "privacy/known_slips.def"
#undef LHCR_KNOWN_SLIP
};

/// Whether a path is one of those that are known to be wrong; it becomes what is meant.
bool mend_path(std::string& path) {
  for (const KnownSlip& slip : known_slips) {
    if (!path.starts_with(slip.written)) continue;
    path.replace(0, slip.written.size(), slip.meant);
    return true;
  }
  return false;
}

void read_cases(const Place& place, Rule& rule) {
  if (place.has("cases")) {
    const Place cases = place.at("cases");
    for (const auto& [condition, value] : cases.object().json().items()) {
      if (!value.is_string()) cases.fail("FHIRPath expressions as strings");
      rule.cases.emplace_back(condition, value.get<std::string>());
    }
  }
  if (place.has("to")) rule.coarse = place.at("to").word(coarse_forms);
  if (rule.cases.empty() == (rule.coarse == Coarse::none)) {
    place.fail("either cases or to with the method generalize");
  }
  if (place.has("otherValues")) rule.keep_others = place.at("otherValues").word(other_words);
}

void read_perturb(const Place& place, Rule& rule) {
  if (!place.has("span")) place.fail("span with the method perturb");
  rule.span = place.at("span").number();
  if (rule.span < 0) place.at("span").fail("a number that is not negative");
  if (place.has("rangeType")) rule.proportional = place.at("rangeType").word(range_words);
  if (place.has("roundTo")) rule.round_to = place.at("roundTo").whole(0, 28);
}

Rule read_rule(const Place& place) {
  static_cast<void>(place.object());
  if (!place.has("path") || !place.has("method")) place.fail("path and method");
  Rule rule;
  rule.path = place.at("path").text();
  rule.known_slip = mend_path(rule.path);
  const RulePath path = split_path(rule.path);
  if (path.search != RulePath::Search::none && path.name.empty()) {
    place.at("path").fail("nodesByType('TYPE') or nodesByName('NAME')");
  }
  rule.method = place.at("method").word(methods);
  check_members(place, rule.method);
  if (rule.method == Method::generalize) read_cases(place, rule);
  if (rule.method == Method::perturb) read_perturb(place, rule);
  if (rule.method == Method::substitute) {
    if (!place.has("replaceWith")) place.fail("replaceWith with the method substitute");
    rule.replacement = place.at("replaceWith").json().dump();
  }
  return rule;
}

KeySource read_key(const Place& place) {
  if (place.json().is_string()) {
    const std::string key = place.text();
    return {key.empty() ? KeySource::Kind::none : KeySource::Kind::literal, key};
  }
  if (place.json().is_object()) place.only(key_members);
  if (place.has("environment")) {
    return {KeySource::Kind::environment, place.at("environment").text()};
  }
  if (place.has("file")) return {KeySource::Kind::file, place.at("file").text()};
  place.fail("a key: {\"environment\": \"NAME\"}, {\"file\": \"PATH\"} or a string");
}

void read_partial(const Place& place, Parameters& out) {
  const auto flag = [&](const char* name, bool& target) {
    if (place.has(name)) target = place.at(name).truth();
  };
  flag("enablePartialAgesForRedact", out.partial_ages);
  flag("enablePartialDatesForRedact", out.partial_dates);
  flag("enablePartialZipCodesForRedact", out.partial_zip_codes);
  flag("testRange", out.test_range);
  flag("wellFormedHashes", out.well_formed);
  flag("replaceBaseUrls", out.replace_bases);
  flag("securityLabels", out.labels);
  if (!place.has("restrictedZipCodeTabulationAreas")) return;
  const Place areas = place.at("restrictedZipCodeTabulationAreas");
  if (!areas.json().is_array()) areas.fail("an array of three-digit codes");
  for (std::size_t index = 0; index < areas.json().size(); ++index) {
    out.restricted_zip_codes.push_back(areas.at(index).text());
  }
}

void read_parameters(const Place& place, Parameters& out) {
  place.object().only(parameter_members);
  const auto key = [&](const char* name, KeySource& target) {
    if (place.has(name)) target = read_key(place.at(name));
  };
  key("cryptoHashKey", out.hash_key);
  key("encryptKey", out.encrypt_key);
  key("dateShiftKey", out.date_shift_key);
  if (place.has("dateShiftScope")) out.shift_scope = place.at("dateShiftScope").word(scopes);
  if (place.has("dateShiftFixedOffsetInDays")) {
    out.fixed_shift = place.at("dateShiftFixedOffsetInDays").whole(-36500, 36500);
  }
  read_partial(place, out);
}

Json parse(std::string_view text, const std::string& name) {
  if (text.starts_with(utf8_bom)) text.remove_prefix(utf8_bom.size());
  try {
    // What is said of a wrong value shows it, by a recursion as deep as the value.
    const auto bounded = [&](int depth, Json::parse_event_t, const Json&) {
      if (depth <= deepest) return true;
      throw Error(ErrorKind::input,
                  name + ": more than " + std::to_string(deepest) + " levels of JSON");
    };
    return Json::parse(text, bounded, true, true);
  } catch (const Json::parse_error& error) {
    const LineColumn at = LineCounter(text).at(error.byte > 0 ? error.byte - 1 : 0);
    throw Error(ErrorKind::input, name + ":" + std::to_string(at.line) + ":" +
                                      std::to_string(at.column) +
                                      ": the privacy rules are not JSON here");
  } catch (const Json::out_of_range&) {
    throw Error(ErrorKind::input, name + ": a number of the privacy rules is too large");
  }
}

void intern_expression(const std::string& text, const std::string& place, SymbolTable& symbols) {
  if (text.empty()) return;
  try {
    fhirpath::intern_names(text, symbols);
  } catch (const fhirpath::ExpressionError& error) {
    throw Error(ErrorKind::usage, place + ": \"" + text +
                                      "\" is not a FHIRPath expression: " + error.what() +
                                      " (character " + std::to_string(error.position() + 1) + ")");
  }
}

}  // namespace

Policy read_policy(std::string_view text, const std::string& name) {
  const Json json = parse(text, name);
  const Place place(json, name + ": ");
  Policy policy;
  policy.name = name;
  place.object().only(policy_members);
  if (place.has("fhirVersion")) policy.fhir_version = place.at("fhirVersion").text();
  if (place.has("processingErrors")) {
    policy.skip_failures = place.at("processingErrors").word(failure_words);
  }
  if (place.has("unmatched")) policy.drop_unmatched = place.at("unmatched").word(unmatched_words);
  if (place.has("keepRequired")) policy.keep_required = place.at("keepRequired").truth();
  if (!place.has("fhirPathRules") || !json["fhirPathRules"].is_array()) {
    place.fail("an array fhirPathRules of rules with path and method");
  }
  const Place rules = place.at("fhirPathRules");
  for (std::size_t index = 0; index < rules.json().size(); ++index) {
    policy.rules.push_back(read_rule(rules.at(index)));
  }
  if (place.has("parameters")) read_parameters(place.at("parameters"), policy.parameters);
  return policy;
}

void intern_names(const Policy& policy, SymbolTable& symbols) {
  for (std::size_t index = 0; index < policy.rules.size(); ++index) {
    const Rule& rule = policy.rules[index];
    const std::string place = policy.name + ": fhirPathRules[" + std::to_string(index) + "]";
    const RulePath path = split_path(rule.path);
    intern_expression(path.before, place, symbols);
    intern_expression(path.after, place, symbols);
    symbols.intern(path.name);
    for (const auto& [condition, value] : rule.cases) {
      intern_expression(condition, place, symbols);
      intern_expression(value, place, symbols);
    }
  }
}

}  // namespace lhcr::privacy
