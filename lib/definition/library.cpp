// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/ascii.hpp"
#include "base/names.hpp"
#include "definition/definitions.hpp"
#include "definition/embedded.hpp"
#include "definition/version/judge.hpp"
#include "definition/version/releases.hpp"

namespace lhcr::definition {
namespace {

/// "R4", "STU3", "v4.0.1" -> "4", "3", "4.0.1".
std::string_view number_part(std::string_view version) {
  const auto digit = std::find_if(version.begin(), version.end(), is_digit);
  return version.substr(static_cast<std::size_t>(digit - version.begin()));
}

/// The first two numbers: editorial releases ("4.0.0", "4.0.1") define the same language.
std::string_view release(std::string_view version) {
  const std::size_t first = version.find('.');
  return first == std::string_view::npos ? version
                                         : version.substr(0, version.find('.', first + 1));
}

/// Whether `asked` ("R4", "4", "4.0", "4.0.1") names `version` ("4.0.1").
bool names(std::string_view asked, std::string_view version) {
  if (same_letters(asked, release_name(version))) return true;
  const std::string_view known = release(version);
  const std::string_view wanted = release(number_part(asked));
  if (wanted.empty()) return false;
  return known == wanted ||
         (wanted.find('.') == std::string_view::npos && known.substr(0, known.find('.')) == wanted);
}

}  // namespace

Library::Library() {
  for (const std::span<const std::byte> image : embedded_images()) {
    auto made = std::make_unique<Definitions>(image, symbols_);
    if (made->is_cda()) {
      cda_ = std::move(made);
    } else {
      versions_.push_back(std::move(made));
    }
  }
  std::stable_sort(versions_.begin(), versions_.end(), [](const auto& left, const auto& right) {
    return default_rank(left->fhir_version()) < default_rank(right->fhir_version());
  });
}
Library::~Library() = default;

const Definitions* Library::version(std::string_view version) const {
  const auto found = std::find_if(versions_.begin(), versions_.end(), [&](const auto& known) {
    return names(version, known->fhir_version());
  });
  return found == versions_.end() ? nullptr : found->get();
}

std::vector<std::string_view> Library::versions() const {
  std::vector<std::string_view> names;
  for (const auto& known : versions_) {
    names.push_back(known->fhir_version());
  }
  return names;
}

void Library::add_layer(const Definitions& to, std::vector<std::byte> image) {
  if (cda_.get() == &to) {
    cda_->add_layer(layers_.emplace_back(std::move(image)), symbols_);
    return;
  }
  for (const auto& known : versions_) {
    if (known.get() == &to) {
      known->add_layer(layers_.emplace_back(std::move(image)), symbols_);
      return;
    }
  }
}

const Definitions& Library::detect(const tree::Tree& tree) const {
  return *VersionJudge(*this).judge(tree).version;
}

}  // namespace lhcr::definition
