// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <map>

#include <sys/resource.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "cmd/convert/partition.hpp"
#include "cmd/convert/tables.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;

/// As Hive's hive.exec.max.dynamic.partitions: each has a file that is open.
constexpr std::size_t most_parts = 1000;
/// Rows of a part wait until they are so many bytes.
constexpr std::size_t part_bytes = std::size_t{64} << 10U;
constexpr std::string_view part_name = "part-00000";

/// A part is an open file: as many as the system allows.
void allow_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
}

class PartedTable : public Table {
 public:
  PartedTable(const TableFormat& format, const std::vector<view::Column>& columns,
              const std::string& path)
      : format_(format), columns_(columns), path_(path), folder_(path) {
    allow_files();
  }

  void write(std::string_view rows, std::uint64_t) override {
    each_partition_row(rows, [this](std::string_view folder, std::string_view row) {
      Part& part = find(folder);
      part.waiting += row;
      ++part.count;
      if (part.waiting.size() >= part_bytes) hand_on(part);
    });
  }
  /// Nothing is seen of a folder before it is whole.
  void flush() override {}
  void seal() override {
    for (auto& [folder, part] : parts_) {
      hand_on(part);
      part.table->seal();
      part.table->finish();
    }
  }
  void finish() override { folder_.commit(); }

  [[nodiscard]] std::vector<std::string> notes() const override {
    std::vector<std::string> found;
    for (const auto& [folder, part] : parts_) {
      for (const std::string& note : part.table->notes()) {
        found.push_back(in_place(note));
      }
    }
    return found;
  }

  [[nodiscard]] std::uint64_t lost() const override {
    std::uint64_t all = 0;
    for (const auto& [folder, part] : parts_) all += part.table->lost();
    return all;
  }

  [[nodiscard]] std::vector<TableFile> files() const override {
    std::vector<TableFile> found;
    for (const auto& [folder, part] : parts_) {
      TableFile file = part.table->files().front();
      file.path =
          path_ + "/" + folder + "/" + std::string(part_name) + std::string(format_.suffix());
      found.push_back(std::move(file));
    }
    return found;
  }

  [[nodiscard]] std::size_t held() const override {
    std::size_t all = 0;
    for (const auto& [folder, part] : parts_) all += part.table->held();
    return all;
  }
  void release() override {
    const auto largest =
        std::max_element(parts_.begin(), parts_.end(), [](const auto& left, const auto& right) {
          return left.second.table->held() < right.second.table->held();
        });
    if (largest != parts_.end()) largest->second.table->release();
  }

 private:
  struct Part {
    std::unique_ptr<Table> table;
    std::string waiting;
    std::uint64_t count = 0;
  };

  static void hand_on(Part& part) {
    if (part.count > 0) part.table->write(part.waiting, part.count);
    part.waiting.clear();
    part.count = 0;
  }

  Part& find(std::string_view folder) {
    const auto found = parts_.find(folder);
    if (found != parts_.end()) return found->second;
    if (parts_.size() == most_parts) {
      throw Error(ErrorKind::input, path_ + ": --partition-by makes more than " +
                                        std::to_string(most_parts) +
                                        " folders; name a column with fewer values");
    }
    const fs::path place = fs::path(folder_.place()) / folder;
    std::error_code error;
    fs::create_directories(place, error);
    if (error) throw Error(ErrorKind::input, place.string() + ": " + error.message());
    Part& part = parts_.emplace(folder, Part{}).first->second;
    const std::string file = std::string(part_name) + std::string(format_.suffix());
    part.table = open_table(format_, columns_, {(place / file).string(), false});
    return part;
  }

  /// The text with the name that the folder will have.
  [[nodiscard]] std::string in_place(std::string note) const {
    const std::size_t at = note.find(folder_.place());
    if (at != std::string::npos) note.replace(at, folder_.place().size(), path_);
    return note;
  }

  const TableFormat& format_;
  const std::vector<view::Column>& columns_;
  std::string path_;
  AtomicFolder folder_;
  std::map<std::string, Part, std::less<>> parts_;
};

}  // namespace

bool is_of_parts(const std::string& path) {
  std::error_code error;
  for (fs::recursive_directory_iterator at(path, error), end; at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    const bool folder = at->is_directory(error);
    const bool known = folder ? name.find('=') != std::string::npos
                              : name.starts_with("part-") || name == "_SUCCESS";
    if (error || !known) return false;
  }
  return !error;
}

std::unique_ptr<Table> open_parts(const TableFormat& format,
                                  const std::vector<view::Column>& columns,
                                  const std::string& path) {
  std::error_code ignored;
  if (fs::exists(path, ignored) && !is_of_parts(path)) {
    throw Error(ErrorKind::usage, path +
                                      ": it holds more than the parts of a table, which "
                                      "--partition-by would replace; name another folder");
  }
  const std::string whole = path + std::string(format.suffix());
  if (fs::exists(whole, ignored)) {
    throw Error(ErrorKind::usage, whole +
                                      ": an earlier run without --partition-by made it, and its "
                                      "rows would be duplicated; remove it first");
  }
  return std::make_unique<PartedTable>(format, columns, path);
}

}  // namespace lhcr::cmd
