// SPDX-License-Identifier: Apache-2.0
// The line-based text of maps: lhcr-map(5).
#include <algorithm>

#include "base/text.hpp"
#include "map/model.hpp"
#include "map/tables.hpp"

namespace lhcr::map {
namespace {

/// Words of a line; "quoted text" is one word.
std::vector<std::string> words(std::string_view line) {
  std::vector<std::string> out;
  while (!(line = trim(line)).empty()) {
    const bool quoted = line[0] == '"';
    const std::size_t end = quoted ? line.find('"', 1) : line.find_first_of(" \t");
    const std::size_t stop = std::min(end, line.size());
    out.emplace_back(quoted ? line.substr(1, stop - 1) : line.substr(0, stop));
    line.remove_prefix(std::min(stop + (quoted ? 1 : 0), line.size()));
  }
  return out;
}

/// The quote that is open after a byte: '...' may hold a ", and "..." a '.
void step_quotes(char byte, char& open) {
  if (byte != '\'' && byte != '"') return;
  if (open == '\0') {
    open = byte;
  } else if (open == byte) {
    open = '\0';
  }
}

/// Position of a `#` that begins a comment: outside '...' and "..." and at the start or after a
/// blank.
std::size_t comment_at(std::string_view line) {
  char quoted = '\0';
  for (std::size_t i = 0; i < line.size(); ++i) {
    step_quotes(line[i], quoted);
    if (line[i] == '#' && quoted == '\0' && (i == 0 || line[i - 1] == ' ')) {
      return i;
    }
  }
  return line.size();
}

/// Columns between `|`, but not inside quotes.
std::vector<std::string_view> columns(std::string_view line) {
  std::vector<std::string_view> out;
  char quoted = '\0';
  std::size_t from = 0;
  for (std::size_t i = 0; i <= line.size(); ++i) {
    if (i < line.size()) step_quotes(line[i], quoted);
    if (i == line.size() || (line[i] == '|' && quoted == '\0')) {
      out.push_back(trim(line.substr(from, i - from)));
      from = i + 1;
    }
  }
  return out;
}

class MapReader {
 public:
  MapReader(std::string_view text, const std::string& file, Source& source, bool overlay)
      : text_(text), source_(source), overlay_(overlay) {
    at_.file = file;
  }

  void run() {
    while (!text_.empty()) {
      const std::size_t end = std::min(text_.find('\n'), text_.size());
      std::string_view line = text_.substr(0, end);
      text_.remove_prefix(std::min(end + 1, text_.size()));
      ++at_.line;
      line = line.substr(0, comment_at(line));
      at_.column = static_cast<std::uint32_t>(line.find_first_not_of(" \t") + 1);
      if (const std::string_view content = trim(line); !content.empty()) {
        dispatch(content, line);
      }
    }
  }

 private:
  void dispatch(std::string_view content, std::string_view line) {
    const std::string_view first = content.substr(0, std::min(content.find(' '), content.size()));
    if (content[0] == '[') {
      block(content);
    } else if (first == "map") {
      start_map(trim(content.substr(3)));
    } else if (first == "system") {
      system(content);
    } else if (first == "template") {
      template_version(content);
    } else if (first == "section") {
      section(content);
    } else if (first == "alias") {
      alias(content);
    } else if (first == "arc") {
      arc(content);
    } else if (first == "directed") {
      const std::vector<std::string> parts = words(content);
      source_.directed.insert(source_.directed.end(), parts.begin() + 1, parts.end());
    } else if (first == "modifier") {
      modifier(content);
    } else if (first == "plain") {
      plain(content);
    } else if (first == "codes") {
      concepts(content);
    } else if (first == "delete") {
      remove(content);
    } else if (concepts_ != nullptr) {
      code(content);
    } else {
      row(content, line);
    }
  }

  /// "map NAME" or "map NAME : BASE".
  void start_map(std::string_view text) {
    const std::size_t colon = std::min(text.find(':'), text.size());
    map_ = std::string(trim(text.substr(0, colon)));
    if (colon < text.size()) {
      source_.bases[map_] = std::string(trim(text.substr(colon + 1)));
    } else if (overlay_) {
      require_known(map_, "map", [](const SourceBlock& block) { return block.map; });
    }
    block_ = no_block;
  }

  Direction direction(std::string_view arrow) {
    if (arrow == "<->") {
      return Direction::both;
    }
    if (arrow == "->") {
      return Direction::forward;
    }
    if (arrow == "<-") {
      return Direction::backward;
    }
    fail(at_, "expected <->, -> or <- but found '" + std::string(arrow) + "'");
  }

  void block(std::string_view content) {
    const std::size_t close = content.find(']');
    if (close == std::string_view::npos) {
      fail(at_, "expected ']' after the block's name");
    }
    SourceBlock made;
    made.at = at_;
    made.name = std::string(trim(content.substr(1, close - 1)));
    made.map = map_;
    const std::vector<std::string_view> parts = columns(content.substr(close + 1));
    sides(parts[0], made);
    made.options.assign(parts.begin() + 1, parts.end());
    concepts_ = nullptr;
    const auto same = [&](const SourceBlock& other) {
      return other.name == made.name && other.map == made.map;
    };
    const auto known = std::find_if(source_.blocks.begin(), source_.blocks.end(), same);
    if (known != source_.blocks.end()) {
      block_ = static_cast<std::size_t>(known - source_.blocks.begin());
      if (!made.left.empty() || !made.right.empty()) {
        made.rows = std::move(known->rows);
        *known = std::move(made);
      }
      return;
    }
    if (overlay_ && made.left.empty() && made.right.empty()) {
      require_known(made.name, "block", [&](const SourceBlock& block) {
        return block.map == map_ ? block.name : std::string();
      });
    }
    block_ = source_.blocks.size();
    source_.blocks.push_back(std::move(made));
  }

  /// A name that some block has; else it is a slip.
  template <class Name>
  void require_known(const std::string& name, const char* what, const Name& name_of) {
    std::vector<std::string> known;
    for (const SourceBlock& block : source_.blocks) {
      known.push_back(name_of(block));
    }
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      fail(at_, "no " + std::string(what) + " '" + name + "'" +
                    near_name(name, {known.begin(), known.end()}));
    }
  }

  void sides(std::string_view text, SourceBlock& made) {
    if (text.empty()) {
      return;
    }
    for (const std::string_view arrow : {" <-> ", " -> ", " <- "}) {
      if (const std::size_t found = text.find(arrow); found != std::string_view::npos) {
        made.left = std::string(trim(text.substr(0, found)));
        made.right = std::string(trim(text.substr(found + arrow.size())));
        made.direction = direction(trim(arrow));
        return;
      }
    }
    fail(at_, "expected LEFT <-> RIGHT after the block's name");
  }

  void system(std::string_view content) {
    const std::vector<std::string> parts = words(content);
    if (parts.size() != 3) {
      fail(at_, "expected: system OID URI");
    }
    source_.systems.push_back({parts[1], parts[2], map_});
  }

  void template_version(std::string_view content) {
    const std::vector<std::string> parts = words(content);
    if (parts.size() != 3) {
      fail(at_, "expected: template ROOT EXTENSION");
    }
    source_.templates.push_back({parts[1], parts[2]});
  }

  void section(std::string_view content) {
    const std::vector<std::string> parts = words(content);
    if (parts.size() != 5) {
      fail(at_, "expected: section CODE ROOT EXTENSION \"Title\"");
    }
    source_.sections.push_back({parts[1], parts[2], parts[3], parts[4]});
  }

  void alias(std::string_view content) {
    const std::vector<std::string> parts = words(content);
    if (parts.size() != 3) {
      fail(at_, "expected: alias ROOT KNOWN-ROOT");
    }
    source_.aliases.push_back({parts[1], parts[2]});
  }

  void arc(std::string_view content) {
    const std::vector<std::string> parts = words(content);
    if (parts.size() != 2) {
      fail(at_, "expected: arc ROOT");
    }
    source_.arcs.push_back(parts[1]);
  }

  void modifier(std::string_view content) {
    const std::vector<std::string> parts = words(content);
    const bool whole = parts.size() > 4 && (parts[3] == "plain" || parts[3] == "turns");
    if (!whole) {
      fail(at_, "expected: modifier NAME PATH plain|turns VALUE ...");
    }
    SourceModifier made;
    made.at = at_;
    made.map = map_;
    made.name = parts[1];
    made.path = parts[2];
    made.turns = parts[3] == "turns";
    made.inherited = parts.back() == "inherited";
    made.values.assign(parts.begin() + 4, parts.end() - (made.inherited ? 1 : 0));
    source_.modifiers.push_back(std::move(made));
  }

  void plain(std::string_view content) {
    const std::vector<std::string> parts = words(content);
    if (parts.size() < 3 || parts[1].find('.') == std::string::npos) {
      fail(at_, "expected: plain TYPE.ELEMENT VALUE ...");
    }
    source_.plain.push_back({at_, map_, parts[1], {parts.begin() + 2, parts.end()}});
  }

  void concepts(std::string_view content) {
    const std::vector<std::string> parts = words(content);
    if (parts.size() != 6 || parts[2] != ":" || parts[4] != "<->") {
      fail(at_, "expected: codes NAME : LEFT-SYSTEM <-> RIGHT-SYSTEM");
    }
    SourceConcepts made;
    made.at = at_;
    made.name = parts[1];
    made.left_system = parts[3] == "-" ? "" : parts[3];
    made.right_system = parts[5] == "-" ? "" : parts[5];
    const auto same = [&](const SourceConcepts& other) { return other.name == made.name; };
    auto known = std::find_if(source_.concepts.begin(), source_.concepts.end(), same);
    if (known == source_.concepts.end()) {
      source_.concepts.push_back(std::move(made));
      known = source_.concepts.end() - 1;
    }
    concepts_ = &*known;
  }

  void code(std::string_view content) {
    const std::vector<std::string> parts = words(content);
    if (parts.size() < 3) {
      fail(at_, "expected: LEFT-CODE <-> RIGHT-CODE [\"left display\"] [\"right display\"]");
    }
    SourceCode made;
    made.at = at_;
    made.left = parts[0];
    made.direction = direction(parts[1]);
    made.right = parts[2];
    made.right_display = parts.size() > 3 ? parts[3] : "";
    made.left_display = parts.size() > 4 ? parts[4] : "";
    const auto same = [&](const SourceCode& other) {
      return other.left == made.left && other.right == made.right;
    };
    const auto known = std::find_if(concepts_->codes.begin(), concepts_->codes.end(), same);
    if (known != concepts_->codes.end()) {
      *known = std::move(made);
    } else {
      concepts_->codes.push_back(std::move(made));
    }
  }

  [[nodiscard]] std::vector<std::string_view> row_ids() const {
    std::vector<std::string_view> out;
    for (const SourceBlock& block : source_.blocks) {
      for (const SourceRow& row : block.rows) out.emplace_back(row.id);
    }
    return out;
  }

  void remove(std::string_view content) {
    const std::vector<std::string> parts = words(content);
    bool found = false;
    for (SourceBlock& block : source_.blocks) {
      const auto gone = [&](const SourceRow& row) {
        return parts.size() == 2 && row.id == parts[1];
      };
      const auto from = std::remove_if(block.rows.begin(), block.rows.end(), gone);
      found = found || from != block.rows.end();
      block.rows.erase(from, block.rows.end());
    }
    if (!found) {
      const std::string name = parts.size() > 1 ? parts[1] : std::string();
      fail(at_, "no row '" + name + "' to delete" + near_name(name, row_ids()));
    }
    place_rows();
  }

  void row(std::string_view content, std::string_view line) {
    if (block_ == no_block) {
      fail(at_, "a row needs a [block] before it");
    }
    SourceRow made;
    made.at = at_;
    if (content.starts_with("use ")) {
      made.use = std::string(trim(content.substr(4)));
      source_.blocks[block_].rows.push_back(std::move(made));
      return;
    }
    const std::vector<std::string_view> parts = columns(content);
    if (parts.size() < 5) {
      fail(at_, "expected: id | direction | left | right | codec");
    }
    made.id = std::string(parts[0]);
    made.direction = direction(parts[1]);
    made.left = std::string(parts[2]);
    made.right = std::string(parts[3]);
    made.codec = std::string(parts[4]);
    made.options.assign(parts.begin() + 5, parts.end());
    made.at.column = static_cast<std::uint32_t>(line.find(parts[0]) + 1);
    store(std::move(made));
  }

  void store(SourceRow made) {
    std::vector<SourceRow>& rows = source_.blocks[block_].rows;
    if (made.id.empty()) {
      rows.push_back(std::move(made));
      return;
    }
    const auto [known, added] =
        source_.places.try_emplace(made.id, Source::Place{block_, rows.size()});
    if (added) {
      rows.push_back(std::move(made));
      return;
    }
    SourceRow& row = source_.blocks[known->second.block].rows[known->second.row];
    if (row.at.file == made.at.file || !overlay_) {
      fail(made.at, "row '" + made.id + "' is there already, at " + row.at.file + ":" +
                        std::to_string(row.at.line));
    }
    row = std::move(made);
  }

  /// After rows were deleted.
  void place_rows() {
    source_.places.clear();
    for (std::size_t block = 0; block < source_.blocks.size(); ++block) {
      const std::vector<SourceRow>& rows = source_.blocks[block].rows;
      for (std::size_t row = 0; row < rows.size(); ++row) {
        if (!rows[row].id.empty()) {
          source_.places[rows[row].id] = {block, row};
        }
      }
    }
  }

  static constexpr std::size_t no_block = static_cast<std::size_t>(-1);
  std::string_view text_;
  Source& source_;
  bool overlay_;
  Location at_;
  std::string map_ = "ccda";
  std::size_t block_ = no_block;
  SourceConcepts* concepts_ = nullptr;
};

}  // namespace

void read_map(std::string_view text, const std::string& file, Source& source) {
  MapReader(text, file, source, true).run();
}

namespace {

/// The map that a file begins with; empty when it has none.
std::string_view map_of(std::string_view text) {
  constexpr std::string_view mark = "\nmap ";
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) {
    return {};
  }
  text.remove_prefix(at + mark.size());
  return text.substr(0, text.find_first_of(" \n"));
}

}  // namespace

Source built_in_maps(std::span<const std::string_view> wanted) {
  Source source;
  for (const EmbeddedFile& table : tables()) {
    const std::string_view map = map_of(table.text);
    if (!wanted.empty() && !map.empty() &&
        std::find(wanted.begin(), wanted.end(), map) == wanted.end()) {
      continue;
    }
    MapReader(table.text, std::string(table.name), source, false).run();
  }
  return source;
}

}  // namespace lhcr::map
