// SPDX-License-Identifier: Apache-2.0
#include "format/json/json_lines.hpp"

#include <cstring>

#include "base/text.hpp"
#include "format/json/json_index.hpp"
#include "format/json/json_scan.hpp"

namespace lhcr::format {

using tree::Kind;
using tree::no_node;
using tree::NodeId;

// --- NameSet ---

NameSet::NameSet() : slots_(64) {}

inline std::uint64_t NameSet::head_of(std::string_view name) noexcept {
  std::uint64_t head = 0;
  std::memcpy(&head, name.data(), sizeof head);
  if (name.size() < sizeof head) head &= (std::uint64_t{1} << (name.size() * 8)) - 1;
  return head;
}

inline std::size_t NameSet::first_slot(std::uint64_t head, std::size_t length) const noexcept {
  const std::uint64_t mixed = (head ^ length) * 0x9E3779B97F4A7C15U;
  return static_cast<std::size_t>(mixed >> 40U) & (slots_.size() - 1);
}

Symbol NameSet::find(std::string_view name) const noexcept {
  const std::uint64_t head = head_of(name);
  for (std::size_t at = first_slot(head, name.size());; at = (at + 1) & (slots_.size() - 1)) {
    const Slot& slot = slots_[at];
    if (slot.symbol == no_symbol) return no_symbol;
    const bool same = slot.head == head && slot.length == name.size();
    if (same && (name.size() <= sizeof head || slot.name == name)) return slot.symbol;
  }
}

void NameSet::place(Slot slot) {
  std::size_t at = first_slot(slot.head, slot.length);
  while (slots_[at].symbol != no_symbol) at = (at + 1) & (slots_.size() - 1);
  slots_[at] = std::move(slot);
}

void NameSet::add(std::string_view name, Symbol symbol) {
  std::string padded(name);
  padded.resize(std::max<std::size_t>(name.size(), 8));
  const std::string_view key(padded.data(), name.size());
  if (find(key) != no_symbol) return;
  // At most a quarter full: most names that are looked up are not there.
  if (++count_ * 4 > slots_.size()) {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (Slot& slot : old) {
      if (slot.symbol != no_symbol) place(std::move(slot));
    }
  }
  place({head_of(key), symbol, static_cast<std::uint32_t>(name.size()), std::string(name)});
}

// --- JsonLines ---

namespace {

/// Steps through the tokens of one value by the grammar of RFC 8259. Most of a record is stepped
/// over here, so a member is looked at as a whole. The tokens are those that simdjson's first
/// stage, which has checked UTF-8 and that strings end, found in the text. Escapes are not looked
/// at.
class GrammarCheck {
 public:
  GrammarCheck(std::string_view text, std::span<const std::uint32_t> tokens)
      : text_(text), begin_(tokens.data()), at_(begin_), end_(begin_ + tokens.size()) {}

  /// How many of the tokens are the value; 0 when it is none, and when it is rare: with more than
  /// 64 open brackets.
  std::size_t run() noexcept {
    if (left() == 0 || !value()) return 0;
    while (depth_ != 0) {
      if (left() == 0) return 0;
      if (byte() == (in_array() ? ']' : '}')) {
        close();
      } else if (!(in_array() ? item() : member())) {
        return 0;
      }
    }
    return static_cast<std::size_t>(at_ - begin_);
  }

 private:
  [[nodiscard]] std::ptrdiff_t left() const noexcept { return end_ - at_; }
  [[nodiscard]] char byte() const noexcept { return text_[*at_]; }
  /// Steps over a token that must be `wanted`.
  bool take(char wanted) noexcept { return text_[*at_++] == wanted; }

  /// [,] value, and something behind it, for the bracket must be closed.
  bool item() noexcept {
    const bool first = std::exchange(opened_, false);
    return left() >= (first ? 2 : 3) && (first || take(',')) && value();
  }
  /// [,] "name" : value, and something behind it.
  bool member() noexcept {
    const bool first = std::exchange(opened_, false);
    return left() >= (first ? 4 : 5) && (first || take(',')) && take('"') && take(':') && value();
  }
  bool value() noexcept {
    const char token = byte();
    if (token == '{' || token == '[') return open(token == '[');
    return token == '"' ? take('"') : word();
  }
  bool word() noexcept {
    const std::size_t begin = *at_++;
    const std::size_t end = left() != 0 ? *at_ : text_.size();
    std::string_view word = text_.substr(begin, end - begin);
    while (is_space(word.back())) word.remove_suffix(1);
    return is_number(word) || word == "true" || word == "false" || word == "null";
  }
  bool open(bool array) noexcept {
    if (depth_ == 64) return false;
    arrays_ = arrays_ << 1U | (array ? 1U : 0U);
    ++depth_;
    ++at_;
    opened_ = true;
    return true;
  }
  void close() noexcept {
    arrays_ >>= 1U;
    --depth_;
    ++at_;
    opened_ = false;
  }
  [[nodiscard]] bool in_array() const noexcept { return (arrays_ & 1U) != 0; }

  std::string_view text_;
  const std::uint32_t* begin_;
  const std::uint32_t* at_;
  const std::uint32_t* end_;
  std::uint64_t arrays_ = 0;  ///< a bit for each open bracket, the innermost lowest
  unsigned depth_ = 0;
  bool opened_ = false;  ///< the innermost bracket has nothing in it so far
};

constexpr std::size_t max_depth = 60;

struct Level {
  NodeId node = no_node;
  NodeId last = no_node;
  Symbol name = no_symbol;  // of the array
  bool array = false;
};

/// As tree::Builder does, whose list of open nodes is not needed here.
void make_root(tree::Tree& tree) {
  tree.clear();
  tree.insert(no_node, no_node);
  tree[no_node] = {};
}

}  // namespace

struct JsonLines::State {
  explicit State(const NameSet& wanted) : names(wanted) {}

  const NameSet& names;
  JsonIndex index{std::size_t{1} << 19U};
  std::string_view text;
  const std::uint32_t* offsets = nullptr;
  std::size_t count = 0;
  std::size_t cursor = 0;
  std::size_t line_start = 0;
  std::size_t escape = 0;       // a backslash: the first one in the record, and
  std::size_t next_escape = 0;  // the first one from the latest string on; or npos
  tree::Tree* tree = nullptr;
  Symbol resource_type = no_symbol;
  std::array<Level, max_depth + 1> levels;
  std::size_t depth = 0;

  bool start(std::string_view lines);
  bool record();
  bool step();
  bool member();
  bool after_value();
  bool value(Symbol name);
  bool open(Symbol name);
  bool open_array(Symbol name);
  bool string_value(Symbol name);
  bool bare_value(Symbol name);
  bool leaf(Symbol name, Kind kind, std::string_view content);
  bool skip();
  std::size_t find_escape(std::size_t from) noexcept;
  /// Of the record that was read last, which ends at `end`.
  [[nodiscard]] bool has_only_plain_escapes(std::size_t end) const noexcept {
    return escape >= end || has_plain_escapes(text.substr(escape, end - escape));
  }
  [[nodiscard]] bool repeated(Symbol name) const;
  [[nodiscard]] char peek() const noexcept { return cursor < count ? text[offsets[cursor]] : '\0'; }
  /// The token at the cursor without the white space behind it.
  [[nodiscard]] std::string_view token() const noexcept {
    std::size_t end = cursor + 1 < count ? offsets[cursor + 1] : text.size();
    while (is_space(text[end - 1])) --end;
    return text.substr(offsets[cursor], end - offsets[cursor]);
  }
};

bool JsonLines::State::start(std::string_view lines) {
  text = lines;
  cursor = 0;
  escape = next_escape = 0;
  if (!index.find(lines)) return false;
  offsets = index.tokens().data();
  count = index.tokens().size();
  const std::array<char, 16> name{"resourceType"};
  resource_type = names.find({name.data(), 12});
  return true;
}

/// One line; false when it is for JsonReader. Link-time optimisation would otherwise call what is
/// done for each token, which costs a fifth.
[[gnu::flatten, gnu::noinline]] bool JsonLines::State::record() {
  make_root(*tree);
  escape = find_escape(line_start);
  if (peek() != '{') return false;
  ++cursor;
  depth = 0;
  levels[0] = {tree::root_node, no_node, no_symbol, false};
  for (;;) {
    if (!step()) return false;
    if (depth == max_depth + 1) return true;
  }
}

/// A member, an item or the end of what is open. At the end of the record `depth` is beyond all.
inline bool JsonLines::State::step() {
  Level& level = levels[depth];
  const char token = peek();
  if (token == (level.array ? ']' : '}')) {
    ++cursor;
    if (depth == 0) {
      depth = max_depth + 1;
      return true;
    }
    --depth;
    return after_value();
  }
  return level.array ? value(level.name) : member();
}

inline bool JsonLines::State::member() {
  if (peek() != '"') return false;
  const std::string_view key = token();
  if (key.size() < 2 || key.back() != '"') return false;
  ++cursor;
  if (peek() != ':') return false;
  ++cursor;
  std::string_view name = key.substr(1, key.size() - 2);
  const bool part = name.starts_with('_');
  if (part) name.remove_prefix(1);
  const Symbol symbol = names.find(name);
  if (symbol == no_symbol) return skip() && after_value();
  return !part && !repeated(symbol) && value(symbol);
}

bool JsonLines::State::repeated(Symbol name) const {
  for (NodeId node = (*tree)[levels[depth].node].child; node != no_node;
       node = (*tree)[node].next) {
    if ((*tree)[node].name == name) return true;
  }
  return false;
}

/// A comma, unless the end of what is open follows.
inline bool JsonLines::State::after_value() {
  const char token = peek();
  if (token == ',') {
    ++cursor;
    const char next = peek();
    return next != '}' && next != ']' && next != ',';
  }
  return token == (levels[depth].array ? ']' : '}');
}

inline bool JsonLines::State::value(Symbol name) {
  switch (peek()) {
    case '"':
      return string_value(name);
    case '{':
      return open(name);
    case '[':
      return open_array(name);
    default:
      return bare_value(name);
  }
}

bool JsonLines::State::open(Symbol name) {
  Level& level = levels[depth];
  if (depth + 1 > max_depth) return false;
  level.last = tree->insert(level.node, level.last);
  tree::Node& node = (*tree)[level.last];
  node.name = node.element = name;
  node.offset = static_cast<std::uint32_t>(offsets[cursor] - line_start);
  node.flags = level.array ? std::uint8_t{tree::list} : std::uint8_t{0};
  ++cursor;
  levels[++depth] = {level.last, no_node, no_symbol, false};
  return true;
}

bool JsonLines::State::open_array(Symbol name) {
  const Level& level = levels[depth];
  if (level.array || depth + 1 > max_depth) return false;
  ++cursor;
  if (peek() == ']') return false;
  levels[depth + 1] = {level.node, level.last, name, true};
  ++depth;
  return true;
}

/// The first backslash from `from` on, which is not before what was asked for last in the block.
inline std::size_t JsonLines::State::find_escape(std::size_t from) noexcept {
  if (next_escape < from) next_escape = text.find('\\', from);
  return next_escape;
}

inline bool JsonLines::State::string_value(Symbol name) {
  const std::string_view quoted = token();
  if (quoted.size() < 2 || quoted.back() != '"') return false;
  std::string_view content = quoted.substr(1, quoted.size() - 2);
  const std::size_t end = offsets[cursor] + quoted.size();
  if (find_escape(offsets[cursor]) < end) {
    std::optional<Fault> fault;
    content = unescape(content, tree->arena(), fault);
    if (fault) return false;
  }
  return leaf(name, Kind::string, content);
}

bool JsonLines::State::bare_value(Symbol name) {
  if (cursor >= count) return false;
  const std::string_view word = token();
  if (word == "true" || word == "false") return leaf(name, Kind::boolean, word);
  return is_number(word) && leaf(name, Kind::number, word);
}

inline bool JsonLines::State::leaf(Symbol name, Kind kind, std::string_view content) {
  Level& level = levels[depth];
  level.last = tree->insert(level.node, level.last);
  tree::Node& node = (*tree)[level.last];
  node.bytes = content.data();
  node.length = static_cast<std::uint32_t>(content.size());
  node.name = node.element = name;
  node.offset = static_cast<std::uint32_t>(offsets[cursor] - line_start);
  node.kind = kind;
  node.flags = level.array ? std::uint8_t{tree::list} : std::uint8_t{0};
  if (name == resource_type && kind == Kind::string && !level.array) {
    node.flags = tree::meta;
    tree::Node& holder = (*tree)[level.node];
    holder.flags = static_cast<std::uint8_t>(holder.flags | tree::resource);
  }
  ++cursor;
  return after_value();
}

/// Steps over a value, which has to be JSON.
bool JsonLines::State::skip() {
  if (peek() == '"') {
    ++cursor;
    return true;
  }
  const std::size_t size = GrammarCheck(text, {offsets + cursor, count - cursor}).run();
  cursor += size;
  return size > 0;
}

JsonLines::JsonLines(const NameSet& names) : state_(std::make_unique<State>(names)) {}
JsonLines::~JsonLines() = default;

bool JsonLines::start(std::string_view lines) {
  return state_->start(lines);
}

bool JsonLines::read_one(std::string_view text, tree::Tree& tree) {
  State& state = *state_;
  state.tree = &tree;
  state.line_start = 0;
  if (!state.start(text) || !state.record() || state.cursor < state.count) return false;
  if (!state.has_only_plain_escapes(text.size())) return false;
  tree.set_source(text);
  return true;
}

JsonLines::Result JsonLines::next(tree::Tree& tree, std::string_view& line) {
  State& state = *state_;
  if (state.cursor >= state.count) return Result::end;
  state.line_start = state.offsets[state.cursor];
  state.tree = &tree;
  const bool good = state.record();
  const std::size_t end = std::min(state.text.find('\n', state.line_start), state.text.size());
  line = state.text.substr(state.line_start, end - state.line_start);
  const std::size_t after = state.cursor < state.count ? state.offsets[state.cursor] : end + 1;
  const bool last_inside = state.cursor > 0 && state.offsets[state.cursor - 1] < end;
  if (good && after > end && last_inside && state.has_only_plain_escapes(end)) {
    tree.set_source(line);
    return Result::record;
  }
  // The next line's first token, wherever the reading of this one stopped.
  state.next_escape = 0;
  while (state.cursor > 0 && state.offsets[state.cursor - 1] > end) --state.cursor;
  while (state.cursor < state.count && state.offsets[state.cursor] < end) ++state.cursor;
  return Result::other;
}

}  // namespace lhcr::format
