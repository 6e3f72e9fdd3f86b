// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/excerpt.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "map/csv/csv.hpp"
#include "map/csv/csv_model.hpp"
#include "map/hash.hpp"

namespace lhcr::map {

struct CsvConverter::State {
  State(const CsvBlock& from, const std::vector<std::string>& names)
      : block(from), header(names), root(from.root), when(from.when) {}

  const CsvBlock& block;
  std::vector<std::string> header;
  CsvNode root;
  std::vector<CsvTest> when;
  std::vector<std::size_t> key;
  std::size_t patient_column = no_column;
  std::string patient;
  std::vector<std::string> unread;
  std::set<std::size_t> read;
  std::vector<std::string> missing;
  bool has_id = false;

  // of one row
  const std::vector<std::string_view>* row = nullptr;
  std::vector<CsvFault>* faults = nullptr;
  std::string key_text;

  std::size_t find(const std::string& column);
  void bind();
  void bind(CsvNode& node);
  [[noreturn]] void refuse_missing() const;
  bool append(const CsvLeaf& leaf, std::string_view text, std::string& out) const;
  void bind(std::vector<CsvTest>& tests);
  [[nodiscard]] std::string_view cell(std::size_t index) const {
    return index < row->size() ? (*row)[index] : std::string_view();
  }
  [[nodiscard]] bool holds(const std::vector<CsvTest>& tests) const;
  bool object(const CsvNode& node, std::string& out);
  bool children(const CsvNode& node, std::string& out);
  bool value(const CsvNode& node, std::string& out);
  bool leaf(const CsvLeaf& leaf, std::string& out, bool& decided);
  bool cell_value(const CsvLeaf& leaf, std::string& out);
  void refuse(const CsvLeaf& leaf, const std::string& why);
  void refuse_second(const CsvNode& node);
  void make_id(std::string& out);
};

std::size_t CsvConverter::State::find(const std::string& column) {
  const auto found = std::find(header.begin(), header.end(), column);
  if (found == header.end()) {
    missing.push_back(column);
    return no_column;
  }
  const auto index = static_cast<std::size_t>(found - header.begin());
  read.insert(index);
  return index;
}

void CsvConverter::State::bind() {
  bind(root);
  bind(when);
  for (const std::string& column : block.key) {
    key.push_back(find(column));
    if (key.back() == no_column) {
      throw Error(ErrorKind::input, block.file + ": there is no column " + column +
                                        ", which the key of the map block [" + block.name +
                                        "] names");
    }
  }
  if (!block.patient.empty()) patient_column = find(block.patient);
  if (block.given && !missing.empty()) refuse_missing();
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (!read.contains(i)) unread.push_back(header[i]);
  }
  if (key.empty()) {
    for (std::size_t i = 0; i < header.size(); ++i) key.push_back(i);
  }
  has_id = std::any_of(root.children.begin(), root.children.end(),
                       [](const CsvNode& child) { return child.key == "\"id\":"; });
}

/// What the map reads there would be lost in every row.
void CsvConverter::State::refuse_missing() const {
  const std::string& name = missing.front();
  const std::vector<std::string_view> names(header.begin(), header.end());
  const std::string_view meant = closest(name, names);
  throw Error(ErrorKind::input,
              block.file + ":1: there is no column " + name + ", which the map block [" +
                  block.name + "] (" + block.at.file + ":" + std::to_string(block.at.line) +
                  ") reads" + (meant.empty() ? "" : "; did you mean " + std::string(meant) + "?"));
}

void CsvConverter::State::bind(CsvNode& node) {
  for (CsvLeaf& leaf : node.leaves) {
    if (!leaf.column.empty()) leaf.index = find(leaf.column);
    if (!leaf.with.empty()) leaf.with_index = find(leaf.with);
    bind(leaf.when);
  }
  for (CsvNode& child : node.children) bind(child);
  node.fixed = std::none_of(node.leaves.begin(), node.leaves.end(),
                            [](const CsvLeaf& leaf) { return leaf.decides; }) &&
               std::all_of(node.children.begin(), node.children.end(),
                           [](const CsvNode& child) { return child.fixed; });
}

void CsvConverter::State::bind(std::vector<CsvTest>& tests) {
  for (CsvTest& test : tests) test.index = find(test.column);
}

bool CsvConverter::State::holds(const std::vector<CsvTest>& tests) const {
  return std::all_of(tests.begin(), tests.end(), [this](const CsvTest& test) {
    return (cell(test.index) == test.value) != test.differs;
  });
}

/// Once a cell, however many elements it goes to.
void CsvConverter::State::refuse(const CsvLeaf& leaf, const std::string& why) {
  const auto same = [&](const CsvFault& known) { return known.column == leaf.column; };
  if (std::any_of(faults->begin(), faults->end(), same)) return;
  faults->push_back({leaf.column, "'" + excerpt(cell(leaf.index)) + "' " + why});
}

/// Two where() of an element that does not repeat, and values for both.
void CsvConverter::State::refuse_second(const CsvNode& node) {
  faults->push_back({"", "the map writes " + node.key.substr(0, node.key.size() - 1) +
                             ", which does not repeat, twice"});
}

bool CsvConverter::State::cell_value(const CsvLeaf& leaf, std::string& out) {
  std::string_view text = cell(leaf.index);
  if (text.empty()) return false;
  if (leaf.has_codes) {
    const auto code = leaf.codes.find(std::string(text));
    const auto any = code == leaf.codes.end() ? leaf.codes.find("*") : code;
    if (any == leaf.codes.end()) {
      refuse(leaf, "is not one of the codes that the map knows");
      return false;
    }
    // `* <-> *`: every other code stays as it is.
    if (code != leaf.codes.end() || any->second != "*") text = any->second;
  }
  const std::size_t before = out.size();
  if (leaf.quoted) out += '"';
  out += leaf.before;
  const std::size_t start = out.size();
  if (!append(leaf, text, out)) {
    out.resize(before);
    refuse(leaf, "is not " + expected_of(leaf.codec, leaf.picture));
    return false;
  }
  // A number without comparator says nothing of one.
  if (out.size() == start) {
    out.resize(before);
    return false;
  }
  if (leaf.quoted) out += '"';
  return true;
}

bool CsvConverter::State::append(const CsvLeaf& leaf, std::string_view text,
                                 std::string& out) const {
  const std::string_view second = cell(leaf.with_index);
  const bool moment = !leaf.picture.empty() || !leaf.zone.empty() || !leaf.with.empty();
  if (!moment) return leaf.codec->append(text, out);
  // Without a time the day stands, and the picture's part for it.
  const std::string_view picture =
      leaf.with.empty() || !second.empty()
          ? std::string_view(leaf.picture)
          : std::string_view(leaf.picture).substr(0, leaf.picture.find(' '));
  std::string both(text);
  if (!second.empty()) both.append(" ").append(second);
  std::string made;
  if (!append_moment(both, picture, leaf.zone, made)) return false;
  constexpr std::size_t day_length = 10;
  out += leaf.codec->name == "DATE" ? made.substr(0, day_length) : made;
  return true;
}

bool CsvConverter::State::leaf(const CsvLeaf& leaf, std::string& out, bool& decided) {
  if (!holds(leaf.when)) return false;
  if (leaf.column.empty()) {
    out += leaf.constant;
  } else if (!cell_value(leaf, out)) {
    return false;
  }
  decided = decided || leaf.decides;
  return true;
}

/// True when a cell, or a constant that stands for itself, was written. What holds only the
/// constants of a where() is taken back by the caller.
bool CsvConverter::State::value(const CsvNode& node, std::string& out) {
  if (node.leaves.empty()) return object(node, out);
  bool decided = false;
  for (const CsvLeaf& known : node.leaves) {
    if (leaf(known, out, decided)) break;
  }
  return decided;
}

bool CsvConverter::State::object(const CsvNode& node, std::string& out) {
  out += '{';
  const bool decided = children(node, out);
  if (out.back() == ',') out.back() = '}';
  return decided;
}

bool CsvConverter::State::children(const CsvNode& node, std::string& out) {
  bool decided = false;
  for (std::size_t i = 0; i < node.children.size();) {
    const CsvNode& first = node.children[i];
    const std::size_t before = out.size();
    out += first.key;
    if (first.list) out += '[';
    const std::size_t start = out.size();
    for (; i < node.children.size() && node.children[i].name == first.name; ++i) {
      const std::size_t item = out.size();
      const bool kept = value(node.children[i], out);
      const bool constant = !kept && node.children[i].fixed && out.size() > item;
      decided = decided || kept;
      const bool twice = !first.list && item > start && (kept || constant);
      if (twice) refuse_second(first);
      if ((kept || constant) && !twice) {
        out += ',';
      } else {
        out.resize(item);
      }
    }
    if (out.size() == start) {
      out.resize(before);
    } else if (first.list) {
      out.back() = ']';
      out += ',';
    }
  }
  return decided;
}

void CsvConverter::State::make_id(std::string& out) {
  key_text.assign(block.name);
  for (const std::size_t index : key) {
    key_text += '\x1F';
    key_text += cell(index);
  }
  out.append("\"id\":\"").append(uuid_of(key_text)) += "\",";
}

CsvConverter::CsvConverter(const CsvBlock& block, const std::vector<std::string>& header)
    : state_(std::make_unique<State>(block, header)) {
  state_->bind();
}
CsvConverter::~CsvConverter() = default;
CsvConverter::CsvConverter(CsvConverter&&) noexcept = default;

bool CsvConverter::convert(const std::vector<std::string_view>& row, std::string& out,
                           std::vector<CsvFault>& faults) {
  State& state = *state_;
  state.row = &row;
  state.faults = &faults;
  if (!state.holds(state.when)) return false;
  const std::size_t before = out.size();
  const std::size_t faults_before = faults.size();
  out.append("{\"resourceType\":\"").append(state.block.type) += "\",";
  if (!state.has_id) state.make_id(out);
  const bool decided = state.children(state.root, out);
  if (!decided || faults.size() > faults_before) {
    out.resize(before);
    return false;
  }
  out.back() = '}';
  out += '\n';
  state.patient = state.cell(state.patient_column);
  return true;
}

std::string_view CsvConverter::patient() const {
  return state_->patient;
}

const std::vector<std::string>& CsvConverter::unread() const {
  return state_->unread;
}

}  // namespace lhcr::map
