// SPDX-License-Identifier: Apache-2.0
// Any bytes as a record that is pushed, in every style that builds requests of it: nothing of it
// leads a request away from its base, adds a line to its headers or names a file elsewhere.
#include <memory>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/words.hpp"
#include "check.hpp"
#include "deliver/style/safe.hpp"
#include "deliver/style/style.hpp"

namespace {

using namespace lhcr;
using namespace lhcr::deliver;

constexpr std::string_view base = "http://127.0.0.1/fhir";
constexpr std::string_view style_names[] = {
    "transaction", "batch",   "resource-put", "resource-post", "conditional", "patch", "message",
    "document",    "pointer", "pix",          "operation",     "event",       "mesh"};
/// What some of them do not go without. The index of pix has addresses below the base here.
constexpr std::string_view region_text = R"(title = "fuzz"
[style]
version_header = "If-Match"
[patch]
removals = "make"
[pix]
patient = "http://127.0.0.1/fhir/index/Patient"
linkage = "http://127.0.0.1/fhir/index/Linkage"
[operation]
path = "ReferralRequest/$send"
[event]
source = "uk.nhs.fuzz"
type = "fhirpath:type"
time = "fhirpath:time"
subject = "fhirpath?:subject"
[mesh]
mailbox = "MAILBOX1"
to = "fhirpath:to"
workflow = "FUZZ"
subject = "fhirpath?:subject"
local_id = "fhirpath?:local"
chunk = 16
)";

/// A patch and a version, whatever is compared.
class AnyPatch : public PatchMaker {
 public:
  Made make(std::string_view stored, std::string_view own, bool /*keep*/) override {
    return {"[]", std::string(stored.substr(0, 80)), "", own.empty() ? "nothing" : ""};
  }
};

struct Means {
  Region region = Region::parse(region_text, "fuzz", "fuzz");
  SymbolTable symbols;
  AnyPatch patches;
  std::vector<std::unique_ptr<Style>> styles;
  Means() {
    for (const std::string_view name : style_names) {
      styles.push_back(find_style(name).make({region, std::string(base), "application/fhir+json",
                                              std::string(name), format::Format::json, symbols,
                                              [](tree::Tree&) {}, nullptr, &patches}));
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
  const std::vector<std::string_view> steps = split(path, '/');
  fuzz::expect(!is_one_of("..", steps), "no step leads up", url);
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

/// What a server may say, made of the same bytes: headers end at a line end, as libcurl cuts them.
Answer answer_of(std::string_view bytes) {
  Answer answer;
  answer.status = 200;
  answer.content_type = "application/json";
  answer.headers.emplace_back("etag", std::string(bytes.substr(0, bytes.find_first_of("\r\n"))));
  answer.body = bytes;
  return answer;
}

/// Requests of a delivery that takes several, each after an answer made of `bytes`.
void send_steps(Style& style, Parcel& parcel, std::string_view bytes) {
  constexpr unsigned most_steps = 3;
  const Answer answer = answer_of(bytes);
  Reading reading;
  reading.whole.result = Result::applied;
  reading.whole.status = answer.status;
  for (parcel.step = 0; parcel.step < most_steps; ++parcel.step) {
    expect_safe(style.request(parcel));
    if (!style.judge(parcel, answer, reading).more) break;
  }
  parcel.step = 0;
}

/// What a record gives to the region is UTF-8, which its reader has seen to, and has no control
/// characters (RecordPaths::answer).
std::shared_ptr<const RecordTexts> texts_of(std::string_view bytes) {
  if (bytes.empty() || !is_header_value(bytes) ||
      find_invalid_utf8(bytes) != std::string_view::npos) {
    return nullptr;
  }
  auto texts = std::make_shared<RecordTexts>();
  for (const char* key :
       {"event.type", "event.time", "event.subject", "mesh.to", "mesh.subject", "mesh.local_id"}) {
    (*texts)[key] = bytes;
  }
  return texts;
}

void send(Style& style, const WorkPtr& work, std::string_view bytes) {
  const auto texts = texts_of(bytes);
  for (Entry& entry : work->entries) entry.texts = texts;
  style.asked(*work);
  Parcel parcel;
  for (std::uint32_t index = 0; index < work->entries.size(); ++index) {
    if (!may_leave(*work, work->entries[index])) continue;
    parcel.members.push_back({work, index});
    const std::string query = style.search_of(parcel.members.back());
    if (!query.empty()) expect_below_base(style.url_of(query));
    if (style.parcel_entries() != 1) continue;
    describe(parcel);
    style.announce(parcel);
    send_steps(style, parcel, bytes);
    parcel.members.clear();
  }
  if (parcel.members.empty()) return;
  describe(parcel);
  style.announce(parcel);
  expect_safe(style.request(parcel));
}

/// The bytes as a record, and behind a line end what it gives and what is answered.
void push(Style& style, const SymbolTable& symbols, std::string_view bytes, std::string_view more) {
  const auto record = std::make_shared<Record>(symbols);
  record->source = "fuzz.json";
  record->set_text(bytes, format::Format::json);
  format::JsonReader reader;
  finding::Collector findings;
  if (!reader.read(record->text(), record->tree, findings) || record->tree.empty()) return;
  try {
    send(style, style.plan(record), more);
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Means& means = fuzz::kept_for<Means, 20000>();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(bytes.find('\n'), size);
  const std::string_view more = bytes.substr(std::min(end + 1, size));
  for (const std::unique_ptr<Style>& style : means.styles) {
    push(*style, means.symbols, bytes.substr(0, end), more);
  }
  const std::string_view type = bytes.substr(0, bytes.find('/'));
  const std::string address = address_of(type, bytes.substr(std::min(size, type.size() + 1)));
  if (!address.empty()) expect_below_base(std::string(base) + "/" + address);
  return 0;
}
