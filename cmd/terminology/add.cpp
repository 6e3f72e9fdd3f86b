// SPDX-License-Identifier: Apache-2.0
/// add, list, show, remove.
#include "release/add.hpp"

#include <filesystem>
#include <optional>

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "base/error.hpp"
#include "cmd/run/output.hpp"
#include "cmd/run/progress.hpp"
#include "cmd/terminology/terminology.hpp"
#include "definition/package_document.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;
using terminology::Terminology;

constexpr mode_t only_owner = 0700;

/// The folder, which nobody else may look into.
std::string own_folder() {
  const std::string folder = terminology_folder();
  std::error_code error;
  fs::create_directories(fs::path(folder).parent_path(), error);
  ::mkdir(folder.c_str(), only_owner);
  if (::chmod(folder.c_str(), only_owner) != 0) {
    throw Error(ErrorKind::input, folder + ": the folder cannot be made");
  }
  return folder;
}

void tell(const release::Added& added, std::string& text) {
  text += added.name + "#" + added.version + "\n";
  for (const std::string& line : added.lines) {
    text += "  " + line + "\n";
  }
}

terminology::StoredImage find_stored(const std::string& name) {
  const terminology::Library library(terminology_folder(), {name});
  return library.all().front()->stored();
}

std::string shown_meta(const terminology::Image& image) {
  std::string text;
  for (const auto& [key, value] : image.all_meta()) {
    if (key != "kind" && key != "name") {
      text += "  " + key + ": " + value + "\n";
    }
  }
  return text;
}

std::string shown_refsets(const terminology::Snomed& snomed) {
  std::string text = "reference sets\n";
  for (const terminology::RefsetRow& row : snomed.refsets()) {
    text += "  " + std::to_string(snomed.id(row.refset)) + "\t" + std::to_string(row.count) + "\t" +
            std::string(snomed.preferred(row.refset)) + "\n";
  }
  text += "languages, the preferred one first\n";
  for (const terminology::Ordinal language : snomed.languages()) {
    text += "  " + std::to_string(snomed.id(language)) + "\t" +
            std::string(snomed.preferred(language)) + "\n";
  }
  return text;
}

nlohmann::ordered_json meta_json(const Terminology& one) {
  nlohmann::ordered_json made;
  made["name"] = one.stored().name;
  made["version"] = one.stored().version;
  made["bytes"] = one.image().size();
  for (const auto& [key, value] : one.image().all_meta()) {
    made[key] = value;
  }
  return made;
}

}  // namespace

ExitCode terminology_add(const TerminologyCommand& options, const Io& io) {
  if (options.arguments.empty()) {
    throw Error(ErrorKind::usage,
                "lhcr terminology add needs files or folders of a release, or its zip");
  }
  release::Notes notes;
  std::optional<definition::Library> definitions;  // few releases need them
  const auto xml_as_json = [&](const std::string& where, std::string_view xml) {
    return definition::xml_as_json(definitions ? *definitions : definitions.emplace(), where, xml);
  };
  const auto added = release::add_releases(options.arguments, own_folder(), xml_as_json, notes);
  std::string text;
  for (const release::Added& one : added) {
    tell(one, text);
  }
  for (const std::string& note : notes.texts()) {
    text += "note: " + note + "\n";
  }
  if (notes.refused() > 0) {
    text += std::to_string(notes.refused()) + " row(s) were refused, such as\n";
    for (const std::string& example : notes.examples()) {
      text += "  " + example + "\n";
    }
  }
  return print(text, io);
}

ExitCode terminology_list(const TerminologyCommand& options, const Io& io) {
  std::string text;
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const terminology::StoredImage& stored : terminology::stored_images(terminology_folder())) {
    try {
      const Terminology one(stored);
      all.push_back(meta_json(one));
      text += stored.label() + "\t" + std::string(one.image().meta("title")) + "\t" +
              size_text(one.image().size()) + "\n";
    } catch (const Error& error) {
      text += stored.label() + "\t" + error.what() + "\n";
      all.push_back(
          {{"name", stored.name}, {"version", stored.version}, {"problem", error.what()}});
    }
  }
  return print(options.format == TerminologyFormat::json ? all.dump(2) + "\n" : text, io);
}

ExitCode terminology_show(const TerminologyCommand& options, const Io& io) {
  const Terminology one(find_stored(only_argument(options, "the NAME of what is here")));
  const bool whole = one.image().verified();
  if (options.format == TerminologyFormat::json) {
    nlohmann::ordered_json made = meta_json(one);
    made["intact"] = whole;
    return print(made.dump(2) + "\n", io);
  }
  std::string text =
      one.stored().label() + "\nat " + one.stored().path + "\n" + shown_meta(one.image());
  text += whole ? "  intact\n" : "  DAMAGED: add the release again\n";
  if (one.snomed() != nullptr) {
    text += shown_refsets(*one.snomed());
  }
  print(text, io);
  return whole ? ExitCode::yes : ExitCode::unreadable;
}

ExitCode terminology_remove(const TerminologyCommand& options, const Io& io) {
  const auto stored = find_stored(only_argument(options, "the NAME of what is here"));
  std::error_code error;
  if (!fs::remove(stored.path, error)) {
    throw Error(ErrorKind::input, stored.path + ": it cannot be removed: " + error.message());
  }
  io.say("lhcr: removed " + stored.label() + "\n");
  return ExitCode::yes;
}

}  // namespace lhcr::cmd
