// SPDX-License-Identifier: Apache-2.0
// What must hold for any record: random edits of real records (seeded) are found and, as patches of
// both kinds, made again; other orders and another format are no difference.
//
//   conformance_diff SOURCE-FOLDER EDITS [FILE-OR-FOLDER]... [PACKAGE.tgz]
//
// known.txt beside this file lists what is known to fail: record, property and reason, apart by
// tabs. An entry whose record was tried and holds fails, too.
//
// Exit code 77: skipped, there are no records.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "definition/compiler/package.hpp"
#include "diff/apply.hpp"
#include "diff/patch.hpp"
#include "format/format.hpp"

namespace {

namespace fs = std::filesystem;
using namespace lhcr;
using diff::Json;

constexpr format::WriteStyle compact{.pretty = false};
constexpr std::size_t longest_record = 40'000;
constexpr std::size_t most_records = 600;
constexpr std::size_t all_edits = 10'000;

/// A record in its JSON form, read and typed.
class Loaded {
 public:
  Loaded(std::string json, const definition::Definitions& definitions, const SymbolTable& symbols)
      : json_(std::move(json)), size_(json_.size()), tree_(symbols) {
    json_.append(format::read_padding, '\0');
    format::JsonReader reader;
    finding::Collector findings;
    good_ = reader.read(this->json(), tree_, findings) && !findings.has_errors();
    definition::attach_types(tree_, definitions);
    known_ = good_ && knows_all(definitions);
  }
  /// Whether every element is one of the definitions, and holds what they say: a FHIRPath Patch can
  /// name no others.
  [[nodiscard]] bool known() const { return known_; }
  /// Its JSON as this program writes it.
  [[nodiscard]] std::string written() const {
    std::string out;
    format::write_json(tree_, tree::root_node, compact, out);
    return out;
  }
  [[nodiscard]] bool good() const {
    return good_ && tree_[tree::root_node].is(tree::resource) &&
           tree_[tree::root_node].type != definition::no_type;
  }
  [[nodiscard]] std::string_view json() const { return std::string_view(json_).substr(0, size_); }
  [[nodiscard]] tree::Tree& tree() { return tree_; }
  [[nodiscard]] diff::Record record() const { return {&tree_}; }

 private:
  std::string json_;
  std::size_t size_;
  tree::Tree tree_;
  bool good_ = false;
  bool known_ = false;

  [[nodiscard]] bool knows_all(const definition::Definitions& definitions) const {
    for (tree::NodeId node = tree::root_node; node < tree_.size(); ++node) {
      const tree::Node& found = tree_[node];
      const bool primitive = definitions.info(found.type).kind == definition::TypeKind::primitive;
      const bool value = found.kind != tree::Kind::object;
      if (found.is(tree::unknown) || (found.type != definition::no_type && primitive != value)) {
        return false;
      }
    }
    return true;
  }
};

void write(const Json& value, std::string& out) {
  const bool object = value.kind == Json::Kind::object;
  if (object || value.kind == Json::Kind::array) {
    out += object ? '{' : '[';
    for (std::size_t at = 0; at < value.items.size(); ++at) {
      out += at > 0 ? "," : "";
      if (object) {
        append_json_string(out, value.names[at]);
        out += ':';
      }
      write(value.items[at], out);
    }
    out += object ? '}' : ']';
  } else if (value.kind == Json::Kind::string) {
    append_json_string(out, value.text);
  } else {
    out += value.text;
  }
}

std::string text_of(const Json& value) {
  std::string out;
  write(value, out);
  return out;
}

/// Random changes of a document, by a seed.
class Editor {
 public:
  explicit Editor(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  /// Makes one edit; false when none could be made.
  bool edit(diff::JsonDocument& document) {
    std::vector<Place> places;
    collect(document.root(), places);
    if (places.empty()) return false;
    for (int attempt = 0; attempt < 20; ++attempt) {
      const Place place = places[below(places.size())];
      if (edit(document, place)) return true;
    }
    return false;
  }

  /// Changes one value; its JSON Pointer, empty when nothing was changed.
  std::string change_one(diff::JsonDocument& document) {
    Json* at = &document.root();
    std::string path;
    while (!at->items.empty()) {
      const std::size_t step = below(at->items.size());
      if (fixed(*at, step)) return {};
      path += '/' + (at->kind == Json::Kind::object ? std::string(at->names[step])
                                                    : std::to_string(step));
      at = &at->items[step];
    }
    return change(document, *at) ? path : std::string();
  }

  void shuffle(Json& value) {
    for (std::size_t at = 0; at < value.items.size(); ++at) {
      Json& item = value.items[at];
      shuffle(item);
      if (item.kind == Json::Kind::array && value.kind == Json::Kind::object &&
          !keeps_order(value, value.names[at])) {
        std::shuffle(item.items.begin(), item.items.end(), random_);
      }
    }
    if (value.kind != Json::Kind::object) return;
    for (std::size_t at = value.items.size(); at > 1; --at) {
      const std::size_t other = below(at);
      std::swap(value.items[at - 1], value.items[other]);
      std::swap(value.names[at - 1], value.names[other]);
    }
  }

 private:
  struct Place {
    Json* parent;
    std::size_t at;
  };

  /// Arrays of primitives with parts are two arrays that belong together.
  static bool keeps_order(const Json& object, std::string_view name) {
    for (const char* ordered : {"given", "line", "prefix", "suffix"}) {
      if (name == ordered) return true;
    }
    return name.starts_with('_') || object.member("_" + std::string(name)) != nullptr;
  }

  static bool fixed(const Json& parent, std::size_t at) {
    return parent.kind == Json::Kind::object &&
           (parent.names[at] == "resourceType" || parent.names[at] == "div" ||
            parent.names[at].starts_with('_') ||
            parent.member("_" + std::string(parent.names[at])) != nullptr);
  }

  void collect(Json& value, std::vector<Place>& places) {
    for (std::size_t at = 0; at < value.items.size(); ++at) {
      if (fixed(value, at)) continue;
      places.push_back({&value, at});
      collect(value.items[at], places);
    }
  }

  bool edit(diff::JsonDocument& document, const Place& place) {
    Json& value = place.parent->items[place.at];
    switch (below(4)) {
      case 0:
        return remove(document, place);
      case 1:
        return insert(document, value);
      case 2:
        return value.kind == Json::Kind::array && swap(value);
      default:
        return change(document, value);
    }
  }

  bool remove(const diff::JsonDocument& document, const Place& place) {
    // An empty object or array is no FHIR, and a resource is more than its type.
    if (place.parent->items.size() < 2 ||
        (place.parent != &document.root() && place.parent->items.size() < 3)) {
      return false;
    }
    const auto at = static_cast<std::ptrdiff_t>(place.at);
    place.parent->items.erase(place.parent->items.begin() + at);
    if (place.parent->kind == Json::Kind::object) {
      place.parent->names.erase(place.parent->names.begin() + at);
    }
    return true;
  }

  bool insert(diff::JsonDocument& document, Json& list) {
    if (list.kind != Json::Kind::array || list.items.empty()) return false;
    Json made = list.items[below(list.items.size())];
    if (!change_somewhere(document, made)) return false;
    list.items.insert(
        list.items.begin() + static_cast<std::ptrdiff_t>(below(list.items.size() + 1)), made);
    return true;
  }

  bool swap(Json& list) {
    if (list.items.size() < 2) return false;
    std::swap(list.items[below(list.items.size())], list.items[below(list.items.size())]);
    return true;
  }

  bool change_somewhere(diff::JsonDocument& document, Json& value) {
    if (value.items.empty()) return change(document, value);
    for (std::size_t at = 0; at < value.items.size(); ++at) {
      if (!fixed(value, at) && change_somewhere(document, value.items[at])) return true;
    }
    return false;
  }

  bool change(diff::JsonDocument& document, Json& value) {
    if (value.kind == Json::Kind::boolean) {
      value.text = value.text == "true" ? "false" : "true";
    } else if (value.kind == Json::Kind::number) {
      value.text =
          document.keep("1" + std::to_string(below(1'000'000)) + "." + std::to_string(below(1000)));
    } else if (value.kind == Json::Kind::string) {
      value.text = document.keep("x" + std::to_string(random_() % 1'000'000'000));
    } else {
      return false;
    }
    return true;
  }

  std::mt19937_64 random_;
};

/// What is known to fail, and why.
class Known {
 public:
  explicit Known(const fs::path& file) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
      const std::size_t property = line.find('\t');
      const std::size_t reason = line.find('\t', property + 1);
      if (line.empty() || line[0] == '#' || reason == std::string::npos) continue;
      rows_.emplace(line.substr(0, reason), false);
    }
  }
  void tried(const std::string& record) { tried_.insert(record); }
  bool excuses(const std::string& record, const std::string& property) {
    const auto row = rows_.find(record + '\t' + property);
    if (row == rows_.end()) return false;
    return row->second = true;
  }
  /// Entries whose records were tried and hold.
  [[nodiscard]] std::vector<std::string> needless() const {
    std::vector<std::string> found;
    for (const auto& [row, used] : rows_) {
      if (!used && tried_.contains(row.substr(0, row.find('\t')))) found.push_back(row);
    }
    return found;
  }

 private:
  std::map<std::string, bool> rows_;
  std::set<std::string> tried_;
};

class Properties {
 public:
  Properties(const definition::Library& library, Known& known)
      : library_(library),
        definitions_(*library.version("4.0.1")),
        loose_(definitions_, library.symbols(), {}),
        strict_(definitions_, library.symbols(), strict_options()),
        known_(known) {}

  [[nodiscard]] std::unique_ptr<Loaded> load(std::string json) const {
    return std::make_unique<Loaded>(std::move(json), definitions_, library_.symbols());
  }

  void edited(const std::string& name, const std::string& json, std::uint64_t seed) {
    Editor editor(seed);
    diff::JsonDocument document(json, name);
    const std::size_t edits = 1 + editor.below(3);
    for (std::size_t done = 0; done < edits; ++done) {
      if (!editor.edit(document)) return;
    }
    const auto left = load(json);
    const auto right = load(text_of(document.root()));
    if (!left->good() || !right->good()) return;
    ++edits_;
    about(name, "patch", " seed " + std::to_string(seed));
    patched(*left, *right, json, strict_, true);
    patched(*left, *right, json, loose_, false);
  }

  /// One changed value is one change, at that value.
  void minimal(const std::string& name, const std::string& json, std::uint64_t seed) {
    Editor editor(seed);
    diff::JsonDocument document(json, name);
    const std::string path = editor.change_one(document);
    const auto left = load(json);
    const auto right = load(text_of(document.root()));
    if (path.empty() || !left->good() || !left->known() || !right->good()) return;
    const auto changes = loose_.compare(left->record(), right->record());
    about(name, "minimal", " with " + path + " changed");
    std::string found;
    std::size_t count = 0;
    tree::Paths paths(left->tree());
    for (const diff::Change& change : changes) {
      if (change.what == diff::What::rewrite) continue;
      ++count;
      if (change.left != tree::no_node) found = diff::json_pointer(paths, change.left);
    }
    if (count == 0) return;  // noise, or an equal value
    expect(count == 1 && found == path, std::to_string(count) + " changes, the last at " + found);
  }

  void shuffled(const std::string& name, const std::string& json) {
    diff::JsonDocument document(json, name);
    Editor(7).shuffle(document.root());
    const auto left = load(json);
    const auto right = load(text_of(document.root()));
    about(name, "shuffled", " shuffled");
    if (left->good() && right->good()) expect_empty(*left, right->record());
  }

  void as_xml(const std::string& name, const std::string& json) {
    const auto left = load(json);
    const auto sorted = load(json);
    if (!left->good()) return;
    definition::sort_children(sorted->tree(), definitions_);
    std::string xml;
    format::write_xml(sorted->tree(), tree::root_node, {}, xml);
    tree::Tree read(library_.symbols());
    finding::Collector findings;
    about(name, "xml", " as XML");
    if (!format::read_xml(xml, read, findings)) return fail("the XML cannot be read");
    definition::attach_types(read, definitions_);
    expect_empty(*left, {&read});
  }

  /// `whole`: enough edits were made to reach every entry of the list.
  int report(bool whole) {
    for (const std::string& row : whole ? known_.needless() : std::vector<std::string>()) {
      ++failed_;
      std::printf("FAILED: known.txt: %s holds now: take it out\n", row.c_str());
    }
    std::printf("%zu edits, %zu known failures\n%zu passed, %zu failed, 0 skipped\n", edits_,
                excused_, passed_, failed_);
    return failed_ == 0 ? 0 : 1;
  }
  [[nodiscard]] std::size_t edits() const { return edits_; }

 private:
  static diff::Options strict_options() {
    diff::Options options;
    options.strict = true;
    return options;
  }

  void about(const std::string& record, const std::string& property, const std::string& how) {
    record_ = record;
    property_ = property;
    what_ = record + how;
    known_.tried(record);
  }
  void fail(const std::string& why) {
    if (known_.excuses(record_, property_)) {
      ++excused_;
      return;
    }
    ++failed_;
    if (failed_ < 20) std::printf("FAILED: %s: %s\n", what_.c_str(), why.c_str());
  }
  void expect(bool good, const std::string& why) {
    if (good) {
      ++passed_;
    } else {
      fail(why);
    }
  }

  void expect_empty(const Loaded& left, const diff::Record& right) {
    const auto changes = loose_.compare(left.record(), right);
    expect(!diff::differs(changes), std::to_string(changes.size()) + " change(s)");
  }

  void patched(Loaded& left, Loaded& right, const std::string& json, const diff::Comparer& comparer,
               bool exact) {
    const auto changes = comparer.compare(left.record(), right.record());
    const diff::Script script{left.record(), right.record(), changes};
    try {
      by_json(script, right, json, comparer, exact);
      if (left.known() && right.known()) by_fhirpath(script, right, json, comparer, exact);
    } catch (const std::exception& error) {
      fail(error.what());
    }
  }

  void by_json(const diff::Script& script, Loaded& right, const std::string& json,
               const diff::Comparer& comparer, bool exact) {
    std::string patch;
    write_json_patch(script, patch);
    diff::JsonDocument operations(patch, "patch");
    diff::JsonDocument document(json, "record");
    const Json before = document.root();
    diff::apply_json_patch(document.root(), operations, patch, "patch");
    std::string out;
    write_like(document.root(), before, json, out);
    same(out, right, comparer, exact, "JSON Patch", patch);
  }

  void by_fhirpath(const diff::Script& script, Loaded& right, const std::string& json,
                   const diff::Comparer& comparer, bool exact) {
    tree::Tree parameters(library_.symbols());
    make_fhirpath_patch(script, definitions_, parameters);
    std::string patch;
    format::write_json(parameters, tree::root_node, compact, patch);
    const auto reread = load(patch);
    const auto record = load(json);
    diff::apply_fhirpath_patch(record->tree(), reread->tree(), definitions_, library_.symbols());
    std::string out;
    format::write_json(record->tree(), tree::root_node, compact, out);
    same(out, right, comparer, exact, "FHIRPath Patch", patch);
  }

  void same(const std::string& result, Loaded& right, const diff::Comparer& comparer, bool exact,
            const char* kind, const std::string& patch) {
    const auto again = load(result);
    if (exact) {
      const std::string written = again->written();
      const std::string wanted = right.written();
      const diff::JsonDocument one(written, "result");
      const diff::JsonDocument other(wanted, "right");
      return expect(diff::equal(one.root(), other.root()),
                    std::string(kind) + " makes another record: " + patch);
    }
    const auto left_over = comparer.compare(again->record(), right.record());
    const std::string where = left_over.empty() || left_over.front().left == tree::no_node
                                  ? ""
                                  : tree::path_of(again->tree(), left_over.front().left);
    expect(left_over.empty(), std::string(kind) + " leaves differences at " + where + ": " + patch);
  }

  const definition::Library& library_;
  const definition::Definitions& definitions_;
  diff::Comparer loose_;
  diff::Comparer strict_;
  Known& known_;
  std::string record_;
  std::string property_;
  std::string what_;
  std::size_t edits_ = 0;
  std::size_t excused_ = 0;
  std::size_t passed_ = 0;
  std::size_t failed_ = 0;
};

struct Source {
  std::string name;
  std::string json;
};

void add_files(const fs::path& path, std::vector<Source>& out) {
  std::vector<fs::path> files;
  if (!fs::exists(path)) return;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.path().extension() == ".json" && entry.file_size() <= longest_record) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    out.push_back({file.filename().string(), text.str()});
  }
}

/// The examples of a package, every so many of them.
void add_package(const std::string& path, std::vector<Source>& out) {
  std::size_t number = 0;
  definition::compiler::visit_package(path, [&](std::string_view name, std::string_view content) {
    constexpr std::size_t every = 7;
    if (content.size() > longest_record || content.find("\"StructureDefinition\"") < 40 ||
        ++number % every != 0) {
      return;
    }
    out.push_back({std::string(name), std::string(content)});
  });
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) return 2;
  const fs::path source = arguments[1];
  const auto edits = static_cast<std::size_t>(std::atoi(arguments[2]));
  std::vector<Source> sources;
  add_files(source / "samples", sources);
  for (int at = 3; at < count; ++at) {
    const std::string path = arguments[at];
    if (!fs::exists(path)) continue;
    fs::is_directory(path) ? add_files(path, sources) : add_package(path, sources);
  }
  const definition::Library library;
  Known known(source / "tests/conformance/patch/known.txt");
  Properties properties(library, known);
  std::erase_if(sources, [&](const Source& source_record) {
    try {
      return !properties.load(source_record.json)->good() ||
             diff::JsonDocument(source_record.json, "").root().kind != Json::Kind::object;
    } catch (const std::exception&) {
      return true;
    }
  });
  if (sources.empty()) {
    std::printf("0 passed, 0 failed, 1 skipped (no records)\n");
    return 77;
  }
  if (sources.size() > most_records) sources.resize(most_records);
  for (const Source& record : sources) {
    properties.shuffled(record.name, record.json);
    properties.as_xml(record.name, record.json);
  }
  for (std::uint64_t seed = 0; seed < edits; ++seed) {
    const Source& record = sources[seed % sources.size()];
    properties.minimal(record.name, record.json, seed);
  }
  for (std::uint64_t seed = 0; properties.edits() < edits && seed < edits * 3; ++seed) {
    const Source& record = sources[seed % sources.size()];
    properties.edited(record.name, record.json, seed);
  }
  std::printf("%zu records, ", sources.size());
  return properties.report(edits >= all_edits);
}
