// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/survey.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lhcr::deliver {
namespace {

namespace fs = std::filesystem;

constexpr unsigned usual_rank = 5;

struct RankRow {
  std::string_view type;
  unsigned rank;
};
constexpr RankRow rank_rows[] = {
#define LHCR_RANK(rank, type) {#type, rank},
#include "deliver/style/ranks.def"
#undef LHCR_RANK
};

/// The string that follows `"resourceType"` and a colon at `at`, or empty.
std::string_view type_after(std::string_view bytes, std::size_t at) {
  while (at < bytes.size() && (is_space(bytes[at]) || bytes[at] == ':')) ++at;
  if (at >= bytes.size() || bytes[at] != '"') return {};
  const std::size_t end = bytes.find('"', at + 1);
  return end == std::string_view::npos ? std::string_view() : bytes.substr(at + 1, end - at - 1);
}

/// The name of the element that begins at or behind `at`, without prefix; `at` is moved behind it.
std::string_view element_after(std::string_view bytes, std::size_t& at) {
  for (at = bytes.find('<', at); at != std::string_view::npos; at = bytes.find('<', at + 1)) {
    if (bytes.substr(at, 4) == "<!--") {
      at = bytes.find("-->", at);
      if (at == std::string_view::npos) return {};
      continue;
    }
    const char next = at + 1 < bytes.size() ? bytes[at + 1] : '\0';
    if (next == '?' || next == '!' || next == '/') continue;
    const std::size_t end = std::min(bytes.find_first_of(" \t\r\n/>", at + 1), bytes.size());
    std::string_view name = bytes.substr(at + 1, end - at - 1);
    at = end;
    const std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
  }
  return {};
}

/// The highest rank among the root and what stands in elements called `resource`.
unsigned rank_of_xml(std::string_view bytes) {
  constexpr std::string_view holder = "resource>";
  std::size_t at = 0;
  const std::string_view root = element_after(bytes, at);
  if (root != "Bundle") return rank_of_type(root);
  unsigned rank = 0;
  bool any = false;
  for (at = bytes.find(holder, at); at != std::string_view::npos; at = bytes.find(holder, at)) {
    at += holder.size();
    if (bytes[at - holder.size() - 1] == '/') continue;
    const std::string_view type = element_after(bytes, at);
    if (at == std::string_view::npos) break;
    rank = std::max(rank, rank_of_type(type));
    any = true;
  }
  return any ? rank : usual_rank;
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
  const std::size_t first = bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (first != std::string_view::npos && bytes[first] == '<') return rank_of_xml(bytes);
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

Survey::Survey(std::vector<NamedPath> paths, bool whole_files)
    : paths_(std::move(paths)), whole_files_(whole_files), thread_([this] {
        try {
          look();
        } catch (...) {
          error_ = std::current_exception();
        }
      }) {}

Survey::~Survey() {
  stop();
  if (thread_.joinable()) thread_.join();
}

void Survey::await() {
  if (thread_.joinable()) thread_.join();
  if (error_ != nullptr) std::rethrow_exception(error_);
}

/// Pipes give their bytes once only. (What is no file at all may be one in an archive.)
bool Survey::is_read_once() const {
  return std::any_of(paths_.begin(), paths_.end(), [](const NamedPath& each) {
    std::error_code none;
    const fs::file_status status = fs::status(each.path, none);
    return each.path == "-" || (fs::exists(status) && !fs::is_regular_file(status));
  });
}

void Survey::look() {
  once_ = is_read_once();
  if (whole_files_) {
    for (const NamedPath& each : paths_) {
      std::error_code none;
      const std::uintmax_t size = fs::file_size(each.path, none);
      if (!none) ranks_[usual_rank] += size;
    }
  } else if (!once_) {
    look_into_files();
  }
  if (ranks_.empty()) ranks_[usual_rank] = 0;
  std::uint64_t total = 0;
  for (const auto& [rank, bytes] : ranks_) total += bytes;
  total_ = total;
}

void Survey::look_into_files() {
  format::Record raw;
  for (std::size_t path = 0; path < paths_.size(); ++path) {
    try {
      format::RecordStream stream(paths_[path].path);
      while (!stopped_ && stream.next(raw)) {
        const unsigned rank = rank_of_record(raw.bytes);
        ranks_[rank] += raw.bytes.size();
        if (keeps_) keep(raw, path, rank);
      }
    } catch (const Error& error) {
      failures_.emplace_back(error.what());
    }
  }
  const bool nothing = !failures_.empty() && failures_.size() == paths_.size() && ranks_.empty();
  if (nothing) throw Error(ErrorKind::input, failures_.front());
}

/// What has been read need not be read again, as long as it is not much.
void Survey::keep(const format::Record& raw, std::size_t path, unsigned rank) {
  constexpr std::size_t most_kept = std::size_t{8} << 20U;
  kept_size_ += raw.bytes.size();
  keeps_ = kept_size_ <= most_kept && raw.mapping == nullptr && !raw.too_long;
  if (keeps_) {
    kept_.push_back({path, rank, raw.index, raw.format, kept_bytes_.copy(raw.bytes)});
  } else {
    kept_ = {};
    kept_bytes_ = {};
  }
}

}  // namespace lhcr::deliver
