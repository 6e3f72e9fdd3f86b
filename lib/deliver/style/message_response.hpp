// SPDX-License-Identifier: Apache-2.0
/// What the answer to a message says about it (R4, messaging).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "deliver/job/answer.hpp"

namespace lhcr::deliver {

/// By what the answer to a message may name it: the id of its MessageHeader (R4), the identifier of
/// its Bundle (R5), and what else is its own.
[[nodiscard]] std::vector<std::string> message_ids(const Record& record);
/// Judges the answer to the message of these ids. One that is no response, or the response to
/// another message, says nothing about it.
void judge_response(const Reading& reading, std::span<const std::string> ids, Verdict& verdict);

}  // namespace lhcr::deliver
