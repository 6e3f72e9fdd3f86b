// SPDX-License-Identifier: Apache-2.0
/// Documents and messages of UK records: one patient, a custodian.
#include "finding/id.hpp"
#include "validate/nhs/nhs.hpp"
#include "validate/run.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using tree::no_node;
using tree::NodeId;

bool is_exchange(std::string_view type) {
  return type == "document" || type == "message";
}

/// The patients that the entries of one Bundle are about.
class Patients {
 public:
  explicit Patients(Run& run) : run_(run) {}

  /// Looks at the subject or patient of an entry's resource.
  void add(NodeId resource) {
    for (const Symbol name : {run_.names.subject, run_.names.patient}) {
      const NodeId reference = run_.child(resource, name);
      if (reference == no_node) continue;
      const NodeId text = run_.child(reference, run_.names.reference);
      if (run_.has_text(text)) compare(text);
    }
  }

 private:
  void compare(NodeId text) {
    const NodeId target = run_.references.resolve(text, run_.tree[text].text()).node;
    if (target == no_node || run_.tree.resource_type(target) != "Patient") return;
    if (first_ == no_node) first_ = target;
    if (target != first_ && target != said_) {
      said_ = target;
      run_.report(text, Id::patients_differ, {std::string(run_.tree[text].text())});
    }
  }

  Run& run_;
  NodeId first_ = no_node;
  NodeId said_ = no_node;
};

}  // namespace

void check_nhs_bundle(Run& run, NodeId resource) {
  if (!is_exchange(run.child_text(resource, run.names.type))) return;
  Patients patients(run);
  for (const NodeId entry : run.tree.children(resource)) {
    if (run.tree[entry].element != run.names.entry) continue;
    const NodeId inner = run.child(entry, run.names.resource);
    if (inner != no_node) patients.add(inner);
  }
}

void check_nhs_composition(Run& run, NodeId resource) {
  if (run.child(resource, run.names.custodian) == no_node) {
    run.report(resource, Id::custodian_missing);
  }
}

}  // namespace lhcr::validate
