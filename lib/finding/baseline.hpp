// SPDX-License-Identifier: Apache-2.0
/// Findings that are known and accepted: by id, constraint, path and file (`--ignore`), or because
/// a baseline lists them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "finding/finding.hpp"

namespace lhcr::finding {

/// `[ID|CONSTRAINT][:PATH][@FILE]`: what all its parts name.
struct IgnoreRule {
  std::optional<Id> id;    ///< nothing: every id, or that of `constraint`
  std::string constraint;  ///< the key of one, such as "dom-6"; empty: not by constraint
  std::string path;        ///< empty: everywhere; else the element or what it is in
  std::string files;       ///< a glob for the input's name; empty: every input
};
/// `constraints`: the keys that are known, asked for when a name is no finding's. Throws
/// Error{usage} when there is no such id or key, and when the rule names nothing.
[[nodiscard]] IgnoreRule parse_ignore_rule(
    const std::string& text, const std::function<std::vector<std::string>()>& constraints = {});
/// Whether a rule covers a finding of an input that it is for: its id and constraint are the
/// rule's, its path is the rule's or below it. A rule's step without index stands for every index.
[[nodiscard]] bool covers(const IgnoreRule& rule, const Finding& finding);
/// Whether a rule is for an input: its glob fits the name or, when it has a '/', a part of it that
/// ends it ("old/*.json" fits "/data/old/a.json").
[[nodiscard]] bool is_for_input(const IgnoreRule& rule, std::string_view input);
/// The same of the glob alone.
[[nodiscard]] bool fits_input(const std::string& glob, std::string_view input);

/// The same for a finding of the same id at the same path whose text has the same arguments, in
/// hexadecimal; the hint does not count.
[[nodiscard]] std::string fingerprint(const Finding& finding);
/// The same, and not the same in another input or record.
[[nodiscard]] std::string fingerprint(const Finding& finding, std::string_view input,
                                      std::uint64_t record);

/// How often each finding is known, per input and record. As a text: one line each, fields parted
/// by tabs, sorted; values from the record are in it only as fingerprints.
class Baseline {
 public:
  /// Reads what write() wrote. Throws Error{input} with the line; `name` is the file's.
  static Baseline read(std::string_view text, const std::string& name);
  [[nodiscard]] std::string write() const;

  /// The key of a finding. `record`: the record's id, or its number when it has none.
  [[nodiscard]] static std::string key(const Finding& finding, std::string_view input,
                                       std::string_view record);
  [[nodiscard]] std::uint64_t known(const std::string& key) const;
  /// Notes that a record has a finding `count` times. Safe to call from several threads.
  void note(const std::string& key, std::uint64_t count);

  Baseline() = default;
  Baseline(Baseline&& other) noexcept : counts_(std::move(other.counts_)) {}

 private:
  std::map<std::string, std::uint64_t> counts_;
  std::mutex noting_;
};

/// What is accepted in one run.
struct Acceptance {
  std::vector<IgnoreRule> ignored;
  const Baseline* known = nullptr;  ///< may be nullptr
  Baseline* noted = nullptr;        ///< takes everything that is not ignored; may be nullptr
  /// Where they are not the usual ones; the last that covers a finding holds.
  std::vector<std::pair<IgnoreRule, Severity>> severities = {};
};

/// Passes on the findings of one record that are not accepted, with the severities of the run.
/// Belongs to one worker.
class AcceptingSink : public Sink {
 public:
  AcceptingSink(const Acceptance& acceptance, Sink& next) : acceptance_(acceptance), next_(next) {}
  /// To be called for each record.
  void begin_record(std::string_view input, std::string record);
  /// What findings from now on are filed under: the record's id, once it is known.
  void set_record(std::string record) { record_ = std::move(record); }
  void add(Finding finding) override;
  [[nodiscard]] bool wants_path(Severity severity) const override;
  /// Findings of the present record that were accepted.
  [[nodiscard]] std::uint64_t accepted() const noexcept { return accepted_; }

 private:
  const Acceptance& acceptance_;
  Sink& next_;
  std::string input_;
  std::string record_;
  std::vector<const IgnoreRule*> rules_;  ///< those for the present input
  std::uint64_t accepted_ = 0;
  std::unordered_map<std::string, std::uint64_t> seen_;
};

}  // namespace lhcr::finding
