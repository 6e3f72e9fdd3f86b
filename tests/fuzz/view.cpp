// SPDX-License-Identifier: Apache-2.0
// Any bytes as a ViewDefinition: it is refused with a place, or makes rows that have a cell for
// each column.
#include "view/view.hpp"

#include "base/error.hpp"
#include "check.hpp"

namespace {

using namespace lhcr;

constexpr std::string_view record =
    R"({"resourceType":"Patient","id":"p","identifier":[{"system":"a","value":"1"},{"value":"2"}],)"
    R"("name":[{"family":"A","given":["B","C"]}],"birthDate":"1948-03-14","active":true,)"
    R"("contact":[{"name":{"family":"D"}}],"extension":[{"url":"u","valueDecimal":1.50}]})";

class Counter : public view::RowSink {
 public:
  explicit Counter(std::size_t columns) : columns_(columns) {}
  void row(const view::Row& row) override {
    fuzz::expect(row.cells.size() == columns_, "a cell for each column");
    for (const view::Cell& cell : row.cells) {
      if (cell.kind == view::Cell::Kind::list) {
        for (const view::Cell& item : row.list(cell)) static_cast<void>(row.text(item).size());
      } else if (cell.kind != view::Cell::Kind::null) {
        length_ += row.text(cell).size();
      }
    }
  }

 private:
  std::size_t columns_;
  std::size_t length_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static definition::Library library;
  try {
    const view::View view({"fuzz.json", {reinterpret_cast<const char*>(data), size}}, library);
    const fuzz::Padded text(record);
    tree::Tree tree(library.symbols());
    finding::Collector findings;
    format::JsonReader reader;
    fuzz::expect(reader.read(text.text(), tree, findings), "the record is good");
    definition::attach_types(tree, view.definitions());
    Counter counter(view.columns().size());
    view::Runner(view).run(tree, tree::root_node, counter, findings);
  } catch (const Error&) {
  }
  return 0;
}
