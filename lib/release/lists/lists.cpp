// SPDX-License-Identifier: Apache-2.0
#include "release/lists/lists.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "terminology/query/concept_maps.hpp"
#include "terminology/query/stored_sets.hpp"

namespace lhcr::release {
namespace {

struct Row {
  std::array<Kind, 3> kinds;
  ListReader read;
};
constexpr std::array readers = {
    Row{{Kind::icd10, Kind::icd10, Kind::icd10}, read_icd10},
    Row{{Kind::opcs4, Kind::opcs4, Kind::opcs4}, read_opcs4},
    Row{{Kind::read_map, Kind::read_map, Kind::read_map}, read_read_map},
    Row{{Kind::ctv3_map, Kind::ctv3_map, Kind::ctv3_map}, read_ctv3_map},
    Row{{Kind::ods_xml, Kind::ods_csv, Kind::ods_csv}, read_ods},
    Row{{Kind::loinc, Kind::loinc, Kind::loinc}, read_loinc},
    Row{{Kind::athena_concept, Kind::athena_relationship, Kind::athena_vocabulary}, read_athena},
    Row{{Kind::dmd, Kind::dmd, Kind::dmd}, read_dmd},
};

std::string_view folder_of(const SourceFile& file) {
  const std::size_t end = file.path.rfind('/');
  return std::string_view(file.path).substr(0, end == std::string::npos ? 0 : end);
}

/// What its image is called: the package that it was in, the folder when others are from there too,
/// or the file.
std::string holder_of(const SourceFile& file, const std::vector<SourceFile>& files) {
  const bool several =
      file.archive.empty() && std::any_of(files.begin(), files.end(), [&](const SourceFile& other) {
        return &other != &file && other.kind == Kind::fhir && folder_of(other) == folder_of(file);
      });
  std::string_view path = file.archive.empty() ? std::string_view(file.path) : file.archive;
  const bool folder = several && !folder_of(file).empty();
  path = folder ? folder_of(file) : path;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return plain_name(folder ? name : name.substr(0, name.rfind('.')));
}

/// CodeSystems get an image each, ValueSets and ConceptMaps of one package or file one together.
void add_fhir(const std::vector<SourceFile>& files, const std::string& folder,
              const XmlAsJson& xml_as_json, Notes& notes, std::vector<Added>& added) {
  struct Holder {
    ListBuilder sets, maps;
  };
  std::map<std::string, Holder> holders;
  ResourceReader reader(xml_as_json);
  for (const SourceFile& file : files) {
    JsonElement root;
    if (file.kind != Kind::fhir || !reader.read(file, root, notes)) {
      continue;
    }
    Holder& holder = holders[holder_of(file, files)];
    ListBuilder list;
    ListName name = read_code_system(root, list);
    if (list.size() > 0) {
      added.push_back(list.write(folder, std::move(name)));
    } else if (!read_value_set(root, holder.sets)) {
      read_concept_map(root, holder.maps);
    }
  }
  for (auto& [name, holder] : holders) {
    if (holder.sets.size() > 0) {
      added.push_back(holder.sets.write(
          folder, {std::string(terminology::set_images) + name, {}, "ValueSets of " + name, {}}));
    }
    if (holder.maps.size() > 0) {
      added.push_back(holder.maps.write(
          folder,
          {std::string(terminology::concept_map_images) + name, {}, "ConceptMaps of " + name, {}}));
    }
  }
}

}  // namespace

void add_lists(const std::vector<SourceFile>& files, const std::string& folder,
               const XmlAsJson& xml_as_json, Notes& notes, std::vector<Added>& added) {
  for (const Row& row : readers) {
    std::vector<const SourceFile*> own;
    for (const SourceFile& file : files) {
      if (std::find(row.kinds.begin(), row.kinds.end(), file.kind) != row.kinds.end()) {
        own.push_back(&file);
      }
    }
    if (own.empty()) {
      continue;
    }
    ListBuilder list;
    ListName name = row.read(own, list, notes);
    if (list.size() > 0) {
      added.push_back(list.write(folder, std::move(name)));
    }
  }
  add_fhir(files, folder, xml_as_json, notes, added);
}

}  // namespace lhcr::release
