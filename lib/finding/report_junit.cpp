// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "finding/id.hpp"
#include "finding/report_formats.hpp"

namespace lhcr::finding {
namespace {

/// A suite states its numbers before its cases, so that one input's cases are held until it ends:
/// no more than these. What is beyond is one further failure.
constexpr std::size_t most_cases = 10000;

/// Stands between rendered findings; no XML can hold it.
constexpr char separator = '\x1e';

/// The form of Ant and Jenkins: an input is a suite, what fails the run a failed case, what is
/// fatal an error; the rest is the suite's output. An input without errors is one case that passed.
class JunitReport : public Report {
 public:
  explicit JunitReport(Severity failing) : failing_(failing) {}
  void begin(std::size_t, std::string& out) override;
  void begin_input(std::string_view input, std::string& out) override;
  void render(const Finding& finding, const Place& place, std::string& items) const override;
  void add_items(std::string_view items, std::string& out) override;
  void end_input(const Tally& tally, std::string& out) override;
  void end(std::string& out) override { out += "</testsuites>\n"; }

 private:
  void add_item(std::string_view item);
  void add_case(std::string_view item);

  Severity failing_;
  std::string input_;
  std::string cases_;
  std::string notes_;
  std::size_t failures_ = 0;
  std::size_t errors_ = 0;
  std::size_t left_out_ = 0;
};

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
  failures_ = errors_ = left_out_ = 0;
}

/// A case's name says nothing that changes from run to run, so that CI systems recognise it.
void append_case(const Finding& finding, const Place& place, std::string& items) {
  const bool fatal = finding.severity == Severity::fatal;
  const std::string_view id = entry(finding.id).id;
  items += fatal ? 'e' : 'f';
  items += "<testcase";
  append_attribute("classname", place.input, items);
  append_attribute("name", finding.path.empty() ? id : std::string(id) + " " + finding.path, items);
  items += fatal ? "><error" : "><failure";
  append_attribute("type", id, items);
  append_attribute("message", finding.text(), items);
  items += '>';
  const std::string hint = finding.hint();
  append_xml_text(items,
                  valid_utf8(place_text(finding, place) + (hint.empty() ? "" : "\n" + hint)));
  items += fatal ? "</error></testcase>\n" : "</failure></testcase>\n";
}

void JunitReport::render(const Finding& finding, const Place& place, std::string& items) const {
  if (finding.severity <= failing_) {
    append_case(finding, place, items);
  } else {
    items += 'n';
    append_xml_text(items, valid_utf8(place_text(finding, place) + ": " +
                                      std::string(severity_name(finding.severity)) + ": " +
                                      finding.path + ": " + finding.text() + " [" +
                                      std::string(entry(finding.id).id) + "]\n"));
  }
  items += separator;
}

void JunitReport::add_case(std::string_view item) {
  std::size_t& count = item.front() == 'e' ? errors_ : failures_;
  if (failures_ + errors_ >= most_cases) {
    ++left_out_;
    return;
  }
  ++count;
  cases_ += item.substr(1);
}

void JunitReport::add_item(std::string_view item) {
  if (item.front() != 'n') {
    add_case(item);
  } else if (notes_.size() < most_cases * 100) {
    notes_ += item.substr(1);
  }
}

void JunitReport::add_items(std::string_view items, std::string&) {
  while (!items.empty()) {
    const std::size_t end = items.find(separator);
    add_item(items.substr(0, end));
    items.remove_prefix(end + 1);
  }
}

void JunitReport::end_input(const Tally& tally, std::string& out) {
  if (left_out_ > 0) {
    Finding rest;
    rest.id = id<"findings-not-listed">;
    rest.severity = Severity::error;
    rest.arguments = {std::to_string(left_out_)};
    std::string item;
    append_case(rest, {input_, 0}, item);
    ++failures_;
    cases_ += item.substr(1);
  }
  const std::size_t failed = failures_ + errors_;
  out += "<testsuite";
  append_attribute("name", input_, out);
  append_attribute("tests", std::to_string(failed == 0 ? 1 : failed), out);
  append_attribute("failures", std::to_string(failures_), out);
  append_attribute("errors", std::to_string(errors_), out);
  append_attribute("skipped", "0", out);
  out += ">\n<properties>\n<property name=\"records\" value=\"" + std::to_string(tally.records) +
         "\"/>\n<property name=\"invalid\" value=\"" + std::to_string(tally.invalid) +
         "\"/>\n<property name=\"warnings\" value=\"" + std::to_string(tally.warnings) +
         "\"/>\n</properties>\n";
  if (failed == 0) {
    out += "<testcase";
    append_attribute("classname", input_, out);
    append_attribute("name", "valid", out);
    out += "/>\n";
  }
  out += cases_;
  if (!notes_.empty()) out += "<system-out>" + notes_ + "</system-out>\n";
  out += "</testsuite>\n";
}

}  // namespace

std::unique_ptr<Report> make_junit_report(Severity failing) {
  return std::make_unique<JunitReport>(failing);
}

}  // namespace lhcr::finding
