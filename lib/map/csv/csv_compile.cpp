// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <iterator>

#include "base/date_picture.hpp"
#include "base/date_time.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "map/compiler/built_in.hpp"
#include "map/csv/csv.hpp"
#include "map/csv/csv_model.hpp"

namespace lhcr::map {

namespace {

constexpr std::string_view map_name = "csv";
constexpr std::string_view version = "4.0.1";

std::vector<std::string> quoted_words(std::string_view text) {
  std::vector<std::string> found;
  while (!text.empty()) {
    const std::size_t start = text.find_first_not_of(' ');
    if (start == std::string_view::npos) break;
    const bool quoted = text[start] == '\'' || text[start] == '"';
    const std::size_t end = quoted
                                ? std::min(text.find(text[start], start + 1), text.size() - 1) + 1
                                : std::min(text.find(' ', start), text.size());
    found.emplace_back(text.substr(start, end - start));
    text.remove_prefix(end);
  }
  return found;
}

/// A column whose name has blanks is quoted: "Patient ID".
std::string column(const std::string& word) {
  return word.size() > 1 && word.front() == '"' ? word.substr(1, word.size() - 2) : word;
}

class Compiler {
 public:
  Compiler(const Source& source, definition::Library& library)
      : source_(source), definitions_(*library.version(version)), symbols_(library.symbols()) {}

  std::unique_ptr<CsvBlock> block(const SourceBlock& written) {
    auto made = std::make_unique<CsvBlock>();
    made->name = written.name;
    made->file = written.left;
    made->type = written.right;
    made->at = written.at;
    made->root.type = definitions_.type(written.right);
    if (made->root.type == definition::no_type) {
      fail(written.at, "'" + written.right + "' is not a resource type");
    }
    for (const std::string& option : written.options) block_option(*made, option);
    for (const SourceRow& row : written.rows) {
      if (row.direction != Direction::backward) add_row(*made, row);
    }
    return made;
  }

 private:
  static void block_option(CsvBlock& block, const std::string& option) {
    std::vector<std::string> parts = quoted_words(option);
    const std::string name = parts.empty() ? "" : parts.front();
    if (name == "key") {
      std::transform(parts.begin() + 1, parts.end(), std::back_inserter(block.key), column);
    } else if (name == "patient" && parts.size() == 2) {
      block.patient = column(parts[1]);
    } else if (name == "when") {
      block.when = tests(option.substr(4), block.at);
    } else if (name != "why") {
      fail(block.at, "a CSV block takes: key COLUMN ..., patient COLUMN, when COLUMN = 'text'");
    }
  }

  /// COLUMN = 'text' and COLUMN != 'text'
  static std::vector<CsvTest> tests(std::string_view text, const Location& at) {
    const std::vector<std::string> parts = quoted_words(text);
    std::vector<CsvTest> found;
    for (std::size_t i = 0; i + 2 < parts.size(); i += 4) {
      const std::string& value = parts[i + 2];
      const bool comparison = parts[i + 1] == "=" || parts[i + 1] == "!=";
      const bool joined = i + 3 >= parts.size() || parts[i + 3] == "and";
      if (!comparison || !joined || value.size() < 2 || value.front() != '\'') {
        fail(at, "expected: when COLUMN = 'text' and COLUMN != 'text'");
      }
      found.push_back(
          {column(parts[i]), no_column, value.substr(1, value.size() - 2), parts[i + 1] == "!="});
    }
    if (found.empty()) fail(at, "expected: when COLUMN = 'text'");
    return found;
  }

  void add_row(CsvBlock& block, const SourceRow& row) {
    Typing typing;
    typing.definitions = &definitions_;
    typing.fhir_type = block.root.type;
    const Path path = parse_path(row.right, typing, symbols_, row.at);
    CsvNode* node = &block.root;
    for (const Step& step : path.steps) {
      const bool item = &step == &path.steps.back() && is_primitive_list(*node, step.name);
      node = item ? &add_child(*node, step.name, row.at) : &descend(*node, step, row.at);
    }
    node->leaves.push_back(leaf(row, *node));
  }

  /// Each row adds an item of its own: two columns with given names.
  [[nodiscard]] bool is_primitive_list(const CsvNode& parent, Symbol name) const {
    const definition::Child* const known = definitions_.child(parent.type, name);
    return known != nullptr && (known->flags & definition::child_list) != 0 &&
           known->type != definition::no_type &&
           definitions_.info(known->type).kind == definition::TypeKind::primitive;
  }

  static std::string text_of(const std::vector<Test>& tests) {
    std::string text;
    for (const Test& test : tests) {
      for (const Symbol name : test.path) text += std::to_string(name) + ".";
      text += "=" + test.value + ";";
    }
    return text;
  }

  CsvNode& descend(CsvNode& parent, const Step& step, const Location& at) {
    const std::string tests = text_of(step.tests);
    // What does not repeat is one element, tested or not.
    const auto known =
        std::find_if(parent.children.begin(), parent.children.end(), [&](const CsvNode& child) {
          const bool same = tests.empty() || child.tests == tests;
          return child.name == step.name && (same || (!child.list && child.tests.empty()));
        });
    const bool found = known != parent.children.end();
    CsvNode& node = found ? *known : add_child(parent, step.name, at);
    if (node.tests != tests && !tests.empty()) {
      node.tests = tests;
      for (const Test& test : step.tests) add_constant(node, test, at);
    }
    return node;
  }

  /// List items of one name stand together.
  CsvNode& add_child(CsvNode& parent, Symbol name, const Location& at) {
    const definition::Child* const known = definitions_.child(parent.type, name);
    if (known == nullptr) {
      fail(at, "'" + std::string(symbols_.name(name)) + "' is not an element here");
    }
    CsvNode made;
    made.key = json_string(symbols_.name(name)) + ":";
    made.name = name;
    made.type = known->type;
    made.list = (known->flags & definition::child_list) != 0;
    const auto same = std::find_if(parent.children.rbegin(), parent.children.rend(),
                                   [&](const CsvNode& child) { return child.name == name; });
    return *parent.children.insert(
        same == parent.children.rend() ? parent.children.end() : same.base(), std::move(made));
  }

  void add_constant(CsvNode& node, const Test& test, const Location& at) {
    if (test.kind != Test::Kind::equal) return;
    CsvNode* end = &node;
    for (const Symbol name : test.path) {
      const auto known = std::find_if(end->children.begin(), end->children.end(),
                                      [&](const CsvNode& child) { return child.name == name; });
      end = known != end->children.end() ? &*known : &add_child(*end, name, at);
    }
    end->leaves.push_back(constant(test.value, *end, false));
  }

  [[nodiscard]] bool is_string(const CsvNode& node) const {
    return node.type == definition::no_type ||
           definitions_.info(node.type).json_kind == tree::Kind::string ||
           definitions_.info(node.type).json_kind == tree::Kind::object;
  }

  [[nodiscard]] CsvLeaf constant(const std::string& value, const CsvNode& node,
                                 bool decides) const {
    CsvLeaf made;
    made.constant = is_string(node) ? json_string(value) : value;
    made.decides = decides;
    return made;
  }

  [[nodiscard]] CsvLeaf leaf(const SourceRow& row, const CsvNode& node) const {
    CsvLeaf made;
    if (row.codec.size() >= 2 && row.codec.front() == '\'') {
      made = constant(row.codec.substr(1, row.codec.size() - 2), node, true);
    } else {
      made.column = column(row.left);
      made.decides = true;
      made.quoted = is_string(node);
      const std::string name = row.codec.substr(0, row.codec.find('('));
      made.codec = find_csv_codec(name);
      if (made.codec == nullptr) fail(row.at, "'" + row.codec + "' is not a codec for CSV");
      if (name.size() + 2 < row.codec.size()) {
        argument(made, row.codec.substr(name.size() + 1, row.codec.size() - name.size() - 2),
                 row.at);
      }
      if (node.type == definition::no_type ||
          definitions_.info(node.type).kind != definition::TypeKind::primitive) {
        fail(row.at, "'" + row.right + "' has parts: name one that has a value");
      }
    }
    for (const std::string& option : row.options) row_option(made, option, row.at);
    // The day is the one that is written, in whatever zone.
    const bool day = made.codec != nullptr && made.codec->name == "DATE" && !made.picture.empty();
    if (day && made.zone.empty()) made.zone = "Z";
    return made;
  }

  /// REF(Patient), DATE(dd/MM/yyyy)
  static void argument(CsvLeaf& leaf, const std::string& text, const Location& at) {
    if (leaf.codec->name == "REF") {
      leaf.before = text + "/";
    } else if ((leaf.codec->name != "DATE" && leaf.codec->name != "TIME") ||
               !is_date_picture(text)) {
      fail(at, "'" + text + "' is not a pattern for a date: yyyy MM MMM dd HH mm ss SSS XXX");
    } else {
      leaf.picture = text;
    }
  }

  void row_option(CsvLeaf& leaf, const std::string& option, const Location& at) const {
    if (option.starts_with("when ")) {
      leaf.when = tests(option.substr(5), at);
    } else if (option.starts_with("with ")) {
      leaf.with = column(option.substr(5));
    } else if (option.starts_with("zone ")) {
      leaf.zone = option.substr(5);
      const bool known = leaf.zone == "Europe/London" ||
                         DateTime::parse_date_time("2020-01-01T00:00:00" + leaf.zone).has_value();
      if (!known) fail(at, "'" + leaf.zone + "' is not a time zone: Europe/London, Z or +01:00");
    } else if (option.starts_with("map ")) {
      add_codes(leaf, option.substr(4), at);
    } else if (!option.starts_with("why ")) {
      fail(at,
           "a CSV row takes: when COLUMN = 'text', map CODES, with COLUMN, zone ZONE, why TEXT");
    }
  }

  void add_codes(CsvLeaf& leaf, const std::string& name, const Location& at) const {
    const auto found =
        std::find_if(source_.concepts.begin(), source_.concepts.end(),
                     [&](const SourceConcepts& concepts) { return concepts.name == name; });
    if (found == source_.concepts.end()) fail(at, "there are no codes '" + name + "'");
    leaf.has_codes = true;
    for (const SourceCode& code : found->codes) {
      if (code.direction != Direction::backward) leaf.codes.emplace(code.left, code.right);
    }
  }

  const Source& source_;
  const definition::Definitions& definitions_;
  SymbolTable& symbols_;
};

bool same_file(std::string_view left, std::string_view right) {
  const auto lower = [](char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte | 0x20) : byte;
  };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

Source source_of(const std::vector<Overlay>& overlays) {
  const std::array<std::string_view, 1> wanted{map_name};
  return overlays.empty() ? built_in_maps(wanted) : all_maps(overlays);
}

}  // namespace

CsvMaps::CsvMaps(definition::Library& library, const std::vector<Overlay>& overlays)
    : CsvMaps(library, source_of(overlays)) {
  for (const auto& block : blocks_) {
    block->given = std::any_of(overlays.begin(), overlays.end(), [&](const Overlay& overlay) {
      return overlay.name == block->at.file;
    });
  }
}

CsvMaps::CsvMaps(definition::Library& library, const Source& source) {
  Compiler compiler(source, library);
  for (const SourceBlock& block : source.blocks) {
    if (block.map == map_name) blocks_.push_back(compiler.block(block));
  }
}

CsvMaps::~CsvMaps() = default;

std::vector<const CsvBlock*> CsvMaps::blocks(std::string_view file) const {
  file = file.substr(file.find_last_of('/') + 1);
  std::vector<const CsvBlock*> found;
  for (const auto& block : blocks_) {
    if (same_file(block->file, file)) found.push_back(block.get());
  }
  return found;
}

std::string CsvMaps::only_given_file() const {
  std::string found;
  for (const auto& block : blocks_) {
    if (!block->given || block->file == found) continue;
    if (!found.empty()) return {};
    found = block->file;
  }
  return found;
}

std::vector<std::string> CsvMaps::files() const {
  std::vector<std::string> found;
  for (const auto& block : blocks_) {
    if (std::find(found.begin(), found.end(), block->file) == found.end()) {
      found.push_back(block->file);
    }
  }
  return found;
}

}  // namespace lhcr::map
