// SPDX-License-Identifier: Apache-2.0
#include "cmd/packages.hpp"

#include <filesystem>
#include <map>

#include "base/error.hpp"
#include "cmd/run/output.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;

struct PackagesOptions {
  std::string action;
  std::string package;
};

void declare(OptionList& list, PackagesOptions& options) {
  list.argument_choice(
      "ACTION", options.action, {"list", "add", "show"},
      "list: list the packages that --package finds by name; add: keep a package so that it is "
      "found by name; show: show what a package is, needs and holds");
  list.argument("[PACKAGE]", options.package, {Completion::words_or_file, "packages"},
                "A .tgz file or a folder, or NAME#VERSION of a package that is here");
}

ExitCode list_packages(const Io& io) {
  std::string text;
  for (const definition::StoredPackage& package : definition::stored_packages(package_stores())) {
    constexpr std::size_t column = 40;
    text += package.label;
    text += std::string(
        package.label.size() < column ? column - package.label.size() : std::size_t{1}, ' ');
    text += package.path + "\n";
  }
  return print(text, io);
}

std::string label(const definition::PackageInfo& package) {
  return package.version.empty() ? package.name : package.name + "#" + package.version;
}

std::string show_dependencies(const definition::PackageInfo& package) {
  std::string text;
  for (const auto& [name, version] : package.dependencies) {
    text.append("  ").append(name).append("#").append(version);
    text += definition::is_here(package_stores(), name, version) ? "\n" : "  (not here)\n";
  }
  return text.empty() ? text : "depends on\n" + text;
}

std::string show_content(const definition::PackageInfo& package) {
  definition::Library library;
  const definition::PackageContent content = definition::package_content(library, package);
  std::string text;
  for (const auto& [type, count] : content.types) {
    text += "  " + type + " " + std::to_string(count) + "\n";
  }
  text = text.empty() ? "holds no conformance resources\n" : "holds\n" + text;
  for (const std::string& problem : content.problems) {
    text += "incomplete: " + problem + "\n";
  }
  return text;
}

ExitCode show(const std::string& source, const Io& io) {
  const definition::PackageInfo package =
      definition::package_info(definition::find_package(package_stores(), source));
  std::string text = package.name.empty() ? package.path : label(package);
  text += "\n";
  if (!package.name.empty()) text += "at " + package.path + "\n";
  text += "sha256 " + definition::package_hash(package.path) + "\n";
  for (const std::string& version : package.fhir_versions) text += "for FHIR " + version + "\n";
  return print(text + show_dependencies(package) + show_content(package), io);
}

ExitCode add(const std::string& source, const Io& io) {
  const std::string kept =
      definition::add_package(definition::find_package(package_stores(), source), package_folder());
  io.say("lhcr: added " + fs::path(kept).filename().string() + "\n");
  return ExitCode::yes;
}

ExitCode run(const PackagesOptions& options, const Io& io) {
  if (options.action == "list") return list_packages(io);
  if (options.package.empty()) {
    throw Error(ErrorKind::usage, "lhcr packages " + options.action +
                                      " needs a PACKAGE: a path, or NAME#VERSION of one that "
                                      "'lhcr packages list' shows");
  }
  return options.action == "show" ? show(options.package, io) : add(options.package, io);
}

}  // namespace

Command packages_command() {
  Command command;
  command.name = "packages";
  command.group = "Records";
  command.summary = "List, add and show packages of profiles";
  command.description =
      "Packages supply profiles, extensions and codes to 'lhcr validate --package'. Added packages "
      "are kept in $XDG_DATA_HOME/lhcr/packages; those in ~/.fhir/packages and those fetched with "
      "--registry are found too. This command fetches nothing from a network.";
  command.examples = {
      {"lhcr packages list", "List the packages that --package finds by name"},
      {"lhcr packages show demo-package", "Show what a package is, needs and holds"},
  };
  return make_command<PackagesOptions>(std::move(command), declare, run);
}

}  // namespace lhcr::cmd
