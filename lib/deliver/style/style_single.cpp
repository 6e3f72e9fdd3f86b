// SPDX-License-Identifier: Apache-2.0
// Styles that send one resource a request.
#include "deliver/style/safe.hpp"
#include "deliver/style/style.hpp"

namespace lhcr::deliver {
namespace {

/// Every resource of the record as an entry of its own, with what its Bundle says about it set
/// aside.
WorkPtr single_resources(const std::shared_ptr<Record>& record) {
  WorkPtr work = open_record(record);
  work->per_entry = true;
  for (Entry& entry : work->entries) {
    if (entry.resource == tree::no_node) {
      refuse(entry, "not sent: it has no resource");
    } else if (entry.method == "DELETE" || entry.method == "PATCH" || entry.method == "GET") {
      refuse(entry, "not sent: this style does not do " + std::string(entry.method));
    }
  }
  return work;
}

class SingleStyle : public Style {
 public:
  using Style::Style;
  [[nodiscard]] Request request(const Parcel& parcel) const override {
    const Member& member = parcel.members.front();
    const Entry& entry = member.entry();
    Request request = start_request(std::string(entry.method), entry.url);
    request.repeatable = entry.repeatable;
    if (!entry.if_none_exist.empty()) {
      request.headers.push_back("If-None-Exist: " + std::string(entry.if_none_exist));
    }
    if (!entry.if_match.empty()) {
      request.headers.push_back("If-Match: " + std::string(entry.if_match));
    }
    const Record& record = *member.work->record;
    const bool as_read = entry.node == tree::no_node && context_.speaks(record) && !rewrites(entry);
    if (as_read) {
      lend(request, parcel.members.front());
    } else {
      context_.write(record.tree, entry.resource, request.body);
    }
    return request;
  }

  [[nodiscard]] Judgement judge(Parcel& parcel, const Answer& answer,
                                const Reading& reading) const override {
    Judgement judgement = Style::judge(parcel, answer, reading);
    demand_own(parcel.members.front(), reading, judgement.verdicts.front());
    return judgement;
  }

 protected:
  /// Whether references in the resource may have been replaced since it was read.
  [[nodiscard]] bool rewrites(const Entry& /*entry*/) const { return renames(); }
};

/// POST: the server gives the id, so one in the resource says nothing (FHIR RESTful API, create).
class PostStyle : public SingleStyle {
 public:
  using SingleStyle::SingleStyle;
  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    WorkPtr work = single_resources(record);
    for (Entry& entry : work->entries) {
      entry.method = "POST";
      entry.url = record->tree.resource_type(entry.resource);
      entry.repeatable = !entry.if_none_exist.empty();
    }
    return work;
  }
  [[nodiscard]] bool renames() const override { return true; }
};

class PutStyle : public SingleStyle {
 public:
  using SingleStyle::SingleStyle;
  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    WorkPtr work = single_resources(record);
    const tree::Tree& tree = record->tree;
    for (Entry& entry : work->entries) {
      if (entry.state == State::refused) continue;
      const std::string_view id = child_text(tree, entry.resource, "id");
      if (id.empty()) {
        refuse(entry, "not sent: it has no id to be put under (try --style conditional)");
        continue;
      }
      entry.method = "PUT";
      const std::string address = address_of(tree.resource_type(entry.resource), id);
      if (address.empty()) {
        refuse(entry,
               "not sent: its id makes no address (R4: letters, digits, '-' and '.', 64 at "
               "most)");
        continue;
      }
      entry.url = keep(*work, address);
      entry.repeatable = entry.if_match.empty();
      if (!version_header_.empty()) tie_to_version(*work, entry);
    }
    return work;
  }
  [[nodiscard]] Request request(const Parcel& parcel) const override {
    Request request = SingleStyle::request(parcel);
    if (version_header_.empty() || version_header_ == "If-Match") return request;
    const Member& member = parcel.members.front();
    const std::string_view version = version_of(*member.work, member.entry());
    request.headers.push_back(version_header_ + ": " + std::string(version));
    return request;
  }

 private:
  static std::string_view version_of(const Work& work, const Entry& entry) {
    const tree::Tree& tree = work.record->tree;
    return child_text(tree, child_node(tree, entry.resource, "meta"), "versionId");
  }
  /// The endpoint takes a change only to the version that it has.
  void tie_to_version(const Work& work, Entry& entry) const {
    const std::string_view version = version_of(work, entry);
    if (!is_id(version)) {
      return refuse(entry, "not sent: its meta.versionId does not say which version it changes");
    }
    entry.repeatable = false;
    if (version_header_ == "If-Match" && entry.if_match.empty()) {
      entry.if_match = keep(work, "W/\"" + std::string(version) + "\"");
    }
  }

  std::string version_header_ = context_.region.text("style.version_header");
};

/// Created when the server has nothing with its identifier; an update by identifier where the
/// record asks for one.
class ConditionalStyle : public SingleStyle {
 public:
  using SingleStyle::SingleStyle;
  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    WorkPtr work = single_resources(record);
    for (Entry& entry : work->entries) {
      if (entry.state == State::refused) continue;
      address(*work, entry);
    }
    return work;
  }
  [[nodiscard]] bool renames() const override { return true; }

 private:
  static void address(const Work& work, Entry& entry) {
    const tree::Tree& tree = work.record->tree;
    const std::string type(tree.resource_type(entry.resource));
    const std::string identifier = identifier_of(tree, entry.resource);
    entry.repeatable = true;
    if (!entry.if_none_exist.empty()) {
      entry.method = "POST";
      entry.url = keep(work, type);
      return;
    }
    if (identifier.empty()) {
      return refuse(entry, "not sent: it has no identifier to find it by at the server");
    }
    const std::string query = "identifier=" + encode_query(identifier);
    const bool updates = entry.method == "PUT";
    entry.method = updates ? "PUT" : "POST";
    entry.url = keep(work, updates ? type + "?" + query : type);
    if (!updates) entry.if_none_exist = keep(work, query);
  }
};

}  // namespace

std::unique_ptr<Style> make_resource_post(const StyleContext& context) {
  return std::make_unique<PostStyle>(context);
}

std::unique_ptr<Style> make_resource_put(const StyleContext& context) {
  return std::make_unique<PutStyle>(context);
}

std::unique_ptr<Style> make_conditional(const StyleContext& context) {
  return std::make_unique<ConditionalStyle>(context);
}

}  // namespace lhcr::deliver
