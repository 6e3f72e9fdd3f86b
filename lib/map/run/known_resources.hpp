// SPDX-License-Identifier: Apache-2.0
/// Forward: which element is told of a resource that is there already.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "map/hash.hpp"
#include "map/model.hpp"
#include "map/run/identity.hpp"
#include "map/run/resources.hpp"
#include "map/run/source_reader.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

/// Belongs to one run; what it is made from must outlive it.
class KnownResources {
 public:
  KnownResources(const Map& map, SourceReader& in, const Resources& resources)
      : in_(in), resources_(resources), identity_(map, in.source()) {}

  /// What a resource is known by, and its index, or npos when there is none yet.
  struct Known {
    std::size_t index = Resources::npos;
    Digest key;
  };
  /// An actor: who shares an identifier is one, unless the names say that it is another one. When
  /// it is new, the next resource that is made is expected to be it.
  [[nodiscard]] Known actor(const Block& block, tree::NodeId node);
  /// A statement; `which`: of several that are made of one element.
  [[nodiscard]] Known statement(const Block& block, tree::NodeId node, const std::string& which);
  /// Notes the resource that was made for a key.
  void note(Digest key, std::size_t index) { by_key_.emplace(key, index); }

  /// An element that tells of an actor, and a hash of its words.
  struct Told {
    const Block* block = nullptr;
    tree::NodeId node = tree::no_node;
    std::uint64_t hash = 0;
  };
  [[nodiscard]] Told told(const Block& block, tree::NodeId node) const {
    return {&block, node, in_.words_hash(node)};
  }
  /// An actor that was told of before in the same words, or npos.
  [[nodiscard]] std::size_t in_same_words(const Told& told) const;
  /// The words told of the actor `index`, all that it says.
  void note_words(const Told& told, std::size_t index);

  /// Forgets the resources from `first` on, before they are dropped.
  void forget(std::size_t first);
  /// After the last row: gives back what only rows need.
  void end_rows();

  /// What sets the statements of a document apart from those of others that have no identifiers.
  void set_document_key(std::string_view key) { document_key_ = key; }
  [[nodiscard]] std::string_view document_key() const noexcept { return document_key_; }

 private:
  [[nodiscard]] std::size_t named_alike(const Block& block, tree::NodeId node,
                                        const std::vector<std::string>& ids);
  void note_ids(const Block& block, const std::vector<std::string>& ids, std::size_t index);
  void forget_actor(std::size_t index);
  [[nodiscard]] std::size_t index_of(Digest key) const;

  struct DigestHash {
    std::size_t operator()(const Digest& digest) const noexcept { return digest.a; }
  };

  SourceReader& in_;
  const Resources& resources_;
  Identity identity_;
  std::string document_key_;
  using ById = std::unordered_map<std::string, std::vector<std::size_t>>;
  struct Words {
    Told told;
    std::size_t index = 0;
  };
  /// Where an actor is noted: who is forgotten must not be looked for among all.
  struct Noted {
    std::vector<ById::value_type*> ids;
    std::vector<std::uint64_t> words;
  };

  std::unordered_map<Digest, std::size_t, DigestHash> by_key_;
  ById by_id_;                                              ///< of actors
  std::unordered_multimap<std::uint64_t, Words> by_words_;  ///< of actors
  std::unordered_map<std::size_t, Noted> noted_;            ///< by index
};

}  // namespace lhcr::map
