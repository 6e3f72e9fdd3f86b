// SPDX-License-Identifier: Apache-2.0
/// The ways in which records are handed to an endpoint: one row of styles() each.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "deliver/job/answer.hpp"
#include "deliver/job/work.hpp"
#include "deliver/region/region.hpp"

namespace lhcr::deliver {

/// Makes tables of resources. Implemented outside, because this room knows no views.
class TableMaker {
 public:
  TableMaker() = default;
  TableMaker(const TableMaker&) = delete;
  TableMaker& operator=(const TableMaker&) = delete;
  virtual ~TableMaker() = default;
  /// Adds a resource's rows. Returns why it cannot be one, or an empty text.
  virtual std::string add(const tree::Tree& tree, tree::NodeId resource) = 0;
  struct Table {
    std::string name;
    std::string suffix;  ///< of its files: ".csv"
    std::string bytes;   ///< a whole file
    std::uint64_t rows = 0;
  };
  /// The tables of what has been added since the last call, those that have rows.
  virtual std::vector<Table> take() = 0;
};

/// Makes what changes the endpoint's version of a resource into a record's. Implemented outside,
/// because this room does not compare.
class PatchMaker {
 public:
  PatchMaker() = default;
  PatchMaker(const PatchMaker&) = delete;
  PatchMaker& operator=(const PatchMaker&) = delete;
  virtual ~PatchMaker() = default;
  struct Made {
    std::string patch;    ///< operations of RFC 6902; empty: nothing differs
    std::string version;  ///< meta.versionId of what is stored
    std::string removed;  ///< what the record does not have, for people; empty: nothing
    std::string problem;  ///< why there is no patch; empty: there is
  };
  /// Both are JSON. `keep`: members and items that the record does not have stay.
  virtual Made make(std::string_view stored, std::string_view own, bool keep) = 0;
};

/// What a style needs to know about where it sends to.
struct StyleContext {
  const Region& region;
  std::string base_url;    ///< without a slash at the end
  std::string media_type;  ///< of request bodies
  std::string style;
  format::Format format = format::Format::json;  ///< of request bodies
  const SymbolTable& symbols;                    ///< for trees that a style makes
  /// Gives such a tree the types and the order that XML needs.
  std::function<void(tree::Tree&)> type;
  TableMaker* tables = nullptr;   ///< where the region asks for tables
  PatchMaker* patches = nullptr;  ///< for the style patch

  /// Appends a resource in the endpoint's format.
  void write(const tree::Tree& tree, tree::NodeId node, std::string& out) const;
  /// Whether a record's bytes may be sent as they are.
  [[nodiscard]] bool speaks(const Record& record) const { return record.format == format; }
};

/// Turns records into work, parcels into requests, and answers into verdicts. One object serves one
/// job.
class Style {
 public:
  explicit Style(const StyleContext& context) : context_(context) {}
  Style(const Style&) = delete;
  Style& operator=(const Style&) = delete;
  virtual ~Style() = default;

  /// What a record consists of. An entry that cannot be sent in this style is put in state refused.
  [[nodiscard]] virtual WorkPtr plan(const std::shared_ptr<Record>& record) const = 0;
  /// Called in the reading thread when the record of a work has given what the region asks of it.
  virtual void asked(Work& /*work*/) const {}
  /// Entries that travel together: 1 for styles that send one resource a request, 0 for no limit.
  [[nodiscard]] virtual std::size_t parcel_entries() const { return 1; }
  /// Entries of the answer to a parcel; 0 when it is not a Bundle of responses.
  [[nodiscard]] virtual std::size_t answer_entries(const Parcel& parcel) const {
    return parcel_entries() == 1 ? 0 : parcel.members.size();
  }
  /// Loose records that are sent together.
  [[nodiscard]] virtual std::size_t group() const;
  /// Whether entries of one parcel may refer to each other.
  [[nodiscard]] virtual bool together() const { return false; }
  /// Whether the server gives resources new ids, so that references to them have to be replaced.
  [[nodiscard]] virtual bool renames() const { return false; }
  /// Whether a reference to an entry has to say what the endpoint calls it.
  [[nodiscard]] virtual bool needs_names() const { return true; }
  /// The request for a parcel: method, URL, type header and body.
  [[nodiscard]] virtual Request request(const Parcel& parcel) const = 0;
  /// Judges the members of a parcel one by one; as many verdicts as members. `more`: another
  /// request of this parcel has to follow (Parcel::step counts them).
  struct Judgement {
    std::vector<Verdict> verdicts;
    bool more = false;
  };
  [[nodiscard]] virtual Judgement judge(Parcel& parcel, const Answer& answer,
                                        const Reading& reading) const;
  /// The query that finds a member at the server ("Patient?identifier=…" or
  /// "DocumentReference/id"), empty when there is none.
  [[nodiscard]] virtual std::string search_of(const Member& member) const;
  /// Called before a parcel is written into the journal and leaves; may set its entries' location.
  virtual void announce(Parcel& /*parcel*/) {}
  /// Does the delivery without HTTP; false for every style that needs a server.
  virtual bool deliver_here(Parcel& parcel, std::vector<Verdict>& verdicts);
  /// Called once, after everything has been delivered.
  virtual void finish() {}

  /// Where a path leads: always below the base URL, or what the region has in its place. `path` may
  /// come from a record.
  [[nodiscard]] virtual std::string url_of(std::string_view path) const;

 protected:
  [[nodiscard]] Request start_request(std::string method, std::string_view path) const;
  /// The value of a key, or what the record gives for it.
  [[nodiscard]] std::string value_of(const Entry& entry, const std::string& key) const;
  /// Leaves no good verdict on a member when the answer is about something else: a resource of
  /// another type or, where the request names it, with another id (R4, RESTful API, 3.1.0.1.5).
  static void demand_own(const Member& member, const Reading& reading, Verdict& verdict);
  /// Makes a member's record, as it was read, the body.
  static void lend(Request& request, const Member& member);

  StyleContext context_;
};

struct StyleRow {
  std::string_view name;
  std::string_view text;
  std::string_view interaction;  ///< what a CapabilityStatement has to offer, empty: nothing to ask
  std::unique_ptr<Style> (*make)(const StyleContext&);
  bool uses_http = true;
  bool (*whole_files)(const Region&) = nullptr;  ///< whether it sends files as they are
  bool whole_documents = false;  ///< takes documents; other styles take their resources
  bool takes_cda = false;        ///< shares CDA documents as they are
  bool whole_bundles = false;    ///< transactions travel as they were read
};
[[nodiscard]] const std::vector<StyleRow>& styles();
/// Whether a region asks the style drop for files as they are, or for tables.
[[nodiscard]] bool drops_files(const Region& region);
[[nodiscard]] bool drops_tables(const Region& region);
/// Whether a region's messages to MESH are files as they are, and nothing is asked of them.
[[nodiscard]] bool meshes_files(const Region& region);
/// Throws Error{usage} for an unknown name.
[[nodiscard]] const StyleRow& find_style(std::string_view name);

std::unique_ptr<Style> make_transaction(const StyleContext& context);
std::unique_ptr<Style> make_batch(const StyleContext& context);
std::unique_ptr<Style> make_resource_post(const StyleContext& context);
std::unique_ptr<Style> make_resource_put(const StyleContext& context);
std::unique_ptr<Style> make_conditional(const StyleContext& context);
std::unique_ptr<Style> make_patch(const StyleContext& context);
std::unique_ptr<Style> make_message(const StyleContext& context);
std::unique_ptr<Style> make_document(const StyleContext& context);
std::unique_ptr<Style> make_pointer(const StyleContext& context);
std::unique_ptr<Style> make_mhd(const StyleContext& context);
std::unique_ptr<Style> make_xds(const StyleContext& context);
std::unique_ptr<Style> make_pix(const StyleContext& context);
std::unique_ptr<Style> make_operation(const StyleContext& context);
std::unique_ptr<Style> make_event(const StyleContext& context);
std::unique_ptr<Style> make_mesh(const StyleContext& context);
std::unique_ptr<Style> make_drop(const StyleContext& context);

/// Makes the entries of a record: of a transaction, batch, collection, searchset or history Bundle
/// one for each of its entries, else one for the record.
[[nodiscard]] WorkPtr open_record(const std::shared_ptr<Record>& record);
/// Makes one entry of a record that is sent as the file it came from.
[[nodiscard]] WorkPtr file_work(const std::shared_ptr<Record>& record);
/// Says why an entry cannot be sent.
void refuse(Entry& entry, std::string words);
/// Copies a text into the record's tree, for views that entries hold.
[[nodiscard]] std::string_view keep(const Work& work, std::string_view text);

}  // namespace lhcr::deliver
