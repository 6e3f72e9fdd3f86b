// SPDX-License-Identifier: Apache-2.0
#include "deliver/style/drop_folder.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hex.hpp"

namespace lhcr::deliver {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Counts the lines of NDJSON and the rows of CSV as their bytes go by: a line end inside quotes
/// ends no row, and the header is none.
class Counter {
 public:
  explicit Counter(const std::string& name)
      : csv_(fs::path(name).extension() == ".csv"),
        known_(csv_ || fs::path(name).extension() == ".ndjson") {}
  void add(std::string_view bytes) {
    if (!known_) return;
    for (const char byte : bytes) {
      if (csv_ && byte == '"') quoted_ = !quoted_;
      if (byte == '\n' && !quoted_) {
        if (filled_) ++lines_;
        filled_ = false;
      } else if (byte != '\r') {
        filled_ = true;
      }
    }
  }
  [[nodiscard]] std::optional<std::uint64_t> count() const {
    if (!known_) return std::nullopt;
    const std::uint64_t all = lines_ + (filled_ ? 1 : 0);
    return csv_ && all > 0 ? all - 1 : all;
  }

 private:
  bool csv_;
  bool known_;
  bool quoted_ = false;
  bool filled_ = false;
  std::uint64_t lines_ = 0;
};

DropFacts facts_of(const Json& row) {
  DropFacts facts;
  facts.type = row.value("type", "");
  facts.table = row.value("table", "");
  for (const char* name : {"records", "rows"}) {
    if (row.contains(name)) facts.count = row[name].get<std::uint64_t>();
  }
  return facts;
}

}  // namespace

DropFolder::DropFolder(fs::path folder, std::string manifest)
    : folder_(std::move(folder)), manifest_(std::move(manifest)) {}

void DropFolder::make() const {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (!error) return;
  throw Error(ErrorKind::input, "Cannot make " + folder_.string() + ": " + error.message());
}

void DropFolder::put(const std::string& name, std::string_view bytes, DropFacts facts) {
  write_file((folder_ / name).string(), bytes);
  files_[name] = {bytes.size(), hex(sha256(bytes)), std::move(facts)};
}

void DropFolder::copy(const std::string& name, const Record& record) {
  AtomicFile out((folder_ / name).string());
  Sha256 digest;
  Counter counter(name);
  record.each_block([&](std::string_view block) {
    digest.add(block);
    counter.add(block);
    out.write(block);
  });
  out.commit();
  files_[name] = {record.size, hex(digest.finish()), {"", "", counter.count()}};
}

void DropFolder::forget(const std::set<std::string>& parcels) {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder_, none)) {
    const std::string stem = entry.path().stem().string();
    const std::size_t dash = stem.rfind('-');
    if (dash != std::string::npos && parcels.count(stem.substr(dash + 1)) > 0) {
      fs::remove(entry.path(), none);
    }
  }
}

/// What an earlier manifest says holds as long as the file has its size.
void DropFolder::read_manifest() {
  std::error_code none;
  const fs::path path = folder_ / manifest_;
  if (!fs::is_regular_file(path, none)) return;
  const Json all = Json::parse(read_file(path.string()), nullptr, false);
  if (!all.is_object() || !all.contains("files") || !all["files"].is_array()) return;
  for (const Json& row : all["files"]) {
    try {
      File file{row.at("bytes").get<std::uint64_t>(), row.at("sha256").get<std::string>(),
                facts_of(row)};
      const std::string name = row.at("file").get<std::string>();
      const std::uintmax_t size = fs::file_size(folder_ / name, none);
      if (!none && size == file.bytes) files_.emplace(name, std::move(file));
    } catch (const nlohmann::json::exception&) {
      continue;  // not written by us: looked at as a file without a row
    }
  }
}

void DropFolder::add_unknown(const fs::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  if (!entry.is_regular_file() || name == manifest_ || files_.count(name) > 0) return;
  Sha256 digest;
  Counter counter(name);
  each_block(entry.path().string(), [&](std::string_view block) {
    digest.add(block);
    counter.add(block);
  });
  files_[name] = {entry.file_size(), hex(digest.finish()), {"", "", counter.count()}};
}

void DropFolder::finish() {
  read_manifest();
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder_, none)) add_unknown(entry);
  if (files_.empty()) return;
  Json list = Json::array();
  for (const auto& [name, file] : files_) {
    Json row{{"file", name}, {"bytes", file.bytes}, {"sha256", file.digest}};
    if (!file.facts.type.empty()) row["type"] = file.facts.type;
    if (!file.facts.table.empty()) row["table"] = file.facts.table;
    const bool lines = fs::path(name).extension() == ".ndjson";
    if (file.facts.count) row[lines ? "records" : "rows"] = *file.facts.count;
    list.push_back(std::move(row));
  }
  write_file((folder_ / manifest_).string(), Json{{"files", list}}.dump(2) + "\n");
}

}  // namespace lhcr::deliver
