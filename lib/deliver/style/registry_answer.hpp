// SPDX-License-Identifier: Apache-2.0
/// What a document registry or repository answers in SOAP (IHE ITI TF-3 4.2.4, ebRS 3.0): read as
/// XML, since what it quotes of a document may hold any words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "deliver/style/verdicts.hpp"
#include "deliver/transport/http.hpp"

namespace lhcr::deliver {

struct RegistryError {
  std::string code;
  std::string context;
  bool warning = false;
};

/// The body of a SOAP envelope: a RegistryResponse, or a Fault.
struct RegistryAnswer {
  std::optional<std::string> status;  ///< of the RegistryResponse, as written; none of a Fault
  std::vector<RegistryError> errors;
  std::string fault;   ///< code of the Fault, without prefix
  std::string reason;  ///< its words
};

/// Nothing when the answer is no well-formed XML, or says neither; nor when it says both, or one of
/// them twice. The envelope may be the root part of a MIME package (MTOM, RFC 2387).
[[nodiscard]] std::optional<RegistryAnswer> read_registry_answer(const Answer& answer);
/// What it means for the document that was sent (rows of verdicts.def).
[[nodiscard]] Result result_of_registry(const RegistryAnswer& answer);
/// What it says, for people.
[[nodiscard]] std::string words_of(const RegistryAnswer& answer);

}  // namespace lhcr::deliver
