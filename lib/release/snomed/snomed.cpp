// SPDX-License-Identifier: Apache-2.0
#include "release/snomed/snomed.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "release/snomed/builder.hpp"

namespace lhcr::release {
namespace {

namespace sctid = terminology::sctid;

bool is_of(const SourceFile& file, std::string_view type) {
  return file.name().find(type) != std::string::npos;
}

/// Snapshot tables of what is there, or Full ones; Delta tables only say what changed.
std::vector<const SourceFile*> chosen_files(const std::vector<SourceFile>& files, Notes& notes) {
  std::vector<const SourceFile*> snapshot;
  std::vector<const SourceFile*> full;
  std::size_t others = 0;
  for (const SourceFile& file : files) {
    if (file.kind != Kind::rf2) {
      continue;
    }
    if (is_of(file, "Snapshot")) {
      snapshot.push_back(&file);
    } else if (is_of(file, "Full")) {
      full.push_back(&file);
    } else {
      ++others;
    }
  }
  if (others > 0) {
    notes.say(std::to_string(others) +
              " table(s) that are neither Snapshot nor Full were passed over");
  }
  return snapshot.empty() ? full : snapshot;
}

/// The language reference sets that packages name, behind those of the NHS.
std::vector<std::uint64_t> preferred_languages(const std::vector<SourceFile>& files) {
  std::vector<std::uint64_t> ids = {sctid::nhs_realm_clinical, sctid::nhs_realm_pharmacy};
  for (const SourceFile& file : files) {
    if (file.kind != Kind::rf2_package) {
      continue;
    }
    const std::string text = read_all(file, std::size_t{16} << 20U);
    const std::size_t from = text.find("\"languageRefset");
    const std::size_t end = std::min(text.find(']', std::min(from, text.size())), text.size());
    for (std::size_t at = std::min(from, text.size()); at < end; ++at) {
      std::uint64_t id = 0;
      const auto [behind, error] = std::from_chars(text.data() + at, text.data() + end, id);
      if (error == std::errc{} && behind - (text.data() + at) >= 6) {
        ids.push_back(id);
        at = static_cast<std::size_t>(behind - text.data());
      }
    }
  }
  ids.insert(ids.end(), {sctid::gb_english, sctid::us_english});
  return ids;
}

std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what);
}

void set_meta(terminology::ImageWriter& out, const EditionInfo& info, const std::string& version) {
  const std::string edition =
      "http://snomed.info/sct/" + std::to_string(info.module) + "/version/" + version;
  out.set_meta("kind", "snomed");
  out.set_meta("name", "snomed");
  out.set_meta("version", version);
  out.set_meta("title", "SNOMED CT");
  out.set_meta("system", "http://snomed.info/sct");
  out.set_meta("edition", edition);
  out.set_meta("concepts", std::to_string(info.concepts));
  out.set_meta("active", std::to_string(info.active));
  out.set_meta("descriptions", std::to_string(info.descriptions));
  out.set_meta("relationships", std::to_string(info.relationships));
  out.set_meta("refsets", std::to_string(info.refsets));
}

}  // namespace

Added add_snomed(const std::vector<SourceFile>& files, const std::string& folder, Notes& notes) {
  const auto chosen = chosen_files(files, notes);
  const Tables tables(chosen);
  Rf2 rows;
  rows.several = tables.count(Table::concepts) > 1 ||
                 std::any_of(chosen.begin(), chosen.end(),
                             [](const SourceFile* file) { return !is_of(*file, "Snapshot"); });
  tables.read(Table::concepts, rows, notes);
  tables.read(Table::dependencies, rows, notes);
  if (rows.concepts.empty()) {
    throw Error(ErrorKind::input,
                "there are no SNOMED CT concepts in these files: a Snapshot of the release has a "
                "table sct2_Concept_...");
  }
  const std::string version = std::to_string(release_day(rows));
  const std::string path = folder + "/snomed#" + version + ".image";
  const auto languages = preferred_languages(files);
  terminology::ImageWriter out(path);
  rows.strings = &out.strings();
  const EditionInfo info = SnomedBuilder(tables, rows, out, notes).build(languages);
  set_meta(out, info, version);
  out.finish();
  return {"snomed",
          version,
          path,
          {counted(info.concepts, "concepts, ") + counted(info.active, "of them active"),
           counted(info.descriptions, "descriptions"), counted(info.relationships, "relationships"),
           counted(info.refsets, "reference sets")}};
}

}  // namespace lhcr::release
