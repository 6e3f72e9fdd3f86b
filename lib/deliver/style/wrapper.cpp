// SPDX-License-Identifier: Apache-2.0
#include "deliver/style/wrapper.hpp"

#include <ctime>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/names.hpp"
#include "base/uk_system.hpp"
#include "deliver/region/settings.hpp"
#include "format/format.hpp"
#include "record/plain_reader.hpp"
#include "tree/nodes.hpp"

namespace lhcr::deliver {
namespace {

using Json = WrapperJson;

constexpr const char* care_connect_organization =
    "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Organization-1";
constexpr const char* ems_kind = "ems";
constexpr const char* event_message = "An event message";

/// An element that STU3 does not know: the record is of another version.
std::string unknown_element(const tree::Tree& tree) {
  for (tree::NodeId node = tree::root_node; node < tree.size(); ++node) {
    if (tree[node].is(tree::Flag::unknown)) return tree::path_of(tree, node);
  }
  return {};
}

/// The entries of a Bundle as they are, and whether one has a fullUrl.
std::string entries_of(const Record& record, const std::string& full_url, bool& found) {
  const tree::Tree& tree = record.tree;
  std::string out;
  for (const tree::NodeId child : tree::named(tree, tree::root_node, name::entry)) {
    found = found || child_text(tree, child, "fullUrl") == full_url;
    out += ',';
    format::write_json_value(tree, child, {false}, out);
  }
  return out;
}

}  // namespace

std::string PartIds::id(std::string_view part) const {
  return uuid_of(hash_of({text_of(record_.key), kind_, part}));
}

Json PartIds::entry(std::string_view part, Json resource) const {
  return {{"fullUrl", url(part)}, {"resource", std::move(resource)}};
}

Json PartIds::organization(std::string_view part, const std::string& profile,
                           const std::string& code) const {
  const SharedCode named = parse_plain_code(code);
  Json made{
      {"resourceType", "Organization"},
      {"id", id(part)},
      {"meta", profile_meta(profile)},
      {"identifier", {{{"system", usual_uk_system(UkSystem::ods).url}, {"value", named.code}}}}};
  if (!named.display.empty()) made["name"] = named.display;
  return made;
}

Json profile_meta(const std::string& profile) {
  return {{"profile", Json::array({profile})}};
}

Json coding_of(const std::string& system, const SharedCode& code) {
  Json coding{{"system", system}, {"code", code.code}};
  if (!code.display.empty()) coding["display"] = code.display;
  return coding;
}

SharedCode parse_plain_code(std::string_view text) {
  const std::size_t bar = std::min(text.find('|'), text.size());
  return {"", std::string(text.substr(0, bar)),
          std::string(text.substr(std::min(bar + 1, text.size())))};
}

std::string message_text(Json bundle, const std::string& last) {
  std::string text = bundle.dump();
  return text.insert(text.rfind("]}"), last);
}

std::string needed_value(const StyleContext& context, const char* key, const char* kind) {
  std::string value = fill_values(context.region, context.region.text(key));
  if (!value.empty()) return value;
  throw Error(ErrorKind::usage, std::string(kind) + " needs " + key);
}

void check_speaks_stu3(const StyleContext& context, const char* kind) {
  const bool speaks = release_digit(context.region.text("fhir")) == '3';
  if (speaks && context.format == format::Format::xml) return;
  throw Error(ErrorKind::usage, std::string(kind) +
                                    " is STU3 in XML: set fhir=3.0.2 and endpoint.format=xml "
                                    "(--convert makes STU3 of R4)");
}

std::string message_xml(std::string json, const StyleContext& context, std::string& problem) {
  const std::size_t size = json.size();
  json.append(format::read_padding, '\0');
  tree::Tree tree(context.symbols);
  finding::Collector problems(1);
  record::PlainReader reader;
  if (!reader.read_json(std::string_view(json).substr(0, size), tree, problems)) {
    throw Error(ErrorKind::internal, "A message made here cannot be read");
  }
  context.type(tree);
  const std::string unknown = unknown_element(tree);
  if (!unknown.empty()) {
    problem = "STU3 has no " + unknown + ": it is of another version (--convert makes STU3 of R4)";
    return {};
  }
  std::string out;
  context.write(tree, tree::root_node, out);
  return out;
}

std::vector<std::string> ems_ids(const Record& record) {
  const PartIds ids(record, ems_kind);
  return {ids.id("header"), ids.id("message")};
}

std::string wrap_in_ems(const Record& record, const StyleContext& context, const std::string& focus,
                        std::string& problem) {
  const std::string definitions = nhs_stu3_profiles;
  const PartIds ids(record, ems_kind);
  const SharedCode type =
      parse_plain_code(needed_value(context, "message.event_type", event_message));
  Json header{
      {"resourceType", "MessageHeader"},
      {"id", ids.id("header")},
      {"meta", profile_meta(definitions + "EMS-MessageHeader-1")},
      {"extension",
       {{{"url", definitions + "Extension-EMS-MessageEventType-1"},
         {"valueCodeableConcept",
          {{"coding", Json::array({coding_of(
                          std::string(nhs_stu3_systems) + "EMS-MessageEventType-1", type)})}}}}}},
      {"event", coding_of(std::string(nhs_stu3_systems) + "EMS-EventType-1",
                          parse_plain_code(needed_value(context, "message.event", event_message)))},
      {"timestamp", fhir_instant(std::time(nullptr))},
      {"responsible", {{"reference", ids.url("responsible")}}},
      {"source",
       {{"name", needed_value(context, "message.source_name", event_message)},
        {"endpoint", needed_value(context, "message.source", event_message)}}},
      {"focus", Json::array({{{"reference", focus}}})}};
  Json entries = Json::array();
  entries.push_back(ids.entry("header", std::move(header)));
  entries.push_back(
      ids.entry("responsible",
                ids.organization("responsible", care_connect_organization,
                                 needed_value(context, "message.responsible", event_message))));
  Json bundle{{"resourceType", "Bundle"},
              {"id", ids.id("message")},
              {"meta", profile_meta(definitions + "EMS-Bundle-1")},
              {"type", "message"},
              {"entry", std::move(entries)}};
  bool found = false;
  const std::string rest = entries_of(record, focus, found);
  if (!found) {
    problem = "no entry has the fullUrl of its focus, " + focus;
    return {};
  }
  return message_xml(message_text(std::move(bundle), rest), context, problem);
}

}  // namespace lhcr::deliver
