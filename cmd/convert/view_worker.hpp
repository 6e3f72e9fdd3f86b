// SPDX-License-Identifier: Apache-2.0
/// Records to the rows of views, in one of several threads.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "cmd/convert/convert.hpp"
#include "cmd/convert/recency.hpp"
#include "cmd/convert/support.hpp"
#include "cmd/convert/table_set.hpp"
#include "cmd/run/process.hpp"
#include "definition/definitions.hpp"
#include "terminology/query/translate.hpp"
#include "view/view.hpp"
#include "view/vocabulary.hpp"

namespace lhcr::cmd {

/// Records that views have no rows for, by the views and the reasons they give.
class LeftOut {
 public:
  explicit LeftOut(const std::vector<view::View>& views) : views_(views), counts_(views.size()) {}

  void add(std::size_t view, const std::vector<std::uint64_t>& counts) {
    const std::lock_guard lock(guard_);
    counts_[view].resize(counts.size());
    for (std::size_t i = 0; i < counts.size(); ++i) counts_[view][i] += counts[i];
  }

  /// A line for each reason that a view gives.
  [[nodiscard]] std::string text() const {
    std::string out;
    for (std::size_t view = 0; view < views_.size(); ++view) {
      for (std::size_t i = 0; i < counts_[view].size(); ++i) {
        const std::string& reason = views_[view].reasons()[i];
        if (reason.empty() || counts_[view][i] == 0) continue;
        out += "lhcr: " + views_[view].name() + ": " + std::to_string(counts_[view][i]) + " " +
               views_[view].resource() + " left out: " + reason + "\n";
      }
    }
    return out;
  }

 private:
  const std::vector<view::View>& views_;
  std::mutex guard_;
  std::vector<std::vector<std::uint64_t>> counts_;
};

/// What every worker of a run shares.
struct ViewRun {
  const ConvertOptions& options;
  const definition::Library& library;
  const definition::Definitions& version;
  const std::vector<view::View>& views;
  TableSet& tables;
  const format::NameSet* needed;  ///< nullptr: records are read whole
  Maps* maps;                     ///< nullptr: no record needs one
  Privacy& privacy;
  const view::Vocabulary* vocabulary;    ///< nullptr: none was named
  const terminology::Library& releases;  ///< has the numbers when no vocabulary was named
  bool colour;
  bool asked;                             ///< --fhir says what version records are
  std::set<definition::TypeId> carriers;  ///< types that have other resources as parts
  LeftOut& left_out;
  Recency& recency;
  Support* support;  ///< nullptr: references are followed within a record only
};

[[nodiscard]] std::unique_ptr<Worker> make_view_worker(const ViewRun& run);

}  // namespace lhcr::cmd
