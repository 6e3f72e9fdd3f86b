// SPDX-License-Identifier: Apache-2.0
/// What happens to a record between reading and sending: --convert, --validate, JSON and XML.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "cmd/convert/convert_map.hpp"
#include "cmd/push/push.hpp"
#include "cmd/push/push_patches.hpp"
#include "cmd/push/push_tables.hpp"
#include "deliver/job/source.hpp"
#include "deliver/style/outline.hpp"
#include "record/record_reader.hpp"
#include "validate/validate.hpp"

namespace lhcr::cmd {

/// What an endpoint takes.
struct Demands {
  std::string fhir;               ///< version; empty: each record's own
  format::Format format;          ///< of bodies
  map::BundleType bundle;         ///< what a CDA document is converted to
  bool whole_bundles;             ///< transactions travel as they were read
  const deliver::Region& region;  ///< may ask for tables
  std::string style;
  std::function<void(const std::string&)> say;     ///< for --loss, called in the reading thread
  const terminology::Library* releases = nullptr;  ///< that judge codes; nullptr: none
};

class PushPreparation : public deliver::Preparation {
 public:
  /// Throws Error: usage for an unknown version, input for a wrong map.
  PushPreparation(const PushOptions& options, Demands wanted);
  [[nodiscard]] const SymbolTable& symbols() const override { return library_.symbols(); }
  std::string prepare(deliver::Record& record) override;
  void type(tree::Tree& tree) override;
  [[nodiscard]] deliver::TableMaker* tables() override { return tables_.get(); }
  [[nodiscard]] deliver::PatchMaker* patches() override { return patches_.get(); }
  [[nodiscard]] deliver::RecordPaths* record_paths() override { return record_paths_.get(); }
  /// Records of which a conversion could not carry everything. Read when the job is over.
  [[nodiscard]] std::size_t lossy() const noexcept { return lossy_; }
  /// Records that could not be read to their end. Read when the job is over.
  [[nodiscard]] std::size_t unreadable() const noexcept { return unreadable_; }

 private:
  [[nodiscard]] std::string read(deliver::Record& record);
  [[nodiscard]] std::string other_version(tree::Tree& tree);
  [[nodiscard]] std::string convert(deliver::Record& record);
  [[nodiscard]] std::string note_version(const deliver::Record& record, const tree::Tree* result,
                                         bool loses);
  [[nodiscard]] std::string note_loss(const deliver::Record& record, const map::LossReport& report);
  [[nodiscard]] std::string check(const deliver::Record& record,
                                  const definition::Definitions& version);
  [[nodiscard]] std::string first_error() const;
  [[nodiscard]] std::string not_read();
  [[nodiscard]] std::unique_ptr<Maps> make_maps();
  [[nodiscard]] std::unique_ptr<deliver::RecordPaths> make_record_paths();

  const PushOptions& options_;
  Demands wanted_;
  definition::Library library_;
  const definition::Definitions* version_ = nullptr;
  std::unique_ptr<deliver::RecordPaths> record_paths_;  ///< before maps_, for the same reason
  std::unique_ptr<DiffPatches> patches_;
  std::unique_ptr<DropTables> tables_;  ///< before maps_, for the same reason
  MapOptions map_options_;
  std::unique_ptr<Maps> maps_;
  record::RecordReader reader_;                    ///< of what is sent
  std::unique_ptr<record::RecordReader> source_;   ///< of what is converted
  std::unique_ptr<record::RecordReader> weigher_;  ///< of what is sent as it is
  Maps::Trees converted_;
  std::unique_ptr<deliver::OutlineReader> outlines_;  ///< empty: records are read as a whole
  finding::Collector findings_{256, finding::Severity::error};
  std::map<std::pair<const definition::Definitions*, bool>, std::unique_ptr<validate::Validator>>
      validators_;            ///< by version, and whether the record is XML
  std::size_t to_weigh_ = 0;  ///< records whose version is still looked into
  std::size_t lossy_ = 0;
  std::size_t unreadable_ = 0;
};

}  // namespace lhcr::cmd
