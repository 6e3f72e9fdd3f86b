// SPDX-License-Identifier: Apache-2.0
#include "definition/packages.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hex.hpp"
#include "base/sha256.hpp"
#include "definition/compiler/compile.hpp"
#include "definition/compiler/package.hpp"
#include "definition/compiler/peek.hpp"
#include "definition/package_cache.hpp"
#include "definition/package_document.hpp"
#include "definition/package_store.hpp"

namespace lhcr::definition {
namespace {

/// Finds the packages that were asked for, and what they need.
class Resolver {
 public:
  Resolver(const PackageRequest& request, std::vector<std::string>& notes)
      : request_(request), notes_(notes), stored_(stored_packages(request.stores)) {}

  std::vector<PackageInfo> run() {
    for (const std::string& source : request_.sources) {
      add(package_info(find_package(request_.stores, source)));
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
  [[nodiscard]] std::string path_of(const std::string& name, const std::string& version) const {
    const std::string found = request_.provider ? request_.provider(name, version) : std::string();
    return found.empty() ? stored_package(stored_, name, version) : found;
  }

  /// Versions of one package stand side by side: canonicals with a version tell them apart.
  void add(PackageInfo package) {
    const std::string key =
        package.name.empty() ? package.path : package.name + '#' + package.version;
    if (known_.insert(key).second) {
      packages_.push_back(std::move(package));
    }
  }

  void depend(const PackageInfo& package, const std::string& name, const std::string& version) {
    const auto same = [&](const PackageInfo& other) { return other.name == name; };
    const auto fits = [&](const PackageInfo& other) {
      return same(other) && version_fits(version, other.version);
    };
    if (is_embedded(name) || std::any_of(packages_.begin(), packages_.end(), fits)) {
      return;
    }
    if (const std::string found = path_of(name, version); !found.empty()) {
      add(package_info(found));
      return;
    }
    if (!noted_.insert(package.name + ' ' + name + '#' + version).second) {
      return;
    }
    const auto other = std::find_if(packages_.begin(), packages_.end(), same);
    notes_.push_back(package.name + " depends on " + name + '#' + version +
                     ", which is not here; " +
                     (other == packages_.end() ? "what refers to it is not checked"
                                               : "version " + other->version + " is used"));
  }

  const PackageRequest& request_;
  std::vector<std::string>& notes_;
  std::vector<StoredPackage> stored_;
  std::set<std::string> known_;
  std::set<std::string> noted_;
  std::vector<PackageInfo> packages_;
};

/// Compiles packages, or takes what an earlier run compiled.
class Loader {
 public:
  Loader(Library& library, const PackageCache& cache, const Definitions* read_as)
      : library_(library), cache_(cache), read_as_(read_as) {}

  /// What an earlier run with the same files left; false when something of it is missing.
  bool take(const std::string& outside, std::vector<std::string>& notes) {
    const auto known = cache_.layers(outside);
    std::vector<std::vector<std::byte>> images;
    for (std::size_t at = 0; known && at < known->images.size(); ++at) {
      images.push_back(cache_.image(known->images[at].second));
      if (images.back().empty() || library_.version(known->images[at].first) == nullptr) {
        return false;
      }
    }
    for (std::size_t at = 0; at < images.size(); ++at) {
      library_.add_layer(*library_.version(known->images[at].first), std::move(images[at]));
    }
    if (known) {
      notes.insert(notes.end(), known->notes.begin(), known->notes.end());
    }
    return known.has_value();
  }

  CachedLayers compile(const std::vector<PackageInfo>& packages) {
    std::vector<PackageDocument> documents;
    CachedLayers made;
    for (const PackageInfo& package : packages) {
      auto [read, unread] = read_documents(library_, package);
      made.notes.insert(made.notes.end(), unread.begin(), unread.end());
      if (package.dependencies.empty() && !defines_something(read)) {
        made.notes.push_back(package.path +
                             ": holds no definitions, so nothing is checked against it");
      }
      std::move(read.begin(), read.end(), std::back_inserter(documents));
    }
    for (const std::string_view version : library_.versions()) {
      compile(*library_.version(version), documents, made);
    }
    return made;
  }

 private:
  /// Whether any document has a canonical url, or is a Bundle that may hold some.
  static bool defines_something(const std::vector<PackageDocument>& documents) {
    compiler::Peek peek;
    return std::any_of(documents.begin(), documents.end(), [&](const PackageDocument& document) {
      const compiler::Peek::Head head = peek.head(document.where, document.content());
      return !head.url.empty() || head.type == "Bundle";
    });
  }

  void compile(const Definitions& definitions, const std::vector<PackageDocument>& documents,
               CachedLayers& made) {
    std::vector<const PackageDocument*> chosen;
    ContentHash hash;
    hash.add(definitions.fhir_version());
    for (const PackageDocument& document : documents) {
      if (document.version == nullptr || document.version == &definitions ||
          (document.alone && read_as_ == &definitions)) {
        chosen.push_back(&document);
        hash.add(document.content());
      }
    }
    if (chosen.empty()) {
      return;
    }
    const std::string content = hash.finish();
    if (auto known = cache_.image(content); !known.empty()) {
      library_.add_layer(definitions, std::move(known));
    } else {
      compiler::Layer layer(definitions.image().get());
      for (const PackageDocument* const document : chosen) {
        layer.add(document->where, document->content());
      }
      std::vector<std::byte> image = layer.finish();
      cache_.store(content, image);
      library_.add_layer(definitions, std::move(image));
    }
    made.images.emplace_back(definitions.fhir_version(), content);
  }

  Library& library_;
  const PackageCache& cache_;
  const Definitions* read_as_;
};

std::vector<std::string> paths_of(const std::vector<PackageInfo>& packages) {
  std::vector<std::string> paths;
  paths.reserve(packages.size());
  for (const PackageInfo& package : packages) {
    paths.push_back(package.path);
  }
  return paths;
}

}  // namespace

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

std::string package_hash(const std::string& path) {
  Sha256 hash;
  if (std::filesystem::is_directory(path)) {
    compiler::visit_package(path, [&](std::string_view name, std::string_view content) {
      hash.add_text(name);
      hash.add_text(content);
    });
  } else {
    hash.add(read_file(path));
  }
  return hex(hash.finish());
}

LoadedPackages load_packages(Library& library, const PackageRequest& request) {
  LoadedPackages loaded;
  auto& [packages, notes] = loaded;
  packages = Resolver(request, notes).run();
  const PackageCache cache(request.cache);
  std::vector<std::string> sources = paths_of(packages);
  auto outside = request.cache.empty() ? std::nullopt : outside_hash(sources);
  const Definitions* const read_as =
      request.read_as.empty() ? nullptr : library.version(request.read_as);
  if (outside && read_as != nullptr) {
    outside->append("-").append(read_as->fhir_version());
  }
  Loader loader(library, cache, read_as);
  if (!outside || !loader.take(*outside, notes)) {
    const CachedLayers made = loader.compile(packages);
    notes.insert(notes.end(), made.notes.begin(), made.notes.end());
    if (outside) {
      cache.store(*outside, made);
    }
  }
  return loaded;
}

PackageContent package_content(Library& library, const PackageInfo& package) {
  PackageContent content;
  compiler::Peek peek;
  const PackageDocuments documents = read_documents(library, package);
  for (const PackageDocument& document : documents.read) {
    const compiler::Peek::Head head = peek.head(document.where, document.content());
    if (!head.url.empty()) {
      ++content.types[head.type];
    }
  }
  PackageRequest request;
  request.sources = {package.path};
  request.dependencies = false;
  std::vector<std::size_t> before;
  for (const std::string_view version : library.versions()) {
    before.push_back(library.version(version)->structure_urls().size());
  }
  load_packages(library, request);
  std::size_t at = 0;
  for (const std::string_view version : library.versions()) {
    const Definitions& definitions = *library.version(version);
    const std::size_t all = definitions.structure_urls().size();
    for (std::size_t id = before[at++] + 1; id <= all; ++id) {
      const Structure structure = definitions.structure_info(static_cast<StructureId>(id));
      if (!structure.problem.empty()) {
        content.problems.push_back(std::string(structure.url) + ": " +
                                   std::string(structure.problem));
      }
    }
  }
  return content;
}

}  // namespace lhcr::definition
