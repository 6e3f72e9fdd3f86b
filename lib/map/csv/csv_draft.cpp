// SPDX-License-Identifier: Apache-2.0
// The first draft of a block for a file that no map knows: what its columns are called, and what is
// in them.
#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include "base/check_digit.hpp"
#include "base/text.hpp"
#include "base/words.hpp"
#include "map/csv/csv.hpp"
#include "map/csv/csv_model.hpp"

namespace lhcr::map {
namespace {

using CsvRows = std::vector<std::vector<std::string>>;

/// Words in a column's name, and what it most likely means in a type of resource.
struct Guess {
  std::string_view type;  ///< empty: any but Patient
  std::string_view words;
  std::string_view path;
  std::string_view codec;
  int weight;
};
struct Drafted {
  std::string_view type;
  std::string_view patient;
  std::string_view constants;
};
#define LHCR_DRAFTED(type, patient, constants)
constexpr std::array guesses{
#define LHCR_GUESS(type, words, path, codec, weight) Guess{type, words, path, codec, weight},
#include "map/csv/csv_guesses.def"
#undef LHCR_GUESS
};
#undef LHCR_DRAFTED
#define LHCR_GUESS(type, words, path, codec, weight)
constexpr std::array drafted{
#define LHCR_DRAFTED(type, patient, constants) Drafted{type, patient, constants},
#include "map/csv/csv_guesses.def"
#undef LHCR_DRAFTED
};
#undef LHCR_GUESS

/// Pictures of days as people write them; where two fit, the first is taken, as in the UK.
constexpr std::array<std::string_view, 11> day_pictures = {
    "yyyy-MM-dd",  "dd/MM/yyyy", "d/M/yyyy",    "MM/dd/yyyy", "dd-MM-yyyy", "dd.MM.yyyy",
    "dd-MMM-yyyy", "d-MMM-yyyy", "dd MMM yyyy", "yyyy/MM/dd", "yyyyMMdd"};
constexpr std::array<std::string_view, 6> time_pictures = {"",          " HH:mm", " HH:mm:ss",
                                                           "THH:mm:ss", "THH:mm", " HH:mm:ss.SSS"};

/// The shapes of a system's codes: 9 for a digit, A for a capital letter. Those of OPCS-4 and
/// ICD-10 are the same: only the type tells them apart.
struct CodeShape {
  std::string_view type;  ///< empty: any
  std::string_view system;
  std::string_view shapes;  ///< separated by blanks
};
constexpr std::array<CodeShape, 3> code_shapes = {
    {{"", "http://loinc.org", "9-9 99-9 999-9 9999-9 99999-9"},
     {"Procedure", "https://fhir.hl7.org.uk/Id/opcs-4", "A99 A999 A99.9"},
     {"", "http://hl7.org/fhir/sid/icd-10", "A99 A999 A9999 A99.9 A99.99 A99A A999A"}}};
struct ClockShape {
  std::string_view shape;
  std::string_view picture;
};
constexpr std::array<ClockShape, 4> clock_shapes = {
    {{"99:99", " HH:mm"}, {"99:99:99", " HH:mm:ss"}, {"9999", " HHmm"}, {"999999", " HHmmss"}}};

bool has_shape(std::string_view value, std::string_view shapes) {
  std::string shape;
  for (const char byte : value) {
    const bool digit = byte >= '0' && byte <= '9';
    shape += digit ? '9' : byte >= 'A' && byte <= 'Z' ? 'A' : byte;
  }
  return !value.empty() && has_word(shapes, shape);
}

/// "date", "of", "birth" of DATE_OF_BIRTH, DateOfBirth and "Date of birth".
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  char before = ' ';
  for (const char byte : name) {
    const bool upper = byte >= 'A' && byte <= 'Z';
    const bool letter = upper || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
    const bool begins = upper && before >= 'a' && before <= 'z';
    if ((!letter || begins) && !words.back().empty()) words.emplace_back();
    if (letter) words.back() += upper ? static_cast<char>(byte | 0x20) : byte;
    before = byte;
  }
  return words;
}

bool is_called(const std::vector<std::string>& name, std::string_view words) {
  const auto has = [&](std::string_view word) {
    return std::find(name.begin(), name.end(), word) != name.end();
  };
  const auto alternatives = split_words(words, "|");
  return std::any_of(alternatives.begin(), alternatives.end(), [&](std::string_view alternative) {
    const auto all = split_words(alternative);
    return std::all_of(all.begin(), all.end(), has);
  });
}

/// A file's columns, and what is in them.
class Table {
 public:
  Table(const std::vector<std::string>& header, const CsvRows& rows)
      : header_(header), rows_(rows) {}

  [[nodiscard]] std::size_t size() const { return header_.size(); }
  [[nodiscard]] const std::string& name(std::size_t column) const { return header_[column]; }
  [[nodiscard]] std::string_view cell(const std::vector<std::string>& row, std::size_t at) const {
    return at < row.size() ? std::string_view(row[at]) : std::string_view();
  }
  /// Whether every value that is there passes, and there is one.
  template <typename Test>
  [[nodiscard]] bool all(std::size_t column, const Test& test) const {
    bool any = false;
    for (const auto& row : rows_) {
      if (cell(row, column).empty()) continue;
      any = true;
      if (!test(cell(row, column))) return false;
    }
    return any;
  }
  [[nodiscard]] bool fits(std::size_t column, std::string_view codec) const {
    const CsvCodec* const known = find_csv_codec(codec);
    return all(column, [&](std::string_view value) {
      std::string ignored;
      return known->append(value, ignored);
    });
  }
  /// The first value that is none of the codec's, short and on one line; empty: there is none.
  [[nodiscard]] std::string other(std::size_t column, std::string_view codec) const {
    const CsvCodec* const known = find_csv_codec(codec);
    for (const auto& row : rows_) {
      std::string ignored;
      const std::string_view value = cell(row, column);
      if (!value.empty() && !known->append(value, ignored)) return short_of(value);
    }
    return {};
  }
  /// Whether the columns together tell every row from every other.
  [[nodiscard]] bool is_key(const std::vector<std::size_t>& columns) const {
    std::set<std::string> seen;
    for (const auto& row : rows_) {
      std::string key;
      bool empty = true;
      for (const std::size_t column : columns) {
        empty = empty && cell(row, column).empty();
        key.append(cell(row, column)) += '\x1F';
      }
      if (empty || !seen.insert(key).second) return false;
    }
    return !rows_.empty();
  }
  /// The first value, short and on one line.
  [[nodiscard]] std::string sample(std::size_t column) const {
    for (const auto& row : rows_) {
      if (!cell(row, column).empty()) return short_of(cell(row, column));
    }
    return {};
  }

 private:
  static std::string short_of(std::string_view value) {
    constexpr std::size_t longest = 40;
    std::string text(value.substr(0, longest));
    // Not in the middle of a character.
    text.resize(std::min(text.size(), find_invalid_utf8(text)));
    std::replace_if(
        text.begin(), text.end(), [](char byte) { return is_space(byte); }, ' ');
    return text;
  }

  const std::vector<std::string>& header_;
  const CsvRows& rows_;
};

class Draft {
 public:
  Draft(std::string_view file, const Table& table)
      : file_(file), stem_(file.substr(0, file.rfind('.'))), table_(table) {
    for (std::size_t i = 0; i < table.size(); ++i) words_.push_back(words_of(table.name(i)));
  }

  std::string text() {
    choose();
    for (std::size_t i = 0; i < table_.size(); ++i) column(i);
    std::string out =
        "# A draft: check each row, give the others a path, and say codes with their systems.\n";
    for (const std::string& note : notes_) out += "# Guessed: " + note + "\n";
    out += codes_ + "map csv\n\n[" + stem_ + "] " + std::string(file_) + " <-> " +
           std::string(type_->type) + key() + "\n";
    std::size_t constants = 0;
    for (const std::string_view constant : split_words(type_->constants, "|")) {
      const std::size_t blank = constant.rfind(' ');
      out += stem_ + ".c" + std::to_string(++constants) + " | -> | - | " +
             std::string(constant.substr(0, blank)) + " | " +
             std::string(constant.substr(blank + 1)) + " | why FHIR needs it\n";
    }
    return out + rows_;
  }

 private:
  [[nodiscard]] const Guess* guess(std::size_t column, std::string_view type) const {
    for (const Guess& row : guesses) {
      const bool fits = row.type == type || (row.type.empty() && type != "Patient");
      if (fits && is_called(words_[column], row.words)) return &row;
    }
    return nullptr;
  }

  /// The type for which the columns say most; several for one element say no more than one.
  void choose() {
    int best = -1;
    for (const Drafted& row : drafted) {
      int weight = 0;
      std::set<std::string_view> paths;
      for (std::size_t i = 0; i < table_.size(); ++i) {
        const Guess* const found = guess(i, row.type);
        if (found != nullptr && paths.insert(found->path).second) weight += found->weight;
      }
      if (weight <= best) continue;
      best = weight;
      type_ = &row;
    }
  }

  void column(std::size_t at) {
    const Guess* const found = guess(at, type_->type);
    std::string path(found == nullptr ? std::string_view() : found->path);
    if (path.starts_with("PATIENT")) path.replace(0, 7, type_->patient);
    const bool taken = !path.empty() && !paths_.insert(path).second;
    if (found == nullptr || taken || !draft(at, path, std::string(found->codec))) unknown(at);
  }

  bool draft(std::size_t at, const std::string& path, const std::string& codec) {
    if (codec == "DATE" || codec == "TIME") return moment(at, path, codec);
    if (codec == "AMOUNT") return amount(at, path);
    if (codec == "SEX") return sex(at, path);
    if (codec == "CODE") return code(at, path);
    if (codec.starts_with("REF(") && !table_.fits(at, "REF")) return false;
    if (codec == "NHS" && !table_.fits(at, "NHS")) {
      notes_.push_back("not every value of " + table_.name(at) + " is an NHS number");
      return false;
    }
    row(at, path, codec);
    return true;
  }

  void row(std::size_t at, const std::string& path, const std::string& rest) {
    const std::string name = table_.name(at).find_first_of("#|") == std::string::npos
                                 ? table_.name(at)
                                 : "\"" + table_.name(at) + "\"";
    rows_ += stem_ + "." + std::to_string(++number_) + " | <-> | " + name + " | " + path + " | " +
             rest + "\n";
  }

  void unknown(std::size_t at) {
    constexpr std::array<std::string_view, 7> narrow = {"DATE", "TIME",   "INTEGER", "NUMBER",
                                                        "NHS",  "AMOUNT", "TEXT"};
    const auto codec = std::find_if(narrow.begin(), narrow.end(), [&](std::string_view name) {
      return name == "TEXT" || table_.fits(at, name);
    });
    rows_ += "# ";
    std::string rest(*codec);
    row(at, "?", rest.append("   e.g. ").append(table_.sample(at)));
  }

  bool moment(std::size_t at, const std::string& path, const std::string& codec) {
    const bool plain = table_.fits(at, codec);
    const bool alone = codec == "DATE" || clock_of(at).column == table_.size();
    if (!plain || !alone) {
      const std::string picture = picture_of(at, codec == "DATE" ? "Z" : "Europe/London");
      if (!picture.empty()) return moment_row(at, path, {codec, picture, is_timed(picture)});
    }
    if (plain) row(at, path, codec);
    return plain;
  }

  static bool is_timed(std::string_view picture) {
    return picture.find("HH") != std::string_view::npos;
  }

  /// How all values of a column are written; empty: no picture fits. `zone`: of times that have
  /// none.
  [[nodiscard]] std::string picture_of(std::size_t at, std::string_view zone) const {
    for (const std::string_view day : day_pictures) {
      for (const std::string_view time : time_pictures) {
        const std::string picture = std::string(day) + std::string(time);
        const bool fits = table_.all(at, [&](std::string_view value) {
          std::string ignored;
          return append_moment(value, picture, zone, ignored);
        });
        if (fits) return picture;
      }
    }
    return {};
  }

  /// Databases write a day as its midnight.
  [[nodiscard]] bool is_midnight(std::size_t at, const std::string& picture) const {
    constexpr std::size_t day_length = 10;
    return table_.all(at, [&](std::string_view value) {
      std::string made;
      return append_moment(value, picture, "Z", made) &&
             made.compare(day_length, 9, "T00:00:00") == 0;
    });
  }

  struct Moment {
    std::string codec;
    std::string picture;
    bool timed;
  };
  bool moment_row(std::size_t at, const std::string& path, const Moment& found) {
    const std::string& name = table_.name(at);
    notes_.push_back(name + " is written " + found.picture);
    if (found.timed && is_midnight(at, found.picture)) {
      notes_.push_back(name + " has no time but midnight, and so means days");
      row(at, path, "DATE(" + found.picture + ")");
      return true;
    }
    std::string rest = found.codec + "(" + found.picture + ")";
    const bool single = found.timed || found.codec == "DATE";
    const Clock clock = single ? Clock{table_.size(), {}} : clock_of(at);
    if (clock.column < table_.size()) {
      rest =
          "TIME(" + found.picture + std::string(clock.picture) + ") | with " + quoted(clock.column);
      used_.insert(clock.column);
    }
    const bool zoned = found.timed || clock.column < table_.size();
    if (zoned && found.codec == "TIME") {
      rest += " | zone Europe/London";
      notes_.push_back(name + " is the time of Europe/London");
    }
    row(at, path, rest);
    return true;
  }

  struct Clock {
    std::size_t column;  ///< the number of columns: there is none
    std::string_view picture;
  };
  /// The column of the time of day that goes with a date: it is called so otherwise, or is the next
  /// one and called nothing but a time.
  [[nodiscard]] Clock clock_of(std::size_t date) const {
    for (std::size_t i = date + 1; i < table_.size(); ++i) {
      if (used_.contains(i) || !is_called(words_[i], "time")) continue;
      const std::vector<std::string> about = about_of(i);
      if (about != about_of(date) && !(about.empty() && i == date + 1)) continue;
      for (const ClockShape& row : clock_shapes) {
        const auto fits = [&](std::string_view value) { return has_shape(value, row.shape); };
        if (table_.all(i, fits)) return {i, row.picture};
      }
    }
    return {table_.size(), {}};
  }
  /// "specimen" of "Specimen Date" and "Time of specimen".
  [[nodiscard]] std::vector<std::string> about_of(std::size_t at) const {
    std::vector<std::string> words;
    std::copy_if(
        words_[at].begin(), words_[at].end(), std::back_inserter(words),
        [](const std::string& word) { return !has_word("date time of", word) && !word.empty(); });
    return words;
  }

  bool amount(std::size_t at, const std::string& path) {
    if (!table_.fits(at, "AMOUNT")) {
      notes_.push_back(table_.name(at) + " has more than numbers: " + table_.other(at, "AMOUNT"));
      return false;
    }
    if (table_.fits(at, "NUMBER") || path.ends_with(".value")) {
      row(at, path.ends_with(".value") ? path : path + ".value",
          table_.fits(at, "NUMBER") ? "NUMBER" : "AMOUNT");
      return true;
    }
    row(at, path + ".comparator", "COMPARATOR");
    row(at, path + ".value", "AMOUNT");
    return true;
  }

  /// The NHS data dictionary's PERSON STATED GENDER CODE, and what people write.
  bool sex(std::size_t at, const std::string& path) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 14> known = {
        {{"M", "male"},
         {"F", "female"},
         {"1", "male"},
         {"2", "female"},
         {"9", "other"},
         {"0", "unknown"},
         {"X", "unknown"},
         {"U", "unknown"},
         {"Male", "male"},
         {"Female", "female"},
         {"MALE", "male"},
         {"FEMALE", "female"},
         {"male", "male"},
         {"female", "female"}}};
    const auto is_known = [&](std::string_view value) {
      return std::any_of(known.begin(), known.end(),
                         [&](const auto& pair) { return pair.first == value; });
    };
    if (!table_.all(at, is_known)) return false;
    codes_ += "codes " + stem_ + "-sex : - <-> -\n";
    for (const auto& [written, meant] : known) {
      codes_.append(written).append(" -> ").append(meant) += '\n';
    }
    codes_ += '\n';
    row(at, path, "CODE | map " + stem_ + "-sex");
    return true;
  }

  /// "code.CODE": the system is what the values show.
  bool code(std::size_t at, std::string path) {
    if (!table_.fits(at, "CODE")) return false;
    const std::string_view system = system_of(at);
    path.resize(path.size() - std::string_view("CODE").size());
    if (system.empty()) {
      row(at, path + "coding.code", "CODE");
      notes_.push_back("the codes of " + table_.name(at) + " are of a system that is to be said");
      return true;
    }
    // I489: the classifications write a point.
    const auto whole = [](std::string_view value) {
      return value.size() == 3 || value.find('.') != std::string_view::npos;
    };
    const bool bare = table_.fits(at, "DOTTED") && !table_.all(at, whole);
    row(at, path + "coding.where(system = '" + std::string(system) + "').code",
        bare ? "DOTTED" : "CODE");
    notes_.push_back(table_.name(at) + " has codes of " + std::string(system));
    return true;
  }

  [[nodiscard]] std::string_view system_of(std::size_t at) const {
    constexpr std::size_t shortest = 6;
    const bool concepts = table_.all(at, [](std::string_view value) {
      return value.size() >= shortest && has_verhoeff_check_digit(value);
    });
    if (concepts) return "http://snomed.info/sct";
    for (const CodeShape& row : code_shapes) {
      const auto fits = [&](std::string_view value) { return has_shape(value, row.shapes); };
      const bool meant = row.type.empty() || row.type == type_->type;
      if (meant && table_.all(at, fits)) return row.system;
    }
    return {};
  }

  [[nodiscard]] std::string quoted(std::size_t at) const {
    const std::string& name = table_.name(at);
    return name.find_first_of(" #|") == std::string::npos ? name : "\"" + name + "\"";
  }

  /// What is called a key and tells the rows apart, one column or two; else all columns: what
  /// differs by chance in the rows seen may be equal in others.
  std::string key() {
    std::vector<std::size_t> called;
    for (std::size_t i = 0; i < table_.size(); ++i) {
      if (is_called(words_[i], "id|no|number|key|ref|ubrn|nhs|epikey")) called.push_back(i);
    }
    for (const std::size_t at : called) {
      if (table_.is_key({at})) return " | key " + quoted(at);
    }
    for (const std::size_t first : called) {
      for (const std::size_t second : called) {
        const bool both = first < second && table_.is_key({first, second});
        if (both) return " | key " + quoted(first) + " " + quoted(second);
      }
    }
    return {};
  }

  std::string_view file_;
  std::string stem_;
  const Table& table_;
  std::vector<std::vector<std::string>> words_;
  const Drafted* type_ = nullptr;
  std::set<std::string> paths_;
  std::set<std::size_t> used_;
  std::vector<std::string> notes_;
  std::string codes_;
  std::string rows_;
  std::size_t number_ = 0;
};

}  // namespace

std::string draft_csv_map(std::string_view file, const std::vector<std::string>& header,
                          const std::vector<std::vector<std::string>>& rows) {
  return Draft(file, Table(header, rows)).text();
}

}  // namespace lhcr::map
