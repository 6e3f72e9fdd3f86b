// SPDX-License-Identifier: Apache-2.0
// Any bytes as a record that is pushed, in every style that builds requests of it: nothing of it
// leads a request away from its base, adds a line to its headers or names a file elsewhere.
#include <memory>

#include "base/error.hpp"
#include "check.hpp"
#include "deliver/style/safe.hpp"
#include "deliver/style/style.hpp"

namespace {

using namespace lhcr;
using namespace lhcr::deliver;

constexpr std::string_view base = "http://127.0.0.1/fhir";
constexpr std::string_view style_names[] = {"transaction",   "batch",       "resource-put",
                                            "resource-post", "conditional", "message",
                                            "document",      "pointer"};

struct Means {
  Region region = Region::parse("title = \"fuzz\"", "fuzz", "fuzz");
  SymbolTable symbols;
  std::vector<std::unique_ptr<Style>> styles;
  Means() {
    for (const std::string_view name : style_names) {
      styles.push_back(find_style(name).make({region, std::string(base), "application/fhir+json",
                                              std::string(name), format::Format::json, symbols,
                                              [](tree::Tree&) {}, nullptr}));
    }
  }
};

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char byte) {
    const auto code = static_cast<unsigned char>(byte);
    return (code < 0x20 && byte != '\t') || code == 0x7F;
  });
}

/// A URL of the base, with no step up, no fragment, and a query only behind a path.
void expect_below_base(std::string_view url) {
  fuzz::expect(url.starts_with(base), "a request stays at its base", url);
  const std::string_view rest = url.substr(base.size());
  fuzz::expect(rest.empty() || rest[0] == '/' || rest[0] == '?', "the base ends where it ends",
               url);
  const std::string_view path = rest.substr(0, rest.find('?'));
  fuzz::expect(path.find("..") == std::string_view::npos || path.find("/..") == std::string::npos,
               "no step leads up", url);
  fuzz::expect(url.find_first_of("# \\\"<>") == std::string_view::npos, "a URL is one", url);
  fuzz::expect(!has_control(url), "no control character is in a URL", url);
}

void expect_safe(const Request& request) {
  expect_below_base(request.url);
  for (const std::string& line : request.headers) {
    fuzz::expect(!has_control(line), "a header is one line", line);
  }
}

/// What planning lets through.
bool may_leave(const Work& work, const Entry& entry) {
  return entry.state == State::fresh && unsafe_part(work, entry).empty();
}

void send(Style& style, const WorkPtr& work) {
  Parcel parcel;
  for (std::uint32_t index = 0; index < work->entries.size(); ++index) {
    if (!may_leave(*work, work->entries[index])) continue;
    parcel.members.push_back({work, index});
    const std::string query = style.search_of(parcel.members.back());
    if (!query.empty()) expect_below_base(style.url_of(query));
    if (style.parcel_entries() != 1) continue;
    describe(parcel);
    style.announce(parcel);
    expect_safe(style.request(parcel));
    parcel.members.clear();
  }
  if (parcel.members.empty()) return;
  describe(parcel);
  style.announce(parcel);
  expect_safe(style.request(parcel));
}

void push(Style& style, const SymbolTable& symbols, std::string_view bytes) {
  const auto record = std::make_shared<Record>(symbols);
  record->source = "fuzz.json";
  record->set_text(bytes, format::Format::json);
  format::JsonReader reader;
  finding::Collector findings;
  if (!reader.read(record->text(), record->tree, findings) || record->tree.empty()) return;
  try {
    send(style, style.plan(record));
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Means& means = fuzz::kept_for<Means, 20000>();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const std::unique_ptr<Style>& style : means.styles) push(*style, means.symbols, bytes);
  const std::string_view type = bytes.substr(0, bytes.find('/'));
  const std::string address = address_of(type, bytes.substr(std::min(size, type.size() + 1)));
  if (!address.empty()) expect_below_base(std::string(base) + "/" + address);
  return 0;
}
