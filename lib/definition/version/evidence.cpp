// SPDX-License-Identifier: Apache-2.0
#include "definition/version/evidence.hpp"

#include "definition/version/weights.hpp"

namespace lhcr::definition {
namespace {

struct Certain {
  unsigned margin;
  unsigned times;
};
constexpr Certain needed = {
#define LHCR_CERTAIN(margin, times) margin, times
#include "definition/version/evidence.def"
};

}  // namespace

std::string Fact::text() const {
  std::string text(weight_of(kind).text);
  const std::size_t place = text.find("{}");
  text.replace(place, 2, thing);
  if (count > 1) {
    text += " (" + std::to_string(count) + " times)";
  }
  return text;
}

bool Judgement::certain() const noexcept {
  return rival == nullptr || (against_rival >= against_version + needed.margin &&
                              against_rival >= against_version * needed.times);
}

}  // namespace lhcr::definition
