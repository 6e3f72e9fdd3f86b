// SPDX-License-Identifier: Apache-2.0
/// References between the entries of a record: what is sent first, and what they are called at the
/// server.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deliver/job/work.hpp"

namespace lhcr::deliver {

/// Calls back for every node below `resource` that may name another resource: Reference.reference,
/// and any text that is a urn:uuid or urn:oid. Contained references (#...) are left out.
void each_reference(const tree::Tree& tree, tree::NodeId resource,
                    const std::function<void(tree::NodeId)>& call);

/// Fills Work::targets: which entries each entry refers to.
void find_targets(Work& work);

/// The entry whose resource the reference at `node` means, as record::References has it. Beyond
/// that a request names what its resource does not: by the URL of a PUT, or, without an id in the
/// resource, by the end of its fullUrl.
[[nodiscard]] std::optional<std::uint32_t> target_of(Work& work, tree::NodeId node);

/// Picks fresh entries for one parcel, at most `most` (0: all), those referred to before those that
/// refer to them.
///  - `together`: entries that refer to each other may travel in the same request (transaction);
///    otherwise an entry waits until what it refers to is applied (batch, single resources).
/// A sender's own id is another resource at a server that gives ids: see `needs_names`.
/// An entry whose target is kept under an id of the input's own (PUT) does not wait for it when it
/// cannot be had.
struct CutOptions {
  std::size_t most = 0;
  bool together = true;
  bool trust_own_ids = false;  ///< entries with ids of the input's own need not wait for each other
  bool needs_names = false;    ///< what is applied counts only with what the endpoint calls it
};
[[nodiscard]] std::vector<std::uint32_t> cut(Work& work, const CutOptions& options);

/// Says of entries that can never be picked why that is, and puts them in state refused. Returns
/// how many.
std::size_t refuse_blocked(Work& work, const CutOptions& options);

/// The name under which a reference's target is known: without _history, relative ones as they are.
[[nodiscard]] std::string_view reference_key(std::string_view reference);
/// "Type/id" under which the server keeps (or will keep) an entry; empty when that is not known
/// yet.
[[nodiscard]] std::string server_name(const Entry& entry);

/// Why what refers to `name` is not sent: that is not applied, or `applied` and the endpoint does
/// not say what it calls it.
[[nodiscard]] std::string why_not_sent(std::string_view name, bool applied);

/// Replaces references in a resource by what `lookup` says of the node and its reference_key(), in
/// place.
using ReferenceLookup =
    std::function<std::optional<std::string>(tree::NodeId, std::string_view key)>;
void rewrite_references(tree::Tree& tree, tree::NodeId resource, const ReferenceLookup& lookup);

}  // namespace lhcr::deliver
