// SPDX-License-Identifier: Apache-2.0
// Evaluates every constraint of the definitions on every element that it applies to, over whole
// packages.
//
//   conformance_invariants VERSION=PACKAGE...      PACKAGE: .tgz or folder
//
// An evaluation that ends in an error is a failure. Prints how many constraints held, how long one
// takes, and the slowest. Exit code 77: skipped, no package is there.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "definition/compiler/package.hpp"
#include "definition/definitions.hpp"
#include "fhirpath/fhirpath.hpp"
#include "format/format.hpp"

namespace {

using lhcr::fhirpath::Context;
using lhcr::fhirpath::Expression;
using lhcr::fhirpath::Truth;
using lhcr::tree::NodeId;

namespace definition = lhcr::definition;
namespace tree = lhcr::tree;

using Clock = std::chrono::steady_clock;

/// Published expressions that cannot be evaluated as they stand.
struct Broken {
  std::string_view version;
  std::string_view key;
  std::string_view reason;
};
constexpr Broken broken[] = {
    {"3.0.2", "ele-1",
     "unites two booleans (hasValue() | ...): two items where one boolean is due; R4 has `or`"},
};

struct Constraint {
  std::string key;
  std::string text;
  std::optional<Expression> expression;
  long evaluations = 0;
  long held = 0;
  long failed = 0;
  long open = 0;
  long errors = 0;
  std::string first_error;
  std::string first_failure;
  Clock::duration time{};

  /// Without what reading the clock takes.
  [[nodiscard]] double nanoseconds() const {
    const double total = std::chrono::duration<double, std::nano>(time).count();
    return evaluations == 0
               ? 0
               : std::max(0.0, total / static_cast<double>(evaluations) - clock_nanoseconds());
  }

  static double clock_nanoseconds() {
    static const double cost = [] {
      constexpr int rounds = 100000;
      Clock::duration sum{};
      for (int i = 0; i < rounds; ++i) {
        const Clock::time_point start = Clock::now();
        sum += Clock::now() - start;
      }
      return std::chrono::duration<double, std::nano>(sum).count() / rounds;
    }();
    return cost;
  }
};

/// What invariants ask for is not the subject here: every narrative is good, every profile
/// conforms.
class AgreeingServices : public lhcr::fhirpath::Services {
 public:
  std::optional<bool> html_checks(const tree::Tree&, NodeId) override { return true; }
  std::optional<bool> conforms_to(const tree::Tree&, NodeId, std::string_view) override {
    return true;
  }
};

class Run {
 public:
  Run(definition::Library& library, const definition::Definitions& definitions)
      : library_(library),
        definitions_(definitions),
        evaluator_(definitions),
        record_(library.symbols()) {
    // Names must be known before the first record is read.
    for (const std::string_view url : definitions.structure_urls()) {
      const definition::Structure structure =
          definitions.structure_info(definitions.structure(url));
      if (structure.root != definition::no_element && !structure.constraint) {
        load_below(structure.root);
      }
    }
    record_ = tree::Tree(library.symbols());
  }

  void read(std::string_view bytes, std::string_view name) {
    lhcr::finding::Collector findings;
    if (!reader_.read(bytes, record_, findings)) {
      return;
    }
    definition::attach_types(record_, definitions_);
    name_ = name;
    ++records_;
    bytes_ += bytes.size();
    Context context;
    context.tree = &record_;
    context.services = &services_;
    check(context, tree::root_node, definition::no_element);
  }

  /// Returns whether no evaluation ended in an error.
  bool report() {
    std::vector<const Constraint*> all;
    Constraint total;
    for (const auto& [text, constraint] : constraints_) {
      all.push_back(constraint.get());
      total.evaluations += constraint->evaluations;
      total.held += constraint->held;
      total.failed += constraint->failed;
      total.open += constraint->open;
      total.errors += constraint->errors;
      total.time += constraint->time;
    }
    std::printf(
        "FHIR %s: %ld records, %zu constraints, %ld evaluations: %ld true, %ld false, %ld empty, "
        "%ld errors\n",
        std::string(definitions_.fhir_version()).c_str(), records_, constraints_.size(),
        total.evaluations, total.held, total.failed, total.open, total.errors);
    for (const Broken& row : broken) {
      if (row.version == definitions_.fhir_version()) {
        std::printf("  not evaluated: %s, %s\n", row.key.data(), row.reason.data());
      }
    }
    std::printf("  %.0f ns an evaluation, %.1f MB/s\n", total.nanoseconds(),
                static_cast<double>(bytes_) /
                    (total.nanoseconds() * static_cast<double>(total.evaluations) / 1000));
    for (const Constraint* const constraint : all) {
      if (constraint->key == "ele-1" || constraint->key == "ext-1" ||
          constraint->key.starts_with("dom-")) {
        std::printf("  %-8s %8.0f ns  %8ld times\n", constraint->key.c_str(),
                    constraint->nanoseconds(), constraint->evaluations);
      }
    }
    print_most(all, "slowest", [](const Constraint& c) { return c.nanoseconds(); });
    print_most(all, "false", [](const Constraint& c) { return static_cast<double>(c.failed); });
    print_most(all, "empty", [](const Constraint& c) { return static_cast<double>(c.open); });
    print_most(all, "errors", [](const Constraint& c) { return static_cast<double>(c.errors); });
    return total.errors == 0;
  }

 private:
  void load_below(definition::ElementId id) {
    for (const definition::Invariant& invariant : definitions_.element_invariants(id)) {
      add(id, invariant);
    }
    for (auto child = definitions_.element(id).first_child; child != definition::no_element;
         child = definitions_.element(child).next) {
      load_below(child);
    }
  }

  [[nodiscard]] bool is_broken(const definition::Invariant& invariant) const {
    return std::any_of(std::begin(broken), std::end(broken), [&](const Broken& row) {
      return row.version == definitions_.fhir_version() && row.key == invariant.key;
    });
  }

  void add(definition::ElementId id, const definition::Invariant& invariant) {
    if (invariant.expression.empty() || is_broken(invariant)) {
      return;
    }
    std::unique_ptr<Constraint>& known = constraints_[std::string(invariant.expression)];
    if (known == nullptr) {
      known = std::make_unique<Constraint>();
      known->key = invariant.key;
      known->text = invariant.expression;
      lhcr::fhirpath::intern_names(known->text, library_.symbols());
      lhcr::fhirpath::CompileOptions options;
      options.as_takes_lists = true;
      known->expression.emplace(known->text, definitions_, library_.symbols(), options);
    }
    std::vector<Constraint*>& list = by_element_[id];
    if (std::find(list.begin(), list.end(), known.get()) == list.end()) {
      list.push_back(known.get());
    }
  }

  void check(Context& context, NodeId id, definition::ElementId element) {
    const tree::Node& node = record_[id];
    const Context outer = context;
    if (node.is(tree::Flag::resource)) {
      context.resource = id;
      const bool contained =
          outer.tree == context.tree && id != tree::root_node && record_.name_of(id) == "contained";
      context.root_resource = contained ? outer.root_resource : id;
    }
    if (node.type != definition::no_type) {
      const definition::ElementId root = definitions_.info(node.type).root;
      run(context, id, root, definition::no_element);
      run(context, id, element, root);
    }
    for (const NodeId child : record_.children(id)) {
      if (!record_[child].is(tree::Flag::meta)) {
        const definition::Child* const row =
            node.type == definition::no_type ? nullptr
                                             : definitions_.child(node.type, record_[child].name);
        check(context, child, row == nullptr ? definition::no_element : row->definition);
      }
    }
    context.resource = outer.resource;
    context.root_resource = outer.root_resource;
  }

  void run(const Context& context, NodeId id, definition::ElementId element,
           definition::ElementId already) {
    const auto found = by_element_.find(element);
    if (found == by_element_.end() || element == already) {
      return;
    }
    const auto before = by_element_.find(already);
    for (Constraint* const constraint : found->second) {
      const bool done = before != by_element_.end() &&
                        std::find(before->second.begin(), before->second.end(), constraint) !=
                            before->second.end();
      if (!done) {
        evaluate(*constraint, context, id);
      }
    }
  }

  void evaluate(Constraint& constraint, const Context& context, NodeId id) {
    const Clock::time_point start = Clock::now();
    ++constraint.evaluations;
    try {
      const Truth truth = evaluator_.test(*constraint.expression, context, id);
      constraint.time += Clock::now() - start;
      constraint.held += truth == Truth::yes ? 1 : 0;
      constraint.failed += truth == Truth::no ? 1 : 0;
      constraint.open += truth == Truth::empty ? 1 : 0;
      if (truth != Truth::yes && constraint.first_failure.empty()) {
        constraint.first_failure = name_ + " " + tree::path_of(record_, id);
      }
    } catch (const lhcr::fhirpath::ExpressionError& error) {
      if (constraint.errors++ == 0) {
        constraint.first_error =
            std::string(error.what()) + " in " + name_ + " at " + tree::path_of(record_, id);
      }
    }
  }

  template <typename Measure>
  static void print_most(std::vector<const Constraint*> all, const char* title, Measure measure) {
    constexpr std::size_t most = 10;
    std::stable_sort(all.begin(), all.end(), [&](const Constraint* a, const Constraint* b) {
      return measure(*a) > measure(*b);
    });
    for (std::size_t i = 0; i < std::min(most, all.size()) && measure(*all[i]) > 0; ++i) {
      const Constraint& one = *all[i];
      std::printf("  %-8s %-8s %8.0f ns  %8ld times, %ld false, %ld empty, %ld errors  %.90s%s%s\n",
                  title, one.key.c_str(), one.nanoseconds(), one.evaluations, one.failed, one.open,
                  one.errors, one.text.c_str(), one.first_error.empty() ? "" : "\n      ",
                  one.first_error.c_str());
      if (!one.first_failure.empty()) {
        std::printf("      %s\n", one.first_failure.c_str());
      }
    }
  }

  definition::Library& library_;
  const definition::Definitions& definitions_;
  lhcr::fhirpath::Evaluator evaluator_;
  AgreeingServices services_;
  lhcr::format::JsonReader reader_;
  tree::Tree record_;
  std::string name_;
  long records_ = 0;
  std::size_t bytes_ = 0;
  std::map<std::string, std::unique_ptr<Constraint>> constraints_;
  std::map<definition::ElementId, std::vector<Constraint*>> by_element_;
};

/// Returns whether all went well; nullopt: skipped.
std::optional<bool> run_package(const std::string& version, const std::string& path) {
  if (!std::filesystem::exists(path)) {
    std::printf("FHIR %s: skipped, %s is not there\n", version.c_str(), path.c_str());
    return std::nullopt;
  }
  definition::Library library;
  Run run(library, *library.version(version));
  definition::compiler::visit_package(path, [&](std::string_view name, std::string_view bytes) {
    if (name != "package.json" && name != ".index.json") {
      run.read(bytes, name);
    }
  });
  return run.report();
}

}  // namespace

int main(int argc, char** argv) {
  bool any = false;
  bool good = true;
  try {
    for (int i = 1; i < argc; ++i) {
      const std::string argument = argv[i];
      const std::size_t equals = argument.find('=');
      const auto result = run_package(argument.substr(0, equals), argument.substr(equals + 1));
      any = any || result.has_value();
      good = good && result.value_or(true);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return !any ? 77 : (good ? 0 : 1);
}
