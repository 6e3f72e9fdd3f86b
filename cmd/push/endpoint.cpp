// SPDX-License-Identifier: Apache-2.0
#include "cmd/push/endpoint.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/error.hpp"
#include "base/hex.hpp"
#include "cmd/packages.hpp"
#include "deliver/transport/crypto.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string output_of(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw Error(ErrorKind::usage, "a command for a secret cannot be run");
  std::string text;
  std::array<char, 4096> block{};
  while (const std::size_t size = std::fread(block.data(), 1, block.size(), pipe)) {
    text.append(block.data(), size);
  }
  if (pclose(pipe) != 0) throw Error(ErrorKind::usage, "a command for a secret failed: " + command);
  return text;
}

}  // namespace

deliver::RegionBook region_book() {
  return deliver::RegionBook({xdg_folder("XDG_CONFIG_HOME", ".config") + "/lhcr/regions"});
}

deliver::Region chosen_region(const EndpointOptions& options, const std::string& fhir) {
  const bool stu3 = fhir.starts_with('3') || fhir == "stu3" || fhir == "STU3";
  const std::string name =
      !options.region.empty() ? options.region : (stu3 ? "generic-stu3" : "generic-r4");
  deliver::Region region = region_book().load(name);
  if (!options.url.empty()) region.set("endpoint.url", options.url);
  for (const std::string& assignment : options.set) {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string::npos) {
      throw Error(ErrorKind::usage, "--set takes KEY=VALUE, not '" + assignment + "'");
    }
    region.set(assignment.substr(0, equals), assignment.substr(equals + 1));
  }
  return region;
}

deliver::SecretAccess secret_access() {
  return {environment, output_of};
}

std::string default_journal(const deliver::JobIdentity& identity) {
  const fs::path folder = fs::path(xdg_folder("XDG_STATE_HOME", ".local/state")) / "lhcr" / "push";
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw Error(ErrorKind::input, "cannot make the folder for journals " + folder.string() + ": " +
                                      error.message() + "; name one with --journal");
  }
  // Journals name patients.
  fs::permissions(folder, fs::perms::owner_all, error);
  const auto key = deliver::hash_of({identity.input, identity.target, identity.style});
  return (folder / (hex(key) + ".journal")).string();
}

}  // namespace lhcr::cmd
