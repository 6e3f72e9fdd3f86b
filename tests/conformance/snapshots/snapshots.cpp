// SPDX-License-Identifier: Apache-2.0
// Regenerates the snapshots of published definitions from their differentials and compares them,
// element for element: id (STU3: path and slices), min, max, types, binding, fixed value and
// pattern. Where the published snapshot says something else than its own differential the
// differential counts; where it unfolds data types that nothing constrains, so do we.
//
//   conformance_snapshots DIFFERENCES VERSION=PACKAGE... [--print]
//
// DIFFERENCES has a line `VERSION URL | WHY` for each definition whose snapshot is not reproduced.
// One that is not listed fails, and so does a listed one that is reproduced, and a share of
// definitions below 99 %. With --print every differing element is shown. Exit code 77: skipped, no
// package is there.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "definition/compiler/read.hpp"
#include "definition/compiler/snapshot.hpp"
#include "definition/definitions.hpp"
#include "definition/image/layout.hpp"
#include "definition/package_document.hpp"

namespace {

using namespace lhcr::definition;
using compiler::ElementModel;
using compiler::StructureModel;

constexpr double least_share = 99.0;

std::string types_of(const ElementModel& element) {
  std::vector<std::string> types;
  for (const auto& type : element.types) {
    std::vector<std::string> details = type.profiles;
    details.insert(details.end(), type.targets.begin(), type.targets.end());
    std::sort(details.begin(), details.end());
    std::string& text = types.emplace_back(type.code);
    for (const std::string& detail : details) {
      text.append(1, ' ').append(detail);
    }
  }
  std::sort(types.begin(), types.end());
  std::string text;
  for (const std::string& type : types) {
    text.append(type).append(1, ',');
  }
  return text;
}

/// What is compared of an element, as text.
using Facts = std::array<std::string, 6>;
constexpr const char* fact_names[] = {"min", "max", "types", "binding", "fixed", "pattern"};

Facts facts(const ElementModel& element) {
  return {std::to_string(element.min),
          std::to_string(element.max),
          types_of(element),
          std::to_string(static_cast<int>(element.strength)) + ' ' + element.value_set,
          element.fixed,
          element.pattern};
}

/// Which of the facts a differential states.
std::array<bool, 6> stated(const ElementModel& change) {
  return {change.has_min,        change.has_max,
          !change.types.empty(), change.strength != Strength::none,
          !change.fixed.empty(), !change.pattern.empty()};
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts{{}};
  for (const char letter : text) {
    if (letter == '.') {
      parts.emplace_back();
    } else {
      parts.back() += letter;
    }
  }
  return parts;
}

/// What tells an element from the others. The ids of STU3 come in several styles (slice names in
/// small letters, value[x] or valueCode, the name of a renamed choice as a slice): there the path
/// counts, and the slices of the id.
std::string key(const ElementModel& element, bool exact) {
  const auto names = split(element.path);
  const auto ids = split(element.id);
  if (exact || ids.size() != names.size()) {
    return element.id;
  }
  std::string text = names.front();
  for (std::size_t at = 1; at < names.size(); ++at) {
    text.append(1, '.').append(names[at]);
    const std::size_t colon = ids[at].find(':');
    if (colon != std::string::npos && ids[at].substr(colon + 1) != names[at]) {
      text += ids[at].substr(colon);
    }
  }
  std::transform(text.begin(), text.end(), text.begin(), lhcr::definition::image::fold);
  return text;
}

/// Compares a published snapshot with the one made from the differential.
class Comparison {
 public:
  Comparison(const StructureModel& structure, bool ids) : structure_(structure), ids_(ids) {}

  /// The differing elements, one a line; empty when the snapshots are equal.
  std::string run(const std::vector<ElementModel>& made) {
    std::size_t at = 0;
    for (const ElementModel& element : structure_.elements) {
      at = advance(made, at, element);
    }
    for (; at < made.size(); ++at) {
      text_ += "  + " + key(made[at], ids_) + "\n";
    }
    return std::move(text_);
  }
  /// Facts of which the published snapshot says something else than its own differential.
  [[nodiscard]] std::size_t contradictions() const noexcept { return contradictions_; }

 private:
  std::size_t advance(const std::vector<ElementModel>& made, std::size_t at,
                      const ElementModel& element) {
    const std::string wanted = key(element, ids_);
    std::size_t found = at;
    while (found < made.size() && key(made[found], ids_) != wanted) {
      ++found;
    }
    if (found == made.size()) {
      text_ += "  - " + wanted + "\n";
      return at;
    }
    for (; at < found; ++at) {
      text_ += "  + " + key(made[at], ids_) + "\n";
    }
    compare(element, made[at]);
    return at + 1;
  }

  void compare(const ElementModel& published, const ElementModel& made) {
    const Facts left = facts(published);
    const Facts right = facts(made);
    for (std::size_t fact = 0; fact < left.size(); ++fact) {
      if (left[fact] == right[fact]) {
        continue;
      }
      if (is_stated(made, fact, right[fact])) {
        ++contradictions_;
      } else {
        text_ += "  " + key(published, ids_) + " " + fact_names[fact] + ": published " +
                 left[fact] + ", made " + right[fact] + "\n";
      }
    }
  }

  [[nodiscard]] bool is_stated(const ElementModel& made, std::size_t fact,
                               const std::string& value) const {
    return std::any_of(structure_.differential.begin(), structure_.differential.end(),
                       [&](const ElementModel& change) {
                         return change.path == made.path && stated(change)[fact] &&
                                facts(change)[fact] == value;
                       });
  }

  const StructureModel& structure_;
  bool ids_;
  std::string text_;
  std::size_t contradictions_ = 0;
};

/// Empty changes for elements that the publisher unfolded and nothing needs: a snapshot may go as
/// deep as it likes.
std::vector<ElementModel> unfoldings(const StructureModel& structure,
                                     const std::vector<ElementModel>& made, bool ids) {
  std::set<std::string> known;
  for (const ElementModel& element : made) {
    known.insert(key(element, ids));
  }
  std::vector<ElementModel> changes;
  for (const ElementModel& element : structure.elements) {
    if (element.slice_name.empty() && !known.contains(key(element, ids))) {
      ElementModel& change = changes.emplace_back();
      change.id = element.id;
      change.path = element.path;
    }
  }
  return changes;
}

std::map<std::string, std::string> read_reasons(const std::string& path) {
  std::map<std::string, std::string> reasons;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::size_t bar = line.find(" | ");
    if (!line.starts_with('#') && bar != std::string::npos) {
      reasons[line.substr(0, bar)] = line.substr(bar + 3);
    }
  }
  return reasons;
}

struct Score {
  std::map<std::string, std::string> reasons;
  bool print = false;
  std::size_t equal = 0, listed = 0, failed = 0;
  std::size_t contradicted = 0, unfolded = 0;

  void add(const std::string& name, const std::string& difference) {
    const bool known = reasons.contains(name);
    equal += difference.empty() ? 1U : 0U;
    listed += !difference.empty() && known ? 1U : 0U;
    if (difference.empty() == known) {
      ++failed;
      std::printf("%s %s\n", known ? "listed, and equal:" : "differs:", name.c_str());
    }
    if (print && !difference.empty()) {
      std::printf("%s\n%s", name.c_str(), difference.c_str());
    }
  }
};

void compare(const Library& library, const std::string& version, const std::string& path,
             Score& score) {
  compiler::ModelReader reader(true);
  PackageInfo package = package_info(path);
  package.fhir_versions.clear();
  const PackageDocuments documents = read_documents(library, package);
  for (const PackageDocument& document : documents.read) {
    reader.add(document.where, document.content());
  }
  compiler::Below below(library.version(version)->image().get());
  compiler::Model model = reader.finish(below);
  compiler::Snapshots snapshots(model.structures, below);
  for (StructureModel& structure : model.structures) {
    if (!structure.base.empty() && !structure.elements.empty() && !structure.differential.empty()) {
      const bool ids = version != "STU3";
      auto made = snapshots.generate(structure);
      const auto deeper = unfoldings(structure, made, ids);
      if (!deeper.empty()) {
        StructureModel unfolding = structure;
        unfolding.differential.insert(unfolding.differential.end(), deeper.begin(), deeper.end());
        made = snapshots.generate(unfolding);
        ++score.unfolded;
      }
      Comparison comparison(structure, ids);
      score.add(version + ' ' + structure.url, comparison.run(made));
      score.contradicted += comparison.contradictions() > 0 ? 1U : 0U;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  Score score;
  score.reasons = read_reasons(argv[1]);
  const Library library;
  bool any = false;
  std::vector<std::string> sources(argv + 2, argv + argc);
  score.print = !sources.empty() && sources.back() == "--print";
  for (const std::string& source : sources) {
    const std::size_t sign = source.find('=');
    if (sign != std::string::npos && std::filesystem::exists(source.substr(sign + 1))) {
      compare(library, source.substr(0, sign), source.substr(sign + 1), score);
      any = true;
    }
  }
  if (!any) {
    std::printf("snapshots: 0 passed, 0 failed, 1 skipped (no package)\n");
    return 77;
  }
  const std::size_t all = score.equal + score.listed + score.failed;
  const double share =
      100.0 * static_cast<double>(score.equal) / static_cast<double>(std::max<std::size_t>(all, 1));
  std::printf("equal: %zu of %zu (%.1f %%), listed differences: %zu\n", score.equal, all, share,
              score.listed);
  std::printf("%zu published snapshots contradict their differential, %zu are unfolded further\n",
              score.contradicted, score.unfolded);
  std::printf("snapshots: %zu passed, %zu failed, 0 skipped\n", score.equal + score.listed,
              score.failed);
  return score.failed == 0 && share >= least_share ? 0 : 1;
}
