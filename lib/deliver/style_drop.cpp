// SPDX-License-Identifier: Apache-2.0
// Files in a folder, with a manifest that is written last.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/file.hpp"
#include "deliver/references.hpp"
#include "deliver/style.hpp"

namespace lhcr::deliver {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view urn_uuid = "urn:uuid:";
constexpr std::string_view lines_suffix = ".ndjson";

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

/// What both formats share: the folder, and the manifest of everything in it.
class DropStyle : public Style {
 public:
  explicit DropStyle(StyleContext context)
      : Style(std::move(context)),
        folder_(context_.region.text("drop.folder")),
        manifest_(context_.region.text("drop.manifest")) {
    if (folder_.empty()) throw Error(ErrorKind::usage, "The style drop needs drop.folder");
  }
  [[nodiscard]] Request request(const Parcel& parcel) const override {
    Request request;
    for (const Member& member : parcel.members) request.body += content(member);
    return request;
  }
  bool deliver_here(Parcel& parcel, std::vector<Verdict>& verdicts) override {
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error) {
      throw Error(ErrorKind::input, "Cannot make " + folder_.string() + ": " + error.message());
    }
    write(parcel, verdicts);
    return true;
  }
  void finish() override {
    std::error_code none;
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const auto& entry : fs::directory_iterator(folder_, none)) add_earlier(entry);
    if (files_.empty()) return;
    for (const auto& [name, file] : files_) {
      nlohmann::ordered_json row{{"file", name}, {"bytes", file.bytes}, {"sha256", file.digest}};
      if (fs::path(name).extension() == lines_suffix) {
        row["type"] = name.substr(0, name.find('-'));
        row["records"] = file.lines;
      }
      list.push_back(std::move(row));
    }
    const nlohmann::ordered_json manifest{{"files", list}};
    write_file((folder_ / manifest_).string(), manifest.dump(2) + "\n");
  }

 protected:
  /// Writes the members and gives each its verdict.
  virtual void write(const Parcel& parcel, std::vector<Verdict>& verdicts) = 0;
  /// What a member becomes.
  [[nodiscard]] virtual std::string content(const Member& member) const = 0;

  void put(const std::string& name, std::string_view bytes) {
    write_file((folder_ / name).string(), bytes);
    note(name, bytes);
  }
  [[nodiscard]] const fs::path& folder() const noexcept { return folder_; }

 private:
  struct File {
    std::size_t bytes;
    std::size_t lines;
    std::string digest;
  };
  void note(const std::string& name, std::string_view bytes) {
    const auto lines = std::count(bytes.begin(), bytes.end(), '\n');
    files_[name] = {bytes.size(), static_cast<std::size_t>(lines), hex(sha256(bytes))};
  }
  void add_earlier(const fs::directory_entry& entry) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || name == manifest_ || files_.count(name) > 0) return;
    note(name, read_file(entry.path().string()));
  }

  fs::path folder_;
  std::string manifest_;
  std::map<std::string, File> files_;
};

/// Each record as a file of its own, as it came in. The content names the file, so that a second
/// run writes the same one.
class FilesDrop : public DropStyle {
 public:
  using DropStyle::DropStyle;
  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    WorkPtr work = file_work(record);
    work->entries.front().repeatable = true;
    return work;
  }

 protected:
  [[nodiscard]] std::string content(const Member& member) const override {
    return std::string(member.work->record->text());
  }
  void write(const Parcel& parcel, std::vector<Verdict>& verdicts) override {
    const Work& work = *parcel.members.front().work;
    const fs::path source(std::string(work.entries.front().url));
    const std::string stem = source.stem().string() == "-" ? "record" : source.stem().string();
    const std::string name = stem + "-" + hex(work.key).substr(0, 12) + source.extension().string();
    put(name, work.record->text());
    verdicts.assign(1, {Result::applied, 0, name, ""});
  }
};

/// Resources as NDJSON, in files of one resource type each.
class LinesDrop : public DropStyle {
 public:
  explicit LinesDrop(StyleContext context)
      : DropStyle(std::move(context)),
        records_(static_cast<std::size_t>(std::max(1.0, context_.region.number("drop.records")))) {}

  [[nodiscard]] std::size_t group() const override { return records_; }
  [[nodiscard]] std::size_t parcel_entries() const override { return records_; }
  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    if (record->cda) {
      WorkPtr work = file_work(record);
      refuse(work->entries.front(),
             "not sent: a CDA document is no line of NDJSON (--convert makes FHIR of it)");
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

 protected:
  [[nodiscard]] std::string content(const Member& member) const override {
    std::string line;
    format::write_json(member.work->record->tree, member.entry().resource, {false}, line);
    return line += '\n';
  }

  void write(const Parcel& parcel, std::vector<Verdict>& verdicts) override {
    struct Part {
      std::string lines;
      std::vector<std::size_t> members;
    };
    std::map<std::string, Part, std::less<>> parts;
    std::set<Key> doubtful;
    for (const Member& member : parcel.members) {
      if (member.entry().doubtful) doubtful.insert(hash_of({content(member)}));
    }
    const std::set<Key> written = find_written(doubtful);
    verdicts.assign(parcel.members.size(), {Result::applied, 0, "", ""});
    for (std::size_t at = 0; at < parcel.members.size(); ++at) {
      const Member& member = parcel.members[at];
      std::string line = content(member);
      if (member.entry().doubtful && written.count(hash_of({line})) > 0) continue;
      Part& part =
          parts[std::string(member.work->record->tree.resource_type(member.entry().resource))];
      part.lines += line;
      part.members.push_back(at);
    }
    for (const auto& [type, part] : parts) {
      const std::string name =
          type + "-" + hex(hash_of({part.lines})).substr(0, 12) + std::string(lines_suffix);
      put(name, part.lines);
      for (const std::size_t at : part.members) verdicts[at].location = name;
    }
  }

 private:
  /// A reference by urn:uuid means nothing outside its Bundle: resources get the uuid as id where
  /// they have none, and references name them by it.
  static void name_resources(Work& work) {
    tree::Tree& tree = work.record->tree;
    const Symbol id = tree.intern("id");
    for (const Entry& entry : work.entries) {
      const bool nameless = entry.resource != tree::no_node &&
                            starts_with(entry.full_url, urn_uuid) &&
                            child_text(tree, entry.resource, "id").empty();
      if (!nameless) continue;
      const std::string_view uuid = entry.full_url.substr(urn_uuid.size());
      tree::Node node;
      node.bytes = uuid.data();
      node.length = static_cast<std::uint32_t>(uuid.size());
      node.name = node.element = id;
      node.kind = tree::Kind::string;
      node.flags = tree::Flag::generated;
      tree.insert(entry.resource, tree::no_node, node);
    }
    find_targets(work);
    for (const Entry& entry : work.entries) {
      rewrite_references(tree, entry.resource, [&](std::string_view reference) {
        return starts_with(reference, "urn:") ? name_of(work, reference) : std::nullopt;
      });
    }
  }

  static std::optional<std::string> name_of(const Work& work, std::string_view reference) {
    const auto place = work.names.find(std::string(reference));
    if (place == work.names.end()) return std::nullopt;
    const tree::Tree& tree = work.record->tree;
    const tree::NodeId resource = work.entries[place->second].resource;
    if (resource == tree::no_node) return std::nullopt;
    return std::string(tree.resource_type(resource)) + "/" +
           std::string(child_text(tree, resource, "id"));
  }

  /// Which of these lines a run that was killed has written already.
  [[nodiscard]] std::set<Key> find_written(const std::set<Key>& lines) const {
    std::set<Key> found;
    if (lines.empty()) return found;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder(), none)) {
      if (!entry.is_regular_file() || entry.path().extension() != lines_suffix) continue;
      const std::string bytes = read_file(entry.path().string());
      for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t end = std::min(bytes.find('\n', at), bytes.size() - 1) + 1;
        const Key key = hash_of({std::string_view(bytes).substr(at, end - at)});
        if (lines.count(key) > 0) found.insert(key);
        at = end;
      }
    }
    return found;
  }

  std::size_t records_;
};

}  // namespace

std::unique_ptr<Style> make_drop(StyleContext context) {
  const std::string format = context.region.text("drop.format");
  if (format == "ndjson") return std::make_unique<LinesDrop>(std::move(context));
  if (format == "files") return std::make_unique<FilesDrop>(std::move(context));
  const bool is_table = format == "csv" || format == "parquet";
  throw Error(ErrorKind::usage,
              is_table ? "drop.format = " + format + ": push drops no tables, only ndjson or files"
                       : "drop.format is neither ndjson nor files: " + format);
}

}  // namespace lhcr::deliver
