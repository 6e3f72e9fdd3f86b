// SPDX-License-Identifier: Apache-2.0
// Any bytes as what an endpoint answers: the status line's number, a header's value and the body.
// Nothing but a good status is ever called applied, and an answer to so many entries judges as many
// or none.
#include "deliver/job/answer.hpp"

#include "check.hpp"
#include "deliver/transport/http.hpp"

namespace {

using namespace lhcr;
using namespace lhcr::deliver;

constexpr std::string_view base = "http://127.0.0.1/fhir";
constexpr std::string_view sent =
    R"({"resourceType":"Observation","id":"o","identifier":[{"system":"urn:l","value":"1"}],)"
    R"("status":"final","code":{"text":"sodium"},"valueDecimal":1.00})";

struct Means {
  SymbolTable symbols;
  fuzz::Padded text{sent};
  tree::Tree tree{symbols};
  AnswerReader plain{"resource-put"};
  AnswerReader grouped{"transaction"};
  AnswerReader messages{"message"};
  Means() {
    format::JsonReader reader;
    finding::Collector findings;
    fuzz::expect(reader.read(text.text(), tree, findings), "the record is good");
  }
};

bool is_good(long status) {
  return status >= 200 && status < 300;
}

/// Status (two bytes), form (one), a header's value up to a line end, body.
Answer answer_of(std::string_view bytes) {
  Answer answer;
  if (bytes.size() < 3) return answer;
  const auto number = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  answer.status = 100 + (number(0) * 256 + number(1)) % 500;
  answer.content_type = number(2) % 4 == 0   ? "application/fhir+xml"
                        : number(2) % 4 == 1 ? "text/html"
                                             : "application/fhir+json";
  const std::string_view rest = bytes.substr(3);
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  for (const char* name : {"location", "content-location", "retry-after", "date", "etag"}) {
    answer.headers.emplace_back(name, std::string(rest.substr(0, end)));
  }
  answer.body = rest.substr(std::min(end + 1, rest.size()));
  return answer;
}

void expect_true(const Reading& reading, const Answer& answer, std::size_t entries) {
  fuzz::expect(reading.whole.result != Result::applied || is_good(answer.status),
               "only a good status is applied", answer.body);
  fuzz::expect(reading.entries.empty() || reading.entries.size() == entries,
               "a verdict for each entry, or none", answer.body);
  for (const Verdict& each : reading.entries) {
    fuzz::expect(each.result != Result::applied || is_good(each.status),
                 "only a good entry is applied", answer.body);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Means& means = fuzz::kept_for<Means, 20000>();
  const Answer answer = answer_of({reinterpret_cast<const char*>(data), size});
  for (AnswerReader* reader : {&means.plain, &means.grouped, &means.messages}) {
    const std::size_t entries = reader == &means.grouped ? 2 : 0;
    expect_true(reader->read(answer, entries, base), answer, entries);
    static_cast<void>(reader->read_result(answer, entries, base));
    static_cast<void>(reader->resource(answer));
    for (const char* identifier : {"urn:l|1", ""}) {
      const auto found = reader->matches(answer, {means.tree, tree::root_node, identifier});
      fuzz::expect(!found || answer.status == 200 || found->locations.empty(),
                   "only what is there is found", answer.body);
    }
  }
  static_cast<void>(local_reference(answer.header("location"), base));
  return 0;
}
