// SPDX-License-Identifier: Apache-2.0
// Styles that deliver files: mesh (a mailbox) and drop (a folder).
#include <algorithm>
#include <filesystem>
#include <map>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/file.hpp"
#include "deliver/style.hpp"

namespace lhcr::deliver {
namespace {

namespace fs = std::filesystem;

WorkPtr file_work(const std::shared_ptr<Record>& record) {
  auto work = std::make_shared<Work>();
  work->record = record;
  work->loose = true;
  work->per_entry = true;
  work->entries.emplace_back();
  work->entries.front().method = "POST";
  work->entries.front().url = keep(*work, fs::path(record->source).filename().string());
  return work;
}

/// MESH API: the first chunk goes to the outbox, the others to the message's own address. A message
/// whose chunks are not all there is never delivered by the server, so a delivery starts anew when
/// the first answer is lost.
class MeshStyle : public Style {
 public:
  explicit MeshStyle(StyleContext context)
      : Style(std::move(context)),
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
    request.body = record.text().substr(parcel.step * chunk_, chunk_);
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
    verdict.result = answer.failure == Failure::none       ? result_of_status(answer.status)
                     : answer.failure == Failure::not_sent ? Result::again
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

/// A folder: records as NDJSON by resource type, or each as a file of its own; a manifest, written
/// last, says what is there. What is there already under the same name and with the same bytes
/// stays.
class DropStyle : public Style {
 public:
  explicit DropStyle(StyleContext context)
      : Style(std::move(context)),
        folder_(context_.region.text("drop.folder")),
        manifest_(context_.region.text("drop.manifest")) {
    if (folder_.empty()) throw Error(ErrorKind::usage, "The style drop needs drop.folder");
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error)
      throw Error(ErrorKind::input, "Cannot make " + folder_.string() + ": " + error.message());
  }

  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    return file_work(record);
  }
  [[nodiscard]] Request request(const Parcel& parcel) const override {
    Request request;
    request.body = parcel.members.front().work->record->text();
    return request;
  }
  bool deliver_here(Parcel& parcel, std::vector<Verdict>& verdicts) override {
    const Work& work = *parcel.members.front().work;
    const std::string name = file_name(work);
    write_file((folder_ / name).string(), work.record->text());
    files_[name] = {work.record->size, hex(sha256(work.record->text()))};
    verdicts.assign(1, {Result::applied, 0, name, ""});
    return true;
  }
  void finish() override {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const auto& entry : fs::directory_iterator(folder_)) add_earlier(entry);
    for (const auto& [name, file] : files_) {
      list.push_back({{"file", name}, {"bytes", file.bytes}, {"sha256", file.digest}});
    }
    const nlohmann::ordered_json manifest{{"files", list}};
    write_file((folder_ / manifest_).string(), manifest.dump(2) + "\n");
  }

 private:
  struct File {
    std::size_t bytes;
    std::string digest;
  };
  /// The content names the file, so that a second run writes the same one.
  static std::string file_name(const Work& work) {
    const fs::path source(std::string(work.entries.front().url));
    const std::string stem = source.stem().string() == "-" ? "record" : source.stem().string();
    return stem + "-" + hex(work.key).substr(0, 12) + source.extension().string();
  }
  void add_earlier(const fs::directory_entry& entry) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || name == manifest_ || files_.count(name) > 0) return;
    const std::string bytes = read_file(entry.path().string());
    files_[name] = {bytes.size(), hex(sha256(bytes))};
  }

  fs::path folder_;
  std::string manifest_;
  std::map<std::string, File> files_;
};

}  // namespace

std::unique_ptr<Style> make_mesh(StyleContext context) {
  return std::make_unique<MeshStyle>(std::move(context));
}

std::unique_ptr<Style> make_drop(StyleContext context) {
  return std::make_unique<DropStyle>(std::move(context));
}

}  // namespace lhcr::deliver
