// SPDX-License-Identifier: Apache-2.0
/// Identifiers of UK records: NHS numbers, ODS codes, and the systems they stand in.
#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/check_digit.hpp"
#include "base/names.hpp"
#include "base/nhs_number.hpp"
#include "finding/id.hpp"
#include "tree/nodes.hpp"
#include "validate/nhs/nhs.hpp"
#include "validate/run.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using tree::no_node;
using tree::NodeId;

/// ODS codes have 3 characters (trusts) to 12 (parts of organisations abroad).
constexpr std::size_t shortest_ods_code = 3;
constexpr std::size_t longest_ods_code = 12;

constexpr std::string_view status_extension_end = "NHSNumberVerificationStatus";
constexpr std::string_view reason_extension_end = "NHSNumberUnavailableReason";

struct VerificationStatus {
  std::string_view version;
  std::string_view system;
  std::string_view codes;  ///< each between spaces
};
constexpr std::array statuses = {
#define LHCR_NHS_STATUS(version, system, codes) VerificationStatus{version, system, codes},
#include "validate/nhs/nhs_tables.def"
};

void check_range(Run& run, NodeId value, std::string_view digits) {
  const NhsNumberRange range = nhs_number_range(digits);
  if (range == NhsNumberRange::unissued) {
    run.report(value, id<"nhs-number-range">, {std::string(digits)});
  } else if (range == NhsNumberRange::test) {
    run.report(value, id<"nhs-number-test">, {std::string(digits)});
  }
}

/// Base of the addresses of the Personal Demographics Service, of whatever FHIR version.
constexpr std::string_view demographics = "https://demographics.spineservices.nhs.uk/";
constexpr std::string_view patient_step = "/Patient/";

/// The extension (of any UK profile space and release) whose url has this name, or no_node.
NodeId extension_named(const Run& run, NodeId node, std::string_view name) {
  for (const NodeId at : tree::named(run.tree, node, name::extension)) {
    std::string_view url = run.child_text(at, name::url);
    url = url.ends_with("-1") ? url.substr(0, url.size() - 2) : url;
    if (url.ends_with(name)) return at;
  }
  return no_node;
}

bool is_status(const Run& run, std::string_view system, std::string_view code) {
  return std::any_of(statuses.begin(), statuses.end(), [&](const VerificationStatus& row) {
    return run.definitions.fhir_version().starts_with(row.version) && row.system == system &&
           !code.empty() && row.codes.find(" " + std::string(code) + " ") != std::string_view::npos;
  });
}

void check_status_codes(Run& run, NodeId extension) {
  const NodeId concept_node = run.child(extension, name::value);
  if (concept_node == no_node) return;
  for (const NodeId coding : tree::named(run.tree, concept_node, name::coding)) {
    const std::string_view system = run.child_text(coding, name::system);
    const std::string_view code = run.child_text(coding, name::code);
    if (!is_status(run, system, code)) {
      run.report(coding, id<"nhs-number-status-code">,
                 {std::string(system) + "#" + std::string(code)});
    }
  }
}

void check_status(Run& run, NodeId identifier) {
  const NodeId owner = run.tree[identifier].parent;
  const NodeId extension = extension_named(run, identifier, status_extension_end);
  if (extension != no_node) {
    check_status_codes(run, extension);
  } else if (run.tree[owner].is(tree::Flag::resource) && run.type_name(owner) == "Patient") {
    // CareConnect demands it, UK Core leaves it open.
    run.report(identifier,
               run.state.stu3 ? finding::Severity::warning : finding::Severity::information,
               id<"nhs-number-status-missing">);
  }
}

finding::KindTaking<2> misspelt(UkSystem kind) {
  if (kind == UkSystem::nhs_number) return id<"nhs-number-system">;
  if (kind == UkSystem::ods) return id<"ods-system">;
  return id<"system-misspelt">;
}

}  // namespace

std::string without_separators(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
               [](char byte) { return byte != ' ' && byte != '-'; });
  return digits;
}

void check_nhs_number(Run& run, NodeId value, std::string_view text) {
  const NhsNumberForm form = nhs_number_form(text);
  if (form != NhsNumberForm::valid) {
    run.report(value, id<"nhs-number-form">, {std::string(text)});
  }
  if (form == NhsNumberForm::malformed) return;
  const std::string digits = without_separators(text);
  if (!has_modulus11_check_digit(digits)) {
    run.report(value, id<"nhs-number-check-digit">, {std::string(text)});
  } else {
    check_range(run, value, digits);
  }
}

void check_ods_code(Run& run, NodeId value) {
  const std::string_view code = run.tree[value].text();
  const bool letters = std::all_of(code.begin(), code.end(),
                                   [](char byte) { return is_capital(byte) || is_digit(byte); });
  if (!letters || code.size() < shortest_ods_code || code.size() > longest_ods_code) {
    run.report(value, id<"ods-code-form">, {std::string(code)});
  }
}

void check_nhs_identifier(Run& run, NodeId node) {
  const NodeId value = run.child(node, name::value);
  const std::string_view system = run.child_text(node, name::system);
  if (system.empty()) {
    if (run.has_text(value)) run.report(node, id<"identifier-without-system">);
    return;
  }
  const auto known = uk_system(system);
  if (!known) return;
  if (!known->exact) {
    run.report(run.child(node, name::system), misspelt(known->kind).id,
               {std::string(system), std::string(known->url)});
  }
  if (known->kind == UkSystem::nhs_number) {
    if (run.has_text(value)) check_nhs_number(run, value, run.tree[value].text());
    check_status(run, node);
  } else if (known->kind == UkSystem::ods && run.has_text(value)) {
    check_ods_code(run, value);
  }
}

void check_nhs_reference(Run& run, NodeId node) {
  const NodeId reference = run.child(node, name::reference);
  if (!run.has_text(reference)) return;
  const std::string_view url = run.tree[reference].text();
  const std::size_t patient = url.find(patient_step);
  if (url.starts_with(demographics) && patient != std::string_view::npos) {
    const std::string_view number = url.substr(patient + patient_step.size());
    check_nhs_number(run, reference, number.substr(0, number.find('/')));
  }
}

void check_nhs_patient(Run& run, NodeId resource) {
  bool any = false;
  bool excused = extension_named(run, resource, reason_extension_end) != no_node;
  for (const NodeId at : tree::named(run.tree, resource, name::identifier)) {
    excused = excused || extension_named(run, at, reason_extension_end) != no_node;
    if (!is_nhs_number(run, at)) continue;
    if (any) run.report(at, id<"nhs-number-repeated">);
    any = true;
  }
  if (!any && !excused) run.report(resource, id<"nhs-number-missing">);
}

}  // namespace lhcr::validate
