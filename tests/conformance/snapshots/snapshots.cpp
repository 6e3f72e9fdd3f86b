// SPDX-License-Identifier: Apache-2.0
// Regenerates the snapshots of published definitions from their differentials and compares them,
// element for element: id, min, max, types, binding, fixed value and pattern.
//
//   conformance_snapshots DIFFERENCES VERSION=PACKAGE... [--print]
//
// DIFFERENCES has a line `VERSION URL | WHY` for each definition whose snapshot is not reproduced.
// One that is not listed fails, and so does a listed one that is reproduced, and a share of
// definitions below 99 %. With --print every differing element is shown. Exit code 77: skipped, no
// package is there.
#include <algorithm>
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

/// What is compared, as text.
std::string facts(const ElementModel& element) {
  return "min=" + std::to_string(element.min) + " max=" + std::to_string(element.max) +
         " types=" + types_of(element) +
         " binding=" + std::to_string(static_cast<int>(element.strength)) + ' ' +
         element.value_set + " fixed=" + element.fixed + " pattern=" + element.pattern;
}

std::string key(const ElementModel& element, bool ids) {
  return ids ? element.id : element.path + ':' + element.slice_name;
}

/// The differing elements, one a line; empty when the snapshots are equal.
std::string differences(const std::vector<ElementModel>& published,
                        const std::vector<ElementModel>& made, bool ids) {
  std::string text;
  std::size_t at = 0;
  for (const ElementModel& element : published) {
    const bool found = at < made.size() && key(made[at], ids) == key(element, ids);
    if (!found) {
      const auto later = std::find_if(
          made.begin() + static_cast<std::ptrdiff_t>(std::min(at, made.size())), made.end(),
          [&](const ElementModel& other) { return key(other, ids) == key(element, ids); });
      if (later == made.end()) {
        text += "  - " + key(element, ids) + "\n";
        continue;
      }
      for (; made.begin() + static_cast<std::ptrdiff_t>(at) != later; ++at) {
        text += "  + " + key(made[at], ids) + "\n";
      }
    }
    if (facts(made[at]) != facts(element)) {
      text += "  " + key(element, ids) + "\n    published " + facts(element) + "\n    made      " +
              facts(made[at]) + "\n";
    }
    ++at;
  }
  for (; at < made.size(); ++at) {
    text += "  + " + key(made[at], ids) + "\n";
  }
  return text;
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
  for (const PackageDocument& document : read_documents(library, package)) {
    reader.add(document.where, document.content());
  }
  compiler::Below below(library.version(version)->image().get());
  compiler::Model model = reader.finish(below);
  compiler::Snapshots snapshots(model.structures, below);
  for (StructureModel& structure : model.structures) {
    if (!structure.base.empty() && !structure.elements.empty() && !structure.differential.empty()) {
      const auto made = snapshots.generate(structure);
      score.add(version + ' ' + structure.url, differences(structure.elements, made, true));
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
  std::printf("snapshots: %zu passed, %zu failed, 0 skipped\n", score.equal + score.listed,
              score.failed);
  return score.failed == 0 && share >= least_share ? 0 : 1;
}
