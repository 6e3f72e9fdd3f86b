// SPDX-License-Identifier: Apache-2.0
#include "deliver/source.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>

namespace lhcr::deliver {
namespace {

constexpr unsigned usual_rank = 5;
constexpr std::size_t most_kept = std::size_t{8} << 20U;  // bytes of an input that is read once

struct RankRow {
  std::string_view type;
  unsigned rank;
};
constexpr RankRow rank_rows[] = {
#define LHCR_RANK(rank, type) {#type, rank},
#include "deliver/ranks.def"
#undef LHCR_RANK
};

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string padded(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + format::read_padding);
  text.append(bytes).append(format::read_padding, '\0');
  return text;
}

/// The string that follows `"resourceType"` and a colon at `at`, or empty.
std::string_view type_after(std::string_view bytes, std::size_t at) {
  while (at < bytes.size() && (is_space(bytes[at]) || bytes[at] == ':')) ++at;
  if (at >= bytes.size() || bytes[at] != '"') return {};
  const std::size_t end = bytes.find('"', at + 1);
  return end == std::string_view::npos ? std::string_view() : bytes.substr(at + 1, end - at - 1);
}

}  // namespace

unsigned rank_of_type(std::string_view type) {
  for (const RankRow& row : rank_rows) {
    if (row.type == type) return row.rank;
  }
  return usual_rank;
}

unsigned rank_of_record(std::string_view bytes) {
  constexpr std::string_view name = "\"resourceType\"";
  unsigned rank = 0;
  bool any = false;
  std::string_view last;
  const auto find = [&](std::size_t from) -> std::size_t {
    // std::string_view::find stops at every quotation mark.
    const void* found = memmem(bytes.data() + from, bytes.size() - from, name.data(), name.size());
    return found == nullptr
               ? std::string_view::npos
               : static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
  };
  for (std::size_t at = find(0); at != std::string_view::npos; at = find(at)) {
    at += name.size();
    const std::string_view type = type_after(bytes, at);
    if (type == last || type == "Bundle") continue;
    last = type;
    rank = any ? std::max(rank, rank_of_type(type)) : rank_of_type(type);
    any = true;
  }
  return any ? rank : usual_rank;
}

FileSource::FileSource(std::vector<std::string> paths, bool any_bytes, Preparation& preparation)
    : paths_(std::move(paths)), any_bytes_(any_bytes), preparation_(preparation) {}

FileSource::~FileSource() = default;

void FileSource::begin_pass() {
  file_ = 0;
  next_kept_ = 0;
  stream_.reset();
}

/// Pipes give their bytes once only; files that are not looked into need one pass only.
bool FileSource::is_read_once() const {
  return any_bytes_ || std::any_of(paths_.begin(), paths_.end(), [](const std::string& path) {
           std::error_code none;
           return path == "-" || !std::filesystem::is_regular_file(path, none);
         });
}

/// One look at the input, so that it is known in how many passes its records are sent; what is
/// small is kept. Standard input and converted records come once only, in one pass.
void FileSource::survey() {
  once_ = is_read_once();
  if (!once_) {
    format::Record raw;
    std::size_t bytes = 0;
    std::vector<Kept> kept;
    while (!stopped_ && next_raw(raw)) {
      const unsigned rank = rank_of_record(raw.bytes);
      ranks_[rank] += raw.bytes.size();
      bytes += raw.bytes.size();
      if (bytes <= most_kept) {
        kept.push_back({raw, padded(raw.bytes), file_, rank});
      } else {
        kept = {};
      }
    }
    kept_ = std::move(kept);
  }
  if (ranks_.empty()) ranks_[usual_rank] = 0;
  std::uint64_t total = 0;
  for (const auto& [rank, bytes] : ranks_) total += bytes;
  total_ = total;
  pass_ = ranks_.begin();
  begin_pass();
}

bool FileSource::next_raw(format::Record& raw) {
  if (!kept_.empty()) {
    if (next_kept_ == kept_.size()) return false;
    const Kept& kept = kept_[next_kept_++];
    raw = kept.raw;
    raw.bytes = std::string_view(kept.bytes);
    if (!raw.bytes.empty()) raw.bytes.remove_suffix(format::read_padding);
    file_ = kept.file;
    return true;
  }
  format::StreamLimits limits;
  if (once_) limits.stop = &stopped_;  // files are always readable
  for (;;) {
    if (stream_ != nullptr && stream_->next(raw)) return true;
    if (stream_ != nullptr) ++file_;
    if (file_ >= paths_.size()) return false;
    stream_ = std::make_unique<format::RecordStream>(paths_[file_], limits);
  }
}

/// The next record of this pass, or of the passes that follow.
bool FileSource::next_of_rank(format::Record& raw) {
  for (;;) {
    if (!next_raw(raw)) {
      if (pass_ == ranks_.end() || ++pass_ == ranks_.end()) return false;
      begin_pass();
      continue;
    }
    if (ranks_.size() == 1) return true;
    const unsigned rank = kept_.empty() ? rank_of_record(raw.bytes) : kept_[next_kept_ - 1].rank;
    if (rank == pass_->first) return true;
  }
}

bool FileSource::next(Record& record, std::string& problem) {
  if (ranks_.empty()) survey();
  format::Record raw;
  if (!next_of_rank(raw)) return false;
  position_ += raw.bytes.size();
  record.source = paths_[file_];
  record.index = raw.index;
  record.stage = pass_->first;
  if (kept_.empty()) {
    record.set_text(raw.bytes, raw.format);
  } else {
    record.take_text(std::move(kept_[next_kept_ - 1].bytes), raw.format);
  }
  record.key = hash_of({record.text()});
  if (raw.too_long) {
    problem = "not sent: the record is too long";
  } else if (!any_bytes_) {
    problem = preparation_.prepare(record);
  }
  return true;
}

}  // namespace lhcr::deliver
