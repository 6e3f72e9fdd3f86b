// SPDX-License-Identifier: Apache-2.0
/// `lhcr terminology`: releases of code systems that the user has, made into images and asked.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cmd/command.hpp"
#include "cmd/packages.hpp"
#include "terminology/store/library.hpp"

namespace lhcr::cmd {

enum class TerminologyFormat { text, json };

struct TerminologyCommand {
  std::string action;
  std::vector<std::string> arguments;
  TerminologyFormat format = TerminologyFormat::text;
  std::string display;      ///< check
  std::string in;           ///< check, search: a constraint; check: or a value set
  std::string to;           ///< translate
  PackageOptions packages;  ///< where value sets are
  VersionOptions version;   ///< of FHIR's own value sets
  unsigned count = 0;       ///< 0: all
};

/// Where images lie: below $XDG_DATA_HOME/lhcr.
[[nodiscard]] std::string terminology_folder();

/// A code and its system, as "199999999101", "icd-10#Z99.1" or "http://...|Z99.1".
struct SystemCode {
  std::string system;  ///< the name of a code system, or a canonical
  std::string code;
};
/// Without a system: SNOMED CT.
[[nodiscard]] SystemCode system_code(const std::string& text);

/// The edition; throws Error{input} that says how to add one.
[[nodiscard]] const terminology::Snomed& require_snomed(const terminology::Library& library);
/// The concepts of a constraint. Throws Error{usage} when it is none or names what is not there,
/// Error{input} when it asks for what the image does not hold.
[[nodiscard]] terminology::ConceptSet require_concepts(const terminology::Snomed& snomed,
                                                       const std::string& constraint);
/// The one argument; throws Error{usage} that says what it is.
[[nodiscard]] const std::string& only_argument(const TerminologyCommand& options,
                                               std::string_view what);
/// "http://snomed.info/sct/83821000000107/version/20260826"
[[nodiscard]] std::string edition_of(const terminology::Image& image);

// One function for each action.
ExitCode terminology_add(const TerminologyCommand& options, const Io& io);
ExitCode terminology_list(const TerminologyCommand& options, const Io& io);
ExitCode terminology_show(const TerminologyCommand& options, const Io& io);
ExitCode terminology_remove(const TerminologyCommand& options, const Io& io);
ExitCode terminology_lookup(const TerminologyCommand& options, const Io& io);
ExitCode terminology_history(const TerminologyCommand& options, const Io& io);
ExitCode terminology_search(const TerminologyCommand& options, const Io& io);
ExitCode terminology_expand(const TerminologyCommand& options, const Io& io);
ExitCode terminology_check(const TerminologyCommand& options, const Io& io);
ExitCode terminology_translate(const TerminologyCommand& options, const Io& io);
ExitCode terminology_diff(const TerminologyCommand& options, const Io& io);

}  // namespace lhcr::cmd
