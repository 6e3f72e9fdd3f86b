// SPDX-License-Identifier: Apache-2.0
/// The closed set of codecs: named pairs of functions between a CDA data type and a FHIR one.
#pragma once

#include <span>
#include <string_view>

#include "map/model.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

class Run;

/// One value to convert. `from` is a node of the source tree, `to` an unattached node of the target
/// tree that takes the value.
struct Call {
  Run& run;
  const Row& row;
  tree::NodeId from;
  tree::NodeId to;
};

/// Fills the target and says whether there was anything to carry.
using CodecFunction = bool (*)(const Call& call);

/// How the runner treats a row of this codec.
enum class CodecKind : std::uint8_t { value, flag, literal, object, resource, statement };

struct CodecEntry {
  std::string_view name;
  CodecKind kind = CodecKind::value;
  CodecFunction forward = nullptr;   ///< left to right
  CodecFunction backward = nullptr;  ///< right to left
  std::string_view left_type;        ///< for `lhcr map list`
  std::string_view right_type;
};

/// All codecs.
[[nodiscard]] std::span<const CodecEntry> codecs();
/// By name, or nullptr.
[[nodiscard]] const CodecEntry* find_codec(std::string_view name);

}  // namespace lhcr::map
