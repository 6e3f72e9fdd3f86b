// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert/domain_rows.hpp"

#include <algorithm>
#include <charconv>

namespace lhcr::cmd {

DomainRows::DomainRows(const std::vector<view::Column>& columns, const view::Vocabulary* vocabulary,
                       view::RowSink& next)
    : vocabulary_(vocabulary), next_(next) {
  const auto found = std::find_if(columns.begin(), columns.end(), [](const view::Column& column) {
    return !column.role.domain.empty();
  });
  if (found == columns.end()) return;
  column_ = static_cast<std::size_t>(found - columns.begin());
  const std::string& text = found->role.domain;
  all_but_ = text.starts_with('!');
  for (std::size_t at = all_but_ ? 1 : 0; at < text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    domains_.push_back(text.substr(at, end - at));
    at = end + 1;
  }
}

bool DomainRows::takes(const view::Row& row) const {
  if (domains_.empty() || vocabulary_ == nullptr) return all_but_;
  const std::string_view text = row.text(row.cells[column_]);
  std::uint32_t id = 0;
  std::from_chars(text.data(), text.data() + text.size(), id);
  const std::string_view domain = vocabulary_->domain(id);
  const bool named = std::find(domains_.begin(), domains_.end(), domain) != domains_.end();
  return named != all_but_;
}

void DomainRows::row(const view::Row& row) {
  if (!takes(row)) return;
  ++count_;
  next_.row(row);
}

}  // namespace lhcr::cmd
