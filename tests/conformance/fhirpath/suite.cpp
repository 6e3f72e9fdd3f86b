// SPDX-License-Identifier: Apache-2.0
// Runs the official FHIRPath suite for R4 or R5: tests-fhir-r4.xml or tests-fhir-r5.xml of a
// folder, which has the records in input/.
//
//   conformance_fhirpath SUITE-FOLDER EXCLUSIONS [-v]
//
// EXCLUSIONS has a line `GROUP/TEST | REASON` for each test that the specification shows wrong or
// that needs what is not here; one that passes is a failure too, and so are more of them than an
// edition may have. Exit code
// 77: skipped, the suite is not there.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <pugixml.hpp>

#include "definition/definitions.hpp"
#include "fhirpath/fhirpath.hpp"
#include "fhirpath/value.hpp"
#include "format/format.hpp"

namespace {

using lhcr::fhirpath::CompileOptions;
using lhcr::fhirpath::Context;
using lhcr::fhirpath::Evaluator;
using lhcr::fhirpath::Expression;
using lhcr::fhirpath::Truth;
using lhcr::fhirpath::Value;
using lhcr::tree::Tree;

namespace definition = lhcr::definition;
namespace tree = lhcr::tree;

constexpr int skipped_code = 77;

struct Edition {
  const char* name;
  const char* file;
  const char* version;
  std::size_t most_exclusions;
};
constexpr Edition editions[] = {{"R4", "tests-fhir-r4.xml", "4.0.1", 12},
                                {"R5", "tests-fhir-r5.xml", "5.0.0", 16}};

/// The edition that is in the folder, or nullptr.
const Edition* edition_in(const std::filesystem::path& folder) {
  for (const Edition& edition : editions) {
    if (std::filesystem::exists(folder / edition.file)) {
      return &edition;
    }
  }
  return nullptr;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// conformsTo() for profiles that are plain types.
class TypeServices : public lhcr::fhirpath::Services {
 public:
  explicit TypeServices(const definition::Definitions& definitions) : definitions_(definitions) {}
  std::optional<bool> conforms_to(const Tree& record, tree::NodeId node,
                                  std::string_view profile) override {
    const definition::StructureId structure = definitions_.structure(profile);
    if (structure == definition::no_structure) {
      return std::nullopt;
    }
    const definition::TypeId wanted =
        definitions_.type(definitions_.structure_info(structure).type);
    return definitions_.derives(record[node].type, wanted);
  }

 private:
  const definition::Definitions& definitions_;
};

struct Input {
  explicit Input(const lhcr::SymbolTable& symbols) : record(symbols) {}
  std::string bytes;
  Tree record;
};

struct Expected {
  std::string type;
  std::string text;
};

struct Test {
  std::string name;
  std::string input;
  std::string expression;
  std::string invalid;
  bool predicate = false;
  bool ordered = true;
  bool check_order = false;
  std::vector<Expected> outputs;
};

std::string invalid_of(const pugi::xml_node& test) {
  const pugi::xml_node expression = test.child("expression");
  return *expression.attribute("invalid").value() != '\0' ? expression.attribute("invalid").value()
                                                          : test.attribute("invalid").value();
}

std::vector<Test> read_suite(const std::filesystem::path& path) {
  pugi::xml_document document;
  document.load_file(path.c_str());
  std::vector<Test> tests;
  for (const pugi::xml_node group : document.child("tests").children("group")) {
    for (const pugi::xml_node node : group.children("test")) {
      Test test;
      test.name =
          std::string(group.attribute("name").value()) + "/" + node.attribute("name").value();
      test.input = node.attribute("inputfile").value();
      test.expression = node.child("expression").text().as_string();
      test.invalid = invalid_of(node);
      test.predicate = node.attribute("predicate").as_bool();
      test.ordered = node.attribute("ordered").as_bool(true);
      // The suite for R5 says it by the mode.
      test.check_order = node.attribute("checkOrderedFunctions").as_bool() ||
                         std::string_view(node.attribute("mode").value()) == "strict";
      for (const pugi::xml_node output : node.children("output")) {
        test.outputs.push_back({output.attribute("type").value(), output.text().as_string()});
      }
      tests.push_back(std::move(test));
    }
  }
  return tests;
}

class Suite {
 public:
  Suite(std::filesystem::path folder, const Edition& edition)
      : folder_(std::move(folder)),
        file_(edition.file),
        definitions_(*library_.version(edition.version)),
        evaluator_(definitions_),
        services_(definitions_) {}

  std::vector<Test> load() {
    std::vector<Test> tests = read_suite(folder_ / file_);
    for (const Test& test : tests) {
      intern(test.expression);
    }
    return tests;
  }

  /// Empty: passed; otherwise what went wrong.
  std::string run(const Test& test) {
    const Input& input = this->input(test.input.empty() ? "patient-example.xml" : test.input);
    return test.invalid.empty() ? run_valid(test, input) : run_invalid(test, input);
  }

 private:
  void intern(const std::string& expression) {
    try {
      lhcr::fhirpath::intern_names(expression, library_.symbols());
    } catch (const lhcr::fhirpath::ExpressionError&) {
      // The suite has expressions that are no FHIRPath.
    }
  }

  const Input& input(const std::string& name) {
    std::unique_ptr<Input>& known = inputs_[name];
    if (known == nullptr) {
      known = std::make_unique<Input>(library_.symbols());
      known->bytes = read_file(folder_ / "input" / name);
      const std::size_t size = known->bytes.size();
      known->bytes.append(lhcr::format::read_padding, '\0');
      const std::string_view bytes = std::string_view(known->bytes).substr(0, size);
      lhcr::finding::Collector findings;
      if (name.ends_with(".json")) {
        lhcr::format::JsonReader().read(bytes, known->record, findings);
      } else {
        lhcr::format::read_xml(bytes, known->record, findings);
      }
      definition::attach_types(known->record, definitions_);
    }
    return *known;
  }

  Context context(const Input& input) {
    Context context;
    context.tree = &input.record;
    context.services = &services_;
    context.now = "2026-01-31T12:00:00.000+00:00";
    return context;
  }

  CompileOptions strict(const Test& test, const Input& input) const {
    return {input.record[tree::root_node].type, true, test.check_order};
  }

  std::string run_invalid(const Test& test, const Input& input) {
    try {
      const CompileOptions options =
          test.invalid == "semantic" ? strict(test, input) : CompileOptions{};
      const Expression expression(test.expression, definitions_, library_.symbols(), options);
      if (test.invalid == "syntax") {
        return "was compiled";
      }
      (void)evaluator_.evaluate(expression, context(input), tree::root_node);
    } catch (const lhcr::fhirpath::ExpressionError&) {
      return {};
    }
    return "should have been refused (" + test.invalid + ")";
  }

  std::string run_valid(const Test& test, const Input& input) {
    try {
      const Expression expression(test.expression, definitions_, library_.symbols());
      if (test.predicate) {
        return compare_truth(test, evaluator_.test(expression, context(input), tree::root_node));
      }
      return compare(test, input, evaluator_.evaluate(expression, context(input), tree::root_node));
    } catch (const lhcr::fhirpath::ExpressionError& error) {
      return "failed at " + std::to_string(error.position()) + ": " + error.what();
    }
  }

  static std::string compare_truth(const Test& test, Truth truth) {
    const bool wanted = !test.outputs.empty() && test.outputs[0].text == "true";
    return (truth == Truth::yes) == wanted ? std::string() : "the predicate is wrong";
  }

  Expected describe(const Value& value, const Input& input) const {
    Expected result;
    if (value.is_node()) {
      const tree::Node& node = input.record[value.node()];
      result.type = definitions_.info(node.type).name;
      result.text = node.text();
      return result;
    }
    lhcr::fhirpath::append_text(value, result.text);
    result.type = lhcr::fhirpath::system_type_name(value);
    return result;
  }

  static std::string plain(std::string text) {
    text.erase(0, text.starts_with("@T") ? 2 : (text.starts_with("@") ? 1 : 0));
    return text;
  }

  static bool same_type(const std::string& wanted, std::string found) {
    if (wanted == found || wanted.empty()) {
      return true;
    }
    found[0] = static_cast<char>(found[0] | 0x20);
    return wanted == found;
  }

  /// Negative zero is no number of its own.
  static bool same_text(const std::string& wanted, const std::string& found) {
    return wanted == found ||
           (wanted.starts_with("-0") && wanted.find_first_not_of("-0.") == std::string::npos &&
            wanted.substr(1) == found);
  }

  std::string compare(const Test& test, const Input& input,
                      const lhcr::fhirpath::Collection& found) const {
    std::vector<Expected> left = test.outputs;
    std::string shown;
    bool good = found.size() == left.size();
    for (const Value& value : found) {
      const Expected item = describe(value, input);
      shown += " " + item.type + ":" + item.text;
      std::size_t at = 0;
      const auto fits = [&] {
        return same_type(left[at].type, item.type) && same_text(plain(left[at].text), item.text);
      };
      while (!test.ordered && at < left.size() && !fits()) {
        ++at;
      }
      good = good && at < left.size() && fits();
      if (good) {
        left.erase(left.begin() + static_cast<std::ptrdiff_t>(at));
      }
    }
    return good ? std::string() : "gives" + shown;
  }

  std::filesystem::path folder_;
  const char* file_;
  definition::Library library_;
  const definition::Definitions& definitions_;
  Evaluator evaluator_;
  TypeServices services_;
  std::map<std::string, std::unique_ptr<Input>> inputs_;
};

std::map<std::string, std::string> read_exclusions(const char* path) {
  std::map<std::string, std::string> exclusions;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const std::size_t bar = line.find(" | ");
    if (bar != std::string::npos && !line.starts_with("#")) {
      exclusions[line.substr(0, bar)] = line.substr(bar + 3);
    }
  }
  return exclusions;
}

struct Counts {
  int passed = 0;
  int failed = 0;
  int skipped = 0;
};

void run_all(Suite& suite, std::map<std::string, std::string> exclusions, bool verbose,
             Counts& counts) {
  for (const Test& test : suite.load()) {
    const std::string wrong = suite.run(test);
    const auto excluded = exclusions.find(test.name);
    if (wrong.empty() == (excluded == exclusions.end())) {
      wrong.empty() ? ++counts.passed : ++counts.skipped;
      if (!wrong.empty() && verbose) {
        std::printf("excluded %s: %s\n", test.name.c_str(), excluded->second.c_str());
      }
    } else {
      ++counts.failed;
      const char* const why =
          wrong.empty() ? "passes and is listed as an exclusion" : wrong.c_str();
      std::printf("FAILED %s: %s\n    %s\n", test.name.c_str(), test.expression.c_str(), why);
    }
    if (excluded != exclusions.end()) {
      exclusions.erase(excluded);
    }
  }
  for (const auto& [name, reason] : exclusions) {
    ++counts.failed;
    std::printf("FAILED %s: is excluded and does not exist\n", name.c_str());
  }
}

int run_suite(const char* folder, const Edition& edition, const char* exclusion_file,
              bool verbose) {
  const std::map<std::string, std::string> exclusions = read_exclusions(exclusion_file);
  Suite suite(folder, edition);
  Counts counts;
  run_all(suite, exclusions, verbose, counts);
  std::printf("FHIRPath %s suite: %d passed, %d failed, %d skipped\n", edition.name, counts.passed,
              counts.failed, counts.skipped);
  if (exclusions.size() > edition.most_exclusions) {
    std::printf("FAILED: %zu exclusions, at most %zu are allowed\n", exclusions.size(),
                edition.most_exclusions);
    return 1;
  }
  return counts.failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: conformance_fhirpath SUITE-FOLDER EXCLUSIONS [-v]\n", stderr);
    return 2;
  }
  const Edition* const edition = edition_in(argv[1]);
  if (edition == nullptr) {
    std::puts("FHIRPath suite: skipped, the suite is not there");
    return skipped_code;
  }
  try {
    return run_suite(argv[1], *edition, argv[2], argc > 3);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
