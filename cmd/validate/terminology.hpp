// SPDX-License-Identifier: Apache-2.0
/// --tx: a terminology server that judges codes by $validate-code, and what it said before.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "cmd/command.hpp"
#include "deliver/transport/http.hpp"
#include "terminology/store/library.hpp"
#include "validate/terminology.hpp"

namespace lhcr::cmd {

struct TerminologyOptions {
  std::vector<std::string> releases;  ///< NAME or NAME#VERSION; empty: all that were added; "off"
  std::string url = "off";            ///< base URL of a FHIR server; "off": none
  unsigned days = 7;                  ///< an answer is used again for so long
  unsigned timeout = 20;              ///< seconds for one request
};
/// --terminology alone.
void declare_releases(OptionList& list, TerminologyOptions& options);
void declare_terminology(OptionList& list, TerminologyOptions& options);

/// Answers of one server on disk: lines of time, verdict, value set, system and code, parted by
/// tabs. Only yes and no are kept.
class AnswerCache {
 public:
  /// `file` need not exist; what cannot be read in it is forgotten. `now` in seconds since 1970.
  AnswerCache(std::string file, std::uint64_t lifetime, std::uint64_t now);
  [[nodiscard]] validate::CodeVerdict find(const std::string& key) const;
  void add(const std::string& key, validate::CodeVerdict verdict);
  /// Writes what is young enough, when something was added.
  void save() const;

 private:
  struct Answer {
    std::uint64_t time;
    bool yes;
  };
  std::string file_;
  std::uint64_t lifetime_;
  std::uint64_t now_;
  bool changed_ = false;
  std::map<std::string, Answer> answers_;
};

/// Sends codes, and nothing else of a record, in batches. A server that fails once is not asked
/// again in the same run.
class TerminologyServer : public validate::Terminology {
 public:
  /// Throws Error{usage} when the URL is none or holds a password.
  explicit TerminologyServer(const TerminologyOptions& options);
  std::vector<validate::CodeVerdict> judge(
      std::span<const validate::CodeQuestion> questions) override;
  /// Keeps the answers. To be called once, at the end.
  void finish();
  /// What went wrong, in words, or empty.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

 private:
  void ask(const std::vector<const validate::CodeQuestion*>& questions);
  void take(const std::vector<const validate::CodeQuestion*>& questions, const std::string& body);

  std::string url_;
  std::vector<std::string> headers_;
  deliver::HttpTransport transport_;
  AnswerCache cache_;
  std::mutex asking_;
  std::string problem_;
};

/// The releases that judge codes; empty when none was added or wanted. Throws Error{input} for a
/// name that is not there; of those that nobody named a damaged one is told and left out.
[[nodiscard]] std::unique_ptr<terminology::Library> open_releases(const TerminologyOptions& options,
                                                                  const Io& io);
/// "snomed#20260826, ods#20260828"
[[nodiscard]] std::string labels_of(const terminology::Library& releases);

/// nullptr when none is wanted.
[[nodiscard]] std::unique_ptr<TerminologyServer> terminology_server(
    const TerminologyOptions& options);

}  // namespace lhcr::cmd
