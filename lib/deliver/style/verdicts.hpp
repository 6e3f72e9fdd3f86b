// SPDX-License-Identifier: Apache-2.0
/// What parts of an answer say about what was sent, by the rows of verdicts.def.
#pragma once

#include <cstdint>
#include <string_view>

namespace lhcr::deliver {

enum class Result : std::uint8_t {
  applied,   ///< the server has it
  accepted,  ///< the server has taken it and does not say what will become of it
  refused,   ///< the server will never take it as it is
  again,     ///< certainly not applied; may be tried again
  unknown,   ///< may or may not be applied
  untold,    ///< the same, and the server has answered: it would answer the same once more
};

/// What a status alone says in a style.
[[nodiscard]] Result result_of_status(long status, std::string_view style);

/// Codes that an answer holds.
enum class Told : std::uint8_t {
  message_response,  ///< MessageHeader.response.code
  issue,             ///< OperationOutcome.issue.code of an issue that made the action fail
  registry_status,   ///< RegistryResponse.status
  registry_error,    ///< RegistryError.errorCode of an error
  soap_fault,        ///< code of a SOAP fault, without prefix
};
[[nodiscard]] Result result_of(Told kind, std::string_view code);
/// Of two things that one answer says about the same: what is final goes before what is open, and
/// both before what may be tried again.
[[nodiscard]] Result graver(Result one, Result other);

}  // namespace lhcr::deliver
