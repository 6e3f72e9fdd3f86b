// SPDX-License-Identifier: Apache-2.0
#include "view/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/error.hpp"
#include "base/fnv.hpp"
#include "base/number_in.hpp"
#include "format/csv/csv.hpp"

namespace lhcr::view {
namespace {

struct SystemRow {
  std::string_view uri;
  std::string_view vocabulary;
};
constexpr SystemRow systems[] = {
#define SYSTEM(uri, vocabulary) {uri, vocabulary},
#include "terminology/vocabulary.def"
#undef SYSTEM
};

/// With a final mix; never 0.
std::uint64_t key_of(std::string_view vocabulary, std::string_view code) noexcept {
  std::uint64_t hash = fnv1a(code, fnv1a("\t", fnv1a(vocabulary)));
  hash ^= hash >> 32U;
  hash *= 0xd6e8feb86659fd93U;
  hash ^= hash >> 32U;
  return hash | 1U;
}

bool is_known(std::string_view vocabulary) {
  return std::any_of(std::begin(systems), std::end(systems),
                     [&](const SystemRow& row) { return row.vocabulary == vocabulary; });
}

constexpr std::size_t no_column = static_cast<std::size_t>(-1);

/// The rows of one of Athena's files, by the names of columns; "?" before a name: it may be
/// missing.
template <std::size_t Count>
class Rows {
 public:
  using Names = std::array<std::string_view, Count>;
  using Fields = std::array<std::string_view, Count>;

  Rows(const std::string& path, const Names& names)
      : path_(path), reader_(path, 0, limits(format::CsvReader(path).delimiter())) {
    if (!reader_.next(row_)) throw Error(ErrorKind::input, path + ": the file is empty");
    for (std::size_t i = 0; i < Count; ++i) {
      const bool optional = names[i].starts_with('?');
      const auto found = std::find(row_.begin(), row_.end(), names[i].substr(optional ? 1 : 0));
      if (found == row_.end() && optional) {
        places_[i] = no_column;
        continue;
      }
      if (found == row_.end()) {
        throw Error(ErrorKind::input, path + ": there is no column " + std::string(names[i]));
      }
      places_[i] = static_cast<std::size_t>(found - row_.begin());
    }
    width_ = row_.size();
  }

  bool next(Fields& fields) {
    if (!reader_.next(row_)) return false;
    if (row_.size() != width_) {
      fail("the row has " + std::to_string(row_.size()) + " fields, the header " +
           std::to_string(width_));
    }
    for (std::size_t i = 0; i < Count; ++i) {
      fields[i] = places_[i] == no_column ? std::string_view() : row_[places_[i]];
    }
    return true;
  }

  [[nodiscard]] std::uint32_t id(std::string_view text) const {
    const auto number = number_in<std::uint32_t>(text);
    if (!number) fail("'" + std::string(text) + "' is not a concept id");
    return *number;
  }

 private:
  static format::CsvLimits limits(char delimiter) {
    format::CsvLimits made;
    made.quotes = delimiter != '\t';
    return made;
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorKind::input, path_ + ":" + std::to_string(reader_.line()) + ": " + what);
  }

  std::string path_;
  format::CsvReader reader_;
  std::vector<std::string_view> row_;
  std::array<std::size_t, Count> places_{};
  std::size_t width_ = 0;
};

}  // namespace

Vocabulary::Vocabulary(const std::string& folder) {
  slots_.resize(std::size_t{1} << 16U);
  read_concepts(folder + "/CONCEPT.csv");
  const std::string relations = folder + "/CONCEPT_RELATIONSHIP.csv";
  std::error_code ignored;
  if (std::filesystem::exists(relations, ignored)) read_relations(relations);
  mapped_ = {};
}

/// The slot of the key, or the free one where it belongs.
Vocabulary::Slot& Vocabulary::place(std::uint64_t key) {
  std::size_t at = (key >> 1U) & (slots_.size() - 1);
  while (slots_[at].key != 0 && slots_[at].key != key) at = (at + 1) & (slots_.size() - 1);
  return slots_[at];
}

void Vocabulary::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.key != 0) place(slot.key) = slot;
  }
}

void Vocabulary::read_concepts(const std::string& path) {
  Rows<6> rows(path, {"concept_id", "vocabulary_id", "concept_code", "standard_concept",
                      "invalid_reason", "?domain_id"});
  Rows<6>::Fields fields;
  while (rows.next(fields)) {
    const auto& [id, vocabulary, code, standard, invalid, domain] = fields;
    if (!is_known(vocabulary)) continue;
    const std::uint64_t key = key_of(vocabulary, code);
    Slot& slot = place(key);
    // A code that was given away again has an invalid row beside the valid one.
    if (slot.key != 0 && !invalid.empty()) continue;
    if (slot.key == 0) ++used_;
    slot.key = key;
    slot.concept_.id = rows.id(id);
    slot.concept_.standard = standard == "S" ? slot.concept_.id : 0;
    if (slot.concept_.standard != 0) note_domain(slot.concept_.id, domain);
    if (slot.concept_.standard == 0) mapped_.push_back({slot.concept_.id, key});
    if (used_ * 4 > slots_.size() * 3) grow();
  }
  std::sort(domains_.begin(), domains_.end(),
            [](const Domain& left, const Domain& right) { return left.id < right.id; });
  std::sort(mapped_.begin(), mapped_.end(),
            [](const Mapped& left, const Mapped& right) { return left.id < right.id; });
}

void Vocabulary::note_domain(std::uint32_t id, std::string_view name) {
  if (name.empty()) return;
  const auto known = std::find(domain_names_.begin(), domain_names_.end(), name);
  domains_.push_back({id, static_cast<std::uint32_t>(known - domain_names_.begin())});
  if (known == domain_names_.end()) domain_names_.emplace_back(name);
}

std::string_view Vocabulary::domain(std::uint32_t id) const noexcept {
  const auto found =
      std::lower_bound(domains_.begin(), domains_.end(), id,
                       [](const Domain& row, std::uint32_t wanted) { return row.id < wanted; });
  if (found == domains_.end() || found->id != id) return {};
  return domain_names_[found->name];
}

void Vocabulary::read_relations(const std::string& path) {
  Rows<4> rows(path, {"concept_id_1", "concept_id_2", "relationship_id", "invalid_reason"});
  Rows<4>::Fields fields;
  while (rows.next(fields)) {
    const auto& [from, to, relation, invalid] = fields;
    if (relation != "Maps to" || !invalid.empty()) continue;
    const std::uint32_t id = rows.id(from);
    const auto found =
        std::lower_bound(mapped_.begin(), mapped_.end(), id,
                         [](const Mapped& row, std::uint32_t wanted) { return row.id < wanted; });
    if (found == mapped_.end() || found->id != id) continue;
    Concept& source = place(found->key).concept_;
    const std::uint32_t target = rows.id(to);
    if (source.standard == 0 || target < source.standard) source.standard = target;
  }
}

Vocabulary::Concept Vocabulary::find(std::string_view system,
                                     std::string_view code) const noexcept {
  for (const SystemRow& row : systems) {
    if (row.uri != system) continue;
    const std::uint64_t key = key_of(row.vocabulary, code);
    std::size_t at = (key >> 1U) & (slots_.size() - 1);
    for (; slots_[at].key != 0; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].key == key) return slots_[at].concept_;
    }
  }
  return {};
}

}  // namespace lhcr::view
