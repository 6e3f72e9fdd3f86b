// SPDX-License-Identifier: Apache-2.0
// The first draft of a block for a file that no map knows.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "map/csv/csv.hpp"
#include "map/csv/csv_model.hpp"

namespace lhcr::map {
namespace {

/// A word in a column's name, and what it most likely means in a type of resource.
struct Guess {
  std::string_view type;
  std::string_view word;
  std::string_view path;
  std::string_view codec;
};
constexpr std::array<Guess, 29> guesses = {{
    {"Patient", "nhs", "identifier.where(system = 'https://fhir.nhs.uk/Id/nhs-number').value",
     "TEXT"},
    {"Patient", "surname", "name.family", "TEXT"},
    {"Patient", "family", "name.family", "TEXT"},
    {"Patient", "last", "name.family", "TEXT"},
    {"Patient", "forename", "name.given", "TEXT"},
    {"Patient", "given", "name.given", "TEXT"},
    {"Patient", "first", "name.given", "TEXT"},
    {"Patient", "title", "name.prefix", "TEXT"},
    {"Patient", "birth", "birthDate", "DATE"},
    {"Patient", "dob", "birthDate", "DATE"},
    {"Patient", "sex", "gender", "CODE"},
    {"Patient", "gender", "gender", "CODE"},
    {"Patient", "postcode", "address.postalCode", "TEXT"},
    {"Patient", "zip", "address.postalCode", "TEXT"},
    {"Patient", "address", "address.line", "TEXT"},
    {"Patient", "city", "address.city", "TEXT"},
    {"Patient", "town", "address.city", "TEXT"},
    {"Patient", "phone", "telecom.where(system = 'phone').value", "TEXT"},
    {"Patient", "email", "telecom.where(system = 'email').value", "TEXT"},
    {"Observation", "patient", "subject.reference", "REF(Patient)"},
    {"Observation", "nhs",
     "subject.identifier.where(system = 'https://fhir.nhs.uk/Id/nhs-number').value", "TEXT"},
    {"Observation", "encounter", "encounter.reference", "REF(Encounter)"},
    {"Observation", "code", "code.coding.code", "CODE"},
    {"Observation", "term", "code.text", "TEXT"},
    {"Observation", "description", "code.text", "TEXT"},
    {"Observation", "value", "value.ofType(Quantity).value", "NUMBER"},
    {"Observation", "result", "value.ofType(Quantity).value", "NUMBER"},
    {"Observation", "unit", "value.ofType(Quantity).unit", "TEXT"},
    {"Observation", "date", "effective.ofType(dateTime)", "TIME"},
}};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& byte : out) {
    if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte | 0x20);
  }
  return out;
}

const Guess* guess(std::string_view type, std::string_view column) {
  const std::string name = lower(column);
  const auto found = std::find_if(guesses.begin(), guesses.end(), [&](const Guess& row) {
    return row.type == type && name.find(row.word) != std::string::npos;
  });
  return found == guesses.end() ? nullptr : &*found;
}

std::size_t hits(std::string_view type, const std::vector<std::string>& header) {
  return static_cast<std::size_t>(
      std::count_if(header.begin(), header.end(),
                    [&](const std::string& column) { return guess(type, column) != nullptr; }));
}

/// The narrowest codec that takes every value seen.
std::string_view codec_of(std::size_t column, const std::vector<std::vector<std::string>>& rows) {
  constexpr std::array<std::string_view, 5> narrow = {"DATE", "TIME", "INTEGER", "NUMBER", "TEXT"};
  return *std::find_if(narrow.begin(), narrow.end(), [&](std::string_view name) {
    const CsvCodec* const codec = find_csv_codec(name);
    return std::all_of(rows.begin(), rows.end(), [&](const std::vector<std::string>& row) {
      std::string ignored;
      return column >= row.size() || row[column].empty() || codec->append(row[column], ignored);
    });
  });
}

/// The first value, short and on one line.
std::string sample(std::size_t column, const std::vector<std::vector<std::string>>& rows) {
  constexpr std::size_t longest = 40;
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& fields) {
    return column < fields.size() && !fields[column].empty();
  });
  if (row == rows.end()) return {};
  std::string text = (*row)[column].substr(0, longest);
  // Not in the middle of a character.
  text.resize(std::min(text.size(), find_invalid_utf8(text)));
  std::replace_if(
      text.begin(), text.end(), [](char byte) { return is_space(byte); }, ' ');
  return text;
}

}  // namespace

std::string draft_csv_map(std::string_view file, const std::vector<std::string>& header,
                          const std::vector<std::vector<std::string>>& rows) {
  const std::string_view type =
      hits("Patient", header) >= hits("Observation", header) ? "Patient" : "Observation";
  const std::string stem(file.substr(0, file.rfind('.')));
  std::string out =
      "# A draft: check each row, give the others a path, and say codes with their systems.\n";
  out += "map csv\n\n[" + stem + "] " + std::string(file) + " <-> " + std::string(type) +
         " | key " +
         (header.front().find(' ') == std::string::npos ? header.front()
                                                        : "\"" + header.front() + "\"") +
         "\n";
  for (std::size_t i = 0; i < header.size(); ++i) {
    const Guess* const found = guess(type, header[i]);
    const std::string start = stem + "." + std::to_string(i + 1) + " | <-> | " + header[i] + " | ";
    if (found != nullptr) {
      out += start + std::string(found->path) + " | " + std::string(found->codec) + "\n";
    } else {
      out += "# " + start + "? | " + std::string(codec_of(i, rows)) + "   e.g. " + sample(i, rows) +
             "\n";
    }
  }
  return out;
}

}  // namespace lhcr::map
