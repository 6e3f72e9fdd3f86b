// SPDX-License-Identifier: Apache-2.0
/// The Language Server Protocol 3.17 for records: diagnostics, hover, quick fixes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "cmd/lsp/check.hpp"
#include "cmd/lsp/text_places.hpp"

namespace lhcr::cmd {

/// Takes messages, one after the other, and says what goes back.
class LanguageServer {
 public:
  using Messages = std::vector<nlohmann::json>;

  /// Answers to requests and what a notification leads to.
  [[nodiscard]] Messages take(const nlohmann::json& message);
  /// Whether the client said `exit`.
  [[nodiscard]] bool ended() const noexcept { return ended_; }
  /// Whether it said `shutdown` before.
  [[nodiscard]] bool shut_down() const noexcept { return shut_down_; }

 private:
  struct Document {
    std::string text;
    Checked checked;
  };

  [[nodiscard]] Messages request(const nlohmann::json& message);
  void notice(const std::string& method, const nlohmann::json& parameters, Messages& out);
  void check(const std::string& uri, std::string text, Messages& out);
  [[nodiscard]] nlohmann::json hover(const nlohmann::json& parameters) const;
  [[nodiscard]] nlohmann::json actions(const nlohmann::json& parameters) const;

  std::map<std::string, Document> documents_;  ///< by URI
  bool shut_down_ = false;
  bool ended_ = false;
};

}  // namespace lhcr::cmd
