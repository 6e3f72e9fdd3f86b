// SPDX-License-Identifier: Apache-2.0
#include "deliver/style/style.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/names.hpp"
#include "base/reference_text.hpp"
#include "base/suggest.hpp"
#include "deliver/region/settings.hpp"
#include "deliver/style/safe.hpp"
#include "tree/nodes.hpp"

namespace lhcr::deliver {
namespace {

/// Bundle types whose entries stand for themselves; of any other type the Bundle itself is the
/// record.
constexpr std::array<std::string_view, 4> open_bundle_types{"transaction", "batch", "collection",
                                                            "searchset"};

bool can_repeat(const Entry& entry) {
  if (entry.method == "POST") return !entry.if_none_exist.empty();
  if (entry.method == "PATCH") return false;
  return entry.if_match.empty();
}

void take_request(const tree::Tree& tree, tree::NodeId node, Entry& entry) {
  for (const tree::NodeId child : tree.children(node)) {
    const Symbol name = tree[child].element;
    const std::string_view text = tree[child].text();
    if (name == name::method) entry.method = text;
    if (name == name::url) entry.url = text;
    if (name == name::if_none_exist) entry.if_none_exist = text;
    if (name == name::if_match) entry.if_match = text;
  }
}

Entry bundle_entry(const tree::Tree& tree, tree::NodeId node) {
  Entry entry;
  entry.node = node;
  for (const tree::NodeId child : tree.children(node)) {
    const Symbol name = tree[child].element;
    if (name == name::resource) entry.resource = child;
    if (name == name::full_url) entry.full_url = tree[child].text();
    if (name == name::request) take_request(tree, child, entry);
  }
  entry.own_request = !entry.method.empty() && !entry.url.empty();
  entry.repeatable = can_repeat(entry);
  return entry;
}

/// What a request is for, by its method and address.
struct Target {
  std::string_view type;  ///< empty: it is no type's
  std::string_view id;    ///< empty: the endpoint gives it
};
Target target_of(const Entry& entry) {
  const std::string_view path = entry.url.substr(0, entry.url.find('?'));
  if (path.find('$') != std::string_view::npos) return {};
  const ReferenceText cut = cut_reference(path);
  const bool has_id = entry.method != "POST" && !cut.id.empty();
  const Target target =
      has_id ? Target{cut.type, cut.id} : Target{path.substr(path.rfind('/') + 1), {}};
  return is_type_name(target.type) ? target : Target{};
}

/// Whether a "Type/id" that an answer tells is not what the request was for.
bool names_another(const Entry& entry, std::string_view location) {
  const ReferenceText told = cut_reference(location);
  const Target target = target_of(entry);
  if (target.type.empty() || told.id.empty() || !is_type_name(told.type)) return false;
  const std::string own = "/" + std::string(target.type) + "/" +
                          (target.id.empty() ? std::string() : std::string(target.id) + "/");
  return ("/" + std::string(location) + "/").find(own) == std::string::npos;
}

/// Why the entries of an answer are not those of the parcel, in its order (R4, Bundle rules for
/// responses); empty when nothing tells that they are not.
std::string out_of_order(const Parcel& parcel, const std::vector<Verdict>& told) {
  for (std::size_t at = 0; at < told.size(); ++at) {
    const Member& member = parcel.members[at];
    const bool other =
        told[at].result == Result::applied && names_another(member.entry(), told[at].location);
    if (!other) continue;
    return "the answer's entries are not in the order of those sent: where " +
           label_of(*member.work, member.entry()) + " was, it has " + told[at].location;
  }
  return {};
}

}  // namespace

void refuse(Entry& entry, std::string words) {
  entry.state = State::refused;
  entry.words = std::move(words);
}

std::string_view keep(const Work& work, std::string_view text) {
  return work.record->tree.arena().copy(text);
}

WorkPtr open_record(const std::shared_ptr<Record>& record) {
  auto work = std::make_shared<Work>();
  work->record = record;
  const tree::Tree& tree = record->tree;
  const std::string_view bundle_type = child_text(tree, tree::root_node, "type");
  const bool opens = tree.resource_type(tree::root_node) == "Bundle" &&
                     std::find(open_bundle_types.begin(), open_bundle_types.end(), bundle_type) !=
                         open_bundle_types.end();
  if (!opens) {
    Entry entry;
    entry.resource = tree::root_node;
    work->entries.push_back(std::move(entry));
    work->loose = true;
    return work;
  }
  work->user_bundle = true;
  for (const tree::NodeId child : tree::named(tree, tree::root_node, name::entry))
    work->entries.push_back(bundle_entry(tree, child));
  return work;
}

void StyleContext::write(const tree::Tree& tree, tree::NodeId node, std::string& out) const {
  if (format == format::Format::xml) {
    format::write_xml(tree, node, {false}, out);
  } else {
    format::write_json(tree, node, {false}, out);
  }
}

std::string Style::url_of(std::string_view path) const {
  return path.empty() ? context_.base_url : context_.base_url + "/" + std::string(path);
}

Request Style::start_request(std::string method, std::string_view path) const {
  Request request;
  request.method = std::move(method);
  request.url = url_of(path);
  request.headers.push_back("Accept: " + context_.media_type);
  request.headers.push_back("Content-Type: " + context_.media_type);
  return request;
}

std::string Style::value_of(const Entry& entry, const std::string& key) const {
  std::string value = context_.region.text(key);
  if (!record_path(value)) return fill_values(context_.region, std::move(value));
  const auto& texts = entry.texts;
  const auto text = texts == nullptr ? RecordTexts::const_iterator{} : texts->find(key);
  return texts == nullptr || text == texts->end() ? std::string() : text->second;
}

void Style::lend(Request& request, const Member& member) {
  request.lender = member.work->record;
  request.lent = member.work->record->text();
}

Style::Judgement Style::judge(Parcel& parcel, const Answer& /*answer*/,
                              const Reading& reading) const {
  Judgement judgement;
  if (reading.entries.size() != parcel.members.size()) {
    judgement.verdicts.assign(parcel.members.size(), reading.whole);
    return judgement;
  }
  judgement.verdicts = reading.entries;
  const std::string why = out_of_order(parcel, reading.entries);
  if (why.empty()) return judgement;
  for (Verdict& verdict : judgement.verdicts) {
    verdict = {Result::untold, reading.whole.status, "", why};
  }
  return judgement;
}

void Style::demand_own(const Member& member, const Reading& reading, Verdict& verdict) {
  if (verdict.result != Result::applied) return;
  const Entry& entry = member.entry();
  const std::string_view own = target_of(entry).type;
  const bool other_type = !own.empty() && !reading.type.empty() &&
                          reading.type != "OperationOutcome" && reading.type != own;
  const std::string_view other = names_another(entry, verdict.location) ? verdict.location
                                 : names_another(entry, reading.name)   ? reading.name
                                                                        : std::string_view();
  if (!other_type && other.empty()) return;
  verdict.words = "the answer to " + label_of(*member.work, entry) + " is " +
                  std::string(other_type ? reading.type : other);
  verdict.result = Result::untold;
  verdict.location.clear();
}

std::string Style::search_of(const Member& member) const {
  const Entry& entry = member.entry();
  const bool has_address = entry.method == "PUT" && entry.url.find('?') == std::string_view::npos;
  if (has_address) return std::string(entry.url);
  if (!context_.region.flag("style.search")) return {};
  const tree::Tree& tree = member.work->record->tree;
  const std::string identifier = identifier_of(tree, entry.resource);
  if (entry.method != "POST" || identifier.empty()) return {};
  return std::string(tree.resource_type(entry.resource)) +
         "?identifier=" + encode_query(identifier);
}

std::size_t Style::group() const {
  return static_cast<std::size_t>(std::max(1.0, context_.region.number("limits.group")));
}

bool Style::deliver_here(Parcel& /*parcel*/, std::vector<Verdict>& /*verdicts*/) {
  return false;
}

const std::vector<StyleRow>& styles() {
  static const std::vector<StyleRow> rows{
      {"transaction", "Bundles, applied as a whole", "transaction", make_transaction, true, nullptr,
       false, false, true},
      {"batch", "Bundles, each entry on its own", "batch", make_batch},
      {"resource-post", "each resource created on its own", "create", make_resource_post},
      {"resource-put", "each resource put under its own id", "update", make_resource_put},
      {"conditional", "each resource created or updated by its identifier", "create",
       make_conditional},
      {"patch", "what differs from the endpoint's version, as JSON Patch with If-Match", "patch",
       make_patch},
      {"message", "message Bundles to $process-message", "", make_message, true, nullptr, true},
      {"document", "document Bundles", "create", make_document, true, nullptr, true},
      {"pointer", "DocumentReferences (NRL)", "", make_pointer},
      {"mhd", "Provide Document Bundle (IHE MHD ITI-65)", "transaction", make_mhd, true, nullptr,
       true, true},
      {"xds", "Provide and Register Document Set-b (IHE XDS.b ITI-41, SOAP with MTOM)", "",
       make_xds, true, nullptr, true, true},
      {"pix", "Patient and Linkage to a regional index (Interweave)", "", make_pix},
      {"operation", "Parameters to an operation", "", make_operation},
      {"event", "events about records, as CloudEvents", "", make_event},
      {"mesh", "files to a MESH mailbox, in chunks", "", make_mesh, true, meshes_files},
      {"drop", "NDJSON, CSV, Parquet or files as they are, with a manifest, in a folder", "",
       make_drop, false, drops_files, false, true},
  };
  return rows;
}

const StyleRow& find_style(std::string_view name) {
  std::vector<std::string_view> names;
  for (const StyleRow& row : styles()) {
    if (row.name == name) return row;
    names.push_back(row.name);
  }
  const std::string near(closest(name, names));
  throw Error(ErrorKind::usage, "Unknown style '" + std::string(name) + "'" +
                                    (near.empty() ? "" : "; did you mean '" + near + "'?"));
}

}  // namespace lhcr::deliver
