// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/source.hpp"

#include <filesystem>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/mapped_file.hpp"

namespace lhcr::deliver {

FileSource::FileSource(Survey& survey, Preparation& preparation)
    : survey_(survey), preparation_(preparation) {}

FileSource::~FileSource() = default;

void FileSource::begin_pass() {
  file_ = 0;
  stream_.reset();
}

bool FileSource::next_raw(format::Record& raw) {
  format::StreamLimits limits;
  if (survey_.once()) limits.stop = &stopped_;  // files are always readable
  for (;;) {
    try {
      if (stream_ != nullptr && stream_->next(raw)) return true;
      if (stream_ != nullptr) ++file_;
      if (file_ >= survey_.paths().size()) return false;
      stream_ = std::make_unique<format::RecordStream>(survey_.paths()[file_].path, limits);
    } catch (const Error& error) {
      failures_.insert(error.what());
      stream_.reset();
      ++file_;
    }
  }
}

/// The next record of this pass, or of the passes that follow.
bool FileSource::next_of_rank(format::Record& raw) {
  const auto& ranks = survey_.ranks();
  for (;;) {
    if (!next_raw(raw)) {
      if (pass_ == ranks.end() || ++pass_ == ranks.end()) return false;
      begin_pass();
      continue;
    }
    if (ranks.size() == 1 || rank_of_record(raw.bytes) == pass_->first) return true;
  }
}

/// A file as a record of its own. It is read when it is sent, in parts.
bool FileSource::next_file(Record& record) {
  if (file_ >= survey_.paths().size()) return false;
  record.source = survey_.paths()[file_++].path;
  record.index = 0;
  if (record.source == "-") {
    record.set_text(read_file("-"), format::Format::unknown);
    record.key = hash_of({record.text()});
  } else {
    record.set_file();
    record.key = hash_of_file(record.source, record.size);
  }
  position_ += record.size;
  return true;
}

/// The next of the records that the survey has kept.
bool FileSource::next_kept(Record& record) {
  const std::vector<Survey::Kept>& all = survey_.kept();
  for (; pass_ != survey_.ranks().end(); ++pass_, kept_at_ = 0) {
    while (kept_at_ < all.size()) {
      const Survey::Kept& kept = all[kept_at_++];
      if (kept.rank != pass_->first) continue;
      file_ = kept.path;
      record.index = kept.index;
      record.set_text(kept.bytes, kept.format);
      return true;
    }
  }
  return false;
}

void FileSource::take_raw(Record& record, const format::Record& raw, std::string& problem) {
  record.index = raw.index;
  record.set_text(raw.bytes, raw.format);
  if (raw.mapping != nullptr && !raw.mapping->intact()) {
    failures_.insert(raw.mapping->fault());
    problem = "not sent: " + raw.mapping->fault();
  } else if (raw.too_long) {
    ++too_long_;
    problem = "not sent: the record is too long";
  }
}

bool FileSource::comes_later(const std::string& source, std::uint64_t record,
                             const Record& than) const {
  if (source == than.source) return record > than.index;
  bool seen = false;
  for (const NamedPath& each : survey_.paths()) {
    if (seen && each.name == source) return true;
    seen = seen || each.name == than.source;
  }
  return false;
}

bool FileSource::next(Record& record, std::string& problem) {
  if (!begun_) {
    survey_.await();
    failures_.insert(survey_.failures().begin(), survey_.failures().end());
    pass_ = survey_.ranks().begin();
    begun_ = true;
  }
  if (survey_.whole_files()) return next_file(record);
  if (!survey_.kept().empty()) {
    if (!next_kept(record)) return false;
  } else {
    format::Record raw;
    if (!next_of_rank(raw)) return false;
    take_raw(record, raw, problem);
  }
  position_ += record.size;
  record.source = survey_.paths()[file_].name;
  record.stage = pass_->first;
  record.key = hash_of({record.text()});
  if (problem.empty()) problem = preparation_.prepare(record);
  return true;
}

}  // namespace lhcr::deliver
