// SPDX-License-Identifier: Apache-2.0
#include "definition/package_store.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include <unistd.h>

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/suggest.hpp"
#include "definition/compiler/package.hpp"
#include "definition/packages.hpp"

namespace lhcr::definition {
namespace {

namespace fs = std::filesystem;

/// Packages whose content the program holds.
constexpr std::string_view embedded_packages[] = {
    "hl7.fhir.core",           "hl7.fhir.r3.core",   "hl7.fhir.r3.examples",
    "hl7.fhir.r3.expansions",  "hl7.fhir.r4.core",   "hl7.fhir.r4.examples",
    "hl7.fhir.r4.expansions",  "hl7.fhir.r4b.core",  "hl7.fhir.r4b.examples",
    "hl7.fhir.r4b.expansions", "hl7.fhir.r5.core",   "hl7.fhir.r5.examples",
    "hl7.fhir.r5.expansions",  "hl7.terminology.r4", "hl7.terminology.r5",
};

/// "a.b-1.2.3" as "a.b#1.2.3": the version begins with the first digit that follows a hyphen.
void mark_version(std::string& label) {
  for (std::size_t at = 1; at + 1 < label.size(); ++at) {
    if (label[at] == '-' && is_digit(label[at + 1])) {
      label[at] = '#';
      return;
    }
  }
}

void add_entry(const fs::path& path, std::vector<StoredPackage>& packages) {
  std::string label = path.filename().string();
  std::error_code error;
  if (label.ends_with(".tgz")) {
    label.resize(label.size() - 4);
    if (label.find('#') == std::string::npos) mark_version(label);
  } else if (!fs::is_directory(path, error)) {
    return;
  }
  const std::size_t hash = label.find('#');
  if (hash != std::string::npos && !label.starts_with('.')) {
    packages.push_back({label, label.substr(0, hash), label.substr(hash + 1), path.string()});
  }
}

/// Copies what a package is made of to a folder of its own and gives that its name at the end.
void copy_folder(const std::string& from, const fs::path& to) {
  const fs::path fresh = to.parent_path() / ("." + to.filename().string() + "." +
                                             std::to_string(static_cast<long>(getpid())));
  std::error_code error;
  fs::remove_all(fresh, error);
  try {
    const fs::path inner = fs::path(from) / "package";
    const fs::path root = fs::is_directory(inner, error) ? inner : fs::path(from);
    for (const std::string& file : compiler::package_files(from)) {
      const fs::path copy = fresh / fs::path(file).lexically_relative(root);
      fs::create_directories(copy.parent_path());
      fs::copy_file(file, copy);
    }
    fs::remove_all(to, error);
    fs::rename(fresh, to);
  } catch (const fs::filesystem_error& failure) {
    fs::remove_all(fresh, error);
    throw Error(ErrorKind::input, to.string() + ": " + failure.code().message());
  }
}

}  // namespace

// Names come from files and servers.
bool is_plain_name(std::string_view text) {
  return !text.empty() && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), [](char letter) {
           return is_alphanumeric(letter) || letter == '.' || letter == '-' || letter == '_' ||
                  letter == '+';
         });
}

bool version_fits(std::string_view asked, std::string_view version) {
  if (asked.empty() || asked == "latest" || asked == "current" || asked == "*") {
    return true;
  }
  return asked == version ||
         (asked.ends_with(".x") && version.starts_with(asked.substr(0, asked.size() - 1)));
}

std::vector<StoredPackage> stored_packages(const std::vector<std::string>& stores) {
  std::vector<StoredPackage> packages;
  for (const std::string& store : stores) {
    std::error_code error;
    for (fs::directory_iterator at(store, error), end; !error && at != end; at.increment(error)) {
      add_entry(at->path(), packages);
    }
  }
  std::stable_sort(
      packages.begin(), packages.end(), [](const StoredPackage& left, const StoredPackage& right) {
        return left.name != right.name ? left.name < right.name
                                       : compare_versions(left.version, right.version) > 0;
      });
  return packages;
}

std::string stored_package(const std::vector<StoredPackage>& packages, std::string_view name,
                           std::string_view version) {
  const auto found =
      std::find_if(packages.begin(), packages.end(), [&](const StoredPackage& package) {
        return package.name == name && version_fits(version, package.version);
      });
  return found == packages.end() ? std::string() : found->path;
}

std::string find_package(const std::vector<std::string>& stores, const std::string& source) {
  std::error_code error;
  if (fs::exists(source, error)) {
    return source;
  }
  const auto packages = stored_packages(stores);
  const std::size_t hash = source.find('#');
  std::string found =
      stored_package(packages, source.substr(0, hash),
                     hash == std::string::npos ? std::string() : source.substr(hash + 1));
  if (!found.empty()) {
    return found;
  }
  std::vector<std::string_view> labels;
  labels.reserve(packages.size());
  for (const StoredPackage& package : packages) {
    labels.push_back(package.label);
  }
  const std::string_view meant = closest(source, labels);
  throw Error(ErrorKind::input,
              source +
                  ": there is no such file or folder, nor a package of that "
                  "name. " +
                  (meant.empty() ? "'lhcr packages list' shows those that are here"
                                 : "Did you mean " + std::string(meant) + "?"));
}

bool is_embedded(std::string_view name) {
  return std::find(std::begin(embedded_packages), std::end(embedded_packages), name) !=
         std::end(embedded_packages);
}

bool is_here(const std::vector<std::string>& stores, std::string_view name,
             std::string_view version) {
  return is_embedded(name) || !stored_package(stored_packages(stores), name, version).empty();
}

std::string add_package(const std::string& path, const std::string& store) {
  const PackageInfo info = package_info(path);
  if (!is_plain_name(info.name) || !is_plain_name(info.version)) {
    throw Error(ErrorKind::input,
                path +
                    ": has no package.json that says its name and version; give the path to "
                    "--package instead");
  }
  compiler::visit_package(path, [](std::string_view, std::string_view) {});
  const fs::path to = fs::path(store) / (info.name + "#" + info.version);
  std::error_code error;
  fs::create_directories(store, error);
  if (fs::exists(to, error) && fs::equivalent(path, to, error)) {
    return to.string();
  }
  if (fs::is_directory(path, error)) {
    copy_folder(path, to);
    return to.string();
  }
  write_file(to.string() + ".tgz", read_file(path));
  return to.string() + ".tgz";
}

}  // namespace lhcr::definition
