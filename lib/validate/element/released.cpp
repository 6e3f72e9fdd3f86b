// SPDX-License-Identifier: Apache-2.0
/// Codes that a release on this machine judges: whether they exist and are active, their displays,
/// ids of descriptions, organisations, and the maps from Read codes.
#include <algorithm>
#include <array>

#include "base/check_digit.hpp"
#include "base/names.hpp"
#include "finding/id.hpp"
#include "terminology/query/judge.hpp"
#include "terminology/query/near.hpp"
#include "terminology/query/translate.hpp"
#include "tree/nodes.hpp"
#include "validate/checks.hpp"
#include "validate/nhs/nhs.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using finding::Severity;
using terminology::DisplayVerdict;
using terminology::no_concept;
using terminology::Ordinal;
using terminology::Snomed;
using tree::NodeId;

/// "http://snomed.info/sct (release 20260826)"
std::string release_label(std::string_view system, const terminology::Terminology& release) {
  return std::string(system) + " (release " + release.stored().version + ")";
}

std::string replacement_hint(const Snomed& snomed, Ordinal at) {
  if (const auto certain = terminology::certain_replacement(snomed, at)) {
    return "Use " + terminology::labelled(snomed, certain->target);
  }
  std::string text;
  for (const terminology::Replacement& one : terminology::replacements(snomed, at)) {
    text += (text.empty() ? "" : ", ") + terminology::labelled(snomed, one.target);
  }
  return text.empty() ? text : "Somebody who knows the record has to choose among " + text;
}

/// What a coding of FHIR or of CDA is shown as.
NodeId display_of(const Run& run, NodeId node) {
  const NodeId display = run.child(node, name::display);
  return display == tree::no_node ? run.child(node, name::display_name) : display;
}

void check_term(Run& run, NodeId node, const Snomed& snomed, Ordinal at) {
  const NodeId display = display_of(run, node);
  if (!run.has_text(display) || !is_english(run)) {
    return;
  }
  const std::string_view given = run.tree[display].text();
  const auto judged = terminology::judge_display(snomed, at, given);
  if (judged.verdict == DisplayVerdict::preferred) {
    return;
  }
  const std::array<std::string, 3> arguments = {
      std::string(given), terminology::labelled(snomed, at), std::string(judged.preferred)};
  switch (judged.verdict) {
    case DisplayVerdict::preferred:
    case DisplayVerdict::acceptable:
    case DisplayVerdict::fully_specified:
      return claims_gp_connect(run, node)
                 ? run.report(display, Severity::warning, id<"display-not-preferred">, arguments)
                 : run.report(display, id<"display-not-preferred">, arguments);
    case DisplayVerdict::retired:
      return run.report(display, id<"display-retired">, arguments);
    case DisplayVerdict::definition:
    case DisplayVerdict::wrong:
      return run.report(display, id<"display-wrong">, arguments);
  }
}

// --- ids of descriptions ---

std::string_view value_of(const Run& run, NodeId extension) {
  for (const NodeId child : run.tree.children(extension)) {
    if (run.tree.name(run.tree[child].element).starts_with("value")) {
      return run.tree[child].text();
    }
  }
  return {};
}

RecordedDescription read_description(const Run& run, NodeId extension) {
  RecordedDescription made{extension, value_of(run, extension), {}};
  for (const NodeId part : run.tree.children(extension)) {
    const std::string_view url = run.child_text(part, name::url);
    if (url == "descriptionId") {
      made.id = value_of(run, part);
    } else if (url == "descriptionDisplay") {
      made.term = value_of(run, part);
    }
  }
  return made;
}

void check_description(Run& run, const RecordedDescription& recorded, const Snomed& snomed,
                       Ordinal at) {
  const std::string id(recorded.id);
  const auto number = std::strtoull(id.c_str(), nullptr, 10);
  const auto found = is_digits(id) ? snomed.description(number) : std::nullopt;
  if (!found) {
    run.report(recorded.node, finding::id<"description-unknown">, {id});
  } else if (found->owner != at) {
    run.report(
        recorded.node, finding::id<"description-of-other-concept">,
        {id, terminology::labelled(snomed, found->owner), terminology::labelled(snomed, at)});
  } else if (!recorded.term.empty() && recorded.term != found->term) {
    run.report(recorded.node, finding::id<"description-text-differs">,
               {id, std::string(recorded.term), std::string(found->term)});
  }
}

void check_descriptions(Run& run, NodeId node, const Snomed& snomed, Ordinal at) {
  for (const RecordedDescription& recorded : recorded_descriptions(run, node)) {
    if (!recorded.id.empty()) {
      check_description(run, recorded, snomed, at);
    }
  }
}

/// "Did you mean 73211009 |Diabetes mellitus|?" for a code that does not exist; empty when nothing
/// is near, or nobody reads it.
template <typename Codes>
std::string near_hint(const Run& run, NodeId coding, const Codes& codes, std::string_view code) {
  if (!run.reports()) {
    return {};
  }
  std::string text;
  for (const std::string& near :
       terminology::near_codes(codes, code, run.child_text(coding, name::display))) {
    text.append(text.empty() ? "Did you mean " : " or ").append(near);
  }
  return text.empty() ? text : text + "?";
}

/// False: it is no code but an expression, or one that this release need not know.
bool check_concept(Run& run, NodeId node, const Code& code,
                   const terminology::Terminology& release) {
  const Snomed& snomed = *release.snomed();
  const Ordinal at = snomed.find(code.code);
  const NodeId where = run.child(node, name::code);
  if (at == no_concept) {
    const terminology::CodeList* products = run.options.library->list("dmd");
    if (!is_digits(code.code) || (products != nullptr && products->find(code.code))) {
      return false;
    }
    run.report(where, id<"code-unknown">,
               {std::string(code.code), release_label(code.system, release),
                near_hint(run, node, snomed, code.code)});
    return true;
  }
  if (!snomed.is_active(at)) {
    run.report(where, id<"code-inactive">,
               {terminology::labelled(snomed, at), release_label(code.system, release),
                ": " + terminology::inactivity_text(snomed, at), replacement_hint(snomed, at)});
  }
  check_term(run, node, snomed, at);
  check_descriptions(run, node, snomed, at);
  return true;
}

/// Codes of classifications are written with and without the dot.
std::optional<terminology::ListedCode> find_listed(const terminology::CodeList& list,
                                                   std::string_view code) {
  auto found = list.find(code);
  if (!found) {
    const auto others = list.with("alternative", code);
    found = others.empty() ? std::nullopt : std::optional(others.front());
  }
  return found;
}

bool check_listed(Run& run, NodeId node, const Code& code,
                  const terminology::Terminology& release) {
  const terminology::CodeList& list = *release.list();
  const auto found = find_listed(list, code.code);
  const NodeId where = run.child(node, name::code);
  if (!found) {
    if (terminology::is_whole(release.stored().name)) {
      run.report(where, id<"code-unknown">,
                 {std::string(code.code), release_label(code.system, release),
                  near_hint(run, node, list, code.code)});
    }
    return terminology::is_whole(release.stored().name);
  }
  if (!found->active) {
    const std::string_view successor = list.property(*found, "successor");
    run.report(where, id<"code-inactive">,
               {std::string(code.code), release_label(code.system, release), "",
                successor.empty() ? std::string() : "Use " + std::string(successor)});
  }
  return true;
}

}  // namespace

std::vector<RecordedDescription> recorded_descriptions(const Run& run, NodeId coding) {
  std::vector<RecordedDescription> found;
  for (const NodeId child : run.tree.children(coding)) {
    if (run.tree[child].element == name::extension &&
        run.child_text(child, name::url).ends_with("coding-sctdescid")) {
      found.push_back(read_description(run, child));
    }
  }
  return found;
}

bool check_released(Run& run, NodeId node, const Code& code) {
  const terminology::Terminology* release =
      run.options.library == nullptr ? nullptr : run.options.library->find(code.system);
  if (release == nullptr) {
    return false;
  }
  return release->snomed() != nullptr ? check_concept(run, node, code, *release)
                                      : check_listed(run, node, code, *release);
}

void check_organisation(Run& run, NodeId identifier) {
  const std::string_view system = run.child_text(identifier, name::system);
  const NodeId value = run.child(identifier, name::value);
  const terminology::CodeSystemName* known = terminology::find_code_system(system);
  const terminology::CodeList* list =
      run.options.library == nullptr || known == nullptr || known->name != "ods"
          ? nullptr
          : run.options.library->list("ods");
  if (list == nullptr || !run.has_text(value)) {
    return;
  }
  const std::string code(run.tree[value].text());
  const auto found = list->find(code);
  if (!found) {
    run.report(value, id<"ods-unknown">, {code});
  } else if (!found->active) {
    const std::string closed(list->property(*found, "closed"));
    const std::string successor(list->property(*found, "successor"));
    run.report(value, id<"ods-closed">,
               {code + " " + std::string(found->display), closed.empty() ? closed : " on " + closed,
                successor.empty() ? successor : "Its successor is " + successor});
  }
}

// --- Read codes beside SNOMED CT ---

namespace {

/// Concepts that say that no better code was found (GP Connect, degraded codes).
constexpr std::array<std::string_view, 4> degraded = {"196421000000109", "196461000000101",
                                                      "196471000000108", "196411000000103"};

struct Beside {
  std::vector<std::string_view> snomed;
  std::vector<NodeId> read;
};

Beside codings_of(const Run& run, NodeId concept_node) {
  Beside made;
  for (const NodeId at : tree::named(run.tree, concept_node, name::coding)) {
    const terminology::CodeSystemName* system =
        terminology::find_code_system(run.child_text(at, name::system));
    const std::string_view name = system == nullptr ? std::string_view{} : system->name;
    if (name == "snomed") {
      made.snomed.push_back(run.child_text(at, name::code));
    } else if (name == "read-v2" || name == "ctv3") {
      made.read.push_back(at);
    }
  }
  return made;
}

}  // namespace

void check_read_maps(Run& run, NodeId concept_node) {
  if (run.options.library == nullptr) {
    return;
  }
  const Beside beside = codings_of(run, concept_node);
  for (const NodeId coding : beside.read) {
    const std::string_view code = run.child_text(coding, name::code);
    const auto made = terminology::translate(*run.options.library,
                                             run.child_text(coding, name::system), code, "snomed");
    if (!made.certain()) {
      continue;
    }
    const terminology::MapTarget& target = made.targets.front();
    const bool agrees =
        std::any_of(beside.snomed.begin(), beside.snomed.end(), [&](std::string_view other) {
          return other == target.code || other == target.raw ||
                 std::find(degraded.begin(), degraded.end(), other) != degraded.end();
        });
    const std::string to =
        target.code + (target.display.empty() ? "" : " |" + target.display + "|");
    if (beside.snomed.empty()) {
      run.report(coding, id<"read-map-missing">, {std::string(code), to});
    } else if (!agrees) {
      run.report(coding, id<"read-map-differs">, {std::string(code), to});
    }
  }
}

}  // namespace lhcr::validate
