// SPDX-License-Identifier: Apache-2.0
#include "cmd/query/query.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cmd/query/query_writer.hpp"
#include "cmd/run/inputs.hpp"
#include "cmd/run/messages.hpp"
#include "cmd/run/output.hpp"
#include "cmd/run/process.hpp"
#include "cmd/run/progress.hpp"
#include "cmd/run/version.hpp"
#include "definition/version/releases.hpp"
#include "fhirpath/fhirpath.hpp"
#include "fhirpath/value.hpp"
#include "finding/id.hpp"
#include "record/record_reader.hpp"
#include "validate/services.hpp"

namespace lhcr::cmd {
namespace {

/// The expression on one line and a mark below the place where it is wrong.
std::string shown(const std::string& expression, const fhirpath::ExpressionError& error,
                  const std::string& where) {
  const std::size_t position = std::min(error.position(), expression.size());
  const std::uint64_t column = count_code_points(std::string_view(expression).substr(0, position));
  std::string text = where + "expression:" + std::to_string(column + 1) + ": " + error.what();
  if (expression.find('\n') == std::string::npos) {
    text += "\n  " + expression + "\n  " + std::string(column, ' ') + "^";
  }
  return text;
}

[[noreturn]] void reject(const std::string& expression, const fhirpath::ExpressionError& error,
                         const std::string& where) {
  throw Error(ErrorKind::usage, shown(expression, error, where));
}

void intern_names(const std::string& expression, definition::Library& library) {
  try {
    fhirpath::intern_names(expression, library.symbols());
  } catch (const fhirpath::ExpressionError& error) {
    reject(expression, error, "");
  }
}

fhirpath::Expression compiled(const std::string& expression, const definition::Library& library,
                              const definition::Definitions& definitions) {
  try {
    return {expression, definitions, library.symbols()};
  } catch (const fhirpath::ExpressionError& error) {
    reject(expression, error, "");
  }
}

/// The world of the expression, which also hears what trace() says.
class QueryServices : public validate::ProfileServices {
 public:
  using ProfileServices::ProfileServices;
  [[nodiscard]] bool wants_trace() const override { return true; }
  void trace(std::string_view name, std::string_view values) override {
    traced_ += std::string(name) + ": " + std::string(values) + "\n";
  }
  /// What trace() has said since the last call.
  std::string traced() { return std::exchange(traced_, {}); }

 private:
  std::string traced_;
};

/// Why an expression that yields nothing at all may be wrong. Shared by the workers.
class EmptyResult {
 public:
  void found() noexcept {
    // Workers that only look do not take the cache line from each other.
    if (!found_.load(std::memory_order_relaxed)) found_.store(true, std::memory_order_relaxed);
  }
  /// Nothing was found in a record of this type, where the expression names what it cannot have.
  void add(const std::string& type, const std::string& why) {
    const std::lock_guard lock(adding_);
    if (reasons_.empty()) reasons_ = "lhcr: nothing found in any " + type + ": " + why + "\n";
  }
  [[nodiscard]] std::string text() const { return found_ ? std::string() : reasons_; }

 private:
  std::atomic<bool> found_ = false;
  std::mutex adding_;
  std::string reasons_;
};

/// What evaluates the expression on records of one FHIR version.
struct Engine {
  Engine(const QueryOptions& options, const definition::Library& library,
         const definition::Definitions& definitions, const terminology::Library& releases)
      : expression(compiled(options.expression, library, definitions)),
        evaluator(definitions),
        services(definitions, library.symbols()) {
    services.use(releases);
  }
  fhirpath::Expression expression;
  fhirpath::Evaluator evaluator;
  QueryServices services;
  std::set<std::string, std::less<>> empty_types;  ///< of records that yielded nothing
};

class QueryWorker : public Worker {
 public:
  QueryWorker(const definition::Library& library, const definition::Definitions* version,
              const QueryOptions& options, const terminology::Library& releases,
              EmptyResult& empty_result)
      : library_(library),
        options_(options),
        releases_(releases),
        empty_result_(empty_result),
        reader_(library, {.version = version}),
        messages_(options.colour) {}

  void work(const Input& input, const format::Record& record, Done& done) override {
    if (!reader_.read(record, messages_.sink()) || !is_fhir()) {
      return messages_.hand_over(input.path, record, finding::Severity::fatal, done);
    }
    messages_.clear();
    done.version = {reader_.sure_version(), record.index, record.line};
    const tree::Tree& tree = reader_.tree();
    Engine& used = engine();
    used.services.reset(tree);
    fhirpath::Context context;
    context.tree = &tree;
    context.services = &used.services;
    try {
      const auto& items = used.evaluator.evaluate(used.expression, context, tree::root_node);
      if (items.empty()) {
        look_for_doubt(used, tree.resource_type(tree::root_node));
      } else {
        empty_result_.found();
      }
      write_result(tree, items, options_.format, done.out);
    } catch (const fhirpath::ExpressionError& error) {
      reject(options_.expression, error, input.path + ":" + std::to_string(record.line) + ": ");
    }
    const std::string traced = used.services.traced();
    if (!options_.verbosity.quiet) done.messages += traced;
  }

  void unreadable(const Input&, const std::string& why, Done& done) override {
    Messages::unreadable(why, done);
  }

 private:
  /// Expressions know FHIR: of a CDA document they would find nothing.
  bool is_fhir() {
    if (!reader_.is_cda()) return true;
    messages_.sink().add(finding::about(reader_.tree(), tree::root_node,
                                        finding::id<"not-a-resource">,
                                        {std::string(record::description(reader_.kind()))}));
    return false;
  }

  Engine& engine() {
    auto& slot = engines_[&reader_.definitions()];
    if (!slot)
      slot = std::make_unique<Engine>(options_, library_, reader_.definitions(), releases_);
    return *slot;
  }

  /// What a record lacks may be right: only names that its type does not have are told.
  void look_for_doubt(Engine& used, std::string_view type) {
    if (used.empty_types.contains(type)) return;
    used.empty_types.emplace(type);
    fhirpath::CompileOptions strict;
    strict.strict = true;
    strict.start = reader_.definitions().type(type);
    try {
      const fhirpath::Expression checked(options_.expression, reader_.definitions(),
                                         library_.symbols(), strict);
    } catch (const fhirpath::ExpressionError& error) {
      empty_result_.add(std::string(type), shown(options_.expression, error, ""));
    }
  }

  const definition::Library& library_;
  const QueryOptions& options_;
  const terminology::Library& releases_;
  EmptyResult& empty_result_;
  record::RecordReader reader_;
  Messages messages_;
  std::map<const definition::Definitions*, std::unique_ptr<Engine>> engines_;
};

class QueryConsumer : public Consumer {
 public:
  QueryConsumer(Output& output, const Io& io) : output_(output), io_(io) {}
  void begin_input(const Input&) override {}
  void take(const Done& done) override {
    output_.write(done.out);
    if (!done.messages.empty()) io_.say(done.messages);
    unreadable_ += done.tally.unreadable;
  }
  void end_input() override {}
  void idle() override { output_.flush(); }
  [[nodiscard]] std::uint64_t unreadable() const noexcept { return unreadable_; }

 private:
  Output& output_;
  const Io& io_;
  std::uint64_t unreadable_ = 0;
};

ExitCode run(const QueryOptions& options, const Io& io) {
  Timings timings(io, options.verbosity.verbose);
  definition::Library library;
  intern_names(options.expression, library);
  open_packages(library, options.packages, options.version.fhir, options.verbosity.quiet, io);
  const auto releases = open_releases(options.terminology, io);
  const definition::Definitions* version = chosen_version(library, options.version.fhir);
  // A faulty expression is to be seen before any input is read.
  static_cast<void>(compiled(options.expression, library,
                             version != nullptr ? *version : definition::default_version(library)));
  const std::vector<Input> inputs = expand_inputs(options.input, io, options.verbosity);
  QueryOptions coloured = options;
  coloured.colour = use_colour(options.verbosity.colour, io.err_terminal, io);
  Output output(options.output.path);
  QueryConsumer consumer(output, io);
  EmptyResult empty_result;
  timings.phase("start");
  process(
      inputs, Work(options.jobs, options.verbosity, io),
      [&] {
        return std::make_unique<QueryWorker>(library, version, coloured, *releases, empty_result);
      },
      consumer);
  output.finish();
  if (!options.verbosity.quiet) io.say(empty_result.text());
  timings.phase("records");
  timings.finish();
  return consumer.unreadable() > 0 ? ExitCode::unreadable : ExitCode::yes;
}

}  // namespace

void declare(OptionList& list, QueryOptions& options) {
  list.argument("EXPRESSION", options.expression, Completion::nothing,
                "A FHIRPath expression: Patient.name.where(use = 'official').family");
  declare_input(list, options.input);
  declare_version(list, options.version);
  declare_packages(list, options.packages);
  declare_releases(list, options.terminology);
  list.opt("-f,--format", options.format, "FORMAT",
           {{"text", QueryFormat::text}, {"json", QueryFormat::json}},
           "Write text (one line per item) or json (one array per record)");
  declare_output(list, options.output, "Write to PATH instead of standard output");
  declare_jobs(list, options.jobs);
  declare_config(list, options.config);
  declare_verbosity(list, options.verbosity);
}

Command query_command() {
  Command command;
  command.name = "query";
  command.group = "Records";
  command.summary = "Evaluate a FHIRPath expression on records";
  command.description =
      "Evaluates a FHIRPath expression on each record and prints the result. An expression may "
      "start at the record's type or below it. trace() writes to standard error.";
  command.examples = {
      {"lhcr query Patient.birthDate patient.json patient.xml", "One value from two records"},
      {"lhcr query \"entry.resource.ofType(Observation).value\" summary.json", "Inside a Bundle"},
      {"lhcr query --format json \"value.value\" weights.ndjson", "An array for each line"},
  };
  return make_command<QueryOptions>(std::move(command), declare, run);
}

}  // namespace lhcr::cmd
