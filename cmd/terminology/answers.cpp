// SPDX-License-Identifier: Apache-2.0
#include "cmd/terminology/answers.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace lhcr::cmd {

struct Parameters::State {
  nlohmann::ordered_json parameters = nlohmann::ordered_json::array();
};

Parameters::Parameters() : state_(std::make_unique<State>()) {}
Parameters::~Parameters() = default;

void Parameters::add(const std::string& name, const std::string& type, const std::string& value) {
  if (!value.empty()) {
    state_->parameters.push_back({{"name", name}, {type, value}});
  }
}

void Parameters::add(const std::string& name, bool value) {
  state_->parameters.push_back({{"name", name}, {"valueBoolean", value}});
}

void Parameters::add_parts(const std::string& name, const std::vector<Part>& parts) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Part& part : parts) {
    list.push_back({{"name", part.name}, {part.type, part.value}});
  }
  state_->parameters.push_back({{"name", name}, {"part", list}});
}

nlohmann::ordered_json Parameters::json() const {
  return {{"resourceType", "Parameters"}, {"parameter", state_->parameters}};
}

std::string Parameters::text() const {
  return json().dump(2) + "\n";
}

std::string value_set_text(const terminology::Snomed& snomed,
                           std::span<const terminology::Ordinal> concepts, std::size_t total,
                           const std::string& constraint) {
  nlohmann::ordered_json set = {{"resourceType", "ValueSet"}, {"status", "active"}};
  if (!constraint.empty()) {
    set["compose"]["include"] = nlohmann::ordered_json::array(
        {{{"system", "http://snomed.info/sct"},
          {"version", edition_of(snomed.image())},
          {"filter", nlohmann::ordered_json::array(
                         {{{"property", "constraint"}, {"op", "="}, {"value", constraint}}})}}});
  }
  set["expansion"] = {{"total", total}, {"contains", nlohmann::ordered_json::array()}};
  for (const terminology::Ordinal at : concepts) {
    nlohmann::ordered_json one = {{"system", "http://snomed.info/sct"},
                                  {"code", std::to_string(snomed.id(at))},
                                  {"display", snomed.preferred(at)}};
    if (!snomed.is_active(at)) {
      one["inactive"] = true;
    }
    set["expansion"]["contains"].push_back(std::move(one));
  }
  return set.dump(2) + "\n";
}

std::string display_of(const terminology::Library& library, const terminology::SetCode& code) {
  const terminology::Terminology* release = library.find(code.system);
  if (release == nullptr) {
    return {};
  }
  if (const terminology::Snomed* snomed = release->snomed()) {
    const terminology::Ordinal at = snomed->find(code.code);
    return at == terminology::no_concept ? std::string() : std::string(snomed->preferred(at));
  }
  const auto found = release->list()->find(code.code);
  return found ? std::string(found->display) : std::string();
}

std::string value_set_text(const terminology::Library& library,
                           std::span<const terminology::SetCode> codes, std::size_t total,
                           const std::string& canonical) {
  nlohmann::ordered_json set = {
      {"resourceType", "ValueSet"}, {"url", canonical}, {"status", "active"}};
  set["expansion"] = {{"total", total}, {"contains", nlohmann::ordered_json::array()}};
  for (const terminology::SetCode& code : codes) {
    nlohmann::ordered_json one = {{"system", code.system}, {"code", code.code}};
    if (std::string display = display_of(library, code); !display.empty()) {
      one["display"] = std::move(display);
    }
    set["expansion"]["contains"].push_back(std::move(one));
  }
  return set.dump(2) + "\n";
}

const terminology::CodeList& require_list(const terminology::Library& library,
                                          const std::string& system) {
  const terminology::CodeList* list = library.list(system);
  if (list == nullptr) {
    throw Error(
        ErrorKind::input,
        "the codes of " + system + " are not here: 'lhcr terminology add FILE...' adds a release");
  }
  return *list;
}

std::optional<terminology::ListedCode> find_listed(const terminology::CodeList& list,
                                                   const SystemCode& asked) {
  std::string code = asked.code;
  if (asked.system == "omop") {
    std::replace(code.begin(), code.end(), '#', '\t');
  }
  auto found = list.find(code);
  constexpr std::size_t read_code = 5;
  if (!found && asked.system == "read-v2" && code.size() == read_code) {
    found = list.find(code + "00");
  }
  return found;
}

}  // namespace lhcr::cmd
