// SPDX-License-Identifier: Apache-2.0
#include "deliver/source.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace lhcr::deliver {
namespace {

constexpr unsigned usual_rank = 5;

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
    : paths_(std::move(paths)), any_bytes_(any_bytes), preparation_(preparation) {
  survey();
  rewind();
}

FileSource::~FileSource() = default;

void FileSource::rewind() {
  pass_ = ranks_.begin();
  file_ = 0;
  position_ = 0;
  stream_.reset();
}

/// One look at the input, so that it is known in how many passes its records are sent. Standard
/// input and converted records come once only, in one pass.
void FileSource::survey() {
  const bool once = any_bytes_ || std::find(paths_.begin(), paths_.end(), "-") != paths_.end();
  if (!once) {
    format::Record raw;
    while (next_raw(raw)) ranks_[rank_of_record(raw.bytes)] += raw.bytes.size();
  }
  if (ranks_.empty()) ranks_[usual_rank] = 0;
  for (const auto& [rank, bytes] : ranks_) total_ += bytes;
}

bool FileSource::next_raw(format::Record& raw) {
  for (;;) {
    if (stream_ != nullptr && stream_->next(raw)) return true;
    if (stream_ != nullptr) ++file_;
    if (file_ >= paths_.size()) return false;
    stream_ = std::make_unique<format::RecordStream>(paths_[file_]);
  }
}

bool FileSource::next(Record& record, std::string& problem) {
  for (;;) {
    format::Record raw;
    if (!next_raw(raw)) {
      if (pass_ == ranks_.end() || ++pass_ == ranks_.end()) return false;
      file_ = 0;
      stream_.reset();
      continue;
    }
    if (ranks_.size() > 1 && rank_of_record(raw.bytes) != pass_->first) continue;
    position_ += raw.bytes.size();
    record.source = paths_[file_];
    record.index = raw.index;
    record.stage = pass_->first;
    record.set_text(raw.bytes, raw.format);
    record.key = hash_of({raw.bytes});
    if (raw.too_long) {
      problem = "not sent: the record is too long";
    } else if (!any_bytes_) {
      problem = preparation_.prepare(record);
    }
    return true;
  }
}

}  // namespace lhcr::deliver
