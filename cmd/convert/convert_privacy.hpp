// SPDX-License-Identifier: Apache-2.0
/// The part of `lhcr convert` that hides identities: --privacy.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "cmd/command.hpp"
#include "definition/definitions.hpp"
#include "finding/finding.hpp"
#include "privacy/privacy.hpp"

namespace lhcr::cmd {

struct PrivacyOptions {
  std::string policy;    ///< a file or the name of a ready rule set; empty: no privacy asked for
  std::string key_file;  ///< empty: LHCR_PRIVACY_KEY
  std::string report;    ///< empty: none
  bool check = false;
  bool test_numbers = false;  ///< check() lists NHS numbers of the test range
};
void declare_privacy(OptionList& list, PrivacyOptions& options);

/// The policy of a run; shared by its workers. Does nothing when none was asked for.
class Privacy {
 public:
  /// Reads policy and keys. Throws Error when one is missing or wrong. Interns names: to be made
  /// before the first record is read.
  Privacy(definition::Library& library, const PrivacyOptions& options);

  [[nodiscard]] bool active() const noexcept { return policy_ != nullptr; }

  /// A worker's own part.
  class Worker {
   public:
    explicit Worker(Privacy& privacy);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker();
    /// Hides identities in a typed tree; false when it may not be written.
    bool apply(tree::Tree& tree, const definition::Definitions& definitions, finding::Sink& sink);
    /// Throws Error{usage} when there are rules: they cannot work on `what`.
    void refuse(const std::string& what) const;

   private:
    Privacy& privacy_;
    std::unique_ptr<privacy::Anonymiser> anonymiser_;
  };

  /// Writes the report.
  void finish() const;

 private:
  const PrivacyOptions& options_;
  const SymbolTable& symbols_;
  std::unique_ptr<privacy::Policy> policy_;
  privacy::Keys keys_;
  std::mutex guard_;
  privacy::Tally tally_;
};

}  // namespace lhcr::cmd
