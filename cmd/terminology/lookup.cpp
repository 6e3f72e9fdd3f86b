// SPDX-License-Identifier: Apache-2.0
/// lookup, history, search.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "cmd/run/output.hpp"
#include "cmd/terminology/answers.hpp"
#include "cmd/terminology/terminology.hpp"
#include "terminology/query/judge.hpp"
#include "terminology/query/search.hpp"

namespace lhcr::cmd {
namespace {

using terminology::labelled;
using terminology::no_concept;
using terminology::Ordinal;
using terminology::Snomed;

std::string_view type_name(const terminology::Description& one) {
  switch (one.type) {
    case terminology::DescriptionType::fully_specified:
      return "fsn";
    case terminology::DescriptionType::synonym:
      return "synonym";
    case terminology::DescriptionType::definition:
      return "definition";
    default:
      return "other";
  }
}

/// "preferred in NHS realm ...; acceptable in GB English"
std::string acceptability_text(const Snomed& snomed, const terminology::Description& one) {
  std::string text;
  const auto languages = snomed.languages();
  for (std::size_t at = 0; at < languages.size(); ++at) {
    if (one.in(at) != terminology::Acceptability::none) {
      text += text.empty() ? "" : "; ";
      text +=
          one.in(at) == terminology::Acceptability::preferred ? "preferred in " : "acceptable in ";
      text += snomed.preferred(languages[at]);
    }
  }
  return text;
}

std::string value_text(const Snomed& snomed, std::uint32_t value) {
  return (value & terminology::literal_bit) != 0 ? std::string(snomed.literal(value))
                                                 : labelled(snomed, value);
}

std::string hierarchy_text(const Snomed& snomed, Ordinal at) {
  std::string text;
  for (const Ordinal parent : snomed.parents(at)) {
    text += "is a " + labelled(snomed, parent) + "\n";
  }
  for (const terminology::AttributeRow& row : snomed.attributes(at)) {
    text += (row.group == 0 ? "" : "{" + std::to_string(row.group) + "} ") +
            labelled(snomed, snomed.type_of(row)) + " = " + value_text(snomed, row.value) + "\n";
  }
  constexpr std::size_t shown = 20;
  const auto children = snomed.children(at);
  for (const Ordinal child : children.first(std::min(shown, children.size()))) {
    text += "above " + labelled(snomed, child) + "\n";
  }
  if (children.size() > shown) {
    text += "above " + std::to_string(children.size() - shown) + " more\n";
  }
  return text;
}

std::string members_text(const Snomed& snomed, Ordinal at) {
  std::string text;
  for (const terminology::RefsetRow& row : snomed.refsets()) {
    if (!snomed.members(row).contains(at)) {
      continue;
    }
    text += "member of " + labelled(snomed, row.refset) + "\n";
    for (const terminology::MapRow& map : snomed.maps_from(row, at)) {
      if (row.kind != terminology::RefsetKind::map) {
        for (const auto& [name, value] : snomed.fields(row, map)) {
          text += "  " + std::string(name) + " = " + std::string(value) + "\n";
        }
        continue;
      }
      const auto& detail = snomed.detail(map);
      text += "  maps to " + std::string(snomed.image().text(map.target));
      text += detail.group == 0 ? ""
                                : ", group " + std::to_string(detail.group) + ", priority " +
                                      std::to_string(detail.priority);
      const std::string_view advice = snomed.image().text(detail.advice);
      text += advice.empty() ? "\n" : ", " + std::string(advice) + "\n";
    }
  }
  return text;
}

std::string concept_text(const Snomed& snomed, Ordinal at) {
  std::string text = labelled(snomed, at) + "\n";
  text += snomed.is_active(at) ? (snomed.is_defined(at) ? "active, defined" : "active, primitive")
                               : "inactive: " + terminology::inactivity_text(snomed, at);
  text += ", since " + std::to_string(snomed.day(at)) + ", module " +
          std::to_string(snomed.module(at)) + "\n";
  for (const terminology::Description& one : snomed.descriptions(at)) {
    const std::string where = acceptability_text(snomed, one);
    text += std::to_string(one.id) + "\t" + std::string(type_name(one)) +
            (one.active ? "" : ", inactive") + "\t" + std::string(one.term) +
            (where.empty() ? "" : "\t" + where) + "\n";
  }
  return text + hierarchy_text(snomed, at) + members_text(snomed, at);
}

nlohmann::ordered_json concept_json(const Snomed& snomed, Ordinal at) {
  Parameters made;
  made.add("code", "valueCode", std::to_string(snomed.id(at)));
  made.add("system", "valueUri", "http://snomed.info/sct");
  made.add("version", "valueString", edition_of(snomed.image()));
  made.add("display", "valueString", std::string(snomed.preferred(at)));
  for (const terminology::Description& one : snomed.descriptions(at)) {
    if (one.active) {
      made.add_parts("designation", {{"language", "valueCode", std::string(one.language)},
                                     {"use", "valueString", std::string(type_name(one))},
                                     {"value", "valueString", std::string(one.term)}});
    }
  }
  const auto property = [&](const std::string& code, const std::string& value) {
    made.add_parts("property", {{"code", "valueCode", code}, {"value", "valueCode", value}});
  };
  property("inactive", snomed.is_active(at) ? "false" : "true");
  property("sufficientlyDefined", snomed.is_defined(at) ? "true" : "false");
  property("moduleId", std::to_string(snomed.module(at)));
  property("effectiveTime", std::to_string(snomed.day(at)));
  for (const Ordinal parent : snomed.parents(at)) {
    property("parent", std::to_string(snomed.id(parent)));
  }
  for (const Ordinal child : snomed.children(at)) {
    property("child", std::to_string(snomed.id(child)));
  }
  for (const terminology::AttributeRow& row : snomed.attributes(at)) {
    const bool concrete = (row.value & terminology::literal_bit) != 0;
    property(
        std::to_string(snomed.id(snomed.type_of(row))),
        concrete ? std::string(snomed.literal(row.value)) : std::to_string(snomed.id(row.value)));
  }
  return made.json();
}

/// A description's id is no code, but what it is of is what is asked.
Ordinal require_concept(const Snomed& snomed, const std::string& code) {
  const Ordinal at = snomed.find(code);
  if (at != no_concept) {
    return at;
  }
  const auto description = snomed.description(std::strtoull(code.c_str(), nullptr, 10));
  if (description) {
    return description->owner;
  }
  throw Error(ErrorKind::input,
              "there is no concept or description " + code + " in " + edition_of(snomed.image()));
}

ExitCode lookup_listed(const terminology::Library& library, const SystemCode& asked,
                       const TerminologyCommand& options, const Io& io) {
  const terminology::CodeList& list = require_list(library, asked.system);
  const auto found = find_listed(list, asked);
  if (!found) {
    throw Error(ErrorKind::input, "there is no code " + asked.code + " in " +
                                      std::string(list.image().meta("title")) + " " +
                                      std::string(list.image().meta("version")));
  }
  Parameters made;
  made.add("code", "valueCode", std::string(found->code));
  made.add("system", "valueUri", std::string(list.image().meta("system")));
  made.add("display", "valueString", std::string(found->display));
  std::string text = std::string(found->code) + "\t" + std::string(found->display) + "\n" +
                     (found->active ? "active\n" : "inactive\n");
  for (const terminology::CodeProperty& one : list.properties(*found)) {
    text += std::string(one.name) + "\t" + std::string(one.value) + "\n";
    made.add_parts("property", {{"code", "valueCode", std::string(one.name)},
                                {"value", "valueString", std::string(one.value)}});
  }
  return print(options.format == TerminologyFormat::json ? made.text() : text, io);
}

}  // namespace

ExitCode terminology_lookup(const TerminologyCommand& options, const Io& io) {
  const terminology::Library library(terminology_folder(), {});
  const SystemCode asked = system_code(only_argument(options, "a CODE or SYSTEM#CODE"));
  if (asked.system != "snomed") {
    return lookup_listed(library, asked, options, io);
  }
  const Snomed& snomed = require_snomed(library);
  const Ordinal at = require_concept(snomed, asked.code);
  return print(options.format == TerminologyFormat::json ? concept_json(snomed, at).dump(2) + "\n"
                                                         : concept_text(snomed, at),
               io);
}

ExitCode terminology_history(const TerminologyCommand& options, const Io& io) {
  const terminology::Library library(terminology_folder(), {});
  const Snomed& snomed = require_snomed(library);
  const Ordinal at = require_concept(snomed, system_code(only_argument(options, "a CODE")).code);
  nlohmann::ordered_json made;
  made["code"] = std::to_string(snomed.id(at));
  made["display"] = snomed.preferred(at);
  made["active"] = snomed.is_active(at);
  std::string text = labelled(snomed, at) + "\n";
  text += snomed.is_active(at) ? "active\n"
                               : "inactive: " + terminology::inactivity_text(snomed, at) + "\n";
  if (snomed.reason(at) != no_concept) {
    made["reason"] = snomed.preferred(snomed.reason(at));
  }
  for (const terminology::Replacement& one : terminology::replacements(snomed, at)) {
    made["replacement"].push_back({{"association", snomed.preferred(one.association)},
                                   {"code", std::to_string(snomed.id(one.target))},
                                   {"display", snomed.preferred(one.target)}});
  }
  const auto certain = terminology::certain_replacement(snomed, at);
  made["certain"] = certain.has_value();
  for (const terminology::RefsetRow& row : snomed.refsets()) {
    if (row.kind != terminology::RefsetKind::association) {
      continue;
    }
    for (const Ordinal older : snomed.links_to(row, at)) {
      text += "stands for " + labelled(snomed, older) + " (" +
              std::string(snomed.preferred(row.refset)) + ")\n";
      made["replaces"].push_back({{"association", snomed.preferred(row.refset)},
                                  {"code", std::to_string(snomed.id(older))},
                                  {"display", snomed.preferred(older)}});
    }
  }
  return print(options.format == TerminologyFormat::json ? made.dump(2) + "\n" : text, io);
}

ExitCode terminology_search(const TerminologyCommand& options, const Io& io) {
  const terminology::Library library(terminology_folder(), {});
  const Snomed& snomed = require_snomed(library);
  std::string words;
  for (const std::string& word : options.arguments) {
    words += (words.empty() ? "" : " ") + word;
  }
  if (words.empty()) {
    throw Error(ErrorKind::usage, "lhcr terminology search needs WORDS");
  }
  constexpr unsigned usual = 20;
  const unsigned limit = options.count == 0 ? usual : options.count;
  terminology::ConceptSet within;
  const bool bounded = !options.in.empty();
  if (bounded) {
    within = require_concepts(snomed, options.in);
  }
  const auto found = terminology::search(snomed, words, bounded ? &within : nullptr, limit);
  std::vector<Ordinal> concepts;
  std::string text;
  for (const terminology::SearchHit& hit : found) {
    concepts.push_back(hit.at);
    text += std::to_string(snomed.id(hit.at)) + "\t" + std::string(snomed.preferred(hit.at));
    text += hit.term == snomed.preferred(hit.at) ? "\n" : "\t" + std::string(hit.term) + "\n";
  }
  print(options.format == TerminologyFormat::json
            ? value_set_text(snomed, concepts, concepts.size(), {})
            : text,
        io);
  return found.empty() ? ExitCode::no : ExitCode::yes;
}

}  // namespace lhcr::cmd
