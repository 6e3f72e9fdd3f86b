// SPDX-License-Identifier: Apache-2.0
// Files in a folder, with a manifest that is written last.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/error.hpp"
#include "base/hex.hpp"
#include "base/names.hpp"
#include "deliver/style/drop_folder.hpp"
#include "deliver/style/references.hpp"
#include "deliver/style/style.hpp"

namespace lhcr::deliver {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view urn_uuid = "urn:uuid:";

std::string short_name(const Key& key) {
  return hex(key).substr(0, 12);
}

/// What all formats share: the folder.
class DropStyle : public Style {
 public:
  explicit DropStyle(const StyleContext& context)
      : Style(context),
        folder_(context_.region.text("drop.folder"), context_.region.text("drop.manifest")) {
    if (context_.region.text("drop.folder").empty()) {
      throw Error(ErrorKind::usage, "The style drop needs drop.folder");
    }
  }
  bool deliver_here(Parcel& parcel, std::vector<Verdict>& verdicts) override {
    folder_.make();
    write(parcel, verdicts);
    return true;
  }
  void finish() override { folder_.finish(); }
  [[nodiscard]] bool needs_names() const override { return false; }

 protected:
  /// Writes the members and gives each its verdict.
  virtual void write(const Parcel& parcel, std::vector<Verdict>& verdicts) = 0;

  DropFolder folder_;
};

/// Files as they are. The content names the file, so that a second run writes the same one.
class FilesDrop : public DropStyle {
 public:
  using DropStyle::DropStyle;
  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    WorkPtr work = file_work(record);
    work->entries.front().repeatable = true;
    return work;
  }
  /// Only asked for its size, in a dry run.
  [[nodiscard]] Request request(const Parcel& /*parcel*/) const override { return {}; }

 protected:
  void write(const Parcel& parcel, std::vector<Verdict>& verdicts) override {
    const Work& work = *parcel.members.front().work;
    const fs::path source(std::string(work.entries.front().url));
    const std::string stem = source.stem().string() == "-" ? "record" : source.stem().string();
    const std::string name = stem + "-" + short_name(work.key) + source.extension().string();
    folder_.copy(name, *work.record);
    verdicts.assign(1, {Result::applied, 0, name, ""});
  }
};

/// Resources put together in files. The name of their parcel ends the files' names and is in the
/// journal before they are written: what a killed run may have written is removed and written anew.
class GroupDrop : public DropStyle {
 public:
  explicit GroupDrop(const StyleContext& context)
      : DropStyle(context),
        records_(static_cast<std::size_t>(std::max(1.0, context_.region.number("drop.records")))) {}

  [[nodiscard]] std::size_t group() const override { return records_; }
  [[nodiscard]] std::size_t parcel_entries() const override { return records_; }
  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    if (record->cda) {
      WorkPtr work = file_work(record);
      refuse(work->entries.front(),
             "not sent: a CDA document has no lines or rows (--convert makes FHIR of it)");
      return work;
    }
    WorkPtr work = open_record(record);
    work->loose = true;
    work->per_entry = true;
    for (Entry& entry : work->entries) {
      entry.repeatable = true;
      if (entry.resource == tree::no_node) refuse(entry, "not sent: it has no resource");
    }
    if (work->user_bundle) name_resources(*work);
    return work;
  }

  void announce(Parcel& parcel) override {
    std::set<std::string> earlier;
    std::string keys;
    for (const Member& member : parcel.members) {
      const Entry& entry = member.entry();
      if (entry.doubtful && !entry.location.empty()) earlier.insert(entry.location);
      keys += hex(member.work->key) + std::to_string(member.index);
    }
    if (!earlier.empty()) folder_.forget(earlier);
    const std::string name = short_name(hash_of({keys}));
    for (const Member& member : parcel.members) {
      member.entry().location = name;
      member.entry().journalled = false;
    }
  }

 protected:
  [[nodiscard]] static std::string parcel_name(const Parcel& parcel) {
    return "-" + parcel.members.front().entry().location;
  }
  static void append_line(const Member& member, std::string& lines) {
    format::write_json(member.work->record->tree, member.entry().resource, {false}, lines);
    lines += '\n';
  }

 private:
  /// A reference by urn:uuid means nothing outside its Bundle: resources get the uuid as id where
  /// they have none, and references name them by it.
  static void name_resources(Work& work) {
    tree::Tree& tree = work.record->tree;
    for (const Entry& entry : work.entries) {
      const bool nameless = entry.resource != tree::no_node &&
                            entry.full_url.starts_with(urn_uuid) &&
                            child_text(tree, entry.resource, "id").empty();
      if (!nameless) continue;
      const std::string_view uuid = entry.full_url.substr(urn_uuid.size());
      tree::Node node;
      node.bytes = uuid.data();
      node.length = static_cast<std::uint32_t>(uuid.size());
      node.name = node.element = name::id;
      node.kind = tree::Kind::string;
      node.flags = tree::Flag::generated;
      tree.insert(entry.resource, tree::no_node, node);
    }
    find_targets(work);
    for (const Entry& entry : work.entries) {
      rewrite_references(tree, entry.resource, [&](tree::NodeId node, std::string_view reference) {
        return reference.starts_with("urn:") ? name_of(work, node) : std::nullopt;
      });
    }
  }

  static std::optional<std::string> name_of(Work& work, tree::NodeId node) {
    const auto place = target_of(work, node);
    if (!place) return std::nullopt;
    const tree::Tree& tree = work.record->tree;
    const tree::NodeId resource = work.entries[*place].resource;
    if (resource == tree::no_node) return std::nullopt;
    return std::string(tree.resource_type(resource)) + "/" +
           std::string(child_text(tree, resource, "id"));
  }

  std::size_t records_;
};

/// Resources as NDJSON, in files of one resource type each.
class LinesDrop : public GroupDrop {
 public:
  using GroupDrop::GroupDrop;
  [[nodiscard]] Request request(const Parcel& parcel) const override {
    Request request;
    for (const Member& member : parcel.members) append_line(member, request.body);
    return request;
  }

 protected:
  void write(const Parcel& parcel, std::vector<Verdict>& verdicts) override {
    struct Part {
      std::string lines;
      std::uint64_t count = 0;
    };
    std::map<std::string, Part, std::less<>> parts;
    for (const Member& member : parcel.members) {
      const tree::Tree& tree = member.work->record->tree;
      Part& part = parts[std::string(tree.resource_type(member.entry().resource))];
      append_line(member, part.lines);
      ++part.count;
    }
    const std::string name = parcel_name(parcel);
    for (const auto& [type, part] : parts) {
      folder_.put(type + name + ".ndjson", part.lines, {type, "", part.count});
    }
    verdicts.assign(parcel.members.size(), {Result::applied, 0, name.substr(1), ""});
  }
};

/// Rows that views make of resources, in a file for each table.
class TablesDrop : public GroupDrop {
 public:
  TablesDrop(const StyleContext& context, TableMaker& tables)
      : GroupDrop(context), tables_(tables) {}
  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    WorkPtr work = GroupDrop::plan(record);
    if (!record->cda) context_.type(record->tree);
    return work;
  }
  /// What rows there will be is not known before they are made.
  [[nodiscard]] Request request(const Parcel& /*parcel*/) const override { return {}; }

 protected:
  void write(const Parcel& parcel, std::vector<Verdict>& verdicts) override {
    const std::string name = parcel_name(parcel);
    verdicts.clear();
    for (const Member& member : parcel.members) {
      const std::string problem = tables_.add(member.work->record->tree, member.entry().resource);
      const Result result = problem.empty() ? Result::applied : Result::refused;
      verdicts.push_back({result, 0, name.substr(1), problem});
    }
    for (const TableMaker::Table& table : tables_.take()) {
      folder_.put(table.name + name + table.suffix, table.bytes, {"", table.name, table.rows});
    }
  }

 private:
  TableMaker& tables_;
};

}  // namespace

bool drops_files(const Region& region) {
  return region.text("drop.format") == "files";
}

bool drops_tables(const Region& region) {
  const std::string format = region.text("drop.format");
  return format == "csv" || format == "parquet";
}

std::unique_ptr<Style> make_drop(const StyleContext& context) {
  const std::string format = context.region.text("drop.format");
  if (format == "ndjson") return std::make_unique<LinesDrop>(context);
  if (drops_files(context.region)) return std::make_unique<FilesDrop>(context);
  if (!drops_tables(context.region)) {
    throw Error(ErrorKind::usage,
                "drop.format is not one of ndjson, csv, parquet, files: " + format);
  }
  if (context.tables == nullptr) {
    throw Error(ErrorKind::usage, "drop.format = " + format +
                                      " needs drop.view: a view, a set of them, or a file (lhcr "
                                      "views list)");
  }
  TableMaker& tables = *context.tables;
  return std::make_unique<TablesDrop>(context, tables);
}

}  // namespace lhcr::deliver
