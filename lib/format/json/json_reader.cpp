// SPDX-License-Identifier: Apache-2.0
/// JSON by simdjson's first stage, which finds the tokens and checks UTF-8 and strings; the walk
/// over them is ours, so that every fault has its byte offset and common slips do not end the
/// reading.
#include <algorithm>

#include "base/text.hpp"
#include "finding/id.hpp"
#include "format/format.hpp"
#include "format/json/json_index.hpp"
#include "format/json/json_walker.hpp"

namespace lhcr::format {

using finding::Id;
using finding::id;

struct JsonReader::State {
  JsonIndex index{4096};
  Issues issues;
  JsonScratch scratch;

  bool read_careful(std::string_view bytes, std::uint32_t shift, tree::Tree& tree,
                    const ReadLimits& limits);
  bool read(std::string_view bytes, tree::Tree& tree, const ReadLimits& limits);
};

namespace {

void start(tree::Tree& tree, Issues& issues, std::string_view bytes, std::uint32_t shift) {
  issues.clear();
  const tree::Builder root(tree);
  tree.set_source(bytes);
  if (shift > 0) {
    issues.add(id<"input-bom">, {tree::root_node, no_symbol}, 0);
  }
}

/// The last node that begins at or before `offset`: nodes are made in the order of the text.
tree::NodeId node_at(const tree::Tree& tree, std::size_t offset) {
  tree::NodeId low = tree::root_node;
  tree::NodeId high = tree.size();
  while (high - low > 1) {
    const tree::NodeId middle = low + (high - low) / 2;
    (tree[middle].offset <= offset ? low : high) = middle;
  }
  return low;
}

}  // namespace

bool JsonReader::State::read_careful(std::string_view bytes, std::uint32_t shift, tree::Tree& tree,
                                     const ReadLimits& limits) {
  std::string_view text = bytes.substr(shift);
  const CarefulTokens tokens = tokenize_carefully(text);
  start(tree, issues, bytes, shift);
  if (!tokens.text.empty()) {
    text = tree.arena().copy(tokens.text);
  }
  JsonWalker walker(tree, issues, scratch);
  const bool done = walker.run({text, tokens.offsets, shift, &tokens.fault}, limits);
  if (done) {
    for (const std::uint32_t offset : tokens.controls) {
      const Place place{node_at(tree, shift + offset), no_symbol};
      issues.add_syntax(id<"json-control">, place, shift + offset,
                        {describe_character(text, offset)});
    }
    const std::size_t told = limits.allow_comments ? 0 : tokens.comments.size();
    for (const std::uint32_t offset : std::span(tokens.comments).first(told)) {
      issues.add_syntax(id<"json-comment">, {node_at(tree, shift + offset), no_symbol},
                        shift + offset);
    }
  }
  return done && !issues.failed();
}

bool JsonReader::State::read(std::string_view bytes, tree::Tree& tree, const ReadLimits& limits) {
  const auto shift = static_cast<std::uint32_t>(bytes.starts_with(utf8_bom) ? utf8_bom.size() : 0);
  start(tree, issues, bytes, shift);
  if (bytes.size() > JsonIndex::largest_text) {
    return issues.fail(id<"input-too-large">, 0, {std::to_string(bytes.size()) + " bytes"});
  }
  const std::string_view text = bytes.substr(shift);
  if (std::all_of(text.begin(), text.end(), is_space)) {
    return issues.fail(id<"input-empty">, 0);
  }
  JsonWalker walker(tree, issues, scratch);
  if (!index.find(text)) {
    return read_careful(bytes, shift, tree, limits);
  }
  const bool done = walker.run({text, index.tokens_and_end(), shift, nullptr}, limits);
  return walker.met_comment() ? read_careful(bytes, shift, tree, limits) : done;
}

JsonReader::JsonReader() : state_(std::make_unique<State>()) {}
JsonReader::~JsonReader() = default;

bool JsonReader::read(std::string_view bytes, tree::Tree& tree, finding::Sink& sink,
                      const ReadLimits& limits) {
  const bool done = state_->read(bytes, tree, limits);
  state_->issues.report(tree, sink);
  return done;
}

}  // namespace lhcr::format
