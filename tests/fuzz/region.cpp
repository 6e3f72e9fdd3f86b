// SPDX-License-Identifier: Apache-2.0
// Any bytes as a region file: it is refused with its place, or can be shown and laid over another,
// and makes settings of a job or says what is missing. No header that it sets has a second line.
#include "deliver/region/region.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "check.hpp"
#include "deliver/region/settings.hpp"

namespace {

using namespace lhcr;
using namespace lhcr::deliver;

/// Nothing of the machine may be asked for by a fuzzer's region.
const SecretAccess no_access{[](const std::string&) { return std::optional<std::string>("x"); },
                             [](const std::string&) { return std::string("x"); }};

/// Whether making settings would read a file of the machine.
bool reads_files(const Region& region) {
  return std::any_of(region.values().begin(), region.values().end(), [](const auto& each) {
    return each.first == "auth.key" || each.first.ends_with(".file");
  });
}

void make_settings(Region region) {
  if (reads_files(region)) return;
  region.set("endpoint.url", "http://127.0.0.1/fhir");
  const JobSettings settings = job_settings(region, "", no_access);
  for (const std::string& line : settings.headers) {
    fuzz::expect(line.find_first_of("\r\n") == std::string::npos, "a header is one line", line);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const Region region = Region::parse(bytes, "fuzz", "fuzz.toml");
    static_cast<void>(describe(region));
    for (const char* style : {"transaction", "mesh", "xds"}) {
      static_cast<void>(region.needs(style));
    }
    static const Region other = RegionBook({}).load("pds");
    Region both = other;
    both.overlay(region);
    static_cast<void>(describe(both));
    make_settings(region);
  } catch (const Error&) {
  }
  return 0;
}
