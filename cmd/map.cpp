// SPDX-License-Identifier: Apache-2.0
#include "cmd/map.hpp"

#include "base/error.hpp"
#include "cmd/convert_map.hpp"
#include "cmd/output.hpp"
#include "map/map.hpp"

namespace lhcr::cmd {
namespace {

std::string list(const std::vector<map::Overlay>& overlays) {
  definition::Library library;
  std::string out;
  for (const map::RowInfo& row : map::list_rows(library, overlays)) {
    out += row.map + "\t" + row.block + "\t" + row.id + "\t" + row.direction + "\t" + row.left +
           "\t" + row.right + "\t" + row.codec + "\t" + row.place + "\n";
  }
  return out;
}

std::string show(const MapCommandOptions& options, const std::vector<map::Overlay>& overlays) {
  const std::string text = map::show_block(options.name, overlays);
  if (text.empty())
    throw Error(ErrorKind::usage, "no block or codes '" + options.name + "'; see lhcr map list");
  return text;
}

std::string exported(const MapCommandOptions& options, const std::vector<map::Overlay>& overlays) {
  if (options.name.empty() || options.name == "codes") return map::export_concept_maps(overlays);
  return map::export_fml(options.name, !options.backward, overlays);
}

ExitCode run(const MapCommandOptions& options, const Io& io) {
  const std::vector<map::Overlay> overlays = read_overlays(options.maps);
  Output output("");
  ExitCode code = ExitCode::yes;
  if (options.action == "list") {
    output.write(list(overlays));
  } else if (options.action == "show") {
    output.write(show(options, overlays));
  } else if (options.action == "export") {
    output.write(exported(options, overlays));
  } else {
    definition::Library library;
    const std::vector<std::string> lines = map::lint(library, overlays);
    for (const std::string& line : lines) io.say(line + "\n");
    code = lines.empty() ? ExitCode::yes : ExitCode::no;
  }
  output.finish();
  return code;
}

}  // namespace

void declare(OptionList& list, MapCommandOptions& options) {
  list.argument_choice(
      "ACTION", options.action, {"list", "show", "lint", "export"},
      "list the rows, show a block, lint, or export as FHIR Mapping Language or ConceptMaps");
  list.argument("[NAME]", options.name, Completion::nothing,
                "show: a block or codes; export: ccda, itk, stu3 or codes");
  list.opt("--map", options.maps, {"FILE", Completion::file},
           "Lay the rows of a map file over the built-in ones");
  list.opt("--backward", options.backward, "export: from right to left");
}

Command map_command() {
  Command command;
  command.name = "map";
  command.group = "Records";
  command.summary = "List, show, check and export the maps of lhcr convert";
  command.description =
      "Looks into the two-way maps that lhcr convert runs, with a region's overlays laid over "
      "them.";
  command.examples = {{"lhcr map list", "Every row"},
                      {"lhcr map show problem", "One block"},
                      {"lhcr map lint", "Rows without inverse, ambiguous codes"}};
  return make_command<MapCommandOptions>(std::move(command), declare, run);
}

}  // namespace lhcr::cmd
