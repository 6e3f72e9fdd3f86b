// SPDX-License-Identifier: Apache-2.0
/// The files that a release is made of: those that are named, in folders, in archives, and in
/// archives in archives, as the publishers pack them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "format/container/byte_source.hpp"
#include "release/notes.hpp"

namespace lhcr::release {

/// What a release's file is; which columns a table has says the rest.
enum class Kind {
  other,
  rf2,             ///< a table of SNOMED CT's release format 2
  rf2_package,     ///< release_package_information.json
  dmd,             ///< XML of dm+d
  icd10,           ///< CODE, ALT_CODE, USAGE ...
  opcs4,           ///< code and title without a header
  read_map,        ///< Data Migration: ReadCode, TermCode, ConceptId ...
  ctv3_map,        ///< Data Migration: CTV3_CONCEPTID ...
  ods_xml,         ///< OrgRefData
  ods_csv,         ///< 27 columns without a header
  loinc,           ///< Loinc.csv
  athena_concept,  ///< CONCEPT.csv
  athena_relationship,
  athena_vocabulary,
  fhir,  ///< a CodeSystem, ValueSet or ConceptMap
};

/// One file.
struct SourceFile {
  std::string archive;  ///< empty: a file on disk
  std::string path;     ///< in the archive, or on disk
  std::string shown;    ///< what messages call it
  Kind kind = Kind::other;
  std::string beginning = {};                            ///< its first bytes
  std::shared_ptr<std::vector<Descriptor>> memory = {};  ///< keeps archives that were in archives

  /// Throws Error{input}.
  [[nodiscard]] std::unique_ptr<format::ByteSource> open() const;
  /// A path by which it can be opened again and again: that of a copy in memory when it is in an
  /// archive, which lives as long as this file does.
  [[nodiscard]] std::string on_disk() const;
  /// The last part of its path.
  [[nodiscard]] std::string name() const;
};

/// Files of a kind in everything that is named, in the order of their archives. What cannot be read
/// inside an archive is told in `notes`. Throws Error{input} for what is named and cannot be read.
[[nodiscard]] std::vector<SourceFile> find_files(const std::vector<std::string>& paths,
                                                 Notes& notes);

/// What a file is by its name and first bytes.
[[nodiscard]] Kind kind_of(const std::string& name, std::string_view beginning);

/// All bytes of a file of at most `limit`. Throws Error{input}.
[[nodiscard]] std::string read_all(const SourceFile& file, std::size_t limit);

}  // namespace lhcr::release
