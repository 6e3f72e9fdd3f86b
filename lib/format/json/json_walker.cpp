// SPDX-License-Identifier: Apache-2.0
#include "format/json/json_walker.hpp"

#include <algorithm>
#include <cstring>

#include "base/names.hpp"
#include "base/text.hpp"
#include "finding/id.hpp"

namespace lhcr::format {

using finding::Id;
using finding::id;
using tree::Kind;
using tree::no_node;
using tree::Node;
using tree::NodeId;

namespace {

// Up to this many names of an object are searched one by one; a set takes over then.
constexpr std::size_t few_keys = 32;

unsigned flag_if(bool set, unsigned flag) {
  return set ? flag : 0U;
}

std::string in_quotes(std::string_view text) {
  return '"' + std::string(text) + '"';
}

}  // namespace

JsonWalker::JsonWalker(tree::Tree& tree, Issues& issues, JsonScratch& scratch)
    : tree_(tree),
      issues_(issues),
      folder_(tree, issues, scratch.groups),
      levels_(scratch.levels),
      keys_(scratch.keys),
      wide_keys_(scratch.wide_keys),
      parts_(scratch.parts) {}

bool JsonWalker::run(const JsonTokens& tokens, const ReadLimits& limits) {
  tokens_ = tokens;
  limits_ = limits;
  cursor_ = 0;
  next_escape_ = tokens.text.data();
  after_comma_ = false;
  met_comment_ = false;
  levels_.clear();
  keys_.clear();
  if (!wide_keys_.empty()) {
    wide_keys_ = {};
  }
  parts_.clear();
  resource_type_ = name::resource_type;
  if (!open_root()) {
    return false;
  }
  while (!levels_.empty()) {
    if (!step() || issues_.failed()) {
      return false;
    }
  }
  if (!at_end() || (tokens_.fault != nullptr && tokens_.fault->has_value())) {
    return unexpected("the end of the input after the resource");
  }
  return true;
}

bool JsonWalker::open_root() {
  if (peek() != '{') {
    return root_fault();
  }
  ++cursor_;
  Level root;
  root.node = tree::root_node;
  levels_.push_back(root);
  return true;
}

bool JsonWalker::root_fault() {
  if (!at_end() && (peek() == '[' || peek() == '"')) {
    return issues_.fail(id<"json-root">, source_offset(),
                        {peek() == '[' ? "an array" : "a string"});
  }
  const std::size_t control = find_control(tokens_.text);
  // UTF-16 is text, but not the text that JSON is written in.
  const bool utf16 = tokens_.text.starts_with("\xFF\xFE") || tokens_.text.starts_with("\xFE\xFF");
  if (control != std::string_view::npos && !utf16) {
    return issues_.fail(id<"input-not-text">, tokens_.shift + control,
                        {describe_character(tokens_.text, control)});
  }
  if (at_end() || peek() == '/') {
    return unexpected("a JSON object");
  }
  const std::string_view text = token_text();
  if (is_number(text) || text == "true" || text == "false" || text == "null") {
    return issues_.fail(id<"json-root">, source_offset(), {std::string(text)});
  }
  return issues_.fail(id<"input-unknown">, source_offset(),
                      {describe_character(tokens_.text, here())});
}

bool JsonWalker::step() {
  Level& level = levels_.back();
  const char token = peek();
  if (token == ',') {
    issues_.add_syntax(id<"json-comma-extra">, {level.node, no_symbol}, source_offset());
    ++cursor_;
    after_comma_ = false;
    return true;
  }
  if (token == (level.array ? ']' : '}')) {
    if (after_comma_) {
      issues_.add_syntax(id<"json-comma-extra">, {level.node, no_symbol},
                         tokens_.shift + tokens_.offsets[cursor_ - 1]);
      after_comma_ = false;
    }
    return level.array ? close_array(level) : close_object();
  }
  return (level.array || member_name(level)) && value(level);
}

bool JsonWalker::close_array(Level& level) {
  if (level.items == 0) {
    const std::string name = (level.part ? "_" : "") + std::string(tree_.name(level.name));
    issues_.add(id<"json-empty-array">, {level.node, level.name}, level.offset, {name});
  }
  ++cursor_;
  level.array = false;
  finish_member(level);
  return separator();
}

bool JsonWalker::close_object() {
  ++cursor_;
  finish_children(levels_.back());
  keys_.resize(levels_.back().first_key);
  parts_.resize(levels_.back().first_part);
  const bool empty = levels_.back().last == no_node;
  levels_.pop_back();
  if (levels_.empty()) {
    return true;
  }
  if (empty && levels_.back().part) {
    const Level& outer = levels_.back();
    issues_.add(id<"json-extension-part">, {outer.node, outer.name}, outer.offset,
                {std::string(tree_.name(outer.name)), "it is empty"});
  }
  finish_value(levels_.back());
  return separator();
}

bool JsonWalker::member_name(Level& level) {
  std::string_view name;
  level.offset = source_offset();
  if (peek() == '"') {
    if (!string_token(name)) {
      return false;
    }
  } else if (!at_end() && is_word_start(peek())) {
    name = token_text();
    if (!std::all_of(name.begin(), name.end(), is_word_byte)) {
      return unexpected("a property name in double quotes");
    }
    issues_.add_syntax(id<"json-unquoted-name">, {level.node, no_symbol}, source_offset(),
                       {std::string(name)});
  } else {
    return unexpected(after_comma_ || level.last == no_node ? "a property name in double quotes"
                                                            : "',' or '}'");
  }
  ++cursor_;
  if (peek() != ':') {
    return unexpected("':' after the property name");
  }
  ++cursor_;
  note_key(level, name);
  return true;
}

void JsonWalker::note_key(Level& level, std::string_view name) {
  level.part = name.size() > 1 && name.front() == '_';
  if (level.part) {
    name.remove_prefix(1);
  }
  level.name = tree_.intern(name);
  level.before = level.last;
  level.duplicate = false;
  const std::uint32_t key = level.name * 2 + (level.part ? 1U : 0U);
  level.duplicate = seen(level, key);
  if (level.duplicate) {
    issues_.add(id<"json-duplicate">, {level.node, no_symbol}, level.offset,
                {in_quotes((level.part ? "_" : "") + std::string(name))});
  }
}

bool JsonWalker::seen(const Level& level, std::uint32_t key) {
  const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(level.first_key);
  const auto wide = [&level](std::uint32_t known) {
    return std::uint64_t{level.node} << 32U | known;
  };
  if (keys_.size() - level.first_key >= few_keys) {
    return !wide_keys_.insert(wide(key)).second;
  }
  if (std::find(first, keys_.end(), key) != keys_.end()) {
    return true;
  }
  keys_.push_back(key);
  if (keys_.size() - level.first_key == few_keys) {
    std::for_each(keys_.end() - few_keys, keys_.end(),
                  [&](std::uint32_t known) { wide_keys_.insert(wide(known)); });
  }
  return false;
}

bool JsonWalker::value(Level& level) {
  after_comma_ = false;
  if (tree_.size() > limits_.nodes) {
    return issues_.fail(id<"input-too-large">, source_offset(),
                        {"it has more than " + std::to_string(limits_.nodes) + " elements"});
  }
  switch (peek()) {
    case '"':
      return string_value(level);
    case '{':
      return open_object(level);
    case '[':
      return open_array(level);
    default:
      return bare_value(level);
  }
}

bool JsonWalker::string_value(Level& level) {
  std::string_view text;
  if (!string_token(text)) {
    return false;
  }
  add_leaf(level, Kind::string, text);
  ++cursor_;
  finish_value(level);
  return separator();
}

void JsonWalker::mark_resource(Level& level) {
  tree_[level.last].flags |= tree::meta;
  tree_[level.node].flags |= tree::resource;
}

bool JsonWalker::bare_value(Level& level) {
  const std::string_view text = token_text();
  const char first = peek();
  if (at_end() || !std::all_of(text.begin(), text.end(), is_word_byte)) {
    return unexpected("a value");
  }
  if (text == "null") {
    level.has_null = true;
    if (!level.array) {
      issues_.add(id<"json-null">, {level.node, level.name}, source_offset(),
                  {std::string(tree_.name(level.name))});
    }
    add_leaf(level, Kind::null, {});
  } else if (text == "true" || text == "false") {
    add_leaf(level, Kind::boolean, text);
  } else if (is_word_start(first)) {
    add_leaf(level, Kind::string, text);
    const NodeId place = level.array ? level.last : level.node;
    issues_.add_syntax(id<"json-unquoted-value">, {place, no_symbol}, source_offset(),
                       {std::string(text)});
  } else {
    add_leaf(level, Kind::number, text);
    if (!is_number(text)) {
      issues_.add_syntax(id<"json-number">, {level.last, no_symbol}, source_offset(),
                         {std::string(text)});
    }
  }
  ++cursor_;
  finish_value(level);
  return separator();
}

void JsonWalker::add_leaf(Level& level, Kind kind, std::string_view text) {
  unsigned flags = flag_if(level.array, tree::list);
  if (level.part && kind != Kind::null) {
    issues_.add(id<"json-extension-part">, {level.node, level.name}, source_offset(),
                {std::string(tree_.name(level.name)), "this is not an object"});
    // Its place in an array counts all the same.
    kind = Kind::null;
    text = {};
    flags |= tree::extended;
  }
  level.last = tree_.insert(level.node, level.last);
  Node& node = tree_[level.last];
  node.bytes = text.data();
  node.length = static_cast<std::uint32_t>(text.size());
  node.name = level.name;
  node.element = level.name;
  node.offset = source_offset();
  node.kind = kind;
  node.flags = static_cast<std::uint8_t>(flags);
  const bool names_type = level.name == resource_type_ && kind == Kind::string && !level.array;
  if (names_type && !level.part && !level.duplicate) {
    mark_resource(level);
  }
}

bool JsonWalker::open_object(Level& level) {
  if (levels_.size() >= limits_.depth) {
    return issues_.fail(id<"nesting-too-deep">, source_offset(), {std::to_string(limits_.depth)});
  }
  level.last = tree_.insert(level.node, level.last);
  Node& node = tree_[level.last];
  node.name = level.name;
  node.element = level.name;
  node.offset = level.array ? source_offset() : level.offset;
  node.flags = static_cast<std::uint8_t>(flag_if(level.array, tree::list) |
                                         flag_if(level.part, tree::extended));
  Level inner;
  inner.node = level.last;
  inner.first_key = static_cast<std::uint32_t>(keys_.size());
  inner.first_part = static_cast<std::uint32_t>(parts_.size());
  levels_.push_back(inner);
  ++cursor_;
  return true;
}

bool JsonWalker::open_array(Level& level) {
  if (level.array) {
    return issues_.fail(id<"json-nested-array">, source_offset());
  }
  level.array = true;
  level.items = 0;
  ++cursor_;
  return true;
}

void JsonWalker::finish_value(Level& level) {
  if (level.array) {
    ++level.items;
  } else {
    finish_member(level);
  }
}

void JsonWalker::finish_member(Level& level) {
  if (!level.duplicate && !level.part) {
    return;
  }
  NodeId& link = level.before == no_node ? tree_[level.node].child : tree_[level.before].next;
  if (!level.duplicate) {
    const bool array = link != no_node && tree_[link].is(tree::list);
    parts_.push_back({level.name, link, level.before, level.offset, array});
    level.has_null = true;
  }
  link = no_node;
  level.last = level.before;
}

void JsonWalker::finish_children(Level& level) {
  if (parts_.size() > level.first_part) {
    folder_.fold(level.node, std::span(parts_).subspan(level.first_part), level.last);
  }
  if (level.has_null) {
    folder_.drop_nulls(level.node, level.last);
  }
}

bool JsonWalker::separator() {
  Level& level = levels_.back();
  const char token = peek();
  if (token == ',') {
    ++cursor_;
    after_comma_ = true;
    return true;
  }
  const bool name = token == '"' || is_word_start(token);
  const bool item = level.array && (token == '{' || token == '-' || (token >= '0' && token <= '9'));
  if (name || item) {
    if (!level.comma_told) {
      issues_.add_syntax(id<"json-comma-missing">, {level.node, no_symbol}, source_offset());
    }
    level.comma_told = true;
    return true;
  }
  return token == (level.array ? ']' : '}') ||
         unexpected(level.array ? "',' or ']'" : "',' or '}'");
}

std::string_view JsonWalker::token_text() const noexcept {
  if (at_end()) {
    return {};
  }
  const char* begin = tokens_.text.data() + here();
  const char* end = tokens_.text.data() + tokens_.offsets[cursor_ + 1];
  while (end > begin && is_space(end[-1])) {
    --end;
  }
  return {begin, static_cast<std::size_t>(end - begin)};
}

bool JsonWalker::string_token(std::string_view& content) {
  const std::string_view token = token_text();
  if (token.size() < 2 || token.back() != '"') {
    return unexpected("a closing quote");
  }
  content = token.substr(1, token.size() - 2);
  if (!has_escape(content.data(), content.data() + content.size())) {
    return true;
  }
  std::optional<Fault> fault;
  const std::size_t start = source_offset() + 1;
  content = unescape(content, tree_.arena(), fault);
  if (!fault) return true;
  fault->offset += start;
  return issues_.fail(*fault);
}

bool JsonWalker::has_escape(const char* begin, const char* end) noexcept {
  if (next_escape_ < begin) {
    const char* stop = tokens_.text.data() + tokens_.text.size();
    const void* found = std::memchr(begin, '\\', static_cast<std::size_t>(stop - begin));
    next_escape_ = found != nullptr ? static_cast<const char*>(found) : stop;
  }
  return next_escape_ < end;
}

bool JsonWalker::unexpected(std::string_view expected) {
  if (at_end()) {
    const bool cut = tokens_.fault != nullptr && tokens_.fault->has_value();
    if (cut) {
      Fault fault = **tokens_.fault;
      fault.offset += tokens_.shift;
      return issues_.fail(fault);
    }
    return issues_.fail(id<"json-syntax">, tokens_.shift + tokens_.text.size(),
                        {"the input ends where " + std::string(expected) + " should follow"});
  }
  // The offending byte may stand inside the token: 12#3.
  std::size_t at = here();
  const std::size_t stop = at + token_text().size();
  while (at + 1 < stop && is_word_byte(tokens_.text[at])) {
    ++at;
  }
  met_comment_ = tokens_.text[at] == '/';
  const auto byte = static_cast<unsigned char>(tokens_.text[at]);
  const std::string character = describe_character(tokens_.text, at);
  if (byte < 0x20 || byte == 0x7F) {
    return issues_.fail(id<"input-not-text">, tokens_.shift + at, {character});
  }
  return issues_.fail(id<"json-syntax">, tokens_.shift + at,
                      {character + " where " + std::string(expected) + " should follow"});
}

}  // namespace lhcr::format
