// SPDX-License-Identifier: Apache-2.0
// `lhcr init`: an lhcr.toml from what lies in a folder.
#include <filesystem>
#include <map>
#include <set>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/names.hpp"
#include "base/text.hpp"
#include "cmd/command.hpp"
#include "cmd/packages.hpp"
#include "cmd/run/inputs.hpp"
#include "cmd/run/output.hpp"
#include "cmd/run/process.hpp"
#include "record/record_reader.hpp"
#include "tree/nodes.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;

struct InitOptions {
  std::string folder;
  OutputOptions output;
  JobOptions jobs;
  VerbosityOptions verbosity;
};

/// What the records of a folder are.
struct Seen {
  std::uint64_t records = 0;
  std::uint64_t cda = 0;
  std::map<std::string, std::uint64_t> versions;  ///< that records surely have
  std::map<std::string, std::uint64_t> profiles;  ///< that they claim
};

/// Tells of each record its kind, version and profiles, one a line.
class Looker : public Worker {
 public:
  explicit Looker(const definition::Library& library) : reader_(library, weighing()) {}
  void work(const Input&, const format::Record& record, Done& done) override {
    finding::Collector ignored;
    if (!reader_.read(record, ignored)) return;
    done.out = reader_.is_cda() ? "cda\n" : "fhir\n";
    if (reader_.is_cda()) return;
    done.version = {reader_.sure_version(), record.index, record.line};
    const tree::Tree& tree = reader_.tree();
    const tree::NodeId meta = tree.child(tree::root_node, name::meta);
    if (meta == tree::no_node) return;
    for (const tree::NodeId child : tree::named(tree, meta, name::profile)) {
      done.out += std::string(tree[child].text()) + "\n";
    }
  }
  void unreadable(const Input&, const std::string&, Done&) override {}

 private:
  static record::Reading weighing() {
    record::Reading reading;
    reading.foreign = finding::Severity::error;
    reading.weigh_versions = true;
    return reading;
  }
  record::RecordReader reader_;
};

class Counter : public Consumer {
 public:
  explicit Counter(Seen& seen) : seen_(seen) {}
  void begin_input(const Input&) override {}
  void take(const Done& done) override {
    std::string_view rest = done.out;
    for (bool first = true; !rest.empty(); first = false) {
      const std::size_t end = rest.find('\n');
      const std::string line(rest.substr(0, end));
      rest.remove_prefix(end + 1);
      if (!first) ++seen_.profiles[line];
      if (first) ++(line == "cda" ? seen_.cda : seen_.records);
    }
    if (done.version.version != nullptr) {
      ++seen_.versions[std::string(done.version.version->fhir_version())];
    }
  }
  void end_input() override {}
  void tell(const finding::Finding&, const finding::Place&, Done&) override {}
  void idle() override {}

 private:
  Seen& seen_;
};

Seen look(const std::vector<Input>& inputs, const InitOptions& options, const Io& io) {
  const definition::Library library;
  Seen seen;
  Counter counter(seen);
  process(
      inputs, Work(options.jobs, options.verbosity, io),
      [&] { return std::make_unique<Looker>(library); }, counter);
  return seen;
}

bool is_package(const fs::path& path) {
  std::error_code none;
  if (path.filename().string().ends_with(".tgz")) {
    try {
      return !definition::package_info(path.string()).name.empty();
    } catch (const Error&) {
      return false;
    }
  }
  return fs::is_regular_file(path / "package" / "package.json", none) ||
         fs::is_regular_file(path / "package.json", none);
}

/// The packages in a folder and its folder `packages`, as their paths below it.
std::vector<std::string> packages_in(const fs::path& folder) {
  std::vector<std::string> found;
  for (const fs::path& place : {folder, folder / "packages"}) {
    std::error_code none;
    for (const fs::directory_entry& entry : fs::directory_iterator(place, none)) {
      if (is_package(entry.path()))
        found.push_back(entry.path().lexically_relative(folder).string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// A basic string of TOML, whose escapes include all that JSON has.
std::string in_quotes(const std::string& text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string about_version(const Seen& seen) {
  if (seen.versions.size() == 1) {
    return "fhir = " + in_quotes(seen.versions.begin()->first) + "\n";
  }
  std::string text =
      seen.versions.empty()
          ? "# No record shows its FHIR version beyond doubt; each is judged by its content.\n"
          : "# Each record is read as the version that it shows:\n";
  for (const auto& [version, count] : seen.versions) {
    text += "#   " + version + ": " + std::to_string(count) + " records\n";
  }
  return text + "# fhir = \"4.0.1\"\n";
}

std::string about_packages(const std::vector<std::string>& packages, const std::string& folder) {
  if (packages.empty())
    return "\n# [[packages]]\n# name = \"example.profiles\"\n# version = \"1.0.0\"\n";
  std::string text;
  for (const std::string& package : packages) {
    text += "\n[[packages]]\npath = " + in_quotes(package) + "\nsha256 = " +
            in_quotes(definition::package_hash((fs::path(folder) / package).string())) + "\n";
  }
  return text;
}

std::string about_profiles(const Seen& seen) {
  std::string text;
  for (const auto& [url, count] : seen.profiles) {
    text += "#   " + in_quotes(url) + " (" + std::to_string(count) + ")\n";
  }
  if (text.empty()) return text;
  return "\n# Records are checked against the profiles that they claim:\n" + text +
         "# [[profiles]] with a url, and a glob as files, demands one.\n";
}

std::string made(const Seen& seen, const std::string& folder) {
  std::string text = "# What lhcr does here; see lhcr.toml(5). Found in this folder: " +
                     std::to_string(seen.records) + " records of FHIR, " +
                     std::to_string(seen.cda) + " of CDA.\n";
  text += about_version(seen);
  text += "exclude = []\n";
  text += "\n[validate]\nfail-on = \"error\"\n";
  text += about_packages(packages_in(folder), folder);
  text += about_profiles(seen);
  text +=
      "\n# [[ignore]]\n# constraint = \"dom-6\"\n# files = \"old/*.json\"\n"
      "# reason = \"records of the old system have no narrative\"\n# until = \"2030-12-31\"\n";
  return text;
}

void declare(OptionList& list, InitOptions& options) {
  list.argument("[DIR]", options.folder, Completion::directory,
                "Folder to inspect (default: the current one)");
  declare_output(list, options.output,
                 "Write to PATH instead of lhcr.toml in that folder; - is standard output");
  declare_jobs(list, options.jobs);
  declare_verbosity(list, options.verbosity);
}

ExitCode run(const InitOptions& options, const Io& io) {
  const std::string folder = options.folder.empty() ? "." : options.folder;
  const std::string path = options.output.path.empty()
                               ? (fs::path(folder) / "lhcr.toml").lexically_normal().string()
                               : options.output.path;
  std::error_code none;
  if (!fs::is_directory(folder, none))
    throw Error(ErrorKind::input, folder + ": there is no such folder");
  if (path != "-" && fs::exists(path, none)) {
    throw Error(ErrorKind::usage,
                path + " exists already; remove it, or write elsewhere with --output");
  }
  InputOptions input;
  input.paths = {folder};
  VerbosityOptions silent = options.verbosity;
  silent.quiet = true;
  const Seen seen =
      has_records(folder) ? look(expand_inputs(input, io, silent), options, io) : Seen{};
  const std::string text = made(seen, folder);
  if (path == "-") return print(text, io);
  write_file(path, text);
  if (!options.verbosity.quiet) io.say("lhcr: wrote " + path + "\n");
  return ExitCode::yes;
}

}  // namespace

Command init_command() {
  Command command;
  command.name = "init";
  command.group = "Projects";
  command.summary = "Write an lhcr.toml for a folder of records";
  command.description =
      "Inspects the records and packages of a folder and writes an lhcr.toml with what it finds: "
      "the FHIR version, the packages with their hashes, and the profiles that the records claim. "
      "An existing file is left alone.";
  command.examples = {
      {"lhcr init project --output -", "Show what would be written"},
  };
  return make_command<InitOptions>(std::move(command), declare, run);
}

}  // namespace lhcr::cmd
