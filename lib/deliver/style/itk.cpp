// SPDX-License-Identifier: Apache-2.0
#include "deliver/style/itk.hpp"

#include <ctime>

#include <nlohmann/json.hpp>

#include "base/text_rules.hpp"
#include "deliver/region/settings.hpp"
#include "deliver/style/wrapper.hpp"
#include "format/format.hpp"

namespace lhcr::deliver {
namespace {

using Json = WrapperJson;

constexpr const char* itk_message = "An ITK3 message";

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

Json itk_coding(const std::string& system, const SharedCode& code) {
  return coding_of(nhs_stu3_systems + system, code);
}

bool is_message(const tree::Tree& tree) {
  return tree.resource_type(tree::root_node) == "Bundle" &&
         child_text(tree, tree::root_node, "type") == "message" &&
         child_text(tree, child_node(tree, tree::root_node, "meta"), "profile")
             .starts_with(std::string(nhs_stu3_profiles) + "ITK-Message-Bundle");
}

/// The parts of one message.
class ItkMessage {
 public:
  ItkMessage(const Record& record, const ItkSettings& settings)
      : record_(record), settings_(settings), ids_(record, "itk3") {}

  /// JSON with `payload`, JSON as well, as its last entry.
  [[nodiscard]] std::string json(const std::string& payload) const {
    const std::string id = ids_.id("message");
    Json entries = Json::array();
    entries.push_back(ids_.entry("header", header()));
    entries.push_back(ids_.entry("sender", organization("sender", settings_.sender)));
    if (!settings_.receiver.empty()) {
      entries.push_back(ids_.entry("receiver", organization("receiver", settings_.receiver)));
    }
    Json bundle{{"resourceType", "Bundle"},
                {"id", id},
                {"meta", profile_meta(std::string(nhs_stu3_profiles) + "ITK-Message-Bundle-1")},
                {"identifier", {{"system", "https://tools.ietf.org/html/rfc4122"}, {"value", id}}},
                {"type", "message"},
                {"entry", std::move(entries)}};
    return message_text(std::move(bundle), ",{\"fullUrl\":" + Json(payload_url()).dump() +
                                               ",\"resource\":" + payload + "}");
  }

 private:
  /// By its own id where that is a UUID.
  [[nodiscard]] std::string payload_url() const {
    const std::string id(child_text(record_.tree, tree::root_node, "id"));
    return is_uuid(id) ? "urn:uuid:" + id : ids_.url("payload");
  }
  [[nodiscard]] Json organization(const std::string& part, const std::string& code) const {
    return ids_.organization(
        part, std::string(nhs_stu3_profiles) + "CareConnect-ITK-Header-Organization-1", code);
  }

  [[nodiscard]] Json header() const {
    Json header{{"resourceType", "MessageHeader"},
                {"id", ids_.id("header")},
                {"meta", profile_meta(std::string(nhs_stu3_profiles) + "ITK-MessageHeader-2")},
                {"extension",
                 {{{"url", std::string(nhs_stu3_profiles) + "Extension-ITK-MessageHandling-2"},
                   {"extension", handling()}}}},
                {"event", itk_coding("ITK-MessageEvent-2", parse_plain_code(settings_.event))}};
    if (!settings_.receiver.empty()) header["receiver"] = {{"reference", ids_.url("receiver")}};
    header["sender"] = {{"reference", ids_.url("sender")}};
    header["timestamp"] = fhir_instant(std::time(nullptr));
    header["source"] = {{"endpoint", settings_.endpoint}};
    header["focus"] = {{{"reference", payload_url()}}};
    return header;
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
                       itk_coding("ITK-RecipientType-1", {"", settings_.recipient, display})));
    if (!settings_.priority.empty()) {
      keys.push_back(key("Priority", "valueCoding",
                         itk_coding("ITK-Priority-1", {"", settings_.priority, ""})));
    }
    keys.push_back(
        key("MessageDefinition", "valueReference", {{"reference", settings_.definition}}));
    const std::string& reference = settings_.sender_reference;
    keys.push_back(key("SenderReference", "valueString",
                       reference.empty() ? ids_.id("reference") : reference));
    if (!settings_.local_extension.empty()) {
      keys.push_back(key("LocalExtension", "valueString", settings_.local_extension));
    }
    return keys;
  }

  const Record& record_;
  const ItkSettings& settings_;
  PartIds ids_;
};

}  // namespace

ItkSettings itk_settings(const StyleContext& context) {
  ItkSettings settings;
  for (const NeededKey& row : needed) {
    settings.*row.value = needed_value(context, row.key, itk_message);
  }
  for (const NeededKey& row : optional) {
    settings.*row.value = fill_values(context.region, context.region.text(row.key));
  }
  check_speaks_stu3(context, itk_message);
  return settings;
}

std::string wrap_in_itk(const Record& record, const StyleContext& context,
                        const ItkSettings& settings, std::string& problem) {
  if (is_message(record.tree)) {
    problem = "it is an ITK3 message already (without mesh.wrap files are sent as they are)";
    return {};
  }
  const std::string payload = format::json_of_record(record.tree);
  return message_xml(ItkMessage(record, settings).json(payload), context, problem);
}

}  // namespace lhcr::deliver
