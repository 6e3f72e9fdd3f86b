// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/source.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "folder.hpp"

using namespace lhcr;
using namespace lhcr::deliver;

namespace {

/// Reads JSON and nothing else.
class Plain : public Preparation {
 public:
  [[nodiscard]] const SymbolTable& symbols() const override { return symbols_; }
  std::string prepare(Record& record) override {
    finding::Collector problems(1);
    return reader_.read(record.text(), record.tree, problems) ? "" : "not read";
  }
  void type(tree::Tree& /*tree*/) override {}

 private:
  SymbolTable symbols_;
  format::JsonReader reader_;
};

NamedPath file(const Folder& folder, const std::string& name, const std::string& text) {
  return {folder.write(name, text), name};
}

/// "file#index" of every record, those with a problem with a mark.
std::vector<std::string> all_of(FileSource& source, const SymbolTable& symbols) {
  std::vector<std::string> all;
  for (;;) {
    Record record(symbols);
    std::string problem;
    if (!source.next(record, problem)) return all;
    all.push_back(record.source + "#" + std::to_string(record.index) +
                  (problem.empty() ? "" : "!"));
  }
}

}  // namespace

TEST_CASE("what others refer to is read first, whatever file it is in") {
  const Folder folder;
  Survey survey({file(folder, "a.ndjson",
                      "{\"resourceType\":\"Observation\",\"id\":\"o\"}\n"
                      "{\"resourceType\":\"Patient\",\"id\":\"p\"}\n"),
                 file(folder, "b.json", R"({"resourceType":"Organization","id":"g"})"),
                 {folder.path("none.json"), "none.json"}},
                false);
  Plain plain;
  FileSource source(survey, plain);
  CHECK(all_of(source, plain.symbols()) ==
        std::vector<std::string>{"b.json#0", "a.ndjson#1", "a.ndjson#0"});
  CHECK(source.sorted());
  CHECK(source.failures().size() == 1);
  CHECK(source.too_long() == 0);
  CHECK(source.position() > 0);
  CHECK(survey.total() > 0);
  Record first(plain.symbols());
  first.source = "a.ndjson";
  CHECK(source.comes_later("a.ndjson", 1, first));
  CHECK(source.comes_later("b.json", 0, first));
  first.source = "b.json";
  CHECK_FALSE(source.comes_later("a.ndjson", 0, first));
}

TEST_CASE("a record that cannot be read is one record with a problem") {
  const Folder folder;
  Survey survey({file(folder, "a.ndjson", "{\"resourceType\":\"Patient\"}\n{\"resourceType\"\n")},
                false);
  Plain plain;
  FileSource source(survey, plain);
  CHECK(all_of(source, plain.symbols()) == std::vector<std::string>{"a.ndjson#0", "a.ndjson#1!"});
}

TEST_CASE("whole files are sent in blocks, and one that changes meanwhile is noticed") {
  const Folder folder;
  const NamedPath path = file(folder, "a.bin", "0123456789");
  Survey survey({path}, true);
  Plain plain;
  FileSource source(survey, plain);
  Record record(plain.symbols());
  std::string problem;
  REQUIRE(source.next(record, problem));
  CHECK(record.on_disk);
  CHECK(record.text().empty());
  CHECK(record.part(3, 4) == "3456");
  std::string whole;
  record.each_block([&](std::string_view block) { whole += block; });
  CHECK(whole == "0123456789");
  file(folder, "a.bin", "01");
  CHECK_THROWS_AS((void)record.part(3, 4), Error);
  CHECK_THROWS_AS(record.each_block([](std::string_view) {}), Error);
  Record none(plain.symbols());
  CHECK_FALSE(source.next(none, problem));
}

TEST_CASE("no path that can be read is an error") {
  Survey survey({{"/no/such/file", "file"}}, false);
  CHECK_THROWS_AS(survey.await(), Error);
}
