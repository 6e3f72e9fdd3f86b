// SPDX-License-Identifier: Apache-2.0
/// The one door from a record's bytes to a typed tree.
#pragma once

#include <cstdint>
#include <optional>

#include "definition/definitions.hpp"
#include "definition/version/judge.hpp"
#include "finding/finding.hpp"
#include "format/format.hpp"
#include "record/kind.hpp"
#include "record/plain_reader.hpp"
#include "tree/tree.hpp"

namespace lhcr::record {

/// How records are read.
struct Reading {
  /// What XML is taken for: what kind_of() says, or what the user says.
  enum class As : std::uint8_t { it_is, fhir, cda };

  const definition::Definitions* version = nullptr;  ///< of FHIR; nullptr: each record's own
  As as = As::it_is;
  /// CDA gets the types of its definitions, as checks want it; maps want the tree as it was read.
  bool cda_types = false;
  /// Of a large CDA document in a mapped file the texts are copied and the pages given back.
  bool give_back = false;
  format::ReadLimits limits = {};
  /// Evidence against the version that is taken is looked for in every record, see judgement();
  /// for those whose version decides what becomes of them.
  bool weigh_versions = false;
  /// How bad it is that a record that can be read is neither FHIR nor CDA.
  finding::Severity foreign = finding::Severity::fatal;
};

/// Reads records into one tree that is used again and again. One reader belongs to one worker.
class RecordReader {
 public:
  /// What `reading` points to, and the library, outlive the reader.
  explicit RecordReader(const definition::Library& library, const Reading& reading = {});
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;
  ~RecordReader() = default;

  /// False when the record could not be read to its end; what is wrong with it goes to `sink`. FHIR
  /// is typed.
  bool read(const format::Record& record, finding::Sink& sink);
  /// The same into a tree of the caller's, without types; type() gives them.
  bool read_plain(const format::Record& record, tree::Tree& tree, finding::Sink& sink);
  /// Types a tree of FHIR as the version that it speaks, or that was asked for; returns it.
  const definition::Definitions& type(tree::Tree& tree);

  [[nodiscard]] tree::Tree& tree() noexcept { return tree_; }
  /// What the latest record was taken for.
  [[nodiscard]] Kind kind() const noexcept { return plain_.kind(); }
  /// Whether the tree of the latest record is one of CDA's reader.
  [[nodiscard]] bool is_cda() const noexcept {
    return kind() == Kind::cda || kind() == Kind::hl7_v3;
  }
  /// Of the latest record.
  [[nodiscard]] const definition::Definitions& definitions() const noexcept {
    return *definitions_;
  }
  /// The version of the latest record, where its own evidence leaves no doubt, or where the default
  /// version has been certain in its input; else nullptr. For those who look for a change of
  /// version within an input, so that a record which fits every version is none.
  [[nodiscard]] const definition::Definitions* sure_version() const noexcept { return sure_; }
  /// How the version of the latest tree of FHIR was found; of a version that was given there is
  /// nothing to judge.
  [[nodiscard]] const definition::Judgement& judgement() const noexcept { return *judgement_; }

 private:
  bool read_taken(Kind kind, const format::Record& record, tree::Tree& tree, finding::Sink& sink);
  void tell_foreign(finding::Finding found, finding::Sink& sink) const;
  [[nodiscard]] Kind taken_for(const format::Record& record) const;
  void type(tree::Tree& tree, definition::Depth depth);
  [[nodiscard]] bool is_weighed(const format::Record& record);
  void note_sure_version();

  const definition::Library& library_;
  Reading reading_;
  const definition::Definitions* default_;
  const definition::Definitions* definitions_;
  PlainReader plain_;
  std::optional<definition::VersionJudge> judge_;  // made for the first record
  definition::Judgement given_;                    // nothing to judge
  const definition::Judgement* judgement_ = &given_;
  tree::Tree tree_;
  bool begun_ = false;         // with the input
  std::uint32_t input_ = 0;    // of the latest record
  std::size_t to_weigh_ = 0;   // records of the input that are still weighed for sure_version()
  bool default_sure_ = false;  // in the input
  const definition::Definitions* sure_ = nullptr;
};

/// What a record is, for a message that FHIR was wanted: "it is a CDA document".
[[nodiscard]] std::string_view description(Kind kind);

}  // namespace lhcr::record
