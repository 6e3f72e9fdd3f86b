// SPDX-License-Identifier: Apache-2.0
// What differs from the endpoint's version, as JSON Patch (FHIR R4, RESTful API, patch).
#include <algorithm>

#include "base/error.hpp"
#include "deliver/style/safe.hpp"
#include "deliver/style/style.hpp"

namespace lhcr::deliver {
namespace {

/// Whether a text is the tag of a version (RFC 9110 section 8.8.3).
bool is_tag(std::string_view text) {
  const std::size_t quote = text.starts_with("W/") ? 2 : 0;
  return text.size() >= quote + 2 && text[quote] == '"' && text.back() == '"' &&
         std::count(text.begin(), text.end(), '"') == 2 && is_header_value(text);
}

/// Two steps: the resource is read, then what differs is sent with If-Match and the tag that came
/// with it. So a patch is carried out at most once, however often it is sent, and whatever goes
/// wrong begins with another look.
class PatchStyle : public Style {
 public:
  explicit PatchStyle(const StyleContext& context)
      : Style(context),
        pds_(context_.region.text("patch.rules") == "pds"),
        removals_(context_.region.text("patch.removals")) {
    if (context_.format == format::Format::xml) {
      throw Error(ErrorKind::usage,
                  "The style patch sends JSON Patch, which is for JSON: set endpoint.format=json");
    }
  }

  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    WorkPtr work = open_record(record);
    work->per_entry = true;
    const tree::Tree& tree = record->tree;
    for (Entry& entry : work->entries) {
      const bool other = !entry.method.empty() && entry.method != "PUT" && entry.method != "POST";
      if (entry.resource == tree::no_node || other) {
        refuse(entry, "not sent: this style patches resources");
        continue;
      }
      const std::string address =
          address_of(tree.resource_type(entry.resource), child_text(tree, entry.resource, "id"));
      if (address.empty()) {
        refuse(entry,
               "not sent: it has no id (letters, digits, '-' and '.', 64 at most) to be read and "
               "patched under");
        continue;
      }
      entry.method = "PATCH";
      entry.url = keep(*work, address);
      entry.if_none_exist = entry.if_match = {};
      entry.repeatable = true;
    }
    return work;
  }

  /// Step 0 reads; Parcel::memo is the tag, a line break, and the body for step 1.
  [[nodiscard]] Request request(const Parcel& parcel) const override {
    const Entry& entry = parcel.members.front().entry();
    Request request;
    request.repeatable = true;
    request.url = url_of(entry.url);
    request.headers.push_back("Accept: " + context_.media_type);
    if (parcel.step == 0) {
      request.method = "GET";
      request.headers.emplace_back("Cache-Control: no-cache");
      return request;
    }
    const std::size_t end = parcel.memo.find('\n');
    request.method = "PATCH";
    request.headers.emplace_back("Content-Type: application/json-patch+json");
    request.headers.push_back("If-Match: " + parcel.memo.substr(0, end));
    request.body = parcel.memo.substr(end + 1);
    return request;
  }

  [[nodiscard]] Judgement judge(Parcel& parcel, const Answer& answer,
                                const Reading& reading) const override {
    if (parcel.step > 0) {
      const Entry& entry = parcel.members.front().entry();
      Judgement judgement{{reading.whole}, false};
      Verdict& verdict = judgement.verdicts.front();
      demand_own(parcel.members.front(), reading, verdict);
      if (verdict.result == Result::applied) verdict.location = std::string(entry.url);
      return judgement;
    }
    parcel.memo.clear();
    if (reading.whole.result != Result::applied) return {{not_read(reading.whole)}, false};
    return compare(parcel, answer, reading.whole.status);
  }
  /// What became of a patch is seen when it is made anew.
  [[nodiscard]] std::string search_of(const Member& /*member*/) const override { return {}; }

 private:
  /// Nothing has been sent yet.
  static Verdict not_read(Verdict verdict) {
    if (verdict.result != Result::refused) verdict.result = Result::again;
    verdict.words = "the endpoint's version cannot be read" +
                    (verdict.words.empty() ? "" : ": " + verdict.words);
    return verdict;
  }

  [[nodiscard]] Judgement compare(Parcel& parcel, const Answer& answer, long status) const {
    const Member& member = parcel.members.front();
    const tree::Tree& tree = member.work->record->tree;
    std::string own;
    context_.write(tree, member.entry().resource, own);
    const PatchMaker::Made made = context_.patches->make(answer.body, own, removals_ == "keep");
    const std::string address(member.entry().url);
    if (!made.problem.empty()) return refused(status, made.problem);
    if (made.patch.empty()) return {{{Result::applied, status, address, ""}}, false};
    const std::string why = why_not(member, made);
    if (!why.empty()) {
      // What was sent before may be what another version has replaced since.
      const Result result = member.entry().doubtful ? Result::accepted : Result::refused;
      return {{{result, status, "", why}}, false};
    }
    const std::string tag = tag_of(answer, made.version);
    if (tag.empty()) return refused(status, "the endpoint does not say which version it has");
    parcel.memo = tag + '\n' + (pds_ ? "{\"patches\":" + made.patch + "}" : made.patch);
    return {{{Result::applied, status, address, ""}}, true};
  }

  static Judgement refused(long status, const std::string& words) {
    return {{{Result::refused, status, "", "not sent: " + words}}, false};
  }

  /// Why a patch that could be made is not wanted.
  [[nodiscard]] std::string why_not(const Member& member, const PatchMaker::Made& made) const {
    const tree::Tree& tree = member.work->record->tree;
    const std::string_view own =
        child_text(tree, child_node(tree, member.entry().resource, "meta"), "versionId");
    const std::string sent = member.entry().doubtful ? "it was sent before; " : "";
    if (!own.empty() && own != made.version) {
      return sent + "the endpoint has version " + made.version + ", and it was made from version " +
             std::string(own);
    }
    if (removals_ != "refuse" || !own.empty() || made.removed.empty()) return {};
    return sent + "the endpoint has what it does not: " + made.removed +
           " (meta.versionId, the version it was made from, or patch.removals=keep or make says "
           "what becomes of that)";
  }

  [[nodiscard]] static std::string tag_of(const Answer& answer, const std::string& version) {
    const std::string tag(answer.header("etag"));
    if (is_tag(tag)) return tag;
    return is_id(version) ? "W/\"" + version + "\"" : std::string();
  }

  bool pds_;
  std::string removals_;
};

}  // namespace

std::unique_ptr<Style> make_patch(const StyleContext& context) {
  return std::make_unique<PatchStyle>(context);
}

}  // namespace lhcr::deliver
