// SPDX-License-Identifier: Apache-2.0
/// Documents of UK records: one patient, a custodian.
#include "base/names.hpp"
#include "finding/id.hpp"
#include "tree/nodes.hpp"
#include "validate/nhs/nhs.hpp"
#include "validate/run.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using tree::no_node;
using tree::NodeId;

/// The patients that the entries of one document are about. Messages may be about several: a birth
/// notification is about mother and child.
class Patients {
 public:
  explicit Patients(Run& run) : run_(run) {}

  /// Looks at the subject or patient of an entry's resource.
  void add(NodeId resource) {
    for (const Symbol name : {name::subject, name::patient}) {
      const NodeId reference = run_.child(resource, name);
      if (reference == no_node) continue;
      const NodeId text = run_.child(reference, name::reference);
      run_.has_text(text) ? compare(text) : compare_number(nhs_number_of(reference));
    }
  }

 private:
  /// The value of the first NHS number among a node's identifiers, or no_node.
  [[nodiscard]] NodeId nhs_number_of(NodeId node) const {
    for (const NodeId at : tree::named(run_.tree, node, name::identifier)) {
      const auto system = uk_system(run_.child_text(at, name::system));
      const NodeId value = run_.child(at, name::value);
      if (system && system->kind == UkSystem::nhs_number && run_.has_text(value)) return value;
    }
    return no_node;
  }

  void compare(NodeId text) {
    const NodeId target = run_.references.resolve(text, run_.tree[text].text()).node;
    if (target == no_node || run_.tree.resource_type(target) != "Patient") return;
    if (first_ == no_node) first_ = target;
    if (target != first_ && target != said_) {
      said_ = target;
      run_.report(text, id<"patients-differ">, {std::string(run_.tree[text].text())});
    } else if (target == first_) {
      compare_number(nhs_number_of(target));
    }
  }

  /// A patient may be named by the NHS number alone.
  void compare_number(NodeId value) {
    if (value == no_node) return;
    const std::string digits = without_separators(run_.tree[value].text());
    if (number_.empty()) number_ = digits;
    if (digits != number_ && digits != said_number_) {
      said_number_ = digits;
      run_.report(value, id<"patients-differ">, {digits});
    }
  }

  Run& run_;
  NodeId first_ = no_node;
  NodeId said_ = no_node;
  std::string number_;
  std::string said_number_;
};

}  // namespace

void check_nhs_bundle(Run& run, NodeId resource) {
  if (run.child_text(resource, name::type) != "document") return;
  Patients patients(run);
  for (const NodeId entry : tree::named(run.tree, resource, name::entry)) {
    const NodeId inner = run.child(entry, name::resource);
    if (inner != no_node) patients.add(inner);
  }
}

void check_nhs_composition(Run& run, NodeId resource) {
  if (run.child(resource, name::custodian) == no_node) {
    run.report(resource, id<"custodian-missing">);
  }
}

}  // namespace lhcr::validate
