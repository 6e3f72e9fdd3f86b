// SPDX-License-Identifier: Apache-2.0
#include "cmd/run/messages.hpp"

#include "finding/locate.hpp"
#include "format/xml/xml_encoding.hpp"

namespace lhcr::cmd {

Messages::Messages(bool colour)
    : report_(finding::make_report(finding::ReportFormat::text, {colour, false, {}})) {}

void Messages::hand_over(const std::string& input, const format::Record& record,
                         finding::Severity least, Done& done) {
  done.tally.add_record(findings_);
  if (!findings_.findings().empty()) {
    Arena arena;
    finding::locate(findings_.findings(), format::counted_text(record, arena),
                    {record.offset, record.line});
  }
  for (const finding::Finding& found : findings_.findings()) {
    if (found.severity <= least) report_->render(found, {input, record.index}, done.messages);
  }
  findings_.clear();
}

void Messages::unreadable(const std::string& why, Done& done) {
  ++done.tally.records;
  ++done.tally.invalid;
  ++done.tally.unreadable;
  done.messages += "lhcr: " + why + "\n";
}

}  // namespace lhcr::cmd
