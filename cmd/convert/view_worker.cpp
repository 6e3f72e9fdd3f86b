// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert/view_worker.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "cmd/convert/domain_rows.hpp"
#include "cmd/convert/view_services.hpp"
#include "cmd/convert/view_versions.hpp"
#include "cmd/run/messages.hpp"
#include "definition/version/releases.hpp"
#include "finding/id.hpp"
#include "format/lines.hpp"
#include "record/record_reader.hpp"
#include "record/version.hpp"

namespace lhcr::cmd {
namespace {

class ViewWorker : public Worker {
 public:
  explicit ViewWorker(const ViewRun& shared)
      : shared_(shared),
        reader_(shared.library, reading(shared)),
        converted_(shared.library.symbols()),
        messages_(shared.colour),
        privacy_(shared.privacy),
        lines_(shared.needed != nullptr ? std::make_unique<record::NamedReader>(*shared.needed)
                                        : nullptr),
        services_(shared.version, shared.library.symbols(), shared.vocabulary, &shared.releases) {
    if (shared.support != nullptr) {
      grafter_ = std::make_unique<Grafter>(*shared.support, shared.library, shared.version);
    }
    for (std::size_t i = 0; i < shared.views.size(); ++i) {
      runners_.emplace_back(shared.views[i]);
      runners_.back().set_services(&services_);
      writers_.push_back(shared.tables.make_writer(i));
      sinks_.push_back(std::make_unique<DomainRows>(shared.views[i].columns(), shared.vocabulary,
                                                    *writers_.back()));
    }
  }

  ViewWorker(const ViewWorker&) = delete;
  ViewWorker& operator=(const ViewWorker&) = delete;
  ~ViewWorker() override {
    for (std::size_t i = 0; i < runners_.size(); ++i) {
      shared_.left_out.add(i, runners_[i].left_out());
    }
  }

  void work(const Input& input, const format::Record& record, Done& done) override {
    // What a file is called may tell whose records it has.
    if (!shared_.privacy.active()) {
      for (view::Runner& runner : runners_) runner.set_source(input.shown());
    }
    if (record.lines) {
      each_line(input, record, done);
    } else {
      work_on(input, record, done);
    }
    for (std::size_t i = 0; i < writers_.size(); ++i) {
      done.tables.push_back(std::move(writers_[i]->out()));
      writers_[i]->out().clear();
      done.rows.push_back(sinks_[i]->count());
      sinks_[i]->set_count(0);
    }
  }

  void unreadable(const Input&, const std::string& why, Done& done) override {
    Messages::unreadable(why, done);
    done.tables.resize(writers_.size());
    done.rows.resize(writers_.size());
  }

 private:
  static record::Reading reading(const ViewRun& shared) {
    record::Reading made;
    if (shared.maps != nullptr) made = shared.maps->reading();
    if (made.version == nullptr && shared.asked) made.version = &shared.version;
    // A record that the default fits is judged no further, and may have to be converted.
    made.weigh_versions = &shared.version != &definition::default_version(shared.library);
    return made;
  }

  void each_line(const Input& input, const format::Record& lines, Done& done) {
    if (lines_ && lines_->start(lines.bytes)) {
      each_projected(input, lines, done);
    } else {
      format::each_line(lines, [&](const format::Record& line) { work_on(input, line, done); });
    }
  }

  /// Reads what the views need; lines that are out of the ordinary are read whole.
  void each_projected(const Input& input, const format::Record& lines, Done& done) {
    std::string_view line;
    for (;;) {
      const auto result = lines_->next(reader_.tree(), line);
      if (result == record::NamedReader::Result::end) return;
      bool good = result == record::NamedReader::Result::record && !carries_resources();
      if (good) {
        definition::attach_types(reader_.tree(), shared_.version);
        good = shared_.asked || fits(reader_.tree(), shared_.version);
      }
      if (good) {
        if (is_wanted(input, lines.offset + offset_of(line, lines))) {
          if (grafter_) grafter_->graft(reader_.tree(), services_);
          run(reader_.tree(), tree::root_node);
        }
        ++done.tally.records;
      }
      if (!good || !messages_.sink().findings().empty()) {
        finish_line(input, lines, line, good, done);
      }
    }
  }

  static std::size_t offset_of(std::string_view line, const format::Record& lines) {
    return static_cast<std::size_t>(line.data() - lines.bytes.data());
  }

  /// Judges the resources of the record that was read; false: none has rows.
  bool is_wanted(const Input& input, std::uint64_t offset) {
    if (!shared_.recency.active()) return true;
    shared_.recency.judge(reader_.tree(), input, offset, wanted_);
    return std::find(wanted_.begin(), wanted_.end(), true) != wanted_.end();
  }

  /// What a line needs that has findings, or is to be read whole: its place.
  void finish_line(const Input& input, const format::Record& lines, std::string_view line,
                   bool read, Done& done) {
    format::Record record = format::line_of(lines, line);
    const std::uint64_t before =
        format::count_line_ends(lines.bytes.substr(0, offset_of(line, lines)));
    record.line += before;
    record.index += before;
    if (!read) {
      work_on(input, record, done);
      return;
    }
    --done.tally.records;
    hand_over(input, record, done);
  }

  /// Bundle, Parameters: their parts are records, which a set of names does not show.
  [[nodiscard]] bool carries_resources() {
    const std::string_view type = reader_.tree().resource_type(tree::root_node);
    return std::none_of(shared_.views.begin(), shared_.views.end(),
                        [&](const view::View& view) { return view.resource() == type; }) &&
           shared_.carriers.contains(shared_.version.type(type));
  }

  void work_on(const Input& input, const format::Record& record, Done& done) {
    converted_.name = input.shown();
    converted_.line = record.line;
    tree::Tree* const tree = read(input, record, done);
    if (tree != nullptr && privacy_.apply(*tree, shared_.version, messages_.sink())) run_all(*tree);
    hand_over(input, record, done);
  }

  void hand_over(const Input& input, const format::Record& record, Done& done) {
    messages_.hand_over(
        input.shown(), record,
        shared_.options.verbosity.quiet ? finding::Severity::error : finding::Severity::warning,
        done);
  }

  /// The record as the views read it; nullptr when it cannot be read, or has no rows.
  tree::Tree* read(const Input& input, const format::Record& record, Done& done) {
    wanted_.clear();
    if (!reader_.read(record, messages_.sink())) return nullptr;
    const bool cda = reader_.is_cda();
    if (!cda && !is_wanted(input, record.offset)) return nullptr;
    return read_as_views(cda, done);
  }

  tree::Tree* read_as_views(bool cda, Done& done) {
    Maps* const maps = shared_.maps;
    if (!cda && is_of_views()) {
      note_version(nullptr, false);
      return &reader_.tree();
    }
    if (maps == nullptr) return cannot_convert();
    const auto content = cda ? Maps::Content::cda : Maps::Content::fhir;
    const definition::Definitions& version = cda ? shared_.version : reader_.definitions();
    const Maps::Source source{reader_.tree(), content, version};
    std::string wanted = maps->cannot_make(source, false);
    if (!wanted.empty()) return cannot_make(source, std::move(wanted));
    if (!maps->convert(source, false, converted_, done.messages)) {
      return cannot_convert();
    }
    note_version(&converted_.result, converted_.lost > 0);
    definition::attach_types(converted_.result, shared_.version);
    return &converted_.result;
  }

  void note_version(const tree::Tree* result, bool loses) {
    const record::Use use{result, loses, shared_.options.verbosity.verbose};
    auto unsure = record::unsure_version(reader_.judgement(), reader_.tree(), use);
    if (unsure) messages_.sink().add(std::move(*unsure));
  }

  tree::Tree* cannot_make(const Maps::Source& source, std::string wanted) {
    messages_.sink().add(finding::about(source.tree, tree::root_node,
                                        finding::id<"version-not-mapped">,
                                        {Maps::name_of(source), std::move(wanted)}));
    return nullptr;
  }

  tree::Tree* cannot_convert() {
    messages_.sink().add(finding::about(reader_.tree(), tree::root_node,
                                        finding::id<"not-a-resource">, {"it cannot be converted"}));
    return nullptr;
  }

  /// Whether the record has the views' version. Of versions that it fits equally the
  /// default is taken for its own, so that it may have that of the views as well.
  [[nodiscard]] bool is_of_views() {
    const definition::Definitions& own = reader_.definitions();
    if (&own == &shared_.version) return true;
    if (&own != &definition::default_version(shared_.library)) return false;
    definition::attach_types(reader_.tree(), shared_.version);
    if (fits(reader_.tree(), shared_.version)) return true;
    definition::attach_types(reader_.tree(), own);
    return false;
  }

  /// The resource of the record, and those that it carries (Bundle, Parameters), but not contained
  /// ones, which are part of the resource around them.
  void run_all(tree::Tree& tree) {
    if (grafter_) grafter_->graft(tree, services_);
    std::vector<tree::NodeId> nodes;
    for (tree::NodeId node = tree::root_node; node < tree.size(); ++node) {
      if (stands_alone(tree, node)) nodes.push_back(node);
    }
    const bool all = std::find(wanted_.begin(), wanted_.end(), false) == wanted_.end();
    if (!all && wanted_.size() != nodes.size()) {
      throw Error(ErrorKind::input, converted_.name +
                                        ": --newest and --since cannot follow its resources to the "
                                        "version of the views: convert it with --to ndjson first");
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (all || wanted_[i]) run(tree, nodes[i]);
    }
  }

  void run(const tree::Tree& tree, tree::NodeId node) {
    if (node == tree::root_node) services_.reset(tree);
    for (std::size_t i = 0; i < runners_.size(); ++i) {
      if (!sinks_[i]->takes_any()) continue;
      std::string& out = writers_[i]->out();
      const std::size_t before = out.size();
      const std::uint64_t rows = sinks_[i]->count();
      if (runners_[i].run(tree, node, *sinks_[i], messages_.sink())) continue;
      out.resize(before);
      sinks_[i]->set_count(rows);
    }
  }

  const ViewRun& shared_;
  std::vector<bool> wanted_;  ///< of the record; empty: all
  record::RecordReader reader_;
  Maps::Trees converted_;
  Messages messages_;
  Privacy::Worker privacy_;
  std::unique_ptr<record::NamedReader> lines_;
  ViewServices services_;
  std::unique_ptr<Grafter> grafter_;
  std::vector<view::Runner> runners_;
  std::vector<std::unique_ptr<view::RowWriter>> writers_;
  std::vector<std::unique_ptr<DomainRows>> sinks_;  ///< in front of writers_
};

}  // namespace

std::unique_ptr<Worker> make_view_worker(const ViewRun& run) {
  return std::make_unique<ViewWorker>(run);
}

}  // namespace lhcr::cmd
