// SPDX-License-Identifier: Apache-2.0
/// Which table of the CDM a row is for: the domain of its concept says it.
#pragma once

#include <string>
#include <vector>

#include "view/view.hpp"
#include "view/vocabulary.hpp"

namespace lhcr::cmd {

/// Hands on the rows whose concept is of a domain that the view takes (ColumnRole::domain). A
/// concept whose domain is not known is of none, so that a view that takes one domain has no row of
/// it.
class DomainRows : public view::RowSink {
 public:
  /// `vocabulary` nullptr: no domain is known. The columns, it and `next` outlive the object.
  DomainRows(const std::vector<view::Column>& columns, const view::Vocabulary* vocabulary,
             view::RowSink& next);

  /// False: no row can come through.
  [[nodiscard]] bool takes_any() const noexcept { return vocabulary_ != nullptr || all_but_; }
  void row(const view::Row& row) override;
  /// Rows that came through since count was set to 0.
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  void set_count(std::uint64_t count) noexcept { count_ = count; }

 private:
  [[nodiscard]] bool takes(const view::Row& row) const;

  const view::Vocabulary* vocabulary_;
  view::RowSink& next_;
  std::uint64_t count_ = 0;
  std::size_t column_ = 0;
  std::vector<std::string> domains_;
  bool all_but_ = true;
};

}  // namespace lhcr::cmd
