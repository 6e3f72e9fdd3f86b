// SPDX-License-Identifier: Apache-2.0
// The library's stages, measured inside one process in the way of the peers of tests/bench/run.
// Reads one job a line on standard input and answers with one line each:
//   WORK FILE WARM SECONDS [EXPRESSION]   ->  bytes seconds     (of the processor)
// WORK: read type convert query validate; FILE: NDJSON, R4.
// `bench_stages once WORK FILE [EXPRESSION]` goes through the file once, for instruction counts and
// profiles.
#include <cstdio>
#include <ctime>
#include <functional>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "definition/definitions.hpp"
#include "fhirpath/fhirpath.hpp"
#include "format/format.hpp"
#include "validate/validate.hpp"

namespace {

using lhcr::definition::Definitions;
using lhcr::definition::Library;
using lhcr::tree::root_node;
using Work = std::function<void(std::string_view line)>;

struct Job {
  std::string work;
  std::string file;
  double warm = 0;
  double seconds = 0;
  std::string expression;
};

/// The lines of a file; padding follows the last one.
class Lines {
 public:
  explicit Lines(const std::string& path) : text_(lhcr::read_file(path)) {
    const std::size_t size = text_.size();
    text_.append(lhcr::format::read_padding, '\0');
    std::string_view rest = std::string_view(text_).substr(0, size);
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      lines_.push_back(rest.substr(0, end));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
  }
  [[nodiscard]] const std::vector<std::string_view>& all() const { return lines_; }

 private:
  std::string text_;
  std::vector<std::string_view> lines_;
};

/// What one worker keeps from record to record.
class Bench {
 public:
  explicit Bench(const std::string& expression) {
    if (!expression.empty()) {
      lhcr::fhirpath::intern_names(expression, library_.symbols());
    }
    definitions_ = library_.version("4.0.1");
    tree_ = std::make_unique<lhcr::tree::Tree>(library_.symbols());
    if (!expression.empty()) {
      expression_ = std::make_unique<lhcr::fhirpath::Expression>(expression, *definitions_,
                                                                 library_.symbols());
      evaluator_ = std::make_unique<lhcr::fhirpath::Evaluator>(*definitions_);
    }
    validator_ = std::make_unique<lhcr::validate::Validator>(*definitions_, library_.symbols(),
                                                             lhcr::validate::Options{});
  }

  Work work(const std::string& name) {
    if (name == "read") {
      return [this](std::string_view line) { read(line); };
    }
    if (name == "type") {
      return [this](std::string_view line) { type(line); };
    }
    if (name == "convert") {
      return [this](std::string_view line) { convert(line); };
    }
    if (name == "query") {
      return [this](std::string_view line) { query(line); };
    }
    if (name == "validate") {
      return [this](std::string_view line) { validate(line); };
    }
    throw std::invalid_argument("no such work: " + name);
  }

 private:
  void read(std::string_view line) {
    findings_.clear();
    reader_.read(line, *tree_, findings_);
  }
  void type(std::string_view line) {
    read(line);
    attach_types(*tree_, *definitions_);
  }
  void convert(std::string_view line) {
    type(line);
    sort_children(*tree_, *definitions_);
    out_.clear();
    lhcr::format::write_xml(*tree_, root_node, {.pretty = false}, out_);
  }
  void query(std::string_view line) {
    type(line);
    lhcr::fhirpath::Context context;
    context.tree = tree_.get();
    evaluator_->evaluate(*expression_, context, root_node);
  }
  void validate(std::string_view line) {
    type(line);
    validator_->validate(*tree_, findings_);
  }

  Library library_;
  const Definitions* definitions_ = nullptr;
  std::unique_ptr<lhcr::tree::Tree> tree_;
  lhcr::format::JsonReader reader_;
  lhcr::finding::Collector findings_;
  std::string out_;
  std::unique_ptr<lhcr::fhirpath::Expression> expression_;
  std::unique_ptr<lhcr::fhirpath::Evaluator> evaluator_;
  std::unique_ptr<lhcr::validate::Validator> validator_;
};

double processor_seconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

/// Goes round the lines, sixteen between looks at the clock, until the time is up; gives the bytes
/// done.
std::uint64_t spend(const std::vector<std::string_view>& lines, std::size_t& next, double seconds,
                    const Work& work) {
  std::uint64_t bytes = 0;
  for (const double end = processor_seconds() + seconds; processor_seconds() < end;) {
    for (int count = 0; count < 16; ++count, ++next) {
      const std::string_view line = lines[next % lines.size()];
      work(line);
      bytes += line.size() + 1;
    }
  }
  return bytes;
}

void measure(const Job& job) {
  const Lines lines(job.file);
  Bench bench(job.expression);
  const Work work = bench.work(job.work);
  std::size_t next = 0;
  spend(lines.all(), next, job.warm, work);
  const double start = processor_seconds();
  const std::uint64_t bytes = spend(lines.all(), next, job.seconds, work);
  std::printf("%llu %.6f\n", static_cast<unsigned long long>(bytes), processor_seconds() - start);
  std::fflush(stdout);
}

void once(const std::string& name, const std::string& file, const std::string& expression) {
  const Lines lines(file);
  Bench bench(expression);
  const Work work = bench.work(name);
  for (const std::string_view line : lines.all()) {
    work(line);
  }
}

Job parse(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream input(line);
  for (std::string field; std::getline(input, field, '\t');) {
    fields.push_back(field);
  }
  fields.resize(5);
  return {fields[0], fields[1], std::stod(fields[2]), std::stod(fields[3]), fields[4]};
}

}  // namespace

int main(int count, char** arguments) {
  try {
    if (count >= 4 && std::string_view(arguments[1]) == "once") {
      once(arguments[2], arguments[3], count > 4 ? arguments[4] : "");
      return 0;
    }
    for (std::string line; std::getline(std::cin, line);) {
      measure(parse(line));
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 3;
  }
}
