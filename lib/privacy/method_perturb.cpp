// SPDX-License-Identifier: Apache-2.0
/// perturb: a number gets noise of at most half the span, either way.
#include <cmath>
#include <cstdio>

#include "base/number_in.hpp"
#include "privacy/keyed.hpp"
#include "privacy/work.hpp"

namespace lhcr::privacy {
namespace {

std::optional<double> number_of(std::string_view text) {
  const auto value = number_in<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

/// From -1 to 1. With a key the same place and value get the same noise in every run.
double noise(Work& work, tree::NodeId node) {
  constexpr double steps = 9007199254740992.0;  // 2^53
  const std::string& key = work.keys.noise;
  const std::uint64_t bits = key.empty()
                                 ? random_number()
                                 : hmac_number(key, work.patient + "|" + work.paths.of(node) + "|" +
                                                        std::string(work.text(node)));
  return static_cast<double>(bits >> 11U) / steps * 2 - 1;
}

}  // namespace

Effect perturb(Work& work, const CompiledRule& rule, tree::NodeId node) {
  if (work.tree[node].kind != tree::Kind::number) return Effect::none;
  const auto value = number_of(work.text(node));
  if (!value) {
    work.clear(node);
    return Effect::redacted;
  }
  const Rule& given = *rule.rule;
  const double span = given.proportional ? std::fabs(*value) * given.span : given.span;
  char out[400];
  const int length =
      std::snprintf(out, sizeof out, "%.*f", given.round_to, *value + span / 2 * noise(work, node));
  work.set_text(node, std::string_view(out, static_cast<std::size_t>(length)));
  return Effect::perturbed;
}

}  // namespace lhcr::privacy
