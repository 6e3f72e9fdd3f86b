// SPDX-License-Identifier: Apache-2.0
#include "definition/packages.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <set>

#include "base/error.hpp"
#include "base/suggest.hpp"
#include "definition/compiler/compile.hpp"
#include "definition/compiler/package.hpp"
#include "definition/compiler/peek.hpp"
#include "definition/package_document.hpp"

namespace lhcr::definition {
namespace {

namespace fs = std::filesystem;

/// Packages whose content the program holds.
constexpr std::string_view embedded_packages[] = {
    "hl7.fhir.core",    "hl7.fhir.r3.core",     "hl7.fhir.r3.examples",   "hl7.fhir.r3.expansions",
    "hl7.fhir.r4.core", "hl7.fhir.r4.examples", "hl7.fhir.r4.expansions", "hl7.terminology.r4",
};

bool is_embedded(std::string_view name) {
  return std::find(std::begin(embedded_packages), std::end(embedded_packages), name) !=
         std::end(embedded_packages);
}

/// "4.0.x" stands for any "4.0...".
bool version_fits(std::string_view asked, std::string_view version) {
  if (asked.empty() || asked == "latest" || asked == "current" || asked == "*") {
    return true;
  }
  return asked == version ||
         (asked.ends_with(".x") && version.starts_with(asked.substr(0, asked.size() - 1)));
}

/// Packages in folders, as NAME#VERSION.
class Stores {
 public:
  explicit Stores(const std::vector<std::string>& folders) {
    for (const std::string& folder : folders) {
      std::error_code error;
      for (fs::directory_iterator at(folder, error), end; !error && at != end;
           at.increment(error)) {
        add(at->path());
      }
    }
    std::stable_sort(known_.begin(), known_.end(), [](const Known& left, const Known& right) {
      return compare_versions(left.version, right.version) > 0;
    });
  }

  /// The newest that fits; empty when there is none.
  [[nodiscard]] std::string find(std::string_view name, std::string_view version) const {
    const auto found = std::find_if(known_.begin(), known_.end(), [&](const Known& package) {
      return package.name == name && version_fits(version, package.version);
    });
    return found == known_.end() ? std::string() : found->path;
  }

  [[nodiscard]] std::vector<std::string_view> labels() const {
    std::vector<std::string_view> labels;
    for (const Known& package : known_) {
      labels.push_back(package.label);
    }
    return labels;
  }

 private:
  struct Known {
    std::string label, name, version, path;
  };

  void add(const fs::path& path) {
    std::string label = path.filename().string();
    std::error_code error;
    if (label.ends_with(".tgz")) {
      label.resize(label.size() - 4);
    } else if (!fs::is_directory(path, error)) {
      return;
    }
    const std::size_t hash = label.find('#');
    if (hash != std::string::npos) {
      known_.push_back({label, label.substr(0, hash), label.substr(hash + 1), path.string()});
    }
  }

  std::vector<Known> known_;
};

/// Finds the packages that were asked for, and what they need.
class Resolver {
 public:
  Resolver(const PackageRequest& request, std::vector<std::string>& notes)
      : request_(request), notes_(notes), stores_(request.stores) {}

  std::vector<PackageInfo> run() {
    for (const std::string& source : request_.sources) {
      add(package_info(find(source)));
    }
    // What is given by path is known by name before dependencies are looked for.
    for (std::size_t at = 0; request_.dependencies && at < packages_.size(); ++at) {
      const PackageInfo package = packages_[at];
      for (const auto& [name, version] : package.dependencies) {
        depend(package, name, version);
      }
    }
    return std::move(packages_);
  }

 private:
  [[nodiscard]] std::string find(const std::string& source) const {
    std::error_code error;
    if (fs::exists(source, error)) {
      return source;
    }
    const std::size_t hash = source.find('#');
    const std::string found =
        stores_.find(source.substr(0, hash),
                     hash == std::string::npos ? std::string_view() : source.substr(hash + 1));
    if (found.empty()) {
      const auto labels = stores_.labels();
      const std::string_view meant = closest(source, labels);
      throw Error(ErrorKind::input,
                  source + ": there is no such file or folder, nor a package of that name. " +
                      (meant.empty() ? "'lhcr packages list' shows those that are here"
                                     : "Did you mean " + std::string(meant) + "?"));
    }
    return found;
  }

  void add(PackageInfo package) {
    const std::string key = package.name.empty() ? package.path : package.name;
    if (known_.insert(key).second) {
      packages_.push_back(std::move(package));
    }
  }

  void depend(const PackageInfo& package, const std::string& name, const std::string& version) {
    if (is_embedded(name) || known_.contains(name)) {
      return;
    }
    const std::string found = stores_.find(name, version);
    if (!found.empty()) {
      add(package_info(found));
    } else {
      known_.insert(name);
      notes_.push_back(package.name + " depends on " + name + '#' + version +
                       ", which is not here; what refers to it is not checked");
    }
  }

  const PackageRequest& request_;
  std::vector<std::string>& notes_;
  Stores stores_;
  std::set<std::string> known_;
  std::vector<PackageInfo> packages_;
};

}  // namespace

int compare_versions(std::string_view left, std::string_view right) {
  while (!left.empty() && !right.empty()) {
    const std::string_view a = left.substr(0, left.find('.'));
    const std::string_view b = right.substr(0, right.find('.'));
    const bool numbers = a.find_first_not_of("0123456789") == std::string_view::npos &&
                         b.find_first_not_of("0123456789") == std::string_view::npos;
    if (a != b) {
      const bool longer = numbers && a.size() != b.size();
      return (longer ? a.size() < b.size() : a < b) ? -1 : 1;
    }
    left.remove_prefix(std::min(left.size(), a.size() + 1));
    right.remove_prefix(std::min(right.size(), b.size() + 1));
  }
  return static_cast<int>(!left.empty()) - static_cast<int>(!right.empty());
}

PackageInfo package_info(const std::string& path) {
  PackageInfo info;
  compiler::Peek peek;
  compiler::read_package_file(path, "package.json",
                              [&](std::string_view, std::string_view content) {
                                peek.package(path + ": package.json", content, info);
                              });
  info.path = path;
  return info;
}

std::vector<std::string> load_packages(Library& library, const PackageRequest& request) {
  std::vector<std::string> notes;
  std::vector<PackageDocument> documents;
  for (const PackageInfo& package : Resolver(request, notes).run()) {
    auto read = read_documents(library, package);
    std::move(read.begin(), read.end(), std::back_inserter(documents));
  }
  for (const std::string_view version : library.versions()) {
    const Definitions& definitions = *library.version(version);
    compiler::Layer layer(definitions.image().get());
    bool any = false;
    for (const PackageDocument& document : documents) {
      if (document.version == nullptr || document.version == &definitions) {
        layer.add(document.where, document.content());
        any = true;
      }
    }
    if (any) {
      library.add_layer(definitions, layer.finish());
    }
  }
  return notes;
}

}  // namespace lhcr::definition
