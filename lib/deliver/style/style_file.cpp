// SPDX-License-Identifier: Apache-2.0
// Files to a MESH mailbox.
#include <algorithm>
#include <filesystem>
#include <optional>

#include <nlohmann/json.hpp>

#include "deliver/style/itk.hpp"
#include "deliver/style/safe.hpp"
#include "deliver/style/style.hpp"

namespace lhcr::deliver {

WorkPtr file_work(const std::shared_ptr<Record>& record) {
  auto work = std::make_shared<Work>();
  work->record = record;
  work->loose = true;
  work->per_entry = true;
  work->entries.emplace_back();
  work->entries.front().method = "POST";
  work->entries.front().url =
      keep(*work, std::filesystem::path(record->source).filename().string());
  return work;
}

namespace {

/// MESH API: the first chunk goes to the outbox, the others to the message's own address. A message
/// whose chunks are not all there is never delivered by the server, so a delivery starts anew when
/// the first answer is lost.
class MeshStyle : public Style {
 public:
  explicit MeshStyle(const StyleContext& context)
      : Style(context),
        outbox_("messageexchange/" + context_.region.text("mesh.mailbox") + "/outbox"),
        chunk_(static_cast<std::size_t>(std::max(1.0, context_.region.number("mesh.chunk")))) {
    if (context_.region.has("mesh.wrap")) itk_ = itk_settings(context_);
  }

  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    WorkPtr work = file_work(record);
    if (itk_) wrap(*work);
    return work;
  }

  [[nodiscard]] Request request(const Parcel& parcel) const override {
    const Member& member = parcel.members.front();
    const std::size_t chunks = chunks_of(member);
    const std::size_t start = parcel.step * chunk_;
    const auto& body = member.entry().body;
    Request request;
    const std::string number = std::to_string(parcel.step + 1);
    request.url = url_of(parcel.step == 0 ? outbox_ : outbox_ + "/" + parcel.memo + "/" + number);
    request.repeatable = parcel.step > 0;
    request.body = body == nullptr ? member.work->record->part(start, chunk_)
                                   : body->substr(std::min(start, body->size()), chunk_);
    request.headers = {"Accept: application/vnd.mesh.v2+json",
                       "Content-Type: application/octet-stream",
                       "Mex-Chunk-Range: " + number + ":" + std::to_string(chunks)};
    if (parcel.step == 0) add_addresses(parcel, request);
    return request;
  }

  [[nodiscard]] Judgement judge(Parcel& parcel, const Answer& answer,
                                const Reading& /*reading*/) const override {
    Judgement judgement;
    Verdict verdict;
    verdict.status = answer.status;
    verdict.result = answer.failure == Failure::none       ? result_of_status(answer.status, "mesh")
                     : answer.failure == Failure::not_sent ? Result::again
                     : answer.failure == Failure::malformed ? Result::refused
                                                            : Result::unknown;
    verdict.words = answer.failure == Failure::none ? "status " + std::to_string(answer.status) +
                                                          " " + answer.body.substr(0, 300)
                                                    : answer.problem;
    if (verdict.result == Result::applied && parcel.step == 0) {
      parcel.memo = message_id(answer);
      if (parcel.memo.empty()) {
        verdict = {Result::unknown, answer.status, "", "the answer has no message_id"};
      }
    } else if (verdict.result == Result::applied && answer.content_type == "text/html") {
      verdict = {Result::unknown, answer.status, "", "the answer is not the mailbox's"};
    }
    verdict.location = parcel.memo;
    judgement.more =
        verdict.result == Result::applied && parcel.step + 1 < chunks_of(parcel.members.front());
    judgement.verdicts.assign(1, verdict);
    return judgement;
  }
  [[nodiscard]] std::string search_of(const Member& /*member*/) const override { return {}; }

 private:
  /// It becomes part of an address; empty when there is none that may.
  static std::string message_id(const Answer& answer) {
    const auto body = nlohmann::json::parse(answer.body, nullptr, false);
    const auto id = body.is_object() ? body.find("message_id") : body.end();
    const bool known = body.is_object() && id != body.end() && id->is_string();
    const std::string text = known ? id->get<std::string>() : std::string();
    return is_id(text) ? text : std::string();
  }
  [[nodiscard]] std::size_t chunks_of(const Member& member) const {
    const auto& body = member.entry().body;
    const std::size_t size = body == nullptr ? member.work->record->size : body->size();
    return std::max<std::size_t>(1, (size + chunk_ - 1) / chunk_);
  }
  void wrap(Work& work) const {
    Entry& entry = work.entries.front();
    std::string problem;
    std::string message = wrap_in_itk(*work.record, context_, *itk_, problem);
    if (!problem.empty()) return refuse(entry, "not sent: " + problem);
    entry.body = std::make_shared<const std::string>(std::move(message));
    entry.url = keep(work, uuid_of(work.record->key) + ".xml");
  }
  void add_addresses(const Parcel& parcel, Request& request) const {
    const Work& work = *parcel.members.front().work;
    const auto add = [&](const std::string& name, const std::string& value) {
      if (!value.empty()) request.headers.push_back(name + ": " + value);
    };
    add("Mex-To", value_of(work.entries.front(), "mesh.to"));
    add("Mex-WorkflowID", context_.region.text("mesh.workflow"));
    add("Mex-Subject", value_of(work.entries.front(), "mesh.subject"));
    add("Mex-FileName", std::string(work.entries.front().url));
    const std::string local = value_of(work.entries.front(), "mesh.local_id");
    add("Mex-LocalID", local.empty() ? uuid_of(work.key) : local);
  }

  std::string outbox_;
  std::size_t chunk_;
  std::optional<ItkSettings> itk_;  ///< records are payloads
};

}  // namespace

bool meshes_files(const Region& region) {
  return !region.has("mesh.wrap") && !asks_records(region, "mesh");
}

std::unique_ptr<Style> make_mesh(const StyleContext& context) {
  return std::make_unique<MeshStyle>(context);
}

}  // namespace lhcr::deliver
