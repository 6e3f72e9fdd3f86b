// SPDX-License-Identifier: Apache-2.0
#include "deliver/style/message_response.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/names.hpp"
#include "tree/nodes.hpp"

namespace lhcr::deliver {
namespace {

/// An id as it is compared: a UUID without its scheme.
std::string_view bare_id(std::string_view id) {
  constexpr std::string_view scheme = "urn:uuid:";
  const bool has_scheme = same_letters(id.substr(0, scheme.size()), scheme);
  return has_scheme ? id.substr(scheme.size()) : id;
}

bool is_own(std::string_view identifier, std::span<const std::string> ids) {
  return std::any_of(ids.begin(), ids.end(), [identifier](std::string_view id) {
    return same_letters(bare_id(id), bare_id(identifier));
  });
}

/// Why an answer that came in time is not about the message that was sent; empty when it is.
std::string why_not_its(const Reading& reading, std::span<const std::string> ids) {
  if (reading.type != "Bundle") return "the answer to a message is a " + reading.type;
  if (reading.responses.empty()) return "the answer to a message holds no MessageHeader.response";
  for (const MessageResponse& each : reading.responses) {
    if (each.identifier.empty()) {
      // Bad news needs no name.
      if (result_of(Told::message_response, each.code) != Result::applied) continue;
      return "the answer does not say which message it answers (MessageHeader.response.identifier)";
    }
    if (ids.empty()) return "the message has no id that its answer could name";
    if (!is_own(each.identifier, ids)) {
      return "the answer is to another message, " + each.identifier;
    }
  }
  return {};
}

/// What the receiver says, and what else it says about that.
std::string words_of(const std::string& code, const std::string& details) {
  const std::string said = code.empty() ? "without a code" : code;
  return "the receiver answers " + said + (details.empty() ? "" : ": " + details);
}

}  // namespace

std::vector<std::string> message_ids(const Record& record) {
  const tree::Tree& tree = record.tree;
  const tree::NodeId bundle = tree::root_node;
  std::vector<std::string> ids{
      std::string(child_text(tree, child_node(tree, bundle, "identifier"), "value")),
      std::string(child_text(tree, bundle, "id"))};
  for (const tree::NodeId entry : tree::named(tree, bundle, name::entry)) {
    const tree::NodeId header = child_node(tree, entry, "resource");
    if (header == tree::no_node || tree.resource_type(header) != "MessageHeader") continue;
    ids.emplace_back(child_text(tree, header, "id"));
    ids.emplace_back(child_text(tree, entry, "fullUrl"));
    break;
  }
  std::erase_if(ids, [](const std::string& id) { return id.empty(); });
  return ids;
}

void judge_response(const Reading& reading, std::span<const std::string> ids, Verdict& verdict) {
  const bool came = verdict.result == Result::applied ||
                    (verdict.result == Result::accepted && !reading.responses.empty());
  if (!came || reading.type.empty() || reading.type == "OperationOutcome") return;
  std::string why = why_not_its(reading, ids);
  if (!why.empty()) {
    verdict.result = Result::untold;
    verdict.words = std::move(why);
    return;
  }
  for (const MessageResponse& each : reading.responses) {
    const Result told = result_of(Told::message_response, each.code);
    if (graver(told, verdict.result) == verdict.result) continue;
    verdict.result = told;
    verdict.words = words_of(each.code, reading.details);
  }
}

}  // namespace lhcr::deliver
