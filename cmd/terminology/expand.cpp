// SPDX-License-Identifier: Apache-2.0
/// expand, diff.
#include <algorithm>
#include <fstream>
#include <set>

#include <nlohmann/json.hpp>

#include "base/check_digit.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "cmd/run/output.hpp"
#include "cmd/terminology/answers.hpp"
#include "cmd/terminology/sets.hpp"
#include "cmd/terminology/terminology.hpp"
#include "terminology/query/ecl_answer.hpp"
#include "terminology/query/judge.hpp"

namespace lhcr::cmd {
namespace {

using terminology::no_concept;
using terminology::Ordinal;
using terminology::Snomed;

/// By id, so that two releases give one order.
std::vector<Ordinal> by_id(const Snomed& snomed, const terminology::ConceptSet& concepts) {
  std::vector<Ordinal> made;
  concepts.each([&](Ordinal at) { made.push_back(at); });
  std::sort(made.begin(), made.end(),
            [&](Ordinal left, Ordinal right) { return snomed.id(left) < snomed.id(right); });
  return made;
}

/// Ids in the first column of a file, or of a constraint in one release.
std::set<std::uint64_t> ids_in_file(const std::string& path) {
  std::set<std::uint64_t> ids;
  const std::string bytes = read_file(path);
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    std::string_view line = trim(std::string_view(bytes).substr(at, end - at));
    line = line.substr(0, line.find_first_of(",;\t "));
    if (line.size() >= 2 && line.front() == '"') {
      line = line.substr(1, line.size() - 2);
    }
    if (is_digits(line) && line.size() <= 18) {
      ids.insert(std::strtoull(std::string(line).c_str(), nullptr, 10));
    }
    at = end + 1;
  }
  return ids;
}

std::set<std::uint64_t> ids_of(const Snomed& snomed, const std::string& constraint) {
  std::set<std::uint64_t> ids;
  require_concepts(snomed, constraint).each([&](Ordinal at) { ids.insert(snomed.id(at)); });
  return ids;
}

struct Change {
  std::string kind;
  std::uint64_t id = 0;
  std::string text;
};

/// What became of a code that the old release has.
void compare(const Snomed& old_one, const Snomed& new_one, std::uint64_t id,
             std::vector<Change>& changes) {
  const Ordinal before = old_one.find(id);
  const Ordinal after = new_one.find(id);
  if (after == no_concept) {
    changes.push_back({"gone", id, std::string(old_one.preferred(before))});
  } else if (before == no_concept) {
    changes.push_back({"new", id, std::string(new_one.preferred(after))});
  } else if (old_one.is_active(before) && !new_one.is_active(after)) {
    changes.push_back({"inactive", id, terminology::inactivity_text(new_one, after)});
  } else if (!old_one.is_active(before) && new_one.is_active(after)) {
    changes.push_back({"active again", id, std::string(new_one.preferred(after))});
  } else if (old_one.preferred(before) != new_one.preferred(after)) {
    changes.push_back(
        {"term", id,
         std::string(old_one.preferred(before)) + " -> " + std::string(new_one.preferred(after))});
  }
}

std::vector<Change> changes_of(const Snomed& old_one, const Snomed& new_one,
                               const std::string& what) {
  std::vector<Change> changes;
  std::ifstream file(what);
  if (file.good()) {
    for (const std::uint64_t id : ids_in_file(what)) {
      if (old_one.find(id) == no_concept && new_one.find(id) == no_concept) {
        changes.push_back({"unknown", id, "in neither release"});
      } else {
        compare(old_one, new_one, id, changes);
      }
    }
    return changes;
  }
  const auto before = ids_of(old_one, what);
  const auto after = ids_of(new_one, what);
  std::set<std::uint64_t> all = before;
  all.insert(after.begin(), after.end());
  for (const std::uint64_t id : all) {
    const std::size_t known = changes.size();
    compare(old_one, new_one, id, changes);
    if (changes.size() > known && changes.back().kind != "term") {
      continue;
    }
    if (before.count(id) != after.count(id)) {
      const Ordinal at = new_one.find(id);
      changes.push_back({after.count(id) > 0 ? "selected" : "no longer selected", id,
                         std::string(new_one.preferred(at))});
    }
  }
  return changes;
}

std::string shown_of(std::size_t shown, std::size_t total) {
  return "lhcr: " + std::to_string(shown) + " of " + std::to_string(total) + " codes are shown\n";
}

ExitCode expand_set(const terminology::Library& library, const std::string& canonical,
                    const TerminologyCommand& options, const Io& io) {
  std::vector<terminology::SetCode> codes = ValueSets(library, options, io).expand(canonical);
  const std::size_t total = codes.size();
  if (options.count != 0) {
    codes.resize(std::min<std::size_t>(codes.size(), options.count));
  }
  Output output(io);
  if (options.format == TerminologyFormat::json) {
    output.write(value_set_text(library, codes, total, canonical));
  } else {
    for (const terminology::SetCode& code : codes) {
      output.write(code.system + "\t" + code.code + "\t" + display_of(library, code) + "\n");
    }
  }
  output.finish();
  if (codes.size() < total) {
    io.say(shown_of(codes.size(), total));
  }
  return ExitCode::yes;
}

}  // namespace

ExitCode terminology_expand(const TerminologyCommand& options, const Io& io) {
  const terminology::Library library(terminology_folder(), {});
  const std::string& constraint =
      only_argument(options, "a constraint in SNOMED CT's ECL, or the URL of a value set");
  if (is_canonical(constraint)) {
    return expand_set(library, constraint, options, io);
  }
  const Snomed& snomed = require_snomed(library);
  const terminology::ConceptSet concepts = require_concepts(snomed, constraint);
  std::vector<Ordinal> listed = by_id(snomed, concepts);
  const std::size_t total = listed.size();
  if (options.count != 0) {
    listed.resize(std::min<std::size_t>(listed.size(), options.count));
  }
  Output output(io);
  if (options.format == TerminologyFormat::json) {
    output.write(value_set_text(snomed, listed, total, constraint));
  } else {
    for (const Ordinal at : listed) {
      output.write(std::to_string(snomed.id(at)) + "\t" + std::string(snomed.preferred(at)) + "\n");
    }
  }
  output.finish();
  if (listed.size() < total) {
    io.say(shown_of(listed.size(), total));
  }
  return ExitCode::yes;
}

ExitCode terminology_diff(const TerminologyCommand& options, const Io& io) {
  if (options.arguments.size() != 3) {
    throw Error(ErrorKind::usage,
                "lhcr terminology diff needs OLD NEW and a constraint or a file of codes, such as "
                "snomed#20260401 snomed#20260826 codes.csv");
  }
  const terminology::Library before(terminology_folder(), {options.arguments[0]});
  const terminology::Library after(terminology_folder(), {options.arguments[1]});
  const auto changes =
      changes_of(require_snomed(before), require_snomed(after), options.arguments[2]);
  std::string text;
  nlohmann::ordered_json made = nlohmann::ordered_json::array();
  for (const Change& change : changes) {
    text += change.kind + "\t" + std::to_string(change.id) + "\t" + change.text + "\n";
    made.push_back(
        {{"change", change.kind}, {"code", std::to_string(change.id)}, {"text", change.text}});
  }
  print(options.format == TerminologyFormat::json ? made.dump(2) + "\n" : text, io);
  return changes.empty() ? ExitCode::yes : ExitCode::no;
}

}  // namespace lhcr::cmd
