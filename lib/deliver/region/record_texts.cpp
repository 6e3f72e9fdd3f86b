// SPDX-License-Identifier: Apache-2.0
#include "deliver/region/record_texts.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "deliver/region/settings.hpp"
#include "deliver/style/safe.hpp"
#include "fhirpath/value.hpp"

namespace lhcr::deliver {
namespace {

constexpr std::string_view one = "fhirpath:";
constexpr std::string_view at_most_one = "fhirpath?:";

/// What a value asks of records that are sent in a style. Wrappers ask only where they are made.
std::optional<RecordPath> path_for(const Region& region, const std::string& key,
                                   const RegionValue& value, std::string_view style) {
  const bool idle = key == "message.focus" && !region.has("message.wrap");
  if (idle || value.required || value.texts.empty() || Region::is_foreign(key, style)) {
    return std::nullopt;
  }
  return record_path(value.texts.front());
}

}  // namespace

std::optional<RecordPath> record_path(std::string_view value) {
  if (value.starts_with(one)) return RecordPath{value.substr(one.size()), false};
  if (value.starts_with(at_most_one)) return RecordPath{value.substr(at_most_one.size()), true};
  return std::nullopt;
}

bool asks_records(const Region& region, std::string_view style) {
  return std::any_of(region.values().begin(), region.values().end(), [&](const auto& each) {
    return path_for(region, each.first, each.second, style).has_value();
  });
}

RecordPaths::RecordPaths(const Region& region, std::string_view style,
                         const definition::Definitions& definitions, SymbolTable& symbols)
    : evaluator_(definitions), services_(definitions, symbols) {
  for (const auto& [key, value] : region.values()) {
    const std::optional<RecordPath> path = path_for(region, key, value, style);
    if (!path) continue;
    const std::string text = fill_values(region, std::string(path->expression));
    try {
      fhirpath::intern_names(text, symbols);
      rules_.push_back({key, path->optional, fhirpath::Expression(text, definitions, symbols)});
    } catch (const fhirpath::ExpressionError& error) {
      throw Error(ErrorKind::usage, key + " (" + value.origin + ") is not a FHIRPath expression: " +
                                        error.what() + ": " + std::string(path->expression));
    }
  }
}

std::string RecordPaths::answer_one(const Rule& rule, const fhirpath::Context& context,
                                    RecordTexts& texts) {
  const fhirpath::Collection& found =
      evaluator_.evaluate(rule.expression, context, context.resource);
  if (found.empty() && rule.optional) return {};
  if (found.size() != 1) {
    return rule.key + " needs one value of it, and " + rule.expression.text() + " gives " +
           (found.empty() ? "none" : std::to_string(found.size()));
  }
  std::string text;
  const fhirpath::Value& value = found.front();
  if (value.is_node()) {
    text = (*context.tree)[value.node()].text();
    if ((*context.tree)[value.node()].kind == tree::Kind::object) {
      return rule.key + " needs a text of it, and " + rule.expression.text() + " gives an object";
    }
  } else {
    append_text(value, text);
  }
  if (text.empty() && rule.optional) return {};
  if (text.empty() || !is_header_value(text)) {
    return rule.key + ": what " + rule.expression.text() + " gives " +
           (text.empty() ? "is empty" : "has control characters");
  }
  texts[rule.key] = std::move(text);
  return {};
}

std::string RecordPaths::answer(const tree::Tree& tree, tree::NodeId resource, RecordTexts& texts) {
  services_.reset(tree);
  fhirpath::Context context;
  context.tree = &tree;
  context.resource = resource;
  context.root_resource = tree::root_node;
  context.services = &services_;
  for (const Rule& rule : rules_) {
    try {
      std::string problem = answer_one(rule, context, texts);
      if (!problem.empty()) return problem;
    } catch (const fhirpath::ExpressionError& error) {
      return rule.key + ": " + error.what();
    }
  }
  return {};
}

}  // namespace lhcr::deliver
