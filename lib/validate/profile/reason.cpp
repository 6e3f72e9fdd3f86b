// SPDX-License-Identifier: Apache-2.0
/// Why something does not fit, for the hint of a finding about slices and profiles.
#include "validate/checks.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Severity;
using tree::NodeId;

/// Keeps the first error.
class FirstError : public finding::Sink {
 public:
  void add(finding::Finding finding) override {
    if (text_.empty() && finding.severity <= Severity::error) {
      text_ = finding.path + ": " + finding.text();
    }
  }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
};

}  // namespace

std::string first_error(Run& run, NodeId node, std::string_view profile) {
  const definition::StructureId id = run.definitions.structure(profile);
  const ProfilePlan* const plan =
      id == definition::no_structure ? nullptr : run.state.profiles.get(id);
  if (plan == nullptr) {
    return "the profile is not here";
  }
  if (!run.definitions.derives(run.tree[node].type, plan->type)) {
    return "its type is " + std::string(run.type_name(node)) + ", not " +
           std::string(plan->info.type);
  }
  FirstError first;
  const Run::Redirect redirect(run, first);
  check_profile(run, node, *plan);
  return first.text();
}

std::vector<finding::Candidate> considered_profiles(Run& run, NodeId node,
                                                    const std::vector<std::string_view>& profiles) {
  std::vector<finding::Candidate> candidates;
  for (std::size_t at = 0; at < profiles.size() && at < most_considered && run.reports(); ++at) {
    std::string reason = first_error(run, node, profiles[at]);
    candidates.push_back(
        {std::string(profiles[at]), reason.empty() ? "nothing found" : std::move(reason)});
  }
  return candidates;
}

}  // namespace lhcr::validate
