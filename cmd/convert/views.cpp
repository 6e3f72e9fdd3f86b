// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "cmd/command.hpp"
#include "cmd/convert/convert_view.hpp"
#include "cmd/run/output.hpp"
#include "view/built_in.hpp"

namespace lhcr::cmd {
namespace {

struct ViewsOptions {
  std::string action;
  std::string name;
};

void declare(OptionList& list, ViewsOptions& options) {
  list.argument_choice("ACTION", options.action, {"list", "show"},
                       "list: list the built-in views, or the columns of NAME; show: print the "
                       "ViewDefinition of NAME");
  list.argument("[NAME]", options.name, {Completion::words_or_file, "views"},
                "A built-in view or set, or a ViewDefinition file");
}

std::string list_views() {
  std::string out;
  definition::Library library;
  for (const view::Source& source : view::built_in()) {
    const view::View view(source, library);
    out += source.name + "\t" + view.resource() + "\t" + std::to_string(view.columns().size()) +
           " columns\n";
  }
  return out;
}

std::string list_columns(const std::string& name) {
  std::string out;
  definition::Library library;
  for (const view::Source& source : find_views({name})) {
    const view::View view(source, library);
    for (const view::Column& column : view.columns()) {
      out += source.name + "\t" + column.name + "\t" +
             (column.type.empty() ? "-" : column.type + (column.list ? "[]" : "")) + "\t" +
             column.description + "\n";
    }
  }
  return out;
}

ExitCode run(const ViewsOptions& options, const Io& io) {
  if (options.action == "show" && options.name.empty()) {
    throw Error(ErrorKind::usage, "lhcr views show needs a NAME (lhcr views list)");
  }
  Output output(io);
  if (options.action == "list") {
    output.write(options.name.empty() ? list_views() : list_columns(options.name));
  } else {
    for (const view::Source& source : find_views({options.name})) output.write(source.text);
  }
  output.finish();
  return ExitCode::yes;
}

}  // namespace

Command views_command() {
  Command command;
  command.name = "views";
  command.group = "Records";
  command.summary = "List and show the views of lhcr convert --view";
  command.description =
      "Views turn records into tables. Each is a SQL on FHIR v2 ViewDefinition, see "
      "lhcr-convert(1). Built-in views come in sets: synthea (the CSV of Synthea 3.3), omop (OMOP "
      "CDM 5.4), omop_ids (what the numbers in omop stand for) and plain (one table for each "
      "resource type).";
  command.examples = {
      {"lhcr views list", "List the built-in views"},
      {"lhcr views list synthea.conditions", "List the columns of one"},
      {"lhcr views show synthea.conditions", "Print its ViewDefinition, as a starting point"}};
  return make_command<ViewsOptions>(std::move(command), declare, run);
}

}  // namespace lhcr::cmd
