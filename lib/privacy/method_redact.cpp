// SPDX-License-Identifier: Apache-2.0
/// redact: the value goes, or leaves a coarse part that the policy allows.
#include <algorithm>

#include "base/names.hpp"
#include "base/number_in.hpp"
#include "privacy/dates.hpp"
#include "privacy/work.hpp"

namespace lhcr::privacy {
namespace {

constexpr int oldest_told_age = 89;

bool is_age_value(const Work& work, tree::NodeId node) {
  return work.tree[node].element == name::value &&
         work.tree[work.tree[node].parent].type == work.types.age;
}

bool is_postal_code(const Work& work, tree::NodeId node) {
  return work.tree[node].element == name::postal_code &&
         work.tree[work.tree[node].parent].type == work.types.address;
}

bool is_young(std::string_view age) {
  const auto years = number_in<double>(age);
  return years && *years <= oldest_told_age;
}

/// Three digits stay, the others become zero; of a restricted area all do.
Effect coarsen_zip_code(Work& work, tree::NodeId node) {
  std::string code(work.text(node));
  const auto& restricted = work.policy.parameters.restricted_zip_codes;
  const bool whole =
      std::find(restricted.begin(), restricted.end(), code.substr(0, 3)) != restricted.end();
  for (std::size_t i = whole ? 0 : 3; i < code.size(); ++i) {
    if (code[i] >= '0' && code[i] <= '9') code[i] = '0';
  }
  work.set_text(node, code);
  return Effect::abstracted;
}

bool is_zip_code(std::string_view code) {
  return code.size() >= 3 && code.find_first_not_of("0123456789-") == std::string_view::npos;
}

}  // namespace

Effect redact_date(Work& work, tree::NodeId node) {
  const std::string_view text = work.text(node);
  const auto moment = lenient_date(text);
  if (work.policy.parameters.partial_dates && moment && !tells_high_age(*moment, work.today)) {
    work.set_text(node, text.substr(0, 4));
  } else {
    work.clear(node);
  }
  return Effect::redacted;
}

Effect redact(Work& work, const CompiledRule&, tree::NodeId node) {
  if (!work.has_value(node)) return Effect::none;
  const Parameters& allowed = work.policy.parameters;
  if (is_date(work, node)) return redact_date(work, node);
  if (allowed.partial_ages && is_age_value(work, node) && is_young(work.text(node))) {
    return Effect::none;
  }
  if (allowed.partial_zip_codes && is_postal_code(work, node) && is_zip_code(work.text(node))) {
    return coarsen_zip_code(work, node);
  }
  work.clear(node);
  return Effect::redacted;
}

}  // namespace lhcr::privacy
