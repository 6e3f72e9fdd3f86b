// SPDX-License-Identifier: Apache-2.0
#include "cmd/options.hpp"

#include <string>

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "cmd/command.hpp"
#include "cmd/convert/convert.hpp"
#include "cmd/help/generate.hpp"
#include "cmd/query/query.hpp"
#include "cmd/validate/validate.hpp"

using namespace lhcr::cmd;

namespace {

template <typename Options>
Options parsed(const std::vector<std::string>& arguments) {
  Options options;
  OptionList list("lhcr test");
  declare(list, options);
  CHECK(list.parse(arguments));
  return options;
}

/// The message of the usage error that parsing ends with.
template <typename Options>
std::string refused(const std::vector<std::string>& arguments) {
  Options options;
  OptionList list("lhcr test");
  declare(list, options);
  try {
    list.parse(arguments);
  } catch (const lhcr::Error& error) {
    CHECK(error.kind() == lhcr::ErrorKind::usage);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("validate fills its options") {
  const auto options = parsed<ValidateOptions>(
      {"a.json", "--profile", "http://one", "b.json", "--profile=http://two", "-", "--format",
       "outcome", "-o", "out.json", "--fail-on", "warning", "-j4", "--no-best-practice", "--fhir",
       "3.0.2", "--quiet"});
  CHECK(options.input.paths == std::vector<std::string>{"a.json", "b.json", "-"});
  CHECK(options.profiles == std::vector<std::string>{"http://one", "http://two"});
  CHECK(options.format == lhcr::finding::ReportFormat::outcome);
  CHECK(options.output.path == "out.json");
  CHECK(options.fail_on == lhcr::finding::Severity::warning);
  CHECK(options.jobs.jobs == 4);
  CHECK_FALSE(options.checks.best_practice);
  CHECK(options.version.fhir == "3.0.2");
  CHECK(options.verbosity.quiet);
}

TEST_CASE("harness settings are named options and off by default") {
  const auto plain = parsed<ValidateOptions>({});
  CHECK(plain.checks.best_practice);
  CHECK_FALSE(plain.checks.allow_example_urls);
  CHECK_FALSE(plain.checks.unknown_extensions_are_errors);
  CHECK(plain.jobs.jobs == 0);
  const auto harness =
      parsed<ValidateOptions>({"--allow-example-urls", "--unknown-extensions", "error",
                               "--security-checks", "--for-publication", "--no-contained"});
  CHECK(harness.checks.allow_example_urls);
  CHECK(harness.checks.unknown_extensions_are_errors);
  CHECK(harness.checks.security_checks);
  CHECK(harness.checks.for_publication);
  CHECK_FALSE(harness.checks.check_contained);
}

TEST_CASE("convert and query fill their options") {
  const auto convert = parsed<ConvertOptions>({"-t", "fhir-xml", "x.json", "--compact"});
  CHECK(convert.target == Target::fhir_xml);
  CHECK(convert.compact);
  CHECK(convert.input.paths == std::vector<std::string>{"x.json"});
  const auto query = parsed<QueryOptions>({"name.given", "x.json", "y.json", "--format=json"});
  CHECK(query.expression == "name.given");
  CHECK(query.input.paths == std::vector<std::string>{"x.json", "y.json"});
  CHECK(query.format == QueryFormat::json);
}

TEST_CASE("what cannot be parsed is refused with a suggestion") {
  CHECK(refused<ValidateOptions>({"--formt", "json"}) ==
        "lhcr test: there is no option '--formt'. Did you mean '--format'?");
  CHECK(refused<ValidateOptions>({"--format", "jsn"}) ==
        "--format: 'jsn' is not text, json, outcome, junit, sarif, github, html, markdown or "
        "gitlab. Did you mean "
        "'json'?");
  CHECK(refused<ValidateOptions>({"-j", "-3"}) == "--jobs: '-3' is not a whole number from 1");
  CHECK(refused<ValidateOptions>({"-j", "0"}) == "--jobs: '0' is not a whole number from 1");
  CHECK_FALSE(refused<ValidateOptions>({"--output"}).empty());
  CHECK_FALSE(refused<ValidateOptions>({"-o", "a", "-o", "b"}).empty());
  CHECK_FALSE(refused<QueryOptions>({}).empty());
}

TEST_CASE("names after -- are files, and help is asked for in any place before") {
  CHECK(parsed<ValidateOptions>({"--", "--help", "-x"}).input.paths ==
        std::vector<std::string>{"--help", "-x"});
  ValidateOptions options;
  OptionList list("lhcr test");
  declare(list, options);
  CHECK_FALSE(list.parse({"a.json", "--help"}));
}

TEST_CASE("every command has a name of its own, a summary and options that can be read back") {
  for (const Command& command : commands()) {
    CAPTURE(command.name);
    CHECK(find_command(command.name) == &command);
    CHECK_FALSE(command.summary.empty());
    OptionList list("lhcr");
    const Job job = command.prepare(list);
    CHECK(static_cast<bool>(job));
    for (const OptionRow& row : list.rows()) CHECK_FALSE(row.text.empty());
  }
  CHECK(find_command("nonsense") == nullptr);
}

TEST_CASE("a manual page's slots are filled, unknown ones refused") {
  const auto declared = declared_commands();
  CHECK(manual_page(".Dd today\n@EXIT@\n", declared).rfind(".Dd today\n.Bl", 0) == 0);
  CHECK(manual_page("@OPTIONS validate@\n", declared).find(".It Fl f , Fl -format Ar FORMAT") !=
        std::string::npos);
  CHECK_THROWS_AS(manual_page("@OPTIONS nonsense@\n", declared), lhcr::Error);
}
