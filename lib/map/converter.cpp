// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "map/compiler/built_in.hpp"
#include "map/map.hpp"
#include "map/run/document.hpp"
#include "map/run/version.hpp"

namespace lhcr::map {
namespace {

constexpr std::string_view r4_version = "4.0.1";
constexpr std::string_view stu3_version = "3.0.2";
constexpr std::string_view npfit_templates = "2.16.840.1.113883.2.1.3.2.4.18";
constexpr std::string_view itk_mark = "urn:npfit:HL7:Localisation:messageType";

}  // namespace

struct Converter::State {
  const definition::Definitions* r4 = nullptr;
  const definition::Definitions* stu3 = nullptr;
  std::unique_ptr<Map> ccda;
  std::unique_ptr<Map> itk;
  std::unique_ptr<Map> versions;
  std::unique_ptr<TypePairs> up;    // types of STU3 that become those of R4
  std::unique_ptr<TypePairs> down;  // and the other way
  std::unique_ptr<Completion> completion;
  std::unique_ptr<Completion> stu3_completion;  // of what was R4
  std::unique_ptr<Completion> up_completion;    // of what was STU3

  [[nodiscard]] const Map& of(CdaFlavour flavour) const {
    return flavour == CdaFlavour::itk ? *itk : *ccda;
  }
};

Converter::Converter(definition::Library& library, const std::vector<Overlay>& overlays,
                     Needs needs)
    : state_(std::make_unique<State>()) {
  state_->r4 = library.version(r4_version);
  state_->stu3 = library.version(stu3_version);
  state_->completion = std::make_unique<Completion>(*state_->r4);
  const BuiltIn maps(library, overlays);
  if (needs.ccda) {
    state_->ccda = maps.map("ccda");
  }
  if (needs.itk) {
    state_->itk = maps.map("itk");
  }
  if (needs.versions) {
    state_->versions = maps.map("stu3");
    const Map& map = *state_->versions;
    state_->up = std::make_unique<TypePairs>(map, *state_->stu3, *state_->r4, true);
    state_->down = std::make_unique<TypePairs>(map, *state_->r4, *state_->stu3, false);
    state_->stu3_completion =
        std::make_unique<Completion>(*state_->stu3, state_->r4, state_->down.get());
    state_->up_completion =
        std::make_unique<Completion>(*state_->r4, state_->stu3, state_->up.get());
  }
}

Converter::~Converter() = default;

namespace {

/// Whether FHIR was made from an ITK document: it keeps the message type.
bool was_itk(const tree::Tree& fhir) {
  for (tree::NodeId node = tree::root_node; node < fhir.size(); ++node) {
    if (fhir[node].length == itk_mark.size() && fhir[node].text() == itk_mark) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool may_be_itk(std::string_view bytes) {
  // memmem() looks at millions of bytes in a millisecond.
  const auto holds = [bytes](std::string_view mark) {
    return ::memmem(bytes.data(), bytes.size(), mark.data(), mark.size()) != nullptr;
  };
  return holds(npfit_templates) || holds(itk_mark);
}

CdaFlavour detect_flavour(const tree::Tree& cda) {
  const Symbol root = cda.find("root");
  const tree::NodeId document = find_document(cda);
  if (document == tree::no_node) {
    return was_itk(cda) ? CdaFlavour::itk : CdaFlavour::ccda;
  }
  for (const tree::NodeId child : cda.children(document)) {
    const tree::NodeId value = cda.child(child, root);
    if (value != tree::no_node && cda[value].text().starts_with(npfit_templates)) {
      return CdaFlavour::itk;
    }
  }
  return CdaFlavour::ccda;
}

bool Converter::cda_to_fhir(const tree::Tree& cda, const ConvertOptions& options, tree::Tree& fhir,
                            LossReport& loss) const {
  const Map& map = state_->of(options.flavour);
  return document_to_bundle({map, *state_->r4, *state_->completion}, cda, options, fhir, loss);
}

bool Converter::fhir_to_cda(tree::Tree& fhir, const ConvertOptions& options, tree::Tree& cda,
                            LossReport& loss) const {
  const Map& map = state_->of(options.flavour);
  return bundle_to_document({map, *state_->r4, *state_->completion}, fhir, options, cda, loss);
}

bool Converter::change_version(const tree::Tree& source, std::string_view from, std::string_view to,
                               tree::Tree& target, LossReport& loss) const {
  const bool up = from == stu3_version && to == r4_version;
  const bool down = from == r4_version && to == stu3_version;
  if (!up && !down) {
    return false;
  }
  change_fhir_version(*state_->versions,
                      {*state_->stu3, *state_->r4, up ? *state_->up : *state_->down, up},
                      up ? *state_->up_completion : *state_->stu3_completion, source, target, loss);
  return true;
}

}  // namespace lhcr::map
