// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/text.hpp"
#include "cmd/push/endpoint.hpp"
#include "cmd/run/output.hpp"
#include "deliver/region/region_check.hpp"

namespace lhcr::cmd {
namespace {

struct RegionsOptions {
  std::string action;
  std::string name;
  std::string style;
  EndpointOptions endpoint;
};

void declare(OptionList& list, RegionsOptions& options) {
  list.argument_choice("ACTION", options.action, {"list", "show", "check"},
                       "list: list names and titles; show: show every key, and what you must "
                       "supply; check: contact the endpoint and ask what it offers");
  list.argument("[NAME]", options.name, {Completion::words_or_file, "regions"},
                "Region profile: its name or a file");
  list.opt("--url", options.endpoint.url, {"URL"}, "Set the base URL of the endpoint");
  list.opt("--set", options.endpoint.set, {"KEY=VALUE"},
           "Set a key of the region profile, see lhcr-region(5)");
  list.opt("--style", options.style, {"STYLE", {Completion::words, "styles"}},
           "Check for this style instead of the region's own");
}

ExitCode list_regions(const Io& io) {
  const deliver::RegionBook book = region_book();
  std::string text;
  bool all_good = true;
  for (const std::string& name : book.names()) {
    constexpr std::size_t column = 24;
    text += name + std::string(name.size() < column ? column - name.size() : 1, ' ');
    try {
      text += book.load(name).text("title") + "\n";
    } catch (const Error& error) {
      text += std::string("(cannot be used: ") + error.what() + ")\n";
      all_good = false;
    }
  }
  static_cast<void>(print(printable_lines(text), io));
  return all_good ? ExitCode::yes : ExitCode::unreadable;
}

ExitCode check(const RegionsOptions& options, const deliver::Region& region, const Io& io) {
  std::string text;
  const bool good =
      check_region(region, options.style, secret_access(), [&](const deliver::CheckLine& line) {
        text += std::string(line.good ? "ok   " : "FAIL ") + line.what + ": " +
                printable(line.detail) + "\n";
      });
  static_cast<void>(print(text, io));
  return good ? ExitCode::yes : ExitCode::endpoint;
}

ExitCode run(const RegionsOptions& options, const Io& io) {
  if (options.action == "list") return list_regions(io);
  if (options.name.empty()) {
    throw Error(ErrorKind::usage,
                "lhcr regions " + options.action + " needs a NAME (lhcr regions list)");
  }
  EndpointOptions endpoint = options.endpoint;
  endpoint.region = options.name;
  const deliver::Region region = chosen_region(endpoint, "");
  return options.action == "show" ? print(describe(region), io) : check(options, region, io);
}

}  // namespace

Command regions_command() {
  Command command;
  command.name = "regions";
  command.group = "Endpoints";
  command.summary = "List, show and check the profiles of regional endpoints";
  command.description =
      "Region profiles hold what is publicly known about an endpoint, with its source, and name "
      "what you must supply. Put your own region files in $XDG_CONFIG_HOME/lhcr/regions.";
  command.examples = {
      {"lhcr regions list", "List all regions"},
      {"lhcr regions show nrl", "Show what is known, and what you must supply"},
  };
  return make_command<RegionsOptions>(std::move(command), declare, run);
}

}  // namespace lhcr::cmd
