// SPDX-License-Identifier: Apache-2.0
/// The two records of `lhcr diff`, brought to one FHIR version.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cmd/diff/diff.hpp"
#include "cmd/run/messages.hpp"
#include "map/map.hpp"
#include "record/record_reader.hpp"

namespace lhcr::cmd {

/// The FHIR definitions of a run and, where one is needed, the maps between kinds of records.
struct DiffSession {
  explicit DiffSession(const DiffOptions& options, bool with_maps);
  definition::Library library;
  std::unique_ptr<map::Converter> converter;
  const definition::Definitions* version = nullptr;  ///< of --fhir
};

/// One record, read.
class LoadedRecord {
 public:
  LoadedRecord(DiffSession& session, bool colour);
  /// Reads the only record of the input; needs check() before it is used. May run beside another
  /// record's. Throws Error{input} when the input cannot be opened.
  void read(const std::string& path, bool quiet);
  /// Says on standard error what is wrong with the record; throws Error{input} when it could not be
  /// read to its end.
  void check(const Io& io) const;
  [[nodiscard]] tree::Tree& tree() noexcept { return converted_ ? *converted_ : reader_.tree(); }
  [[nodiscard]] const definition::Definitions& definitions() const noexcept {
    return *definitions_;
  }
  [[nodiscard]] bool is_cda() const noexcept { return cda_; }
  [[nodiscard]] format::Format format() const noexcept { return format_; }
  /// What it was before it was converted ("CDA"), empty: it was not.
  [[nodiscard]] const std::string& converted_from() const noexcept { return from_; }
  [[nodiscard]] const map::LossReport& loss() const noexcept { return loss_; }
  /// Makes FHIR R4 of CDA or of STU3. Needs the session's maps.
  void convert(const std::string& name);
  /// Reads it as another version.
  void take_version(const definition::Definitions& definitions);

 private:
  void keep_only(const std::string& path, format::Record& record);

  DiffSession& session_;
  record::RecordReader reader_;
  Messages messages_;
  std::unique_ptr<format::RecordStream> stream_;
  std::unique_ptr<tree::Tree> converted_;
  const definition::Definitions* definitions_ = nullptr;
  std::string held_;
  std::string path_;
  std::string said_;
  bool whole_ = false;
  std::string from_;
  map::LossReport loss_;
  format::Format format_ = format::Format::unknown;
  bool cda_ = false;
};

/// How many elements a tree has that its version does not know.
[[nodiscard]] std::size_t unknown_elements(const tree::Tree& tree);

/// The bytes of a record's file; of what is packed, or in an archive, those inside. Throws
/// Error{input}.
[[nodiscard]] std::string text_of(const std::string& path);

}  // namespace lhcr::cmd
