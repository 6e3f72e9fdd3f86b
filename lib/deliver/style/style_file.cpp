// SPDX-License-Identifier: Apache-2.0
// Files to a MESH mailbox.
#include <algorithm>
#include <filesystem>

#include <nlohmann/json.hpp>

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
        chunk_(static_cast<std::size_t>(std::max(1.0, context_.region.number("mesh.chunk")))) {}

  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    return file_work(record);
  }

  [[nodiscard]] Request request(const Parcel& parcel) const override {
    const Record& record = *parcel.members.front().work->record;
    const std::size_t chunks = chunks_of(record);
    Request request;
    const std::string number = std::to_string(parcel.step + 1);
    request.url = url_of(parcel.step == 0 ? outbox_ : outbox_ + "/" + parcel.memo + "/" + number);
    request.repeatable = parcel.step > 0;
    request.body = record.part(parcel.step * chunk_, chunk_);
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
      const auto body = nlohmann::json::parse(answer.body, nullptr, false);
      const auto id = body.is_object() ? body.find("message_id") : body.end();
      const bool known = body.is_object() && id != body.end() && id->is_string();
      parcel.memo = known ? id->get<std::string>() : std::string();
      if (!known) verdict = {Result::unknown, answer.status, "", "the answer has no message_id"};
    }
    verdict.location = parcel.memo;
    judgement.more = verdict.result == Result::applied &&
                     parcel.step + 1 < chunks_of(*parcel.members.front().work->record);
    judgement.verdicts.assign(1, verdict);
    return judgement;
  }
  [[nodiscard]] std::string search_of(const Member& /*member*/) const override { return {}; }

 private:
  [[nodiscard]] std::size_t chunks_of(const Record& record) const {
    return std::max<std::size_t>(1, (record.size + chunk_ - 1) / chunk_);
  }
  void add_addresses(const Parcel& parcel, Request& request) const {
    const Work& work = *parcel.members.front().work;
    const auto add = [&](const std::string& name, const std::string& value) {
      if (!value.empty()) request.headers.push_back(name + ": " + value);
    };
    add("Mex-To", context_.region.text("mesh.to"));
    add("Mex-WorkflowID", context_.region.text("mesh.workflow"));
    add("Mex-Subject", context_.region.text("mesh.subject"));
    add("Mex-FileName", std::string(work.entries.front().url));
    add("Mex-LocalID", uuid_of(work.key));
  }

  std::string outbox_;
  std::size_t chunk_;
};

}  // namespace

std::unique_ptr<Style> make_mesh(const StyleContext& context) {
  return std::make_unique<MeshStyle>(context);
}

}  // namespace lhcr::deliver
