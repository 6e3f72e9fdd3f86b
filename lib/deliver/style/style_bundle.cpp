// SPDX-License-Identifier: Apache-2.0
// Styles that send Bundles: transaction and batch.
#include <algorithm>

#include "base/text.hpp"
#include "deliver/style/document.hpp"
#include "deliver/style/safe.hpp"
#include "deliver/style/style.hpp"

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
  const std::string address = id.empty() ? std::string(type) : address_of(type, id);
  if (address.empty()) {
    return refuse(entry,
                  "not sent: its id makes no address (R4: letters, digits, '-' and '.', 64 "
                  "at most)");
  }
  entry.url = keep(work, address);
  entry.repeatable = !id.empty();
}

/// One entry of a Bundle that is put together here, in the order of the specification.
struct BundlePart {
  std::string_view name;
  std::string_view value;
};
std::vector<BundlePart> request_parts(const Work& work, const Entry& entry) {
  const tree::Tree& tree = work.record->tree;
  const tree::NodeId own = child_node(tree, entry.node, "request");
  return {{"method", entry.method},
          {"url", entry.url},
          {"ifNoneMatch", child_text(tree, own, "ifNoneMatch")},
          {"ifModifiedSince", child_text(tree, own, "ifModifiedSince")},
          {"ifMatch", entry.if_match},
          {"ifNoneExist", entry.if_none_exist}};
}

void append_json_member(std::string& out, const BundlePart& part) {
  if (part.value.empty()) return;
  if (out.back() != '{') out += ',';
  append_json_string(out, part.name);
  out += ':';
  append_json_string(out, part.value);
}

void append_json_entry(std::string& out, const Work& work, const Entry& entry) {
  if (out.back() == '}') out += ',';
  out += '{';
  append_json_member(out, {"fullUrl", entry.full_url});
  if (entry.resource != tree::no_node) {
    if (out.back() != '{') out += ',';
    out += "\"resource\":";
    format::write_json(work.record->tree, entry.resource, {false}, out);
  }
  if (out.back() != '{') out += ',';
  out += "\"request\":{";
  for (const BundlePart& part : request_parts(work, entry)) append_json_member(out, part);
  out += "}}";
}

void append_xml_element(std::string& out, const BundlePart& part) {
  if (part.value.empty()) return;
  out += '<' + std::string(part.name) + " value=\"" + xml_attribute(part.value) + "\"/>";
}

/// A resource as part of a document: without an XML declaration of its own.
void append_xml_resource(std::string& out, const tree::Tree& tree, tree::NodeId resource) {
  const std::size_t begin = out.size();
  format::write_xml(tree, resource, {false}, out);
  if (out.compare(begin, 2, "<?") != 0) return;
  const std::size_t end = out.find('<', begin + 1);
  out.erase(begin, end - begin);
}

void append_xml_entry(std::string& out, const Work& work, const Entry& entry) {
  out += "<entry>";
  append_xml_element(out, {"fullUrl", entry.full_url});
  if (entry.resource != tree::no_node) {
    out += "<resource>";
    append_xml_resource(out, work.record->tree, entry.resource);
    out += "</resource>";
  }
  out += "<request>";
  for (const BundlePart& part : request_parts(work, entry)) append_xml_element(out, part);
  out += "</request></entry>";
}

/// How a Bundle is written around its entries.
struct Form {
  std::string_view begin;  ///< up to the Bundle's type
  std::string_view middle;
  std::string_view end;
  void (*entry)(std::string&, const Work&, const Entry&);
};
constexpr Form json_form{R"({"resourceType":"Bundle","type":")", R"(","entry":[)", "]}",
                         append_json_entry};
constexpr Form xml_form{
    R"(<?xml version="1.0" encoding="UTF-8"?><Bundle xmlns="http://hl7.org/fhir"><type value=")",
    R"("/>)", "</Bundle>", append_xml_entry};

class BundleStyle : public Style {
 public:
  BundleStyle(const StyleContext& context, std::string_view type, bool atomic)
      : Style(context),
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
    const bool as_read = parcel.whole && context_.speaks(first) && bundle_type(first) == type_ &&
                         has_requests(parcel);
    if (as_read) {
      lend(request, parcel.members.front());
      return request;
    }
    const Form& form = context_.format == format::Format::xml ? xml_form : json_form;
    request.body.append(form.begin).append(type_).append(form.middle);
    for (const Member& member : parcel.members) {
      form.entry(request.body, *member.work, member.entry());
    }
    request.body += form.end;
    return request;
  }

 private:
  static std::string_view bundle_type(const Record& record) {
    return child_text(record.tree, tree::root_node, "type");
  }
  static bool has_requests(const Parcel& parcel) {
    return std::all_of(parcel.members.begin(), parcel.members.end(),
                       [](const Member& member) { return member.entry().own_request; });
  }

  std::string type_;
  bool atomic_;
  std::size_t most_;
};

}  // namespace

std::unique_ptr<Style> make_transaction(const StyleContext& context) {
  return std::make_unique<BundleStyle>(context, "transaction", true);
}

std::unique_ptr<Style> make_batch(const StyleContext& context) {
  return std::make_unique<BundleStyle>(context, "batch", false);
}

}  // namespace lhcr::deliver
