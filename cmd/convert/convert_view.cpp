// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert/convert_view.hpp"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <set>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "cmd/convert/convert.hpp"
#include "cmd/convert/domain_rows.hpp"
#include "cmd/convert/support.hpp"
#include "cmd/convert/table_set.hpp"
#include "cmd/convert/view_services.hpp"
#include "cmd/convert/view_versions.hpp"
#include "cmd/run/inputs.hpp"
#include "cmd/run/messages.hpp"
#include "cmd/run/near_name.hpp"
#include "cmd/run/process.hpp"
#include "cmd/run/progress.hpp"
#include "cmd/run/version.hpp"
#include "cmd/terminology/terminology.hpp"
#include "definition/version/releases.hpp"
#include "finding/id.hpp"
#include "record/record_reader.hpp"
#include "record/version.hpp"
#include "view/built_in.hpp"
#include "view/vocabulary.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;

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
struct Shared {
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
  Support* support;  ///< nullptr: references are followed within a record only
};

/// Bundle and Parameters, by the definitions: a part of theirs may be any resource.
std::set<definition::TypeId> find_carriers(const definition::Definitions& definitions) {
  std::set<definition::TypeId> found;
  for (const definition::TypeInfo& info : definitions.types()) {
    const definition::TypeId type = definitions.type(info.name);
    for (const definition::Child& part : definitions.children(type)) {
      if (part.type == definition::no_type ||
          definitions.info(part.type).kind != definition::TypeKind::backbone) {
        continue;
      }
      const auto inner = definitions.children(part.type);
      if (std::any_of(inner.begin(), inner.end(), [](const definition::Child& child) {
            return (child.flags & definition::child_resource) != 0;
          })) {
        found.insert(type);
      }
    }
  }
  return found;
}

class ViewWorker : public Worker {
 public:
  explicit ViewWorker(const Shared& shared)
      : shared_(shared),
        reader_(shared.library, reading(shared)),
        converted_(shared.library.symbols()),
        messages_(shared.colour),
        privacy_(shared.privacy),
        lines_(shared.needed != nullptr ? std::make_unique<record::NamedReader>(*shared.needed)
                                        : nullptr),
        services_(shared.version, shared.library.symbols(), shared.vocabulary, &shared.releases),
        resource_(reader_.tree().find("resource")) {
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
    if (record.lines) {
      each_line(input, record, done);
    } else {
      work_on(input, record, done);
    }
    for (const auto& writer : writers_) {
      done.tables.push_back(std::move(writer->out()));
      writer->out().clear();
    }
  }

  void unreadable(const Input&, const std::string& why, Done& done) override {
    Messages::unreadable(why, done);
    done.tables.resize(writers_.size());
  }

 private:
  static record::Reading reading(const Shared& shared) {
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
      each_whole(input, lines, done);
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
        if (grafter_) grafter_->graft(reader_.tree(), services_);
        run(reader_.tree(), tree::root_node);
        ++done.tally.records;
      }
      if (!good || !messages_.sink().findings().empty()) {
        finish_line(input, lines, line, good, done);
      }
    }
  }

  /// What a line needs that has findings, or is to be read whole: its place.
  void finish_line(const Input& input, const format::Record& lines, std::string_view line,
                   bool read, Done& done) {
    format::Record record = lines;
    record.lines = false;
    record.bytes = line;
    const auto at = static_cast<std::size_t>(line.data() - lines.bytes.data());
    const auto before =
        static_cast<std::uint64_t>(std::count(lines.bytes.data(), lines.bytes.data() + at, '\n'));
    record.offset += at;
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

  void each_whole(const Input& input, const format::Record& lines, Done& done) {
    format::Record record = lines;
    record.lines = false;
    std::size_t at = 0;
    while (at < lines.bytes.size()) {
      const std::size_t end = std::min(lines.bytes.find('\n', at), lines.bytes.size());
      record.bytes = lines.bytes.substr(at, end - at);
      record.offset = lines.offset + at;
      if (std::any_of(record.bytes.begin(), record.bytes.end(),
                      [](char byte) { return !is_space(byte); })) {
        work_on(input, record, done);
      }
      at = end + 1;
      ++record.line;
      ++record.index;
    }
  }

  void work_on(const Input& input, const format::Record& record, Done& done) {
    converted_.name = input.shown();
    converted_.line = record.line;
    tree::Tree* const tree = read(record, done);
    if (tree != nullptr && privacy_.apply(*tree, shared_.version, messages_.sink())) run_all(*tree);
    hand_over(input, record, done);
  }

  void hand_over(const Input& input, const format::Record& record, Done& done) {
    messages_.hand_over(
        input.shown(), record,
        shared_.options.verbosity.quiet ? finding::Severity::error : finding::Severity::warning,
        done);
  }

  /// The record as the views read it; nullptr when it cannot be read.
  tree::Tree* read(const format::Record& record, Done& done) {
    Maps* const maps = shared_.maps;
    if (!reader_.read(record, messages_.sink())) return nullptr;
    const bool cda = reader_.is_cda();
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
    for (tree::NodeId node = tree::root_node; node < tree.size(); ++node) {
      const bool stands_alone = node == tree::root_node || tree[node].name == resource_;
      if (tree[node].is(tree::Flag::resource) && stands_alone) run(tree, node);
    }
  }

  void run(const tree::Tree& tree, tree::NodeId node) {
    if (node == tree::root_node) services_.reset(tree);
    for (std::size_t i = 0; i < runners_.size(); ++i) {
      if (!sinks_[i]->takes_any()) continue;
      std::string& out = writers_[i]->out();
      const std::size_t before = out.size();
      if (!runners_[i].run(tree, node, *sinks_[i], messages_.sink())) out.resize(before);
    }
  }

  const Shared& shared_;
  record::RecordReader reader_;
  Maps::Trees converted_;
  Messages messages_;
  Privacy::Hand privacy_;
  std::unique_ptr<record::NamedReader> lines_;
  ViewServices services_;
  std::unique_ptr<Grafter> grafter_;
  Symbol resource_;
  std::vector<view::Runner> runners_;
  std::vector<std::unique_ptr<view::RowWriter>> writers_;
  std::vector<std::unique_ptr<DomainRows>> sinks_;  ///< in front of writers_
};

class TablesConsumer : public Consumer {
 public:
  TablesConsumer(TableSet& tables, const Io& io) : tables_(tables), io_(io) {}
  void begin_input(const Input&) override {}
  void take(const Done& done) override {
    if (!done.messages.empty()) io_.say(done.messages);
    tally_ += done.tally;
    failed_input_ = failed_input_ || done.failed_input;
    for (std::size_t i = 0; i < done.tables.size(); ++i) tables_.write(i, done.tables[i]);
  }
  void end_input() override {}
  void idle() override { tables_.flush(); }
  void finish(bool quiet) {
    if (nothing_read(tally_)) {
      tables_.flush();
      return;
    }
    tables_.finish();
    for (const std::string& note : tables_.warnings()) io_.say("lhcr: warning: " + note + "\n");
    if (quiet) return;
    for (const std::string& note : tables_.notes()) io_.say("lhcr: " + note + "\n");
  }
  [[nodiscard]] const finding::Tally& tally() const noexcept { return tally_; }
  [[nodiscard]] bool failed_input() const noexcept { return failed_input_; }

 private:
  TableSet& tables_;
  const Io& io_;
  finding::Tally tally_;
  bool failed_input_ = false;
};

TableFormat table_format(const ConvertOptions& options) {
  TableFormat format;
  if (options.target == Target::parquet) {
    format.kind = TableFormat::Kind::parquet;
    format.open_parquet = find_parquet();
    return format;
  }
  format.kind = options.target == Target::csv ? TableFormat::Kind::csv : TableFormat::Kind::ndjson;
  if (format.kind == TableFormat::Kind::ndjson && options.target != Target::ndjson) {
    throw Error(ErrorKind::usage, "--view makes tables: use it with --to csv, ndjson or parquet");
  }
  const std::string& delimiter = options.view.delimiter;
  if (delimiter != "tab" && (delimiter.size() != 1 || delimiter == "\"" || delimiter == "\n")) {
    throw Error(ErrorKind::usage, "--delimiter: '" + delimiter + "' is not one character, or tab");
  }
  format.csv.delimiter = delimiter == "tab" ? '\t' : delimiter.front();
  format.csv.header = options.view.header;
  format.csv.bom = options.view.bom;
  return format;
}

/// The maps that bring records to the version of the views; nullptr when none has to be brought.
std::unique_ptr<Maps> make_maps(const ConvertOptions& options, const std::vector<Input>& inputs,
                                definition::Library& library,
                                const definition::Definitions& version) {
  std::optional<map::Needs> needs = map::Needs{};
  if (options.map.from == MapOptions::From::detected && options.map.maps.empty()) {
    needs = needed_for_views(inputs, library, version, !options.version.fhir.empty());
  }
  if (!needs) return nullptr;
  return std::make_unique<Maps>(library, options.map, std::string(version.fhir_version()), *needs);
}

std::unique_ptr<format::NameSet> find_needed(const std::vector<view::View>& views,
                                             definition::Library& library, bool asked) {
  const auto names = view::needed_names(views, library.symbols());
  if (!names) return nullptr;
  std::set<Symbol> all(names->begin(), names->end());
  if (!asked) all.merge(names_of_other_versions(views, library, views.front().definitions()));
  auto needed = std::make_unique<format::NameSet>();
  for (const Symbol symbol : all) needed->add(library.symbols().name(symbol), symbol);
  return needed;
}

std::vector<view::Source> sources_below(const std::string& folder) {
  std::vector<view::Source> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string path = entry.path().string();
    if (path.ends_with(".json")) found.push_back({path, read_file(path)});
  }
  std::sort(found.begin(), found.end(),
            [](const auto& left, const auto& right) { return left.name < right.name; });
  if (found.empty()) throw Error(ErrorKind::usage, folder + ": there is no *.json in this folder");
  return found;
}

[[noreturn]] void no_such_view(const std::string& word) {
  std::vector<std::string> names = view::built_in_sets();
  for (const view::Source& source : view::built_in()) names.push_back(source.name);
  const std::string meant = near_name(word, names);
  throw Error(ErrorKind::usage,
              "view '" + word + "' is neither a file nor a built-in view" +
                  (meant.empty() ? std::string() : ", did you mean '" + meant + "'?") +
                  " (lhcr views list)");
}

/// Whether two built-in views make one table of several types of record: "omop.note" and
/// "omop.note.DiagnosticReport".
bool is_part_of(const view::View& view, const view::View& other) {
  const auto table = [](const std::string& name) {
    return name.substr(0, name.find('.', name.find('.') + 1));
  };
  const auto is_built_in = [](const view::View& one) {
    return !view::built_in(one.source()).empty();
  };
  return is_built_in(view) && is_built_in(other) && view.source() != other.source() &&
         table(view.source()) == table(other.source());
}

}  // namespace

std::vector<view::View> compile_views(const std::vector<std::string>& words,
                                      definition::Library& library, const std::string& fhir,
                                      const std::function<void(const std::string&)>& note) {
  std::vector<view::View> views;
  for (const view::Source& source : find_views(words)) {
    views.emplace_back(source, library, fhir);
    const view::View& view = views.back();
    for (const std::string& text : view.notes()) note(source.name + ": " + text);
    const auto clashes = [&](const view::View& other) {
      return other.name() == view.name() && !is_part_of(view, other);
    };
    if (std::any_of(views.begin(), views.end() - 1, clashes)) {
      throw Error(ErrorKind::usage, source.name + ": another view makes a table '" + view.name() +
                                        "' too; give one another name");
    }
    if (&view.definitions() != &views.front().definitions()) {
      throw Error(ErrorKind::usage, source.name + ": its fhirVersion is not that of the other " +
                                        "views; run them one after the other, or say --fhir");
    }
  }
  return views;
}

std::vector<view::Source> find_views(const std::vector<std::string>& words) {
  std::vector<view::Source> found;
  for (const std::string& word : words) {
    std::error_code ignored;
    std::vector<view::Source> more = view::built_in(word);
    // A set goes before a folder of its name, which an earlier run may have made: -o omop/.
    if (!more.empty() && !fs::is_regular_file(word, ignored)) {
      std::move(more.begin(), more.end(), std::back_inserter(found));
      continue;
    }
    if (fs::is_directory(word, ignored)) {
      more = sources_below(word);
    } else if (fs::exists(word, ignored)) {
      more = {{word, read_file(word)}};
    } else if (more.empty()) {
      no_such_view(word);
    }
    std::move(more.begin(), more.end(), std::back_inserter(found));
  }
  return found;
}

void declare_view(OptionList& list, ViewOptions& options) {
  list.group("Tables");
  list.opt("--view", options.views, {"NAME", {Completion::words_or_file, "views"}},
           "Make the table of a view: a ViewDefinition's file, a folder of them, or a built-in "
           "view or set (lhcr views list); may be repeated");
  list.opt("--delimiter", options.delimiter, {"CHARACTER", Completion::nothing},
           "csv: what stands between fields, a character or tab, instead of a comma");
  list.opt("--no-header", options.header, "csv: no line with the names of the columns");
  list.opt("--vocabulary", options.vocabulary, {"DIR", Completion::directory},
           "omop: look concept ids up in the CONCEPT.csv and CONCEPT_RELATIONSHIP.csv of this "
           "folder, as Athena hands them out; without it, in what 'lhcr terminology add' made of "
           "them");
  list.opt("--bom", options.bom, "csv: begin with a byte order mark, as spreadsheets like it");
}

/// The OMOP vocabularies that the user has added; none unless `wanted`.
terminology::Library open_omop(bool wanted) {
  const auto stored = terminology::stored_images(terminology_folder());
  const bool here = wanted && std::any_of(stored.begin(), stored.end(),
                                          [](const auto& image) { return image.name == "omop"; });
  return here ? terminology::Library(terminology_folder(), {"omop"}) : terminology::Library();
}

ExitCode run_views(const ConvertOptions& options, const std::vector<Input>& inputs, const Io& io) {
  if (options.view.views.empty()) {
    throw Error(ErrorKind::usage,
                "--to csv and parquet make the table of a view: add --view NAME "
                "(lhcr views list) or --view FILE");
  }
  const TableFormat format = table_format(options);
  Timings timings(io, options.verbosity.verbose);
  definition::Library library;
  static_cast<void>(chosen_version(library, options.version.fhir));
  const std::vector<view::View> views = compile_views(
      options.view.views, library, options.version.fhir, [&](const std::string& text) {
        if (!options.verbosity.quiet) io.say("lhcr: warning: " + text + "\n");
      });
  const definition::Definitions& version = views.front().definitions();
  const std::vector<view::Source> sources = find_views(options.view.views);
  if (options.version.fhir.empty() && definition::rarity(version.fhir_version()) > 0 &&
      !options.verbosity.quiet) {
    io.say("lhcr: note: the view is for FHIR " + std::string(version.fhir_version()) +
           ": records that fit that version are read as such, whatever else they fit\n");
  }
  const std::unique_ptr<Maps> maps = make_maps(options, inputs, library, version);
  Privacy privacy(library, options.privacy);
  const bool asked = !options.version.fhir.empty();
  // Rules look at more than views do.
  const bool whole = privacy.active() || (maps && maps->source_version() != nullptr);
  const std::unique_ptr<format::NameSet> needed =
      whole ? nullptr : find_needed(views, library, asked);
  const auto vocabulary = options.view.vocabulary.empty()
                              ? nullptr
                              : std::make_unique<view::Vocabulary>(options.view.vocabulary);
  const terminology::Library releases = open_omop(options.view.vocabulary.empty());
  LeftOut left_out(views);
  TableSet tables(format, views, options.output.path);
  Support support(inputs, library, version, sources);
  const Shared shared{options, library, version, views, tables, needed.get(), maps.get(), privacy,
                      vocabulary.get(), releases,
                      use_colour(options.verbosity.colour, io.err_terminal, io), asked,
                      find_carriers(version), left_out,
                      // What is brought from elsewhere has not gone through the rules.
                      privacy.active() ? nullptr : &support};
  TablesConsumer consumer(tables, io);
  Work work(options.jobs, options.verbosity, io);
  work.lines = true;
  timings.phase("start");
  process(
      inputs, work, [&] { return std::make_unique<ViewWorker>(shared); }, consumer);
  consumer.finish(options.verbosity.quiet);
  if (!options.verbosity.quiet) io.say(left_out.text());
  timings.phase("records");
  timings.finish();
  privacy.finish();
  const ExitCode code = exit_code(consumer.tally(), consumer.failed_input());
  return code == ExitCode::yes && maps && maps->failed() ? ExitCode::no : code;
}

}  // namespace lhcr::cmd
