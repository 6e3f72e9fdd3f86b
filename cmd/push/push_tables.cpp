// SPDX-License-Identifier: Apache-2.0
#include "cmd/push/push_tables.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "cmd/convert/convert_view.hpp"
#include "cmd/convert/domain_rows.hpp"
#include "definition/version/releases.hpp"

namespace lhcr::cmd {
namespace {

TableFormat table_format(const deliver::Region& region) {
  TableFormat format;
  if (region.text("drop.format") == "parquet") {
    format.kind = TableFormat::Kind::parquet;
    format.open_parquet = find_parquet();
  }
  return format;
}

/// A list in the region file; commas part the words of --set.
std::vector<std::string> view_words(const deliver::Region& region) {
  std::vector<std::string> words;
  for (const std::string& text : region.list("drop.view")) {
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find(',', at), text.size());
      if (end > at) words.push_back(text.substr(at, end - at));
      at = end + 1;
    }
  }
  return words;
}

std::unique_ptr<view::Vocabulary> open_vocabulary(const deliver::Region& region) {
  const std::string folder = region.text("drop.vocabulary");
  return folder.empty() ? nullptr : std::make_unique<view::Vocabulary>(folder);
}

/// Counts the rows that pass.
class CountedRows : public view::RowSink {
 public:
  explicit CountedRows(view::RowSink& next) : next_(next) {}
  void row(const view::Row& row) override {
    ++count_;
    next_.row(row);
  }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

 private:
  view::RowSink& next_;
  std::uint64_t count_ = 0;
};

class StringSink : public view::ByteSink {
 public:
  void write(std::string_view bytes) override { bytes_.append(bytes); }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

}  // namespace

DropTables::Maker::Maker(const view::View& made, const TableFormat& format)
    : view(&made), runner(made), rows(make_row_writer(format, made.columns())) {}

DropTables::DropTables(const deliver::Region& region, definition::Library& library,
                       const std::function<void(const std::string&)>& note)
    : format_(table_format(region)),
      vocabulary_(open_vocabulary(region)),
      views_(compile_views(view_words(region), library, {region.text("fhir")}, note)),
      version_(views_.empty() ? definition::default_version(library)
                              : views_.front().definitions()),
      services_(version_, library.symbols(), vocabulary_.get()) {
  for (const view::View& view : views_) {
    makers_.emplace_back(view, format_);
    makers_.back().runner.set_services(&services_);
  }
}

std::string DropTables::add(const tree::Tree& tree, tree::NodeId resource) {
  if (record_ != &tree) services_.reset(tree);
  record_ = &tree;
  findings_.clear();
  std::vector<std::size_t> before;
  std::vector<std::uint64_t> counts;
  bool good = true;
  for (Maker& maker : makers_) {
    before.push_back(maker.rows->out().size());
    CountedRows rows(*maker.rows);
    DomainRows of_domain(maker.view->columns(), vocabulary_.get(), rows);
    if (of_domain.takes_any()) {
      good = maker.runner.run(tree, resource, of_domain, findings_) && good;
    }
    counts.push_back(rows.count());
  }
  for (std::size_t at = 0; at < makers_.size(); ++at) {
    if (good) {
      makers_[at].count += counts[at];
    } else {
      makers_[at].rows->out().resize(before[at]);
    }
  }
  if (good) return {};
  const auto& found = findings_.findings();
  return "not sent: " + (found.empty() ? "it cannot be a row" : found.front().text());
}

std::string DropTables::whole_file(Maker& maker) const {
  const std::string& rows = maker.rows->out();
  if (format_.kind == TableFormat::Kind::csv) {
    return view::csv_header(maker.view->columns(), format_.csv) + rows;
  }
  StringSink sink;
  try {
    const std::unique_ptr<view::ParquetFile> file(
        format_.open_parquet(maker.view->columns(), sink, view::ParquetLimits{}));
    file->add(rows);
    file->finish();
  } catch (const std::runtime_error& error) {
    throw Error(ErrorKind::input, maker.view->name() + ": " + error.what());
  }
  return sink.take();
}

/// Views of one name make one table: the first of them takes the rows of all.
void DropTables::join_parts() {
  for (auto part = makers_.begin(); part != makers_.end(); ++part) {
    const auto first = std::find_if(makers_.begin(), part, [&](const Maker& maker) {
      return maker.view->name() == part->view->name();
    });
    if (first == part) continue;
    first->rows->out() += part->rows->out();
    first->count += std::exchange(part->count, 0);
    part->rows->out().clear();
  }
}

std::vector<deliver::TableMaker::Table> DropTables::take() {
  const bool csv = format_.kind == TableFormat::Kind::csv;
  std::vector<Table> made;
  join_parts();
  for (Maker& maker : makers_) {
    if (maker.count > 0) {
      made.push_back(
          {maker.view->name(), csv ? ".csv" : ".parquet", whole_file(maker), maker.count});
    }
    maker.rows->out().clear();
    maker.count = 0;
  }
  record_ = nullptr;
  return made;
}

std::unique_ptr<DropTables> make_drop_tables(const deliver::Region& region,
                                             const std::string& style, definition::Library& library,
                                             const std::function<void(const std::string&)>& note) {
  const bool asked = deliver::find_style(style).make == deliver::make_drop &&
                     deliver::drops_tables(region) && region.has("drop.view");
  return asked ? std::make_unique<DropTables>(region, library, note) : nullptr;
}

}  // namespace lhcr::cmd
