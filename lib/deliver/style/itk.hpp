// SPDX-License-Identifier: Apache-2.0
/// The wrapper of ITK3 Message Distribution (STU3): a message of a header, who sends and receives,
/// and a payload. Source: nhsconnect/ITK3-Messaging-Distribution, pages/explore
/// (explore_bundle_structures, explore_hand_spec) and its examples.
#pragma once

#include <memory>
#include <string>

#include "deliver/style/style.hpp"

namespace lhcr::deliver {

/// What a region's [itk] table says of the messages it takes.
struct ItkSettings {
  std::string event;         ///< code|display
  std::string definition;    ///< URL of the MessageDefinition
  std::string recipient;     ///< FA or FI
  std::string business_ack;  ///< true or false
  std::string infrastructure_ack;
  std::string priority;          ///< may be empty
  std::string sender_reference;  ///< may be empty: one that stays
  std::string local_extension;   ///< may be empty
  std::string sender;            ///< ODS code
  std::string receiver;          ///< ODS code, may be empty
  std::string endpoint;          ///< mailbox that sends
};
/// Throws Error{usage} when something that a message must say is missing, or when the region does
/// not speak STU3 in XML.
[[nodiscard]] ItkSettings itk_settings(const StyleContext& context);

/// The message for a record, in XML. Ids in it are made of the record's key, so that the same
/// record always gives the same message but for its timestamp. `problem`: why there is none.
[[nodiscard]] std::string wrap_in_itk(const Record& record, const StyleContext& context,
                                      const ItkSettings& settings, std::string& problem);

}  // namespace lhcr::deliver
