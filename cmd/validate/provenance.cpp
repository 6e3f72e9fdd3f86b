// SPDX-License-Identifier: Apache-2.0
#include "cmd/validate/provenance.hpp"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "base/file.hpp"
#include "base/hex.hpp"
#include "base/sha256.hpp"

namespace lhcr::cmd {
namespace {

/// The moment that builds and reports are to name, by the convention of reproducible builds.
bool fixed_moment(std::time_t& moment) {
  const char* const text = std::getenv("SOURCE_DATE_EPOCH");
  if (text == nullptr) return false;
  const char* const end = text + std::strlen(text);
  return std::from_chars(text, end, moment).ptr == end && *text != '\0';
}

std::string date_of(std::time_t moment) {
  std::tm utc{};
  gmtime_r(&moment, &utc);
  char text[sizeof "2026-11-29T09:30:00Z" + 8] = {};
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {text, size};
}

/// What an image says that the SHA-256 of its content is.
std::string digest_of(const terminology::Image& image) {
  terminology::ImageTrailer trailer;
  const std::string bytes = read_part(image.path(), image.size() - sizeof trailer, sizeof trailer);
  if (bytes.size() != sizeof trailer) return {};
  std::memcpy(&trailer, bytes.data(), sizeof trailer);
  return hex(trailer.digest);
}

finding::Source source_of(const definition::PackageInfo& package) {
  return {package.name.empty() ? package.path : package.name + "#" + package.version,
          definition::package_hash(package.path)};
}

}  // namespace

finding::Provenance provenance_of(const std::vector<definition::PackageInfo>& packages,
                                  const std::vector<Setting>& settings,
                                  const terminology::Library* releases) {
  finding::Provenance made;
  made.version = version();
  std::time_t moment = 0;
  made.timed = !fixed_moment(moment);
  made.date = date_of(made.timed ? std::time(nullptr) : moment);
  for (const definition::PackageInfo& package : packages) {
    made.packages.push_back(source_of(package));
  }
  for (std::size_t at = 0; releases != nullptr && at < releases->all().size(); ++at) {
    const terminology::Terminology& one = *releases->all()[at];
    made.terminology.push_back({one.stored().label(), digest_of(one.image())});
  }
  for (const Setting& setting : settings) {
    // Inputs stand in the report themselves.
    if (setting.name.starts_with("--")) made.options.emplace_back(setting.name, setting.value);
  }
  return made;
}

}  // namespace lhcr::cmd
