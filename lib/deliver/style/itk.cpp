// SPDX-License-Identifier: Apache-2.0
#include "deliver/style/itk.hpp"

#include <algorithm>
#include <ctime>

#include <nlohmann/json.hpp>

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "deliver/region/settings.hpp"
#include "deliver/style/document.hpp"
#include "record/plain_reader.hpp"

namespace lhcr::deliver {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* profiles = "https://fhir.nhs.uk/STU3/StructureDefinition/";
constexpr const char* systems = "https://fhir.nhs.uk/STU3/CodeSystem/";
constexpr const char* ods_system = "https://fhir.nhs.uk/Id/ods-organization-code";

/// Displays of RecipientType (explore_hand_spec).
constexpr std::string_view recipients[][2] = {{"FA", "For Action"}, {"FI", "For Information"}};

struct NeededKey {
  const char* key;
  std::string ItkSettings::*value;
};
constexpr NeededKey needed[] = {
    {"itk.event", &ItkSettings::event},
    {"itk.definition", &ItkSettings::definition},
    {"itk.recipient", &ItkSettings::recipient},
    {"itk.business_ack", &ItkSettings::business_ack},
    {"itk.infrastructure_ack", &ItkSettings::infrastructure_ack},
    {"itk.sender", &ItkSettings::sender},
    {"mesh.mailbox", &ItkSettings::endpoint},
};
constexpr NeededKey optional[] = {
    {"itk.priority", &ItkSettings::priority},
    {"itk.sender_reference", &ItkSettings::sender_reference},
    {"itk.local_extension", &ItkSettings::local_extension},
    {"itk.receiver", &ItkSettings::receiver},
};

Json profile(const std::string& name) {
  return {{"profile", {profiles + name}}};
}

Json coding_of(const std::string& system, const std::string& code, const std::string& display) {
  Json coding{{"system", systems + system}, {"code", code}};
  if (!display.empty()) coding["display"] = display;
  return coding;
}

bool is_uuid(std::string_view text) {
  constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return std::equal(text.begin(), text.end(), form.begin(), form.end(), [](char byte, char wanted) {
    const bool digit = is_digit(byte) || (byte >= 'a' && byte <= 'f');
    return wanted == 'x' ? digit : byte == wanted;
  });
}

bool is_message(const tree::Tree& tree) {
  return tree.resource_type(tree::root_node) == "Bundle" &&
         child_text(tree, tree::root_node, "type") == "message" &&
         child_text(tree, child_node(tree, tree::root_node, "meta"), "profile")
             .starts_with(std::string(profiles) + "ITK-Message-Bundle");
}

/// The parts of one message, with ids that its record's key gives.
class ItkMessage {
 public:
  ItkMessage(const Record& record, const ItkSettings& settings)
      : record_(record), settings_(settings) {}

  /// JSON with `payload`, JSON as well, as its last entry.
  [[nodiscard]] std::string json(const std::string& payload) const {
    const std::string id = make_id("message");
    Json entries = Json::array();
    entries.push_back(entry("header", header()));
    entries.push_back(entry("sender", organization("sender", settings_.sender)));
    if (!settings_.receiver.empty()) {
      entries.push_back(entry("receiver", organization("receiver", settings_.receiver)));
    }
    const Json bundle{
        {"resourceType", "Bundle"},
        {"id", id},
        {"meta", profile("ITK-Message-Bundle-1")},
        {"identifier", {{"system", "https://tools.ietf.org/html/rfc4122"}, {"value", id}}},
        {"type", "message"},
        {"entry", std::move(entries)}};
    std::string text = bundle.dump();
    // The payload keeps its bytes: decimals do not go through numbers.
    const std::string last =
        ",{\"fullUrl\":" + Json(payload_url()).dump() + ",\"resource\":" + payload + "}";
    return text.insert(text.rfind("]}"), last);
  }

 private:
  [[nodiscard]] std::string make_id(const std::string& part) const {
    return uuid_of(hash_of({text_of(record_.key), "itk3", part}));
  }
  [[nodiscard]] std::string url(const std::string& part) const {
    return "urn:uuid:" + make_id(part);
  }
  /// By its own id where that is a UUID.
  [[nodiscard]] std::string payload_url() const {
    const std::string id(child_text(record_.tree, tree::root_node, "id"));
    return is_uuid(id) ? "urn:uuid:" + id : url("payload");
  }
  [[nodiscard]] Json entry(const std::string& part, Json resource) const {
    return {{"fullUrl", url(part)}, {"resource", std::move(resource)}};
  }
  [[nodiscard]] Json organization(const std::string& part, const std::string& code) const {
    return {{"resourceType", "Organization"},
            {"id", make_id(part)},
            {"meta", profile("CareConnect-ITK-Header-Organization-1")},
            {"identifier", {{{"system", ods_system}, {"value", code}}}}};
  }

  [[nodiscard]] Json header() const {
    const SharedCode event = parse_event();
    Json header{{"resourceType", "MessageHeader"},
                {"id", make_id("header")},
                {"meta", profile("ITK-MessageHeader-2")},
                {"extension",
                 {{{"url", std::string(profiles) + "Extension-ITK-MessageHandling-2"},
                   {"extension", handling()}}}},
                {"event", coding_of("ITK-MessageEvent-2", event.code, event.display)}};
    if (!settings_.receiver.empty()) header["receiver"] = {{"reference", url("receiver")}};
    header["sender"] = {{"reference", url("sender")}};
    header["timestamp"] = fhir_instant(std::time(nullptr));
    header["source"] = {{"endpoint", settings_.endpoint}};
    header["focus"] = {{{"reference", payload_url()}}};
    return header;
  }

  [[nodiscard]] SharedCode parse_event() const {
    const std::size_t bar = settings_.event.find('|');
    const std::string display = bar == std::string::npos ? "" : settings_.event.substr(bar + 1);
    return {"", settings_.event.substr(0, bar), display};
  }

  static Json key(const char* url, const char* element, Json value) {
    return {{"url", url}, {element, std::move(value)}};
  }
  [[nodiscard]] Json handling() const {
    Json keys = Json::array();
    keys.push_back(key("BusAckRequested", "valueBoolean", settings_.business_ack == "true"));
    keys.push_back(key("InfAckRequested", "valueBoolean", settings_.infrastructure_ack == "true"));
    std::string display;
    for (const auto& [code, words] : recipients) {
      if (code == settings_.recipient) display = words;
    }
    keys.push_back(key("RecipientType", "valueCoding",
                       coding_of("ITK-RecipientType-1", settings_.recipient, display)));
    if (!settings_.priority.empty()) {
      keys.push_back(
          key("Priority", "valueCoding", coding_of("ITK-Priority-1", settings_.priority, "")));
    }
    keys.push_back(
        key("MessageDefinition", "valueReference", {{"reference", settings_.definition}}));
    const std::string& reference = settings_.sender_reference;
    keys.push_back(key("SenderReference", "valueString",
                       reference.empty() ? make_id("reference") : reference));
    if (!settings_.local_extension.empty()) {
      keys.push_back(key("LocalExtension", "valueString", settings_.local_extension));
    }
    return keys;
  }

  const Record& record_;
  const ItkSettings& settings_;
};

/// An element that STU3 does not know: the record is of another version.
std::string unknown_element(const tree::Tree& tree) {
  for (tree::NodeId node = tree::root_node; node < tree.size(); ++node) {
    if (tree[node].is(tree::Flag::unknown)) return tree::path_of(tree, node);
  }
  return {};
}

}  // namespace

ItkSettings itk_settings(const StyleContext& context) {
  ItkSettings settings;
  for (const NeededKey& row : needed) {
    settings.*row.value = fill_values(context.region, context.region.text(row.key));
    if (!(settings.*row.value).empty()) continue;
    throw Error(ErrorKind::usage, std::string("An ITK3 message needs ") + row.key);
  }
  for (const NeededKey& row : optional) settings.*row.value = context.region.text(row.key);
  if (!context.region.text("fhir").starts_with("3") || context.format != format::Format::xml) {
    throw Error(ErrorKind::usage,
                "ITK3 messages are STU3 in XML: set fhir=3.0.2 and endpoint.format=xml (--convert "
                "makes STU3 of R4)");
  }
  return settings;
}

std::string wrap_in_itk(const Record& record, const StyleContext& context,
                        const ItkSettings& settings, std::string& problem) {
  if (is_message(record.tree)) {
    problem = "it is an ITK3 message already (without mesh.wrap files are sent as they are)";
    return {};
  }
  std::string payload;
  format::write_json(record.tree, tree::root_node, {false}, payload);
  std::string text = ItkMessage(record, settings).json(payload);
  const std::size_t size = text.size();
  text.append(format::read_padding, '\0');
  tree::Tree tree(context.symbols);
  finding::Collector problems(1);
  record::PlainReader reader;
  if (!reader.read_json(std::string_view(text).substr(0, size), tree, problems)) {
    throw Error(ErrorKind::internal, "An ITK3 message made here cannot be read");
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

}  // namespace lhcr::deliver
