// SPDX-License-Identifier: Apache-2.0
#include "cmd/run/near_name.hpp"

#include <algorithm>

#include "base/suggest.hpp"

namespace lhcr::cmd {
namespace {

bool parts(char byte) {
  return byte == '-' || byte == '.' || byte == '_';
}

/// Whether `part` stands in `name` between what parts it.
bool is_part(std::string_view part, std::string_view name) {
  const bool begins =
      name.starts_with(part) && name.size() > part.size() && parts(name[part.size()]);
  const bool ends = name.ends_with(part) && name.size() > part.size() &&
                    parts(name[name.size() - part.size() - 1]);
  return begins || ends;
}

std::ptrdiff_t depth(std::string_view name) {
  return std::count_if(name.begin(), name.end(), parts);
}

}  // namespace

std::string near_name(std::string_view given, const std::vector<std::string>& names) {
  if (given.empty()) return {};
  // "Patient" is plain.Patient rather than omop.location.Patient.
  const std::string* meant = nullptr;
  for (const std::string& name : names) {
    if (is_part(given, name) && (meant == nullptr || depth(name) < depth(*meant))) meant = &name;
  }
  if (meant != nullptr) return *meant;
  return std::string(closest(given, std::vector<std::string_view>(names.begin(), names.end())));
}

std::string did_you_mean(std::string_view given, const std::vector<std::string>& names) {
  const std::string near = near_name(given, names);
  return near.empty() ? "" : ". Did you mean '" + near + "'?";
}

std::string or_meant(std::string_view given, const std::vector<std::string>& names) {
  const std::string near = near_name(given, names);
  return near.empty() ? "" : ", did you mean '" + near + "'?";
}

}  // namespace lhcr::cmd
