// SPDX-License-Identifier: Apache-2.0
#include "map/run/run.hpp"

#include "map/run/parts.hpp"
#include "map/run/rows.hpp"
#include "map/run/to_cda.hpp"
#include "map/run/to_fhir.hpp"

namespace lhcr::map {

Run::Run(const Map& map, bool forward, const tree::Tree& source, tree::Tree& target)
    : map_(map),
      forward_(forward),
      parts_(std::make_unique<Parts>(map, forward, source, target)),
      in_(parts_->in),
      out_(parts_->out),
      rows_(std::make_unique<Rows>(*this, *parts_)),
      to_fhir_(std::make_unique<ToFhir>(*parts_, *rows_)),
      to_cda_(std::make_unique<ToCda>(*parts_, *rows_)) {
  if (forward) {
    rows_->set_maker(*to_fhir_);
  } else {
    rows_->set_maker(*to_cda_);
  }
}

Run::~Run() = default;

tree::NodeId Run::narrative(std::string_view id) {
  return in_.narrative(id, parts_->anchors.document());
}

bool Run::claim_part(const std::string& id) {
  return parts_->resources.claim_part(id);
}

bool Run::refer_to_patient(tree::NodeId reference) {
  const std::size_t patient = parts_->resources.patient();
  if (patient == Resources::npos) {
    return false;
  }
  parts_->resources.refer(reference, patient);
  return true;
}

std::string_view Run::patient_name() {
  return parts_->resources.patient_name();
}

void Run::adopt(const Run& other) {
  in_.ledger().adopt(other.in_.ledger());
  parts_->not_stated.adopt(other.parts_->not_stated);
  parts_->chooser.adopt(other.parts_->chooser);
}

void Run::end_rows() {
  in_.end_rows();
  out_.end_rows();
  parts_->known.end_rows();
}

}  // namespace lhcr::map
