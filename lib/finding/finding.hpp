// SPDX-License-Identifier: Apache-2.0
/// A finding: what a check says about a place in a record. Findings are data; their wording stands
/// in explanations/*.md.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "tree/paths.hpp"
#include "tree/tree.hpp"

namespace lhcr::finding {

/// OperationOutcome.issue.severity. fatal: the record could not be read to its end.
enum class Severity : std::uint8_t { fatal, error, warning, information };

/// The kinds of findings. finding/id.hpp names them; only what names one is built anew when the
/// catalogue grows.
enum class Id : std::uint16_t;

/// One row of the catalogue.
struct Entry {
  std::string_view id;    ///< "unknown-element"
  Severity severity;      ///< unless a check says otherwise
  std::string_view code;  ///< OperationOutcome.issue.code (http://hl7.org/fhir/issue-type)
  std::string_view text;  ///< with {0}, {1}, ... for the arguments
  std::string_view hint;  ///< what to try; may use the arguments; may be empty
};

[[nodiscard]] const Entry& entry(Id id);
[[nodiscard]] const std::vector<Entry>& catalogue();
/// How many arguments the text and the hint of a kind need.
[[nodiscard]] std::size_t arity(Id id);
/// Replaces {0}, {1}, ... in a catalogue text; one that is missing is shown as "?".
[[nodiscard]] std::string fill(std::string_view text, const std::vector<std::string>& arguments);
[[nodiscard]] std::string_view severity_name(Severity severity);

/// Where in the input a finding is. Lines and columns count from 1; columns count Unicode code
/// points.
struct Position {
  std::uint64_t offset = 0;  ///< bytes from the start of the file
  std::uint64_t line = 0;    ///< 0: not known
  std::uint64_t column = 0;
};

/// What an element might have been, or what might have been the element that is missing.
struct Candidate {
  std::string name;    ///< a slice, a profile, or the path of an element
  std::string reason;  ///< the first thing that does not fit
};
/// "name: reason".
[[nodiscard]] std::string in_words(const Candidate& candidate);
/// "Not name: reason; not name: reason", of the first few; empty: there are none.
[[nodiscard]] std::string in_words(const std::vector<Candidate>& candidates);

struct Finding {
  Id id{};
  Severity severity = Severity::error;
  std::string path;  ///< FHIRPath location with indexes, empty when there is no element
  Position position;
  std::vector<std::string> arguments;
  std::vector<Candidate> candidates;  ///< all that were considered; the hint tells the first few
  /// It comes of the same cause as another finding of the record, which tells it better; counted
  /// apart, so that one fault is one finding.
  bool follows = false;

  [[nodiscard]] std::string text() const { return fill(entry(id).text, arguments); }
  [[nodiscard]] std::string hint() const { return fill(entry(id).hint, arguments); }
};

/// Receives findings in the order they are made.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;
  virtual void add(Finding finding) = 0;
  /// Whether the path of a finding of this severity matters to anyone now. When it does not, the
  /// finding is to be added without one.
  [[nodiscard]] virtual bool wants_path(Severity severity) const {
    static_cast<void>(severity);
    return true;
  }
};

/// Whether a finding of this kind says that something was not checked: its id ends in
/// "-not-checked" or "-not-here".
[[nodiscard]] bool says_not_checked(Id id);

/// Keeps findings in memory, at most `limit` of them and only those of severity `least` or worse,
/// and counts all.
class Collector : public Sink {
 public:
  explicit Collector(std::size_t limit = 10000, Severity least = Severity::information)
      : limit_(limit), least_(least) {}
  /// In debug builds a finding must have the arguments of its kind.
  void add(Finding finding) override;
  [[nodiscard]] bool wants_path(Severity severity) const override {
    return severity <= least_ && findings_.size() < limit_;
  }
  void clear();
  [[nodiscard]] const std::vector<Finding>& findings() const noexcept { return findings_; }
  [[nodiscard]] std::vector<Finding>& findings() noexcept { return findings_; }
  /// Number of findings of one severity, kept or not.
  [[nodiscard]] std::size_t count(Severity severity) const noexcept {
    return counts_[static_cast<std::size_t>(severity)];
  }
  /// Findings counted and not kept because there were too many.
  [[nodiscard]] std::size_t dropped() const noexcept { return dropped_; }
  /// Number of findings, kept or not, of a kind that says_not_checked().
  [[nodiscard]] std::size_t not_checked() const noexcept { return not_checked_; }
  /// Number of findings that follow from others; they are in no other count.
  [[nodiscard]] std::size_t following() const noexcept { return following_; }
  /// Puts what is kept into the order of the document.
  void sort();
  [[nodiscard]] bool has_errors() const noexcept {
    return count(Severity::fatal) + count(Severity::error) > 0;
  }

 private:
  std::size_t limit_;
  Severity least_;
  std::size_t dropped_ = 0;
  std::size_t not_checked_ = 0;
  std::size_t following_ = 0;
  std::size_t counts_[4] = {};
  std::vector<Finding> findings_;
};

/// Makes findings about the nodes of one tree. Only the byte offset is known here; whoever knows
/// the file fills line and column in (locate()).
[[nodiscard]] Finding about(const tree::Tree& tree, tree::NodeId node, Id id,
                            std::vector<std::string> arguments = {});
/// For whoever makes many of them: see tree::Paths.
[[nodiscard]] Finding about(tree::Paths& paths, tree::NodeId node, Id id,
                            std::vector<std::string> arguments = {});

}  // namespace lhcr::finding
