// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert/convert_map.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/mapped_file.hpp"
#include "base/text.hpp"
#include "format/container/byte_source.hpp"

namespace lhcr::cmd {
namespace {

constexpr std::string_view r4 = "4.0.1";
constexpr std::string_view stu3 = "3.0.2";
constexpr std::string_view loss_to_file = "json=";
constexpr std::string_view fail_on_aside = "aside";

}  // namespace

std::vector<map::Overlay> read_overlays(const std::vector<std::string>& paths) {
  std::vector<map::Overlay> out;
  for (const std::string& path : paths) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw Error(ErrorKind::input, path + ": cannot be opened");
    std::ostringstream text;
    text << file.rdbuf();
    out.push_back({path, text.str()});
  }
  return out;
}

void declare_map(OptionList& list, MapOptions& options) {
  list.group("Conversion");
  list.opt(
      "--from", options.from, "KIND",
      {{"cda", MapOptions::From::cda},
       {"stu3", MapOptions::From::stu3},
       {"r4", MapOptions::From::r4},
       {"csv", MapOptions::From::csv}},
      "Set the kind of input where its content or name does not show it: cda, stu3, r4 or csv");
  list.opt(
      "--table", options.table, {"NAME"},
      "With --from csv: set the file name of the table on standard input, such as patients.csv");
  list.opt("--cda-flavour", options.flavour, "FLAVOUR",
           {{"ccda", MapOptions::Flavour::ccda}, {"itk", MapOptions::Flavour::itk}},
           "Set the family of CDA documents: ccda or itk; for an input it is detected");
  list.opt("--map", options.maps, {"FILE", Completion::file},
           "Apply the rows of a map file on top of the built-in ones, see lhcr-map(5)");
  list.opt("--bundle", options.bundle, "TYPE",
           {{"document", map::BundleType::document},
            {"transaction", map::BundleType::transaction},
            {"collection", map::BundleType::collection}},
           "Set the type of the Bundle that a CDA document becomes: document, transaction or "
           "collection");
  list.opt("--keep-unmapped", options.keep_unmapped,
           "Carry along what no map row carries, so that converting back restores it");
  list.opt("--loss", options.loss, {"FORMAT", {Completion::words, "loss-formats"}},
           "Report what was not carried: text, json, or json=PATH");
  list.opt_flag("--fail-on-loss", options.fail_on_loss, {std::string(fail_on_aside)},
                "Exit with 1 when something was not carried; with =aside, also when it is carried "
                "only in a private extension, in a tag or as the raw element");
}

map::Needs needed_maps(const MapOptions& options, const std::vector<Input>& inputs, bool to_cda,
                       const std::string& fhir) {
  map::Needs needs;
  needs.versions = to_cda || !fhir.empty();
  std::error_code error;
  // Several inputs repay the few milliseconds; a pipe cannot be looked into.
  const bool one = inputs.size() == 1 && std::filesystem::is_regular_file(inputs[0].path, error);
  if (one && options.flavour == MapOptions::Flavour::detected) {
    const MappedFile file(inputs[0].path);
    needs.itk = format::begins_packed(file.bytes()) || map::may_be_itk(file.bytes());
    file.require_intact();
  }
  return needs;
}

Maps::Maps(definition::Library& library, const MapOptions& options, std::string fhir,
           map::Needs needs)
    : library_(library), options_(options), fhir_(std::move(fhir)) {
  if (!options.loss.empty() && options.loss != "text" && options.loss != "json" &&
      !options.loss.starts_with("json=")) {
    throw Error(ErrorKind::usage, "--loss: '" + options.loss + "' is not text, json or json=PATH");
  }
  if (options.loss.starts_with(loss_to_file)) {
    loss_file_.open(options.loss.substr(loss_to_file.size()), std::ios::binary | std::ios::trunc);
    check_loss_file();
  }
  converter_ = std::make_unique<map::Converter>(library, read_overlays(options.maps), needs);
}

record::Reading Maps::reading() const {
  record::Reading made;
  made.version = source_version();
  if (options_.from == MapOptions::From::cda) {
    made.as = record::Reading::As::cda;
  } else if (options_.from != MapOptions::From::detected) {
    made.as = record::Reading::As::fhir;
  }
  return made;
}

const definition::Definitions* Maps::source_version() const {
  switch (options_.from) {
    case MapOptions::From::stu3:
      return library_.version(stu3);
    case MapOptions::From::r4:
      return library_.version(r4);
    default:
      return nullptr;
  }
}

const definition::Definitions& Maps::result_version() const {
  return *library_.version(fhir_.empty() ? r4 : fhir_);
}

map::ConvertOptions Maps::convert_options(map::CdaFlavour flavour) const {
  map::ConvertOptions made;
  made.bundle = options_.bundle;
  made.keep_unmapped = options_.keep_unmapped;
  made.flavour = options_.flavour == MapOptions::Flavour::detected
                     ? flavour
                     : (options_.flavour == MapOptions::Flavour::itk ? map::CdaFlavour::itk
                                                                     : map::CdaFlavour::ccda);
  return made;
}

bool Maps::from_cda(const tree::Tree& source, bool back, Trees& trees,
                    map::LossReport& report) const {
  const map::ConvertOptions options = convert_options(map::detect_flavour(source));
  const bool down = result_version().fhir_version().starts_with('3');
  if (!back && !down) return converter_->cda_to_fhir(source, options, trees.result, report);
  map::LossReport second;
  second.listed = report.listed;
  if (!converter_->cda_to_fhir(source, options, trees.middle, report)) return false;
  const bool good = back ? converter_->fhir_to_cda(trees.middle, options, trees.result, second)
                         : converter_->change_version(trees.middle, r4, stu3, trees.result, second);
  report.add(second);
  return good;
}

bool Maps::to_cda(tree::Tree& source, const definition::Definitions& version, Trees& trees,
                  map::LossReport& report) const {
  const map::ConvertOptions options = convert_options(map::detect_flavour(source));
  if (version.fhir_version() == r4)
    return converter_->fhir_to_cda(source, options, trees.result, report);
  map::LossReport second;
  second.listed = report.listed;
  if (!converter_->change_version(source, stu3, r4, trees.middle, report)) return false;
  const bool good = converter_->fhir_to_cda(trees.middle, options, trees.result, second);
  report.add(second);
  return good;
}

bool Maps::convert(const Source& source, bool cda, Trees& trees, std::string& messages) {
  map::LossReport report;
  report.listed = !options_.loss.empty();
  report.first_line = trees.line;
  const bool changed = change(source, cda, trees, report);
  trees.lost = changed ? report.count() : 0;
  if (changed) tell(report, trees.name, messages);
  return changed;
}

std::string Maps::cannot_make(const Source& source, bool to_cda) const {
  const bool is_cda = source.content == Content::cda;
  const std::string_view from = source.version.fhir_version();
  const std::string_view to = fhir_.empty() && !is_cda ? from : result_version().fhir_version();
  const auto mapped = [](std::string_view version) { return version == r4 || version == stu3; };
  const bool starts = is_cda || mapped(from);
  if (to_cda) return starts ? std::string{} : "CDA";
  const bool stays = !is_cda && from == to;
  return stays || (starts && mapped(to)) ? std::string{} : "FHIR " + std::string(to);
}

std::string Maps::name_of(const Source& source) {
  return source.content == Content::cda ? "CDA"
                                        : "FHIR " + std::string(source.version.fhir_version());
}

bool Maps::change(const Source& source, bool cda, Trees& trees, map::LossReport& report) const {
  if (source.content == Content::cda) return from_cda(source.tree, cda, trees, report);
  if (cda) return to_cda(source.tree, source.version, trees, report);
  const std::string_view from = source.version.fhir_version();
  const std::string_view to = fhir_.empty() ? from : result_version().fhir_version();
  return from != to && converter_->change_version(source.tree, from, to, trees.result, report);
}

namespace {

/// "12 element(s) and attribute(s) carried, 3 aside, 1 not carried; 1 statement(s) not stated".
std::string summary_of(const map::LossReport& report) {
  std::string out = std::to_string(report.carried()) + " element(s) and attribute(s) carried, " +
                    std::to_string(report.count_aside()) + " aside, " +
                    std::to_string(report.count()) + " not carried";
  if (!report.not_stated.empty()) {
    out += "; " + std::to_string(report.not_stated.size()) + " statement(s) not stated";
  }
  return out;
}

}  // namespace

void Maps::check_loss_file() const {
  if (!loss_file_) {
    throw Error(ErrorKind::input,
                options_.loss.substr(loss_to_file.size()) + ": cannot be written");
  }
}

namespace {

/// What the section and class of statements had to say, since their templates did not.
std::string strangers_of(const map::LossReport& report) {
  std::string out = "warning: " + std::to_string(report.strange.statements) +
                    " statement(s) of templates that no map knows are in the narrative, or what "
                    "their class alone says:";
  for (const std::string& root : report.strange.templates) {
    out += " " + printable(root);
  }
  return out + " [template-family-unknown]; lhcr map show --families lists what is known";
}

}  // namespace

void Maps::tell(const map::LossReport& report, const std::string& name, std::string& messages) {
  if (report.strange.statements > 0 && !options_.quiet) {
    messages += "lhcr: " + name + ": " + strangers_of(report) + "\n";
  }
  const bool lost = report.count() > 0 || !report.not_stated.empty();
  const bool aside = options_.fail_on_loss == fail_on_aside && report.count_aside() > 0;
  if (lost || aside) lost_ = true;
  if (options_.loss.empty()) {
    if (lost && !options_.quiet) {
      messages += "lhcr: " + name + ": " + summary_of(report) + "; --loss text lists them\n";
    }
  } else if (options_.loss == "text") {
    messages += report.text(name);
  } else {
    tell_json(report.json(name), messages);
  }
}

void Maps::tell_json(const std::string& object, std::string& messages) {
  if (options_.loss == "json") {
    messages += object + "\n";
    return;
  }
  const std::lock_guard lock(loss_lock_);
  loss_file_ << object << "\n" << std::flush;
  check_loss_file();
}

void Maps::tell_codes(const CodeReport& report, const std::string& name, std::string& messages) {
  if (report.notes.empty()) {
    return;
  }
  if (options_.loss.empty()) {
    messages += "lhcr: " + name + ": " + std::to_string(report.changed()) + " code(s) changed, " +
                std::to_string(report.notes.size() - report.changed()) +
                " left as they are; --loss text lists them\n";
  } else if (options_.loss == "text") {
    messages += report.text(name);
  } else {
    std::string object = map::LossReport().json(name);
    object.back() = ',';
    tell_json(object + "\"codes\":" + report.json() + "}", messages);
  }
}

}  // namespace lhcr::cmd
