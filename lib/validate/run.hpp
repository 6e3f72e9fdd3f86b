// SPDX-License-Identifier: Apache-2.0
/// What the checks share while one record is validated: the tree, the sink, and where in the record
/// they are. What they share from record to record is in state.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "fhirpath/fhirpath.hpp"
#include "finding/id.hpp"
#include "validate/services.hpp"
#include "validate/terminology.hpp"
#include "validate/validate.hpp"

namespace lhcr::validate {

/// Counts findings and keeps none.
class CountingSink : public finding::Sink {
 public:
  void add(finding::Finding finding) override {
    errors_ += finding.severity <= finding::Severity::error ? 1U : 0U;
  }
  [[nodiscard]] bool wants_path(finding::Severity) const override { return false; }
  [[nodiscard]] std::size_t errors() const noexcept { return errors_; }

 private:
  std::size_t errors_ = 0;
};

class Form;

/// A resource being walked: the record itself, a contained resource, an entry of a Bundle, a
/// Parameters value.
struct ResourceFrame {
  tree::NodeId node = tree::no_node;
  tree::NodeId root = tree::no_node;  ///< the resource that contains a contained one, else itself
  bool contained = false;
  std::unordered_set<std::string_view> element_ids;
};

class Run;

/// The services of the record under validation: profiles are judged by the same run.
class RunServices : public ProfileServices {
 public:
  RunServices(Run& run, const definition::Definitions& definitions, const SymbolTable& symbols)
      : ProfileServices(definitions, symbols), run_(run) {}
  tree::NodeId resolve(const tree::Tree& tree, tree::NodeId node) override;
  std::optional<bool> conforms_to(const tree::Tree& tree, tree::NodeId node,
                                  std::string_view profile) override;
  std::optional<bool> in_slice(const tree::Tree& tree, tree::NodeId node,
                               std::string_view structure, std::string_view name) override;
  std::optional<bool> member_of(const tree::Tree& tree, tree::NodeId node,
                                std::string_view value_set) override;
  std::optional<bool> subsumes(std::string_view system, std::string_view above,
                               std::string_view below) override;
  std::optional<bool> has_template(const tree::Tree& tree, tree::NodeId node,
                                   std::string_view profile) override;

 private:
  /// Notes an answer that is not to be had.
  std::optional<bool> noted(std::optional<bool> answer);

  Run& run_;
};

class Run {
 public:
  Run(Validator::State& state, const tree::Tree& tree, finding::Sink& sink);
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  template <finding::Name name>
  void report(tree::NodeId node, finding::Kind<name>, finding::Arguments<name> arguments = {}) {
    report(node, arguments.id(), arguments.take());
  }
  template <finding::Name name>
  void report(tree::NodeId node, finding::Severity severity, finding::Kind<name>,
              finding::Arguments<name> arguments = {}) {
    report(node, severity, arguments.id(), arguments.take());
  }
  /// Where a kind is known only here; its arguments are as many as those of each that it may be.
  void report(tree::NodeId node, finding::Id id, std::vector<std::string> arguments);
  void report(tree::NodeId node, finding::Severity severity, finding::Id id,
              std::vector<std::string> arguments);

  /// A finding that is made of every other record, and that most runs only count: `arguments` are
  /// asked for when somebody reads it.
  template <std::size_t count, typename Make>
  void report_often(tree::NodeId node, finding::KindTaking<count> kind, const Make& arguments) {
    std::array<std::string, count> texts;
    if (sink_->wants_path(std::max(finding::entry(kind.id).severity, most_))) texts = arguments();
    report(node, kind.id, finding::gathered(texts.data(), count));
  }

  /// A finding that tells what was considered and why nothing fits: all of it for reports that have
  /// a place for it, and the first few as the last argument.
  template <finding::Name name>
  void report_considered(tree::NodeId node, finding::Kind<name>,
                         finding::Arguments<name, 1> arguments,
                         std::vector<finding::Candidate> candidates) {
    report_considered(node, arguments.id(), arguments.take(), std::move(candidates));
  }

  /// A finding at a node that is no element, so that no FHIRPath leads to it: the path is that of
  /// the element which holds it (OperationOutcome.issue.expression: "one of the elements in the
  /// resource").
  template <finding::Name name>
  void report_within(tree::NodeId node, finding::Kind<name>, finding::Arguments<name> arguments) {
    report_within(node, arguments.id(), arguments.take());
  }

  /// A finding about a node; its path costs its depth, however many there are.
  [[nodiscard]] finding::Finding about(tree::NodeId node, finding::Severity severity,
                                       finding::Id id, std::vector<std::string> arguments);
  template <finding::Name name>
  [[nodiscard]] finding::Finding about(tree::NodeId node, finding::Severity severity,
                                       finding::Kind<name>, finding::Arguments<name> arguments) {
    return about(node, severity, arguments.id(), arguments.take());
  }
  /// Every report ends here.
  void send(finding::Finding finding);
  /// Reports what comes of the same cause as a finding that is reported anyway.
  template <finding::Name name>
  void report_following(tree::NodeId node, finding::Kind<name>,
                        finding::Arguments<name> arguments = {}) {
    report_following(node, arguments.id(), arguments.take());
  }

  /// The Questionnaire that a response names: contained in it, or from a package; nullptr when it
  /// is not here.
  [[nodiscard]] const Form* form(tree::NodeId response, std::string_view canonical);

  /// Counts something that could not be checked; said once for each `what` at the end of the
  /// record.
  void count_unchecked(finding::KindTaking<2> kind, std::string_view what);
  void report_unchecked();
  /// Whether a terminology server may be asked: there is one, and findings are for the report.
  [[nodiscard]] bool may_ask() const {
    return options.terminology != nullptr && sink_ == record_sink_;
  }

  /// First child with the element's name, or no_node.
  [[nodiscard]] tree::NodeId child(tree::NodeId node, Symbol name) const {
    return tree.child(node, name);
  }
  /// The text of that child, or empty.
  [[nodiscard]] std::string_view child_text(tree::NodeId node, Symbol name) const;
  [[nodiscard]] bool has_text(tree::NodeId node) const;
  [[nodiscard]] std::string_view type_name(tree::NodeId node) const;
  [[nodiscard]] fhirpath::Context context();
  [[nodiscard]] finding::Sink& sink() { return *sink_; }
  /// Whether findings are for the report, and not only counted.
  [[nodiscard]] bool reports() const { return sink_ == record_sink_; }
  /// Sends findings elsewhere until the returned guard ends.
  class Redirect {
   public:
    Redirect(Run& run, finding::Sink& sink) : run_(run), before_(std::exchange(run.sink_, &sink)) {}
    ~Redirect() { run_.sink_ = before_; }
    Redirect(const Redirect&) = delete;
    Redirect& operator=(const Redirect&) = delete;

   private:
    Run& run_;
    finding::Sink* before_;
  };

  /// Until it ends findings are at most of this severity: what another version of a template
  /// demands is no error of a document that does not claim it.
  class AtMost {
   public:
    AtMost(Run& run, finding::Severity most)
        : run_(run), before_(std::exchange(run.most_, std::max(most, run.most_))) {}
    ~AtMost() { run_.most_ = before_; }
    AtMost(const AtMost&) = delete;
    AtMost& operator=(const AtMost&) = delete;

   private:
    Run& run_;
    finding::Severity before_;
  };

  Validator::State& state;
  const tree::Tree& tree;
  const definition::Definitions& definitions;
  const Options& options;
  RunServices services;
  References& references;
  ResourceFrame* frame = nullptr;
  std::optional<std::unordered_set<std::string_view>>
      anchors;  ///< ids and anchors of the record, once asked for
  PendingCodes pending_codes;
  /// The entry without a fullUrl that was reported last.
  tree::NodeId nameless_entry = tree::no_node;
  /// CDA: which templates a node has been judged against.
  std::unordered_set<std::uint64_t> judged;
  bool json = true;  ///< the record came from JSON
  /// What an invariant asks for (a value set, a profile, the target of a reference) is not here, so
  /// that its answer counts for nothing.
  bool unsure = false;
  std::vector<std::pair<tree::NodeId, definition::StructureId>>
      open_profiles;  ///< guards against cycles

 private:
  struct Unchecked {
    finding::KindTaking<2> kind;
    std::string_view what;
    std::size_t count;
  };
  void report_considered(tree::NodeId node, finding::Id id, std::vector<std::string> arguments,
                         std::vector<finding::Candidate> candidates);
  void report_within(tree::NodeId node, finding::Id id, std::vector<std::string> arguments);
  void report_following(tree::NodeId node, finding::Id id, std::vector<std::string> arguments);

  tree::Paths paths_;
  finding::Severity most_ = finding::Severity::fatal;
  finding::Sink* sink_;
  finding::Sink* record_sink_;
  std::vector<Unchecked> unchecked_;
  std::unique_ptr<const Form> contained_form_;
};

}  // namespace lhcr::validate
