// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>

#include "base/error.hpp"
#include "base/file.hpp"
#include "cmd/convert/convert_view.hpp"
#include "cmd/run/near_name.hpp"
#include "view/built_in.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;

std::vector<view::Source> sources_below(const std::string& folder) {
  std::vector<view::Source> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string path = entry.path().string();
    if (path.ends_with(".json")) found.push_back({path, read_file(path)});
  }
  std::sort(found.begin(), found.end(),
            [](const auto& left, const auto& right) { return left.name < right.name; });
  if (found.empty()) throw Error(ErrorKind::usage, folder + ": there is no *.json in this folder");
  return found;
}

[[noreturn]] void no_such_view(const std::string& word) {
  std::vector<std::string> names = view::built_in_sets();
  for (const view::Source& source : view::built_in()) names.push_back(source.name);
  throw Error(ErrorKind::usage, "view '" + word + "' is neither a file nor a built-in view" +
                                    or_meant(word, names) + " (lhcr views list)");
}

/// Whether two built-in views make one table of several types of record: "omop.note" and
/// "omop.note.DiagnosticReport".
bool is_part_of(const view::View& view, const view::View& other) {
  const auto table = [](const std::string& name) {
    return name.substr(0, name.find('.', name.find('.') + 1));
  };
  const auto is_built_in = [](const view::View& one) {
    return !view::built_in(one.source()).empty();
  };
  return is_built_in(view) && is_built_in(other) && view.source() != other.source() &&
         table(view.source()) == table(other.source());
}

}  // namespace

std::vector<view::View> compile_views(const std::vector<std::string>& words,
                                      definition::Library& library,
                                      const view::ViewSettings& settings,
                                      const std::function<void(const std::string&)>& note) {
  std::vector<view::View> views;
  for (const view::Source& source : find_views(words)) {
    views.emplace_back(source, library, settings);
    const view::View& view = views.back();
    for (const std::string& text : view.notes()) note(source.name + ": " + text);
    const auto clashes = [&](const view::View& other) {
      return other.name() == view.name() && !is_part_of(view, other);
    };
    if (std::any_of(views.begin(), views.end() - 1, clashes)) {
      throw Error(ErrorKind::usage, source.name + ": another view makes a table '" + view.name() +
                                        "' too; give one another name");
    }
    if (&view.definitions() != &views.front().definitions()) {
      throw Error(ErrorKind::usage, source.name + ": its fhirVersion is not that of the other " +
                                        "views; run them one after the other, or say --fhir");
    }
  }
  return views;
}

std::vector<view::Source> find_views(const std::vector<std::string>& words) {
  std::vector<view::Source> found;
  for (const std::string& word : words) {
    std::error_code ignored;
    std::vector<view::Source> more = view::built_in(word);
    // A set goes before a folder of its name, which an earlier run may have made: -o omop/.
    if (!more.empty() && !fs::is_regular_file(word, ignored)) {
      std::move(more.begin(), more.end(), std::back_inserter(found));
      continue;
    }
    if (fs::is_directory(word, ignored)) {
      more = sources_below(word);
    } else if (fs::exists(word, ignored)) {
      more = {{word, read_file(word)}};
    } else if (more.empty()) {
      no_such_view(word);
    }
    std::move(more.begin(), more.end(), std::back_inserter(found));
  }
  return found;
}

}  // namespace lhcr::cmd
