// SPDX-License-Identifier: Apache-2.0
/// The rows of SNOMED CT's release format 2, as read and before anything is made of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "release/rows.hpp"
#include "terminology/store/image_writer.hpp"
#include "terminology/store/rows.hpp"

namespace lhcr::release {

/// Texts that stay where they are.
class TextStore {
 public:
  std::string_view add(std::string_view text);

 private:
  std::deque<std::string> blocks_;
};

/// Numbers for values of which there are few.
class Dictionary {
 public:
  /// At most 0x7FFF of them; then all are the last one.
  std::uint16_t add(std::uint64_t value);
  [[nodiscard]] const std::vector<std::uint64_t>& values() const noexcept { return values_; }

 private:
  std::unordered_map<std::uint64_t, std::uint16_t> numbers_;
  std::vector<std::uint64_t> values_;
  std::uint64_t last_ = ~std::uint64_t{0};
  std::uint16_t last_number_ = 0;
};

struct ConceptIn {
  std::uint64_t id = 0;
  std::uint32_t day = 0;
  std::uint16_t module = 0;
  bool active = false;
  bool defined = false;
};

struct DescriptionIn {
  std::uint64_t id = 0;
  std::uint64_t owner = 0;
  const char* term = nullptr;
  std::uint32_t day = 0;
  std::uint16_t length = 0;
  std::uint16_t module = 0;
  std::uint16_t language = 0;
  terminology::DescriptionType type = terminology::DescriptionType::other;
  terminology::CaseRule case_rule = terminology::CaseRule::insensitive;
  bool active = false;
};

struct RelationshipIn {
  std::uint64_t id = 0;
  std::uint64_t source = 0;
  std::uint64_t value = 0;  ///< a concept, or the text of a concrete value
  std::uint64_t type = 0;
  std::uint32_t day = 0;
  std::uint16_t group = 0;
  bool concrete = false;
  bool active = false;
};

/// A member of a reference set. `id` is a hash of its UUID.
struct LanguageIn {
  std::uint64_t id = 0;
  std::uint64_t description = 0;
  std::uint32_t day = 0;
  std::uint16_t refset = 0;
  terminology::Acceptability acceptability = terminology::Acceptability::none;
  bool active = false;
};

struct MemberIn {
  std::uint64_t id = 0;
  std::uint64_t component = 0;
  std::uint64_t value = 0;  ///< a component, or the text of a map's target
  std::uint32_t day = 0;
  std::uint32_t detail = 0;
  std::uint16_t refset = 0;
  bool active = false;
};

struct DependencyIn {
  std::uint64_t id = 0;
  std::uint64_t module = 0;
  std::uint64_t needs = 0;
  std::uint32_t day = 0;        ///< of the row
  std::uint32_t needs_day = 0;  ///< the version that is needed
  bool active = false;
};

/// What the fields of a map's row beside its target say.
struct DetailIn {
  terminology::DetailRow row;
  std::uint64_t correlation = 0;
  std::uint64_t category = 0;
};

/// Everything that was read. Rows of one table from several files stand for several states of a
/// component: newest() settles them.
struct Rf2 {
  std::vector<ConceptIn> concepts;
  std::vector<DescriptionIn> descriptions;
  std::vector<RelationshipIn> relationships;
  std::vector<LanguageIn> languages;
  std::vector<MemberIn> members;
  std::vector<DependencyIn> dependencies;
  std::vector<DetailIn> details;
  TextStore terms;
  terminology::StringPool strings;  ///< of the image: literals, targets, rules
  Dictionary modules;
  Dictionary refsets;           ///< ids; what kind each is, by its number
  Dictionary language_refsets;  ///< ids
  std::vector<terminology::RefsetKind> kinds;
  std::vector<std::string> language_codes;
  bool several = false;  ///< tables come from several files
};

/// YYYYMMDD of the newest concept or statement of dependency.
[[nodiscard]] std::uint32_t release_day(const Rf2& rows) noexcept;

/// Reads a table of any kind; what it does not know is passed over. Throws Error{input} when the
/// file cannot be read to its end.
void read_rf2(const SourceFile& file, Rf2& into, Notes& notes);

/// Leaves of each component its newest row.
template <typename Row>
void newest(std::vector<Row>& rows) {
  std::stable_sort(rows.begin(), rows.end(), [](const Row& left, const Row& right) {
    return left.id != right.id ? left.id < right.id : left.day > right.day;
  });
  rows.erase(std::unique(rows.begin(), rows.end(),
                         [](const Row& left, const Row& right) { return left.id == right.id; }),
             rows.end());
}

}  // namespace lhcr::release
