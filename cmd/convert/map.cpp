// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert/map.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "cmd/convert/convert_map.hpp"
#include "cmd/run/near_name.hpp"
#include "cmd/run/output.hpp"
#include "format/csv/csv.hpp"
#include "map/csv/csv.hpp"
#include "map/map.hpp"
#include "map/tools/families.hpp"

namespace lhcr::cmd {
namespace {

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

void append_object(std::string& out, const Fields& fields) {
  char before = '{';
  for (const auto& [name, value] : fields) {
    out += before;
    append_json_string(out, name);
    out += ':';
    append_json_string(out, value);
    before = ',';
  }
  out += "}\n";
}

/// ", did you mean 'problem'?", or nothing.
std::string near_block(const std::string& name, const std::vector<map::Overlay>& overlays) {
  definition::Library library;
  std::vector<std::string> names;
  for (const map::RowInfo& row : map::list_rows(library, overlays)) {
    names.push_back(row.block);
    names.push_back(row.map);
  }
  return or_meant(name, names);
}

/// Rows by map and block, or one JSON object a row; `name` keeps one map or block.
std::string list(const MapCommandOptions& options, const std::vector<map::Overlay>& overlays) {
  definition::Library library;
  std::string out;
  std::string heading;
  for (const map::RowInfo& row : map::list_rows(library, overlays)) {
    if (!options.name.empty() && options.name != row.map && options.name != row.block) continue;
    if (options.format == MapFormat::json) {
      append_object(out, {{"map", row.map},
                          {"block", row.block},
                          {"id", row.id},
                          {"direction", row.direction},
                          {"left", row.left},
                          {"right", row.right},
                          {"codec", row.codec},
                          {"place", row.place}});
      continue;
    }
    if (const std::string next = row.map + " [" + row.block + "]"; next != heading) {
      out += (heading.empty() ? "" : "\n") + next + "\n";
      heading = next;
    }
    out += "  " + row.id + " | " + row.direction + " | " + row.left + " | " + row.right + " | " +
           row.codec + "\n";
  }
  if (out.empty())
    throw Error(ErrorKind::usage, "no map or block '" + options.name + "'" +
                                      near_block(options.name, overlays) + " (lhcr map list)");
  return out;
}

std::string show(const MapCommandOptions& options, const std::vector<map::Overlay>& overlays) {
  if (options.families) return map::show_families(overlays);
  std::string text = map::show_block(options.name, overlays);
  if (text.empty())
    throw Error(ErrorKind::usage, "no block or codes '" + options.name + "'" +
                                      near_block(options.name, overlays) + " (lhcr map list)");
  if (options.format == MapFormat::text) return text;
  std::string out;
  append_object(out, {{"name", options.name}, {"text", text}});
  return out;
}

std::string exported(const MapCommandOptions& options, const std::vector<map::Overlay>& overlays) {
  if (options.name.empty() || options.name == "codes") return map::export_concept_maps(overlays);
  if (options.name != "ccda" && options.name != "itk" && options.name != "stu3")
    throw Error(ErrorKind::usage, "no map '" + options.name + "': ccda, itk, stu3 or codes");
  return map::export_fml(options.name, !options.backward, overlays);
}

/// From the header and the first rows of a file.
std::string draft(const std::string& path) {
  constexpr std::size_t looked_at = 10000;
  if (path.empty()) throw Error(ErrorKind::usage, "lhcr map draft needs a CSV file");
  format::CsvReader reader(path);
  std::vector<std::string_view> row;
  if (!reader.next(row)) throw Error(ErrorKind::input, path + ": the file is empty");
  const std::vector<std::string> header(row.begin(), row.end());
  std::vector<std::vector<std::string>> rows;
  while (rows.size() < looked_at && reader.next(row)) rows.emplace_back(row.begin(), row.end());
  return map::draft_csv_map(path.substr(path.find_last_of('/') + 1), header, rows);
}

ExitCode run(const MapCommandOptions& options, const Io& io) {
  const std::vector<map::Overlay> overlays = read_overlays(options.maps);
  Output output(io);
  ExitCode code = ExitCode::yes;
  if (options.action == "list") {
    output.write(list(options, overlays));
  } else if (options.action == "show") {
    output.write(show(options, overlays));
  } else if (options.action == "draft") {
    output.write(draft(options.name));
  } else if (options.action == "export") {
    output.write(exported(options, overlays));
  } else {
    if (!options.name.empty()) {
      throw Error(
          ErrorKind::usage,
          "lint looks at all maps and takes no NAME; did you mean --map " + options.name + "?");
    }
    definition::Library library;
    const std::vector<std::string> lines = map::lint(library, overlays);
    for (const std::string& line : lines) {
      std::string out;
      if (options.format == MapFormat::json) append_object(out, {{"problem", line}});
      output.write(options.format == MapFormat::json ? out : line + "\n");
    }
    if (options.format == MapFormat::text) {
      io.say("lhcr: " + std::to_string(lines.size()) + " problem" + (lines.size() == 1 ? "" : "s") +
             " in the maps\n");
    }
    code = lines.empty() ? ExitCode::yes : ExitCode::no;
  }
  output.finish();
  return code;
}

}  // namespace

void declare(OptionList& list, MapCommandOptions& options) {
  list.argument_choice(
      "ACTION", options.action, {"list", "show", "lint", "export", "draft"},
      "list: list the rows; show: show a block; lint: check the maps; export: write FHIR Mapping "
      "Language or ConceptMaps; draft: draft a map for a CSV file");
  list.argument("[NAME]", options.name, {Completion::words_or_file, "maps"},
                "list: a map or block; show: a block or codes; export: ccda, itk, stu3 or codes; "
                "draft: a CSV file");
  list.opt("--map", options.maps, {"FILE", Completion::file},
           "Apply the rows of a map file on top of the built-in ones");
  list.opt("--backward", options.backward, "export: export the direction from right to left");
  list.opt("--families", options.families,
           "show: show what is known of template families, and what statements of other templates "
           "become");
  list.opt("--format", options.format, "FORMAT",
           {{"text", MapFormat::text}, {"json", MapFormat::json}},
           "Write text or json (one object per line)");
}

Command map_command() {
  Command command;
  command.name = "map";
  command.group = "Records";
  command.summary = "List, show, check and export the maps of lhcr convert";
  command.description =
      "Inspects the two-way maps that 'lhcr convert' runs, together with a region's overlays.";
  command.examples = {{"lhcr map list", "List every row"},
                      {"lhcr map list stu3 --format json", "List the rows between FHIR versions"},
                      {"lhcr map show problem", "Show one block"},
                      {"lhcr map show --families", "Show what sections and templates say"},
                      {"lhcr map lint", "Find rows without an inverse and ambiguous codes"},
                      {"lhcr map lint --map maps/region.map", "Check a region's own rows"}};
  return make_command<MapCommandOptions>(std::move(command), declare, run);
}

}  // namespace lhcr::cmd
