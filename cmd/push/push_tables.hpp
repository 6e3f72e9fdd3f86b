// SPDX-License-Identifier: Apache-2.0
/// Tables for the style drop of `lhcr push`: the region names views, their rows become files.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cmd/convert/tables.hpp"
#include "cmd/convert/view_services.hpp"
#include "deliver/region/region.hpp"
#include "deliver/style/style.hpp"
#include "finding/finding.hpp"
#include "view/view.hpp"

namespace lhcr::cmd {

class DropTables : public deliver::TableMaker {
 public:
  /// Compiles the views of the region's drop.view; to be made before the first record is read.
  /// `note`: told what is odd about them. Throws Error{usage}.
  DropTables(const deliver::Region& region, definition::Library& library,
             const std::function<void(const std::string&)>& note);
  /// The version that records are wanted in.
  [[nodiscard]] const definition::Definitions& version() const noexcept { return version_; }
  std::string add(const tree::Tree& tree, tree::NodeId resource) override;
  std::vector<Table> take() override;

 private:
  /// A view at work, and the rows that it has made since the last take().
  struct Maker {
    Maker(const view::View& made, const TableFormat& format);
    const view::View* view;
    view::Runner runner;
    std::unique_ptr<view::RowWriter> rows;
    std::uint64_t count = 0;
  };
  [[nodiscard]] std::string whole_file(Maker& maker) const;
  void join_parts();

  TableFormat format_;
  std::unique_ptr<view::Vocabulary> vocabulary_;
  std::vector<view::View> views_;
  const definition::Definitions& version_;
  ViewServices services_;
  std::vector<Maker> makers_;
  const tree::Tree* record_ = nullptr;  ///< that services_ know
  finding::Collector findings_{16, finding::Severity::error};
};

/// nullptr when the region does not ask for tables.
[[nodiscard]] std::unique_ptr<DropTables> make_drop_tables(
    const deliver::Region& region, const std::string& style, definition::Library& library,
    const std::function<void(const std::string&)>& note);

}  // namespace lhcr::cmd
