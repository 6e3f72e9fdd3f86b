// SPDX-License-Identifier: Apache-2.0
/// Concepts of the OMOP vocabularies: what codes of FHIR's systems are in a user's CONCEPT.csv.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lhcr::view {

/// Immutable, shared by threads. Holds 24 to 40 bytes for each code of the vocabularies in
/// vocabulary.def and nothing of the others. Codes are known by a 64-bit hash.
class Vocabulary {
 public:
  /// Reads FOLDER/CONCEPT.csv and, when it is there, FOLDER/CONCEPT_RELATIONSHIP.csv ("Maps to"),
  /// as Athena hands them out: tabs and no quotes, or with commas and quotes. Throws Error{input}
  /// when they cannot be read or lack a column.
  explicit Vocabulary(const std::string& folder);

  struct Concept {
    std::uint32_t id = 0;  ///< concept_id; 0: the code is not there
    std::uint32_t standard =
        0;  ///< of the standard concept that it is or maps to; 0: there is none
  };
  /// `system` as in Coding.system.
  [[nodiscard]] Concept find(std::string_view system, std::string_view code) const noexcept;
  /// The domain of a standard concept ("Measurement"); empty: it is not known.
  [[nodiscard]] std::string_view domain(std::uint32_t id) const noexcept;
  /// Codes that are known.
  [[nodiscard]] std::size_t size() const noexcept { return used_; }

 private:
  struct Slot {
    std::uint64_t key = 0;  ///< 0: free
    Concept concept_;
  };
  void read_concepts(const std::string& path);
  void read_relations(const std::string& path);
  Slot& place(std::uint64_t key);
  void grow();
  void note_domain(std::uint32_t id, std::string_view name);

  /// What domain a standard concept has, by id.
  struct Domain {
    std::uint32_t id;
    std::uint32_t name;  ///< in domain_names_
  };
  std::vector<Domain> domains_;
  std::vector<std::string> domain_names_;
  std::vector<Slot> slots_;
  std::size_t used_ = 0;
  /// Concepts that are no standard ones, with their keys, by id; empty once relations are read.
  struct Mapped {
    std::uint32_t id;
    std::uint64_t key;
  };
  std::vector<Mapped> mapped_;
};

}  // namespace lhcr::view
