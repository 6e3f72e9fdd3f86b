// SPDX-License-Identifier: Apache-2.0
// Reading alone, from bytes in memory to a tree without types:
//   bench_reading WORK FILE [SECONDS]       ->  bytes seconds     (of the processor)
//   bench_reading WORK FILE once [TIMES]    goes through the file that often and prints nothing,
//   for instruction counts
// WORK: json (each line as a whole), named (NDJSON, the elements that a table of results has), xml
// (FHIR XML, one document), cda (one document).
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/file.hpp"
#include "finding/finding.hpp"
#include "format/cda/cda.hpp"
#include "format/format.hpp"
#include "format/json/json_lines.hpp"

namespace {

namespace format = lhcr::format;

constexpr std::array<std::string_view, 16> result_elements{
    "resourceType",      "id",        "status",        "code",  "coding", "system",    "display",
    "subject",           "reference", "valueQuantity", "value", "unit",   "encounter", "issued",
    "effectiveDateTime", "entry"};

/// A file's text, and what one worker keeps from record to record.
class Bench {
 public:
  explicit Bench(const std::string& path) : text_(lhcr::read_file(path)), size_(text_.size()) {
    text_.append(format::read_padding, '\0');
  }
  [[nodiscard]] std::string_view text() const { return std::string_view(text_).substr(0, size_); }

  void json() {
    for (std::string_view rest = text(); !rest.empty();) {
      const std::size_t end = rest.find('\n');
      findings_.clear();
      require(reader_.read(rest.substr(0, end), tree_, findings_));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
  }
  void named() {
    require(lines_.start(text()));
    std::string_view line;
    while (lines_.next(tree_, line) != format::JsonLines::Result::end) {
    }
  }
  void xml() {
    findings_.clear();
    require(format::read_xml(text(), tree_, findings_));
  }
  void cda() {
    findings_.clear();
    require(format::read_cda(text(), tree_, findings_));
  }

 private:
  static void require(bool read) {
    if (!read) throw std::runtime_error("the file cannot be read as that");
  }
  format::NameSet result_names() {
    format::NameSet names;
    for (const std::string_view name : result_elements) names.add(name, symbols_.intern(name));
    return names;
  }

  std::string text_;
  std::size_t size_;
  lhcr::SymbolTable symbols_;
  format::NameSet names_ = result_names();
  format::JsonLines lines_{names_};
  format::JsonReader reader_;
  lhcr::tree::Tree tree_{symbols_};
  lhcr::finding::Collector findings_;
};

struct Work {
  std::string_view name;
  void (Bench::*run)();
};
constexpr std::array<Work, 4> works{
    {{"json", &Bench::json}, {"named", &Bench::named}, {"xml", &Bench::xml}, {"cda", &Bench::cda}}};

void (Bench::*work_named(std::string_view name))() {
  for (const Work& work : works) {
    if (work.name == name) return work.run;
  }
  throw std::invalid_argument("no such work: " + std::string(name));
}

double processor_seconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

void measure(Bench& bench, void (Bench::*run)(), double seconds) {
  (bench.*run)();  // memory is had, the file is in the cache
  const double start = processor_seconds();
  double now = start;
  std::uint64_t bytes = 0;
  for (; now < start + seconds; now = processor_seconds()) {
    (bench.*run)();
    bytes += bench.text().size();
  }
  std::printf("%llu %.6f\n", static_cast<unsigned long long>(bytes), now - start);
}

}  // namespace

int main(int count, char** arguments) {
  try {
    if (count < 3)
      throw std::invalid_argument("usage: bench_reading WORK FILE [SECONDS | once [TIMES]]");
    void (Bench::*const run)() = work_named(arguments[1]);
    Bench bench(arguments[2]);
    const std::string how = count > 3 ? arguments[3] : "1";
    if (how == "once") {
      for (int times = count > 4 ? std::atoi(arguments[4]) : 1; times > 0; --times) (bench.*run)();
    } else {
      measure(bench, run, std::stod(how));
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
