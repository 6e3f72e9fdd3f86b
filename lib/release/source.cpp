// SPDX-License-Identifier: Apache-2.0
#include "release/source.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "base/ascii.hpp"
#include "base/check_digit.hpp"
#include "base/error.hpp"
#include "base/platform.hpp"
#include "base/text.hpp"
#include "format/container/archive.hpp"
#include "format/format.hpp"

namespace lhcr::release {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t look_bytes = 4096;
constexpr int deepest = 3;

std::string first_bytes(format::ByteSource& source) {
  std::string bytes(look_bytes, '\0');
  std::size_t used = 0;
  while (used < look_bytes) {
    const std::size_t got = source.read(bytes.data() + used, look_bytes - used);
    if (got == 0) {
      break;
    }
    used += got;
  }
  bytes.resize(used);
  return bytes;
}

std::string_view first_line(std::string_view text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

struct HeaderRow {
  std::string_view begins;
  std::string_view holds;
  Kind kind;
};
/// Tables by the first columns of their header, in any case of letters.
constexpr HeaderRow headers[] = {
    {"id\teffectivetime\tactive\tmoduleid\t", "", Kind::rf2},
    {"alternateidentifier\teffectivetime\t", "", Kind::rf2},
    {"code\talt_code\t", "", Kind::icd10},
    {"mapid\treadcode\ttermcode\tconceptid\t", "is_assured", Kind::read_map},
    {"mapid\tctv3_conceptid\t", "sct_conceptid", Kind::ctv3_map},
    {"\"loinc_num\",\"component\",", "long_common_name", Kind::loinc},
    {"loinc_num,component,", "long_common_name", Kind::loinc},
    {"concept_id\tconcept_name\t", "vocabulary_id", Kind::athena_concept},
    {"concept_id_1\tconcept_id_2\t", "relationship_id", Kind::athena_relationship},
    {"vocabulary_id\tvocabulary_name\t", "vocabulary_version", Kind::athena_vocabulary},
};

/// "Z01.1<TAB>title"
bool is_opcs_line(std::string_view line) {
  const std::size_t tab = line.find('\t');
  const std::string_view code = line.substr(0, tab);
  const bool right = tab != std::string_view::npos && (code.size() == 3 || code.size() == 5) &&
                     code[0] >= 'A' && code[0] <= 'Z' && is_digits(code.substr(1, 2)) &&
                     (code.size() == 3 || (code[3] == '.' && is_digits(code.substr(4))));
  return right && line.find('\t', tab + 1) == std::string_view::npos;
}

/// A row of the weekly files of ODS: code in capitals, 27 columns.
bool is_ods_line(std::string_view line) {
  constexpr std::size_t columns = 27;
  std::size_t count = 1;
  bool quoted = false;
  for (const char byte : line) {
    quoted = byte == '"' ? !quoted : quoted;
    count += byte == ',' && !quoted ? 1U : 0U;
  }
  const std::string_view code = line.substr(0, line.find(','));
  return count == columns && code.size() >= 5 && code.front() == '"' && code.back() == '"' &&
         std::all_of(code.begin() + 1, code.end() - 1,
                     [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

constexpr std::string_view dmd_roots[] = {"VIRTUAL_THERAPEUTIC_MOIETIES",
                                          "VIRTUAL_MED_PRODUCTS",
                                          "VIRTUAL_MED_PRODUCT_PACK",
                                          "ACTUAL_MEDICINAL_PRODUCTS",
                                          "ACTUAL_MEDICINAL_PROD_PACKS",
                                          "INGREDIENT_SUBSTANCES",
                                          "LOOKUP",
                                          "HISTORY"};

constexpr std::string_view fhir_types[] = {"CodeSystem", "ConceptMap", "ValueSet"};

Kind xml_kind(std::string_view beginning) {
  const auto [root, space] = format::xml_root(beginning);
  if (space == "http://hl7.org/fhir") {
    const auto* const known = std::find(std::begin(fhir_types), std::end(fhir_types), root);
    return known == std::end(fhir_types) ? Kind::other : Kind::fhir;
  }
  if (root == "OrgRefData") {
    return Kind::ods_xml;
  }
  const bool dmd =
      std::find(std::begin(dmd_roots), std::end(dmd_roots), root) != std::end(dmd_roots);
  return dmd ? Kind::dmd : Kind::other;
}

Kind json_kind(const std::string& name, std::string_view beginning) {
  if (name == "release_package_information.json") {
    return Kind::rf2_package;
  }
  for (const std::string_view type : fhir_types) {
    const std::size_t at = beginning.find("\"resourceType\"");
    const std::string quoted = '"' + std::string(type) + '"';
    if (at != std::string_view::npos && beginning.find(quoted, at) < at + 40) {
      return Kind::fhir;
    }
  }
  return Kind::other;
}

/// The bytes of a file in an archive, in memory, for readers that have to seek.
Descriptor unpack(const SourceFile& file) {
  constexpr std::size_t block = std::size_t{1} << 20U;
  constexpr std::uint64_t most = std::uint64_t{2} << 30U;
  Descriptor made = memory_file("lhcr-release");
  const auto source = file.open();
  std::string bytes(block, '\0');
  std::uint64_t size = 0;
  for (std::size_t got = 1; got > 0 && size < most;) {
    got = source->read(bytes.data(), block);
    if (!write_all(made.get(), {bytes.data(), got})) {
      throw Error(ErrorKind::input, file.shown + ": there is no memory to unpack it");
    }
    size += got;
  }
  if (size >= most) {
    throw Error(ErrorKind::input, file.shown + ": it is too large; unpack the archive first");
  }
  return made;
}

class Finder {
 public:
  Finder(std::vector<SourceFile>& files, Notes& notes) : files_(files), notes_(notes) {}

  void add_path(const std::string& path) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      add_file(path);
      return;
    }
    std::vector<std::string> inside;
    for (fs::recursive_directory_iterator at(path, error), end; !error && at != end;
         at.increment(error)) {
      if (at->is_regular_file()) {
        inside.push_back(at->path().string());
      }
    }
    std::sort(inside.begin(), inside.end());
    for (const std::string& file : inside) {
      add_file(file);
    }
  }

 private:
  void add_file(const std::string& path) {
    const auto source = format::open_source(path);
    std::string beginning = first_bytes(*source);
    if (format::begins_archive(beginning) || format::begins_packed(beginning)) {
      if (format::is_archive(path)) {
        add_archive(path, path, 1);
        return;
      }
    }
    add({{}, path, path, Kind::other, std::move(beginning)});
  }

  void add(SourceFile file) {
    file.kind = kind_of(file.name(), file.beginning);
    if (file.kind != Kind::other) {
      files_.push_back(std::move(file));
    }
  }

  void add_archive(const std::string& archive, const std::string& shown, int depth) {
    const auto members =
        format::list_members(archive, [](std::string_view, bool) { return format::Sight::wanted; });
    for (const format::Member& member : members) {
      if (!member.problem.empty()) {
        throw Error(ErrorKind::input, shown + "/" + member.name + ": " + member.problem);
      }
      SourceFile file{archive, member.name, shown + "/" + member.name, Kind::other, {}, memory_};
      file.beginning = first_bytes(*file.open());
      if (!format::begins_archive(file.beginning)) {
        add(std::move(file));
      } else if (depth == deepest) {
        notes_.say(file.shown + " was passed over: it is an archive in an archive in an archive");
      } else {
        memory_->push_back(unpack(file));
        add_archive(path_of(memory_->back()), file.shown, depth + 1);
      }
    }
  }

  std::vector<SourceFile>& files_;
  Notes& notes_;
  std::shared_ptr<std::vector<Descriptor>> memory_ = std::make_shared<std::vector<Descriptor>>();
};

}  // namespace

std::unique_ptr<format::ByteSource> SourceFile::open() const {
  if (!archive.empty()) {
    return format::open_member(archive, path);
  }
  return format::open_source(path);
}

std::string SourceFile::on_disk() const {
  if (archive.empty()) {
    return path;
  }
  memory->push_back(unpack(*this));
  return path_of(memory->back());
}

std::string SourceFile::name() const {
  return path.substr(path.rfind('/') + 1);
}

Kind kind_of(const std::string& name, std::string_view beginning) {
  if (beginning.starts_with(utf8_bom)) {
    beginning.remove_prefix(utf8_bom.size());
  }
  const std::size_t first = beginning.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && beginning[first] == '<') {
    return xml_kind(beginning);
  }
  if (first != std::string_view::npos && beginning[first] == '{') {
    return json_kind(name, beginning);
  }
  const std::string_view line = first_line(beginning);
  const std::string header = in_small_letters(line);
  for (const HeaderRow& row : headers) {
    if (header.starts_with(row.begins) && header.find(row.holds) != std::string::npos) {
      return row.kind;
    }
  }
  if (is_opcs_line(line)) {
    return Kind::opcs4;
  }
  return is_ods_line(line) ? Kind::ods_csv : Kind::other;
}

std::vector<SourceFile> find_files(const std::vector<std::string>& paths, Notes& notes) {
  std::vector<SourceFile> files;
  Finder finder(files, notes);
  for (const std::string& path : paths) {
    finder.add_path(path);
  }
  return files;
}

std::string read_all(const SourceFile& file, std::size_t limit) {
  const auto source = file.open();
  std::string bytes;
  std::string block(std::size_t{1} << 16U, '\0');
  for (std::size_t got = 1; got > 0;) {
    got = source->read(block.data(), block.size());
    bytes.append(block, 0, got);
    if (bytes.size() > limit) {
      throw Error(ErrorKind::input,
                  file.shown + ": it has more than " + std::to_string(limit) + " bytes");
    }
  }
  return bytes;
}

}  // namespace lhcr::release
