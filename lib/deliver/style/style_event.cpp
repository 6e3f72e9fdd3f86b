// SPDX-License-Identifier: Apache-2.0
// Events about records, as CloudEvents 1.0 in JSON (structured content mode), as the Multicast
// Notification Service takes them: NHSDigital/multicast-notification-service,
// specification/schemas/cloudevents/mns-publish-cloudevent.yaml.
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "deliver/job/ledger.hpp"
#include "deliver/style/style.hpp"

namespace lhcr::deliver {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view filtering = "event.filtering.";

/// Nothing of a record travels but what the region asks of it. The id of an event stays with its
/// record, so that an event which is sent again is the same one (CloudEvents 1.0, id).
class EventStyle : public Style {
 public:
  explicit EventStyle(const StyleContext& context)
      : Style(context), path_(context_.region.text("event.path")) {
    for (const char* key : {"event.source", "event.type", "event.time"}) {
      if (context_.region.text(key).empty()) {
        throw Error(ErrorKind::usage, std::string("The style event needs ") + key);
      }
    }
  }

  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    WorkPtr work = open_record(record);
    work->per_entry = true;
    for (Entry& entry : work->entries) {
      if (entry.resource == tree::no_node) refuse(entry, "not sent: it has no resource");
      entry.method = "POST";
      entry.url = path_;
      entry.if_none_exist = entry.if_match = {};
      entry.repeatable = true;
    }
    return work;
  }

  [[nodiscard]] bool needs_names() const override { return false; }
  [[nodiscard]] Request request(const Parcel& parcel) const override {
    const Member& member = parcel.members.front();
    Request request;
    request.url = url_of(path_);
    request.repeatable = true;
    request.headers = {"Accept: application/json", "Content-Type: " + media_type()};
    request.body = event(member).dump();
    return request;
  }

  /// The answer is the id of the event, in JSON that is neither FHIR nor an event.
  [[nodiscard]] Judgement judge(Parcel& /*parcel*/, const Answer& answer,
                                const Reading& reading) const override {
    Verdict verdict = reading.whole;
    const bool good = answer.failure == Failure::none &&
                      result_of_status(answer.status, "event") == Result::applied;
    if (!good) return {{verdict}, false};
    const auto body = nlohmann::json::parse(answer.body, nullptr, false);
    const auto id = body.is_object() ? body.find("id") : body.end();
    const bool other = body.contains("resourceType") || body.contains("specversion");
    if (body.is_object() && id != body.end() && id->is_string() && !other) {
      return {{{Result::applied, answer.status, "", ""}}, false};
    }
    verdict.result = Result::unknown;
    verdict.words = "status " + std::to_string(answer.status) + " without the id of an event";
    return {{verdict}, false};
  }
  [[nodiscard]] std::string search_of(const Member& /*member*/) const override { return {}; }

 private:
  [[nodiscard]] std::string media_type() const {
    const bool own = context_.region.has("endpoint.media_type");
    return own ? context_.media_type : "application/cloudevents+json";
  }

  [[nodiscard]] Json event(const Member& member) const {
    Json event{{"specversion", "1.0"},
               {"id", uuid_of(entry_key(*member.work, member.entry()))},
               {"source", context_.region.text("event.source")}};
    for (const char* name : {"type", "subject", "time", "dataref"}) {
      const std::string value = value_of(member.entry(), std::string("event.") + name);
      if (!value.empty()) event[name] = value;
    }
    for (const auto& [name, value] : context_.region.table("event.filtering")) {
      const std::string text = value_of(member.entry(), std::string(filtering) + name);
      if (!text.empty()) event["filtering"][name] = text;
    }
    return event;
  }

  std::string path_;
};

}  // namespace

std::unique_ptr<Style> make_event(const StyleContext& context) {
  return std::make_unique<EventStyle>(context);
}

}  // namespace lhcr::deliver
