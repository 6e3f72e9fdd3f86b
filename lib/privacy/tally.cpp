// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <nlohmann/json.hpp>

#include "privacy/privacy.hpp"

namespace lhcr::privacy {
namespace {

constexpr std::array<const char*, 10> method_names{
    "keep",       "redact",  "cryptoHash", "encrypt",      "dateShift",
    "generalize", "perturb", "substitute", "pseudonymise", "keepCoded"};

void add_each(std::vector<std::uint64_t>& to, const std::vector<std::uint64_t>& from) {
  if (to.size() < from.size()) to.resize(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) to[i] += from[i];
}

const char* name_of(Method method) {
  return method_names[static_cast<std::size_t>(method)];
}

}  // namespace

void Tally::add(const Tally& other) {
  records += other.records;
  emptied += other.emptied;
  unmatched += other.unmatched;
  masked_modifiers += other.masked_modifiers;
  add_each(by_rule, other.by_rule);
  add_each(by_method, other.by_method);
}

std::string tally_json(const Policy& policy, const Tally& tally) {
  nlohmann::ordered_json rules = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < policy.rules.size() && i < tally.by_rule.size(); ++i) {
    rules.push_back({{"path", policy.rules[i].path},
                     {"method", name_of(policy.rules[i].method)},
                     {"values", tally.by_rule[i]}});
  }
  nlohmann::ordered_json methods = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < tally.by_method.size(); ++i) {
    if (tally.by_method[i] > 0) methods[method_names[i]] = tally.by_method[i];
  }
  const nlohmann::ordered_json out{{"format", "lhcr-privacy"},
                                   {"version", 1},
                                   {"policy", policy.name},
                                   {"records", tally.records},
                                   {"emptied", tally.emptied},
                                   {"values", methods},
                                   {"unmatched", tally.unmatched},
                                   {"maskedModifiers", tally.masked_modifiers},
                                   {"rules", rules}};
  return out.dump(2) + "\n";
}

}  // namespace lhcr::privacy
