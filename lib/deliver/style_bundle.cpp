// SPDX-License-Identifier: Apache-2.0
// Styles that send Bundles: transaction and batch.
#include "deliver/references.hpp"
#include "deliver/style.hpp"

namespace lhcr::deliver {
namespace {

/// A resource outside a Bundle, or in one without requests: put under its id when it has one, else
/// created.
void add_request(const Work& work, Entry& entry) {
  if (!entry.method.empty() && !entry.url.empty()) return;
  const tree::Tree& tree = work.record->tree;
  const std::string_view type = tree.resource_type(entry.resource);
  if (type.empty()) return refuse(entry, "not sent: it has neither a resource nor a request");
  const std::string_view id = child_text(tree, entry.resource, "id");
  entry.method = id.empty() ? "POST" : "PUT";
  entry.url = id.empty() ? type : keep(work, std::string(type) + "/" + std::string(id));
  entry.repeatable = !id.empty();
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  if (out.back() != '{') out += ',';
  append_json_string(out, name);
  out += ':';
  append_json_string(out, value);
}

void append_entry(std::string& out, const Work& work, const Entry& entry) {
  const tree::Tree& tree = work.record->tree;
  out += '{';
  append_member(out, "fullUrl", entry.full_url);
  if (entry.resource != tree::no_node) {
    if (out.back() != '{') out += ',';
    out += "\"resource\":";
    format::write_json(tree, entry.resource, {false}, out);
  }
  if (out.back() != '{') out += ',';
  out += "\"request\":{";
  append_member(out, "method", entry.method);
  append_member(out, "url", entry.url);
  append_member(out, "ifNoneExist", entry.if_none_exist);
  append_member(out, "ifMatch", entry.if_match);
  out += "}}";
}

class BundleStyle : public Style {
 public:
  BundleStyle(StyleContext context, std::string_view type, bool atomic)
      : Style(std::move(context)),
        type_(type),
        atomic_(atomic),
        most_(static_cast<std::size_t>(context_.region.number("limits.entries"))) {}

  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    WorkPtr work = open_record(record);
    for (Entry& entry : work->entries) add_request(*work, entry);
    return work;
  }
  [[nodiscard]] std::size_t parcel_entries() const override { return most_; }
  [[nodiscard]] std::size_t answer_entries(const Parcel& parcel) const override {
    return parcel.members.size();
  }
  [[nodiscard]] bool together() const override { return atomic_; }

  [[nodiscard]] Request request(const Parcel& parcel) const override {
    Request request = start_request("POST", "");
    request.repeatable = parcel.repeatable;
    const Record& first = *parcel.members.front().work->record;
    const bool as_read =
        parcel.whole && !first.converted && bundle_type(first) == type_ && has_requests(parcel);
    if (as_read) {
      request.body = first.text();
    } else {
      request.body = "{\"resourceType\":\"Bundle\",\"type\":\"" + type_ + "\",\"entry\":[";
      for (const Member& member : parcel.members) {
        if (request.body.back() == '}') request.body += ',';
        append_entry(request.body, *member.work, member.entry());
      }
      request.body += "]}";
    }
    return request;
  }

 private:
  static std::string_view bundle_type(const Record& record) {
    return child_text(record.tree, tree::root_node, "type");
  }
  static bool has_requests(const Parcel& parcel) {
    const Member& member = parcel.members.front();
    return member.entry().node != tree::no_node &&
           child_node(member.work->record->tree, member.entry().node, "request") != tree::no_node;
  }

  std::string type_;
  bool atomic_;
  std::size_t most_;
};

}  // namespace

std::unique_ptr<Style> make_transaction(StyleContext context) {
  return std::make_unique<BundleStyle>(std::move(context), "transaction", true);
}

std::unique_ptr<Style> make_batch(StyleContext context) {
  return std::make_unique<BundleStyle>(std::move(context), "batch", false);
}

}  // namespace lhcr::deliver
