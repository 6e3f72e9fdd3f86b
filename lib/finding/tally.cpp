// SPDX-License-Identifier: Apache-2.0
#include "finding/report.hpp"

namespace lhcr::finding {
namespace {

std::string counted(std::uint64_t count, std::string_view noun) {
  return std::to_string(count) + ' ' + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace

void Tally::add_record(const Collector& findings) {
  ++records;
  invalid += findings.has_errors() ? 1U : 0U;
  unreadable += findings.count(Severity::fatal) > 0 ? 1U : 0U;
  fatals += findings.count(Severity::fatal);
  errors += findings.count(Severity::error);
  warnings += findings.count(Severity::warning);
  informations += findings.count(Severity::information);
  not_checked += findings.not_checked();
  following += findings.following();
}

Tally& Tally::operator+=(const Tally& other) {
  files += other.files;
  records += other.records;
  invalid += other.invalid;
  unreadable += other.unreadable;
  fatals += other.fatals;
  errors += other.errors;
  warnings += other.warnings;
  informations += other.informations;
  not_checked += other.not_checked;
  accepted += other.accepted;
  following += other.following;
  return *this;
}

std::string summary(const Tally& tally) {
  std::string text = counted(tally.files, "file") + ", " + counted(tally.records, "record") + ": " +
                     std::to_string(tally.records - tally.invalid) + " valid, " +
                     std::to_string(tally.invalid) + " invalid";
  if (tally.unreadable > 0) text += " (" + std::to_string(tally.unreadable) + " unreadable)";
  text += "; " + counted(tally.fatals + tally.errors, "error") + ", " +
          counted(tally.warnings, "warning");
  if (tally.following > 0) text += ", " + std::to_string(tally.following) + " that follow";
  if (tally.not_checked > 0) text += ", " + std::to_string(tally.not_checked) + " not checked";
  if (tally.accepted > 0) text += ", " + std::to_string(tally.accepted) + " accepted";
  return text;
}

}  // namespace lhcr::finding
