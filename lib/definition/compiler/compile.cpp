// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/compile.hpp"

#include "definition/compiler/read.hpp"
#include "definition/compiler/snapshot.hpp"
#include "definition/compiler/writer.hpp"

namespace lhcr::definition::compiler {
namespace {

std::vector<std::byte> write(const Model& model, Below& below) {
  ImageWriter writer(below);
  writer.add_structures(model);
  writer.add_terminology(model);
  writer.add_canonicals(model);
  return writer.bytes(model.fhir_version);
}

}  // namespace

std::vector<std::byte> compile(const std::vector<std::string>& packages) {
  Below nothing(nullptr);
  return write(read_packages(packages), nothing);
}

struct Layer::State {
  explicit State(const Image* image) : below(image), reader(image != nullptr) {}
  Below below;
  ModelReader reader;
};

Layer::Layer(const Image* below) : state_(std::make_unique<State>(below)) {}
Layer::~Layer() = default;

void Layer::add(const std::string& where, std::string_view content) {
  state_->reader.add(where, content);
}

std::vector<std::byte> Layer::finish() {
  Model model = state_->reader.finish(state_->below);
  if (state_->below.image() != nullptr) {
    model.fhir_version = state_->below.image()->fhir_version();
  }
  Snapshots(model.structures, state_->below).fill();
  return write(model, state_->below);
}

}  // namespace lhcr::definition::compiler
