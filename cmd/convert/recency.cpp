// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert/recency.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "base/names.hpp"
#include "base/number_in.hpp"
#include "base/reference_text.hpp"
#include "cmd/convert/view_versions.hpp"
#include "definition/version/releases.hpp"
#include "finding/finding.hpp"
#include "format/format.hpp"
#include "format/lines.hpp"
#include "record/plain_reader.hpp"
#include "record/record_reader.hpp"
#include "tree/nodes.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;
using tree::NodeId;

constexpr std::int64_t unknown = ResourceVersion::unknown;

std::optional<DateTime> parse_instant(std::string_view text) {
  const auto moment = DateTime::parse_date_time(text);
  const bool good = moment && moment->zoned && moment->precision >= Precision::second;
  return good ? moment : std::nullopt;
}

std::int64_t time_of(std::string_view text) {
  constexpr std::int64_t per_minute = 60'000'000;
  const auto moment = parse_instant(text);
  return moment ? local_microseconds(*moment) - moment->offset_minutes * per_minute : unknown;
}

std::int64_t number_of(std::string_view text) {
  return number_in<std::int64_t>(text).value_or(unknown);
}

/// The number of an entity tag: W/"3".
std::int64_t number_of_tag(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  if (tag.size() >= 2 && tag.front() == '"') tag = tag.substr(1, tag.size() - 2);
  return number_of(tag);
}

ResourceVersion version_of(const tree::Tree& tree, NodeId resource) {
  ResourceVersion made;
  const std::string_view id = tree::child_text(tree, resource, "id");
  if (!id.empty()) made.key.append(tree.resource_type(resource)).append("/").append(id);
  const NodeId meta = tree::child_node(tree, resource, "meta");
  made.time = time_of(tree::child_text(tree, meta, "lastUpdated"));
  made.number = number_of(tree::child_text(tree, meta, "versionId"));
  return made;
}

/// What an entry says that has no resource: the deletion of one. Nothing when it says something
/// else.
std::optional<ResourceVersion> deletion_of(const tree::Tree& tree, NodeId entry) {
  const NodeId request = tree::child_node(tree, entry, "request");
  if (tree::child_text(tree, request, "method") != "DELETE") return std::nullopt;
  const ReferenceText url = cut_reference(tree::child_text(tree, request, "url"));
  ResourceVersion made;
  made.deleted = true;
  if (!url.type.empty() && !url.id.empty()) made.key.append(url.type).append("/").append(url.id);
  const NodeId response = tree::child_node(tree, entry, "response");
  made.time = time_of(tree::child_text(tree, response, "lastModified"));
  made.number = number_of_tag(tree::child_text(tree, response, "etag"));
  return made;
}

/// The versions that a record tells of, so that of two without a time or a number the later one in
/// the list is the newer: a history begins with the newest.
void append_versions(const tree::Tree& tree, std::vector<ResourceVersion>& out) {
  const std::size_t first = out.size();
  for (NodeId node = tree::root_node; node < tree.size(); ++node) {
    if (stands_alone(tree, node)) out.push_back(version_of(tree, node));
    if (tree[node].name != name::entry) continue;
    if (auto deletion = deletion_of(tree, node)) out.push_back(std::move(*deletion));
  }
  if (tree::child_text(tree, tree::root_node, "type") == "history") {
    std::reverse(out.begin() + static_cast<std::ptrdiff_t>(first), out.end());
  }
}

/// As bytes of Done::out.
void pack(const ResourceVersion& version, std::string& out) {
  const auto put = [&](auto value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  put(version.time);
  put(version.number);
  put(version.place);
  put(version.deleted);
  put(static_cast<std::uint32_t>(version.key.size()));
  out += version.key;
}

template <class Value>
Value take(std::string_view& bytes) {
  Value value;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return value;
}

ResourceVersion unpack(std::string_view& bytes) {
  ResourceVersion made;
  made.time = take<std::int64_t>(bytes);
  made.number = take<std::int64_t>(bytes);
  made.place = take<std::uint64_t>(bytes);
  made.deleted = take<bool>(bytes);
  const auto size = take<std::uint32_t>(bytes);
  made.key = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return made;
}

/// Negative, zero, positive; 0 where nothing tells.
int order_of(std::int64_t left, std::int64_t right) {
  if (left == unknown || right == unknown || left == right) return 0;
  return left < right ? -1 : 1;
}

/// Whether two say that they are one version.
bool is_same(const ResourceVersion& left, const ResourceVersion& right) {
  const bool dated = left.time != unknown || left.number != unknown;
  return dated && left.time == right.time && left.number == right.number &&
         left.deleted == right.deleted;
}

constexpr std::array<std::string_view, 5> version_names = {"resourceType", "id", "meta",
                                                           "versionId", "lastUpdated"};

format::NameSet names_of_versions(const SymbolTable& symbols) {
  format::NameSet names;
  for (const std::string_view name : version_names) names.add(name, symbols.find(name));
  return names;
}

}  // namespace

/// Finds the versions of a run's records.
class Recency::Look : public Worker {
 public:
  Look(const Recency& all, const definition::Library& library)
      : all_(all),
        reader_(library),
        lines_(names_of_versions(library.symbols())),
        definitions_(definition::default_version(library)),
        carriers_(find_carriers(definitions_)) {}

  void work(const Input& input, const format::Record& record, Done& done) override {
    if (!record.lines) {
      look_into(input, record, done);
    } else if (lines_.start(record.bytes)) {
      each_projected(input, record, done);
    } else {
      format::each_line(record, [&](const format::Record& line) { look_into(input, line, done); });
    }
  }
  /// Who reads the input for its rows says so.
  void unreadable(const Input&, const std::string&, Done&) override {}

 private:
  void each_projected(const Input& input, const format::Record& lines, Done& done) {
    std::string_view line;
    using Result = record::NamedReader::Result;
    for (;;) {
      const auto result = lines_.next(reader_.tree(), line);
      if (result == Result::end) return;
      const std::uint64_t offset =
          lines.offset + static_cast<std::uint64_t>(line.data() - lines.bytes.data());
      const std::string_view type =
          result == Result::record ? reader_.tree().resource_type(tree::root_node) : "";
      if (type.empty() || carriers_.contains(definitions_.type(type))) {
        look_into(input, format::line_of(lines, line), done);
      } else {
        hand_on(input, offset, done);
      }
    }
  }

  void look_into(const Input& input, const format::Record& record, Done& done) {
    finding::Collector ignored(1);
    if (reader_.read(record, ignored) && !reader_.is_cda()) hand_on(input, record.offset, done);
  }

  void hand_on(const Input& input, std::uint64_t offset, Done& done) {
    versions_.clear();
    append_versions(reader_.tree(), versions_);
    for (ResourceVersion& version : versions_) {
      version.place = all_.place_of(input, offset);
      if (!version.key.empty() || version.deleted) pack(version, done.out);
    }
  }

  const Recency& all_;
  record::RecordReader reader_;
  record::NamedReader lines_;
  const definition::Definitions& definitions_;
  std::set<definition::TypeId> carriers_;
  std::vector<ResourceVersion> versions_;
};

Recency::Recency(const RecencyOptions& options, const std::vector<Input>& inputs)
    : inputs_(inputs), since_text_(options.since), newest_(options.newest) {
  if (options.since.empty()) return;
  since_ = parse_instant(options.since);
  if (!since_) {
    throw Error(ErrorKind::usage, "--since: '" + options.since +
                                      "' is not an instant: write date, time and zone, as in "
                                      "2024-01-31T00:00:00Z");
  }
  since_time_ = time_of(options.since);
}

std::span<const std::string_view> Recency::names() const noexcept {
  return active() ? std::span<const std::string_view>(version_names)
                  : std::span<const std::string_view>();
}

std::uint64_t Recency::place_of(const Input& input, std::uint64_t offset) const {
  constexpr unsigned offset_bits = 44;
  return (static_cast<std::uint64_t>(&input - inputs_.data()) << offset_bits) ^ offset;
}

void Recency::look(const definition::Library& library, const Work& work) {
  if (!newest_) return;
  for (const Input& input : inputs_) {
    std::error_code ignored;
    const auto kind = fs::status(input.path, ignored).type();
    if (input.path == "-" || kind == fs::file_type::fifo || kind == fs::file_type::character) {
      throw Error(ErrorKind::usage, "--newest reads its inputs twice, and " + input.shown() +
                                        " can be read once: write it to a file first");
    }
  }
  struct Gather : Consumer {
    explicit Gather(Recency& made) : all(made) {}
    void begin_input(const Input&) override {}
    void take(const Done& done) override {
      for (std::string_view bytes = done.out; !bytes.empty();) all.add(unpack(bytes));
    }
    void end_input() override {}
    void idle() override {}
    Recency& all;
  } gather(*this);
  Work first = work;
  first.lines = true;
  first.quiet = true;
  process(
      inputs_, first, [&] { return std::make_unique<Look>(*this, library); }, gather);
}

void Recency::add(ResourceVersion&& version) {
  if (version.key.empty()) {
    ++counts_[unnamed];
    return;
  }
  const auto [at, is_new] = latest_.try_emplace(version.key);
  ResourceVersion& before = at->second.version;
  if (!is_new) {
    int order = order_of(before.time, version.time);
    if (order == 0) order = order_of(before.number, version.number);
    if (order > 0 || (order == 0 && is_same(before, version))) return;
    if (order == 0) ++counts_[unordered];
  }
  before = std::move(version);
}

bool Recency::takes(const ResourceVersion& version) {
  const auto latest = newest_ ? latest_.find(version.key) : latest_.end();
  if (latest != latest_.end()) {
    if (latest->second.version.deleted) {
      ++counts_[gone];
      return false;
    }
    if (latest->second.version.place != version.place ||
        latest->second.version.time != version.time ||
        latest->second.version.number != version.number || latest->second.taken.exchange(true)) {
      ++counts_[earlier];
      return false;
    }
  }
  if (!since_) return true;
  if (version.time == unknown) ++counts_[undated];
  if (version.time == unknown || version.time >= since_time_) return true;
  ++counts_[early];
  return false;
}

void Recency::judge(const tree::Tree& tree, const Input& input, std::uint64_t offset,
                    std::vector<bool>& wanted) {
  wanted.clear();
  for (NodeId node = tree::root_node; node < tree.size(); ++node) {
    if (!stands_alone(tree, node)) continue;
    ResourceVersion version = version_of(tree, node);
    version.place = place_of(input, offset);
    wanted.push_back(takes(version));
  }
}

bool Recency::is_newest(const tree::Tree& tree, NodeId resource, const Input& input,
                        std::uint64_t offset) const {
  if (!newest_) return true;
  const ResourceVersion version = version_of(tree, resource);
  const auto found = latest_.find(version.key);
  if (found == latest_.end()) return true;
  const ResourceVersion& latest = found->second.version;
  return !latest.deleted && latest.place == place_of(input, offset) &&
         latest.time == version.time && latest.number == version.number;
}

std::string Recency::text() const {
  const std::array<std::string, reason_count> said = {
      " left out: last changed before " + since_text_,
      " left out: versions that another one follows, or the same again",
      " left out: deleted later on",
      " taken, as their meta.lastUpdated does not say when they changed",
      " taken for the latest, as they stand behind others and neither meta.lastUpdated nor "
      "meta.versionId says which is newer",
      " not looked for: deletions that name no id",
  };
  std::string out;
  for (std::size_t i = 0; i < reason_count; ++i) {
    const std::uint64_t count = counts_[i];
    if (count > 0) out += "lhcr: " + std::to_string(count) + " resources" + said[i] + "\n";
  }
  return out;
}

}  // namespace lhcr::cmd
