// SPDX-License-Identifier: Apache-2.0
// Styles that post what they are given: message, document, pointer, pix, operation.
#include "base/error.hpp"
#include "deliver/style/message_response.hpp"
#include "deliver/style/safe.hpp"
#include "deliver/style/style.hpp"
#include "deliver/style/wrapper.hpp"

namespace lhcr::deliver {
namespace {

WorkPtr single_record(const std::shared_ptr<Record>& record) {
  auto work = std::make_shared<Work>();
  work->record = record;
  work->loose = true;
  work->per_entry = true;
  work->entries.emplace_back();
  Entry& entry = work->entries.front();
  entry.resource = tree::root_node;
  entry.method = "POST";
  return work;
}

/// A Bundle of one type, posted as it is.
class WholeBundleStyle : public Style {
 public:
  WholeBundleStyle(const StyleContext& context, std::string type)
      : Style(context),
        type_(std::move(type)),
        path_(context_.region.text(type_ + ".path")),
        repeatable_(type_ == "message" && context_.region.flag("message.repeatable")),
        wraps_(type_ == "message" && context_.region.has("message.wrap")) {
    if (wraps_) check_speaks_stu3(context_, "An event message");
  }

  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    WorkPtr work = single_record(record);
    Entry& entry = work->entries.front();
    const tree::Tree& tree = record->tree;
    const bool bundle = tree.resource_type(tree::root_node) == "Bundle";
    const std::string_view type = child_text(tree, tree::root_node, "type");
    if (!bundle || (type != type_ && !(wraps_ && type == payload_type))) {
      refuse(entry, "not sent: it is not a Bundle of type " + type_ +
                        (wraps_ ? ", nor a " + std::string(payload_type) + " for one" : ""));
    } else if (type == payload_type && wraps_) {
      entry.body = std::make_shared<const std::string>();
    }
    entry.url = path_;
    entry.repeatable = repeatable_;
    return work;
  }
  [[nodiscard]] Request request(const Parcel& parcel) const override {
    const Member& member = parcel.members.front();
    Request request = start_request("POST", path_);
    request.repeatable = member.entry().repeatable;
    const Record& record = *member.work->record;
    if (member.entry().body != nullptr) {
      request.body = *member.entry().body;
    } else if (context_.speaks(record)) {
      lend(request, parcel.members.front());
    } else {
      context_.write(record.tree, tree::root_node, request.body);
    }
    return request;
  }
  [[nodiscard]] Judgement judge(Parcel& parcel, const Answer& answer,
                                const Reading& reading) const override {
    Judgement judgement = Style::judge(parcel, answer, reading);
    const Member& member = parcel.members.front();
    const Record& record = *member.work->record;
    if (type_ != "message") {
      demand_own(member, reading, judgement.verdicts.front());
      return judgement;
    }
    judge_response(reading, member.entry().body == nullptr ? message_ids(record) : ems_ids(record),
                   judgement.verdicts.front());
    return judgement;
  }
  void asked(Work& work) const override {
    Entry& entry = work.entries.front();
    if (entry.body == nullptr || entry.state == State::refused) return;
    const std::string focus = value_of(entry, "message.focus");
    std::string problem =
        focus.empty() ? "message.focus finds nothing that the event is about" : "";
    if (problem.empty()) {
      entry.body =
          std::make_shared<const std::string>(wrap_in_ems(*work.record, context_, focus, problem));
    }
    if (!problem.empty()) refuse(entry, "not sent: " + problem);
  }

 private:
  /// What becomes a message.
  static constexpr std::string_view payload_type = "collection";

  std::string type_;
  std::string path_;
  bool repeatable_;
  bool wraps_;
};

/// DocumentReferences; one that supersedes another says so itself (relatesTo). One with an id of
/// the producer's own can be read under it, which tells what became of a request.
class PointerStyle : public Style {
 public:
  explicit PointerStyle(const StyleContext& context)
      : Style(context), path_(context_.region.text("pointer.path")) {}

  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    WorkPtr work = open_record(record);
    work->per_entry = true;
    for (Entry& entry : work->entries) {
      entry.method = "POST";
      entry.url = path_;
      entry.repeatable = false;
      const bool fits = entry.resource != tree::no_node &&
                        record->tree.resource_type(entry.resource) == "DocumentReference";
      if (!fits) refuse(entry, "not sent: it is not a DocumentReference");
    }
    return work;
  }
  [[nodiscard]] Request request(const Parcel& parcel) const override {
    const Member& member = parcel.members.front();
    Request request = start_request("POST", path_);
    context_.write(member.work->record->tree, member.entry().resource, request.body);
    return request;
  }
  [[nodiscard]] Judgement judge(Parcel& parcel, const Answer& answer,
                                const Reading& reading) const override {
    Judgement judgement = Style::judge(parcel, answer, reading);
    demand_own(parcel.members.front(), reading, judgement.verdicts.front());
    return judgement;
  }
  [[nodiscard]] std::string search_of(const Member& member) const override {
    const std::string_view id =
        child_text(member.work->record->tree, member.entry().resource, "id");
    return is_id(id) ? path_ + "/" + std::string(id) : Style::search_of(member);
  }

 private:
  std::string path_;
};

/// Patient registrations first, then the Linkages between them; each has an address of its own.
class PixStyle : public Style {
 public:
  explicit PixStyle(const StyleContext& context)
      : Style(context),
        patient_(context_.region.text("pix.patient")),
        linkage_(context_.region.text("pix.linkage")) {}

  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    WorkPtr work = open_record(record);
    work->per_entry = true;
    for (Entry& entry : work->entries) {
      const std::string_view type = entry.resource == tree::no_node
                                        ? std::string_view()
                                        : record->tree.resource_type(entry.resource);
      entry.method = "POST";
      entry.repeatable = false;
      entry.url = type;
      const bool fits = type == "Patient" || type == "Linkage";
      if (!fits) refuse(entry, "not sent: the index takes Patient and Linkage only");
    }
    return work;
  }
  [[nodiscard]] bool renames() const override { return true; }
  [[nodiscard]] std::string url_of(std::string_view path) const override {
    const std::size_t end = std::min(path.find('?'), path.size());
    const std::string& index = path.substr(0, end) == "Patient" ? patient_ : linkage_;
    return index + std::string(path.substr(end));
  }
  [[nodiscard]] Request request(const Parcel& parcel) const override {
    const Member& member = parcel.members.front();
    Request request = start_request("POST", member.entry().url);
    context_.write(member.work->record->tree, member.entry().resource, request.body);
    return request;
  }
  [[nodiscard]] Judgement judge(Parcel& parcel, const Answer& answer,
                                const Reading& reading) const override {
    Judgement judgement = Style::judge(parcel, answer, reading);
    demand_own(parcel.members.front(), reading, judgement.verdicts.front());
    return judgement;
  }
  [[nodiscard]] std::string search_of(const Member& member) const override {
    const std::string identifier =
        identifier_of(member.work->record->tree, member.entry().resource);
    if (identifier.empty()) return {};
    return std::string(member.entry().url) + "?identifier=" + encode_query(identifier);
  }

 private:
  std::string patient_;
  std::string linkage_;
};

/// Parameters, posted to an operation (R4, operations.html). What an operation does cannot be seen
/// by a search, so that a lost answer leaves it open.
class OperationStyle : public Style {
 public:
  explicit OperationStyle(const StyleContext& context)
      : Style(context), path_(context_.region.text("operation.path")) {
    if (path_.empty()) throw Error(ErrorKind::usage, "The style operation needs operation.path");
  }

  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    WorkPtr work = single_record(record);
    Entry& entry = work->entries.front();
    entry.url = path_;
    if (record->tree.resource_type(tree::root_node) != "Parameters") {
      refuse(entry, "not sent: it is not a Parameters resource");
    }
    return work;
  }
  [[nodiscard]] Request request(const Parcel& parcel) const override {
    const Member& member = parcel.members.front();
    Request request = start_request("POST", path_);
    const Record& record = *member.work->record;
    if (context_.speaks(record)) {
      lend(request, member);
    } else {
      context_.write(record.tree, tree::root_node, request.body);
    }
    return request;
  }
  [[nodiscard]] std::string search_of(const Member& /*member*/) const override { return {}; }

 private:
  std::string path_;
};

}  // namespace

std::unique_ptr<Style> make_operation(const StyleContext& context) {
  return std::make_unique<OperationStyle>(context);
}

std::unique_ptr<Style> make_message(const StyleContext& context) {
  return std::make_unique<WholeBundleStyle>(context, "message");
}

std::unique_ptr<Style> make_document(const StyleContext& context) {
  return std::make_unique<WholeBundleStyle>(context, "document");
}

std::unique_ptr<Style> make_pointer(const StyleContext& context) {
  return std::make_unique<PointerStyle>(context);
}

std::unique_ptr<Style> make_pix(const StyleContext& context) {
  return std::make_unique<PixStyle>(context);
}

}  // namespace lhcr::deliver
