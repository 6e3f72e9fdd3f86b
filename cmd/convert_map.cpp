// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert_map.hpp"

#include <fstream>
#include <sstream>

#include "base/error.hpp"
#include "format/cda.hpp"

namespace lhcr::cmd {
namespace {

constexpr std::string_view r4 = "4.0.1";
constexpr std::string_view stu3 = "3.0.2";

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
  list.opt("--from", options.from, "KIND",
           {{"cda", MapOptions::From::cda},
            {"stu3", MapOptions::From::stu3},
            {"r4", MapOptions::From::r4}},
           "What the input is, where its content does not say: cda, stu3 or r4");
  list.opt("--cda-flavour", options.flavour, "FLAVOUR",
           {{"ccda", MapOptions::Flavour::ccda}, {"itk", MapOptions::Flavour::itk}},
           "Family of CDA documents: ccda or itk; of an input it is detected");
  list.opt("--map", options.maps, {"FILE", Completion::file},
           "Lay the rows of a map file over the built-in ones, see lhcr-map(5)");
  list.opt("--bundle", options.bundle, "TYPE",
           {{"document", map::BundleType::document},
            {"transaction", map::BundleType::transaction},
            {"collection", map::BundleType::collection}},
           "Type of the Bundle a CDA document becomes: document, transaction or collection");
  list.opt("--keep-unmapped", options.keep_unmapped,
           "Carry along what no row carries, so that the way back restores it");
  list.opt("--loss", options.loss, {"FORMAT", Completion::nothing},
           "Tell what was not carried: text, json, or json=PATH");
  list.opt("--fail-on-loss", options.fail_on_loss, "Exit 1 when something was not carried");
}

Maps::Maps(definition::Library& library, const MapOptions& options, std::string fhir)
    : library_(library), options_(options), fhir_(std::move(fhir)) {
  if (!options.loss.empty() && options.loss != "text" && options.loss != "json" &&
      !options.loss.starts_with("json=")) {
    throw Error(ErrorKind::usage, "--loss: '" + options.loss + "' is not text, json or json=PATH");
  }
  converter_ = std::make_unique<map::Converter>(library, read_overlays(options.maps));
}

bool Maps::is_cda(const format::Record& record) const {
  return record.format == format::Format::xml &&
         (options_.from == MapOptions::From::cda ||
          (options_.from == MapOptions::From::detected && format::is_cda(record.bytes)));
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

bool Maps::from_cda(const tree::Tree& source, bool back, tree::Tree& target,
                    map::LossReport& report) const {
  const map::ConvertOptions options = convert_options(map::detect_flavour(source));
  const bool down = result_version().fhir_version().starts_with('3');
  if (!back && !down) return converter_->cda_to_fhir(source, options, target, report);
  tree::Tree middle(library_.symbols());
  map::LossReport second;
  if (!converter_->cda_to_fhir(source, options, middle, report)) return false;
  return back ? converter_->fhir_to_cda(middle, options, target, second)
              : converter_->change_version(middle, r4, stu3, target, second);
}

bool Maps::to_cda(const tree::Tree& source, const definition::Definitions& version,
                  tree::Tree& target, map::LossReport& report) const {
  const map::ConvertOptions options = convert_options(map::CdaFlavour::ccda);
  if (version.fhir_version().starts_with('4'))
    return converter_->fhir_to_cda(source, options, target, report);
  tree::Tree middle(library_.symbols());
  map::LossReport first;
  return converter_->change_version(source, stu3, r4, middle, first) &&
         converter_->fhir_to_cda(middle, options, target, report);
}

bool Maps::convert(const tree::Tree& source, Content content, bool cda,
                   const definition::Definitions& version, tree::Tree& target,
                   std::string& messages) {
  map::LossReport report;
  const bool changed = change(source, content, cda, version, target, report);
  if (changed) tell(report, messages);
  return changed;
}

bool Maps::change(const tree::Tree& source, Content content, bool cda,
                  const definition::Definitions& version, tree::Tree& target,
                  map::LossReport& report) const {
  if (content == Content::cda) return from_cda(source, cda, target, report);
  if (cda) return to_cda(source, version, target, report);
  const bool same = fhir_.empty() || result_version().fhir_version() == version.fhir_version();
  return !same && converter_->change_version(source, version.fhir_version(),
                                             result_version().fhir_version(), target, report);
}

void Maps::tell(const map::LossReport& report, std::string& messages) {
  if (!report.lost.empty()) lost_ = true;
  if (options_.loss == "text") {
    messages += report.text();
  } else if (options_.loss == "json") {
    messages += report.json() + "\n";
  } else if (options_.loss.starts_with("json=")) {
    const std::lock_guard lock(loss_file_);
    std::ofstream file(options_.loss.substr(5), std::ios::binary | std::ios::app);
    file << report.json() << "\n";
    if (!file) throw Error(ErrorKind::input, options_.loss.substr(5) + ": cannot be written");
  }
}

}  // namespace lhcr::cmd
