// SPDX-License-Identifier: Apache-2.0
#include "deliver/style/outline.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/names.hpp"
#include "tree/nodes.hpp"

namespace lhcr::deliver {
namespace {

/// What plans, searches, labels and verdicts look at, wherever it stands.
constexpr std::array<std::string_view, 16> outline_names{
    "resourceType",    "type",       "entry",       "fullUrl", "resource",    "request",
    "method",          "url",        "ifNoneMatch", "ifMatch", "ifNoneExist", "id",
    "ifModifiedSince", "identifier", "system",      "value"};

}  // namespace

format::NameSet name_set(const SymbolTable& symbols, std::span<const std::string_view> words) {
  format::NameSet names;
  for (const std::string_view word : words) {
    const Symbol symbol = symbols.find(word);
    if (symbol != no_symbol) names.add(word, symbol);
  }
  return names;
}

OutlineReader::OutlineReader(const SymbolTable& symbols)
    : reader_(name_set(symbols, outline_names)) {}

bool OutlineReader::read(Record& record) {
  const bool fits = record.format == format::Format::json &&
                    reader_.read(record.text(), record.tree) &&
                    record.tree.resource_type(tree::root_node) == "Bundle" &&
                    child_text(record.tree, tree::root_node, "type") == "transaction";
  if (!fits) return false;
  for (const tree::NodeId child : tree::named(record.tree, tree::root_node, name::entry)) {
    const tree::NodeId request = child_node(record.tree, child, "request");
    const bool told = !child_text(record.tree, request, "method").empty() &&
                      !child_text(record.tree, request, "url").empty();
    if (!told) return false;
  }
  record.outline = true;
  return true;
}

void complete(Work& work, const Style& style) {
  Record& record = *work.record;
  if (!record.outline) return;
  record.outline = false;
  work.indexed = false;
  record.tree.clear();
  record::PlainReader json;
  finding::Collector problems(1);
  const bool whole = json.read_json(record.text(), record.tree, problems);
  const WorkPtr again = whole ? style.plan(work.record) : nullptr;
  if (again == nullptr || again->entries.size() != work.entries.size()) {
    throw Error(ErrorKind::internal, "a Bundle and its outline differ: " + record.source);
  }
  for (std::size_t at = 0; at < work.entries.size(); ++at) {
    Entry& entry = work.entries[at];
    const Entry& now = again->entries[at];
    entry.node = now.node;
    entry.resource = now.resource;
    entry.method = now.method;
    entry.url = now.url;
    entry.full_url = now.full_url;
    entry.if_none_exist = now.if_none_exist;
    entry.if_match = now.if_match;
  }
}

}  // namespace lhcr::deliver
