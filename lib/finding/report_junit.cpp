// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <unordered_map>

#include "base/text.hpp"
#include "finding/id.hpp"
#include "finding/report_formats.hpp"

namespace lhcr::finding {
namespace {

/// A suite states its numbers before its cases, so that one input's cases are held until it ends:
/// no more than these. Failures beyond are one further failure, passes beyond one further pass.
constexpr std::size_t most_cases = 10000;

/// The form of Ant and Jenkins: an input is a suite, each record without a failure a case that
/// passed, what fails the run a failed case, what is fatal an error; the rest is the suite's
/// output. Names of cases are unique in their suite: with several records they begin with the
/// record.
class JunitReport : public Report {
 public:
  explicit JunitReport(const ReportOptions& options)
      : failing_(options.failing), provenance_(options.provenance) {}
  void begin(std::size_t, std::string& out) override;
  void begin_input(std::string_view input, std::string& out) override;
  void render(const Finding& finding, const Place& place, std::string& items) const override;
  void render_outcome(const Outcome& outcome, const Place& place,
                      std::string& items) const override;
  void add_items(std::string_view items, std::string& out) override;
  void end_input(const Tally& tally, std::string& out) override;
  void end(std::string& out) override { out += "</testsuites>\n"; }

 private:
  struct Case {
    std::string record;
    std::string name;
    std::string time;  ///< empty: not known
    std::string body;  ///< of the element; empty: passed
  };

  void add_item(std::string_view item);
  void add_failure(std::string_view item, std::size_t& count);
  void add_outcome(std::string_view item);
  void finish_cases(const Tally& tally);
  void append_cases(bool many, std::string& out);
  void append_properties(const Tally& tally, std::string& out) const;

  Severity failing_;
  Provenance provenance_;
  std::string input_;
  std::vector<Case> cases_;
  std::string notes_;
  std::size_t failures_ = 0;
  std::size_t errors_ = 0;
  std::size_t left_out_ = 0;
  std::size_t passed_ = 0;  ///< not in cases_
  std::size_t kept_passes_ = 0;
  std::uint64_t nanoseconds_ = 0;
};

/// Seconds with six digits behind the point.
std::string seconds(std::uint64_t nanoseconds) {
  constexpr std::uint64_t micro = 1000;
  constexpr std::uint64_t second = 1000000;
  const std::uint64_t whole = nanoseconds / micro;
  std::string part = std::to_string(whole % second);
  part.insert(0, 6 - part.size(), '0');
  return std::to_string(whole / second) + "." + part;
}

void append_attribute(std::string_view name, std::string_view text, std::string& out) {
  out += ' ';
  out += name;
  out += "=\"";
  append_xml_attribute(out, valid_utf8(text));
  out += '"';
}

std::string place_text(const Finding& finding, const Place& place) {
  std::string text(place.input);
  if (finding.position.line == 0) return text;
  return text + ":" + std::to_string(finding.position.line) + ":" +
         std::to_string(finding.position.column);
}

void JunitReport::begin(std::size_t, std::string& out) {
  out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
}

void JunitReport::begin_input(std::string_view input, std::string&) {
  input_ = input;
  cases_.clear();
  notes_.clear();
  failures_ = errors_ = left_out_ = passed_ = kept_passes_ = 0;
  nanoseconds_ = 0;
}

/// What stands in the element of a case that failed.
std::string body_of(const Finding& finding, const Place& place) {
  const bool fatal = finding.severity == Severity::fatal;
  std::string body = fatal ? "<error" : "<failure";
  append_attribute("type", entry(finding.id).id, body);
  append_attribute("message", finding.text(), body);
  body += '>';
  const std::string hint = finding.hint();
  append_xml_text(body, valid_utf8(place_text(finding, place) + (hint.empty() ? "" : "\n" + hint)));
  return body + (fatal ? "</error>" : "</failure>");
}

/// A case's name says nothing that changes from run to run, so that CI systems recognise it.
void append_case(const Finding& finding, const Place& place, std::string& items) {
  const std::string id(entry(finding.id).id);
  items += finding.severity == Severity::fatal ? 'e' : 'f';
  items += std::to_string(place.record) + field_end;
  items += printable(finding.path.empty() ? id : id + " " + finding.path) + field_end;
  items += body_of(finding, place) + item_end;
}

void JunitReport::render(const Finding& finding, const Place& place, std::string& items) const {
  if (finding.severity <= failing_) return append_case(finding, place, items);
  items += 'n';
  append_xml_text(
      items, valid_utf8(place_text(finding, place) + ": " +
                        std::string(severity_name(finding.severity)) + ": " + finding.path + ": " +
                        finding.text() + " [" + std::string(entry(finding.id).id) + "]\n"));
  items += item_end;
}

void JunitReport::render_outcome(const Outcome& outcome, const Place& place,
                                 std::string& items) const {
  items += outcome.worst <= failing_ ? 'o' : 'p';
  items += std::to_string(place.record) + field_end;
  items += std::to_string(outcome.nanoseconds) + item_end;
}

void JunitReport::add_failure(std::string_view item, std::size_t& count) {
  if (failures_ + errors_ >= most_cases) {
    ++left_out_;
    return;
  }
  ++count;
  Case made;
  made.record = take_field(item);
  made.name = take_field(item);
  made.body = item;
  cases_.push_back(std::move(made));
}

void JunitReport::add_outcome(std::string_view item) {
  const bool passes = item.front() == 'p';
  item.remove_prefix(1);
  const std::string record(take_field(item));
  const std::uint64_t time = std::strtoull(std::string(item).c_str(), nullptr, 10);
  nanoseconds_ += time;
  if (!passes) return;
  if (kept_passes_ >= most_cases) {
    ++passed_;
    return;
  }
  ++kept_passes_;
  cases_.push_back({record, "valid", time == 0 ? "" : seconds(time), ""});
}

void JunitReport::add_item(std::string_view item) {
  switch (item.front()) {
    case 'e':
      return add_failure(item.substr(1), errors_);
    case 'f':
      return add_failure(item.substr(1), failures_);
    case 'n':
      if (notes_.size() < most_cases * 100) notes_ += item.substr(1);
      return;
    default:
      return add_outcome(item);
  }
}

void JunitReport::add_items(std::string_view items, std::string&) {
  while (!items.empty()) {
    add_item(take_item(items));
  }
}

/// What is beyond the limits, and the one case of an input that has none.
void JunitReport::finish_cases(const Tally& tally) {
  if (left_out_ > 0) {
    Finding rest = made(id<"findings-not-listed">, {std::to_string(left_out_)});
    rest.severity = Severity::error;
    ++failures_;
    cases_.push_back({"", std::string(entry(rest.id).id), "", body_of(rest, {input_, 0})});
  }
  if (passed_ > 0)
    cases_.push_back({"", std::to_string(passed_) + " more records are valid", "", ""});
  if (cases_.empty()) {
    cases_.push_back({"", tally.records == 0 ? "no record" : "valid", "", ""});
  }
}

void JunitReport::append_cases(bool many, std::string& out) {
  std::unordered_map<std::string, std::size_t> seen;
  for (const Case& row : cases_) {
    std::string name = row.name;
    if (many && !row.record.empty()) {
      name = "record " + std::to_string(std::stoull(row.record) + 1) + ": " + name;
    }
    if (const std::size_t times = ++seen[name]; times > 1)
      name += " (" + std::to_string(times) + ")";
    out += "<testcase";
    append_attribute("classname", input_, out);
    append_attribute("name", name, out);
    if (!row.time.empty()) append_attribute("time", row.time, out);
    out += row.body.empty() ? "/>\n" : ">" + row.body + "</testcase>\n";
  }
}

void append_property(std::string_view name, std::string_view value, std::string& out) {
  out += "<property";
  append_attribute("name", name, out);
  append_attribute("value", value, out);
  out += "/>\n";
}

void JunitReport::append_properties(const Tally& tally, std::string& out) const {
  out += "<properties>\n";
  append_property("records", std::to_string(tally.records), out);
  append_property("invalid", std::to_string(tally.invalid), out);
  append_property("warnings", std::to_string(tally.warnings), out);
  if (!provenance_.date.empty()) {
    for (const auto& [name, value] : provenance_rows(provenance_))
      append_property(name, value, out);
  }
  out += "</properties>\n";
}

void JunitReport::end_input(const Tally& tally, std::string& out) {
  finish_cases(tally);
  out += "<testsuite";
  append_attribute("name", input_, out);
  append_attribute("tests", std::to_string(cases_.size()), out);
  append_attribute("failures", std::to_string(failures_), out);
  append_attribute("errors", std::to_string(errors_), out);
  append_attribute("skipped", "0", out);
  if (nanoseconds_ > 0) append_attribute("time", seconds(nanoseconds_), out);
  if (!provenance_.date.empty()) {
    // ISO 8601 without a zone, as the form has it; the date is UTC's.
    append_attribute("timestamp", provenance_.date.substr(0, provenance_.date.size() - 1), out);
  }
  out += ">\n";
  append_properties(tally, out);
  append_cases(tally.records > 1, out);
  if (!notes_.empty()) out += "<system-out>" + notes_ + "</system-out>\n";
  out += "</testsuite>\n";
}

}  // namespace

std::unique_ptr<Report> make_junit_report(const ReportOptions& options) {
  return std::make_unique<JunitReport>(options);
}

}  // namespace lhcr::finding
