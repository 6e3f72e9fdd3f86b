// SPDX-License-Identifier: Apache-2.0
/// Which resources of an input have rows: those that changed lately, and of each its latest
/// version.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/date_time.hpp"
#include "base/names.hpp"
#include "cmd/run/inputs.hpp"
#include "cmd/run/process.hpp"
#include "definition/definitions.hpp"
#include "tree/tree.hpp"

namespace lhcr::cmd {

/// --since, --newest
struct RecencyOptions {
  std::string since;  ///< an instant; empty: all
  bool newest = false;
};

/// A version of a resource, as its meta or the entry of a history Bundle says.
struct ResourceVersion {
  static constexpr std::int64_t unknown = INT64_MIN;
  std::string key;                ///< "Patient/1"; empty: it has no id
  std::int64_t time = unknown;    ///< microseconds of UTC since 1970
  std::int64_t number = unknown;  ///< a versionId that is a number
  std::uint64_t place = 0;        ///< of the record in the inputs
  bool deleted = false;
};

/// Shared by the workers of a run. `inputs` outlive it.
class Recency {
 public:
  /// Throws Error{usage} for a `since` that is no instant.
  Recency(const RecencyOptions& options, const std::vector<Input>& inputs);

  [[nodiscard]] bool active() const noexcept { return since_.has_value() || newest_; }
  /// The names of the elements that versions are told by; none when nothing asks for them.
  [[nodiscard]] std::span<const std::string_view> names() const noexcept;
  /// Reads the inputs once for the versions that they have, when the newest are wanted. Throws
  /// Error{usage} when one of them cannot be read twice.
  void look(const definition::Library& library, const Work& work);

  /// Whether each resource of a record that stands for itself (stands_alone()) has rows, in the
  /// order of their nodes. `offset`: of the record in `input`.
  void judge(const tree::Tree& tree, const Input& input, std::uint64_t offset,
             std::vector<bool>& wanted);
  /// Whether a resource is the version that counts; without counting it.
  [[nodiscard]] bool is_newest(const tree::Tree& tree, tree::NodeId resource, const Input& input,
                               std::uint64_t offset) const;
  /// What had no rows and why, a line each.
  [[nodiscard]] std::string text() const;

 private:
  struct Latest {
    ResourceVersion version;
    std::atomic<bool> taken = false;
  };
  class Look;
  enum Reason { early, earlier, gone, undated, unordered, unnamed, reason_count };

  bool takes(const ResourceVersion& version);
  void add(ResourceVersion&& version);
  [[nodiscard]] std::uint64_t place_of(const Input& input, std::uint64_t offset) const;

  const std::vector<Input>& inputs_;
  std::optional<DateTime> since_;
  std::int64_t since_time_ = 0;
  std::string since_text_;
  bool newest_;
  std::unordered_map<std::string, Latest> latest_;  ///< by key
  std::array<std::atomic<std::uint64_t>, reason_count> counts_{};
};

/// Whether a node is a record or a part of one that is a record of its own: an entry of a Bundle, a
/// parameter; not what is contained.
[[nodiscard]] inline bool stands_alone(const tree::Tree& tree, tree::NodeId node) {
  return tree[node].is(tree::Flag::resource) &&
         (node == tree::root_node || tree[node].name == name::resource);
}

}  // namespace lhcr::cmd
