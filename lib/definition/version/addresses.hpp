// SPDX-License-Identifier: Apache-2.0
/// What the canonicals and other addresses of a record say of its FHIR version. For this room only.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "definition/definitions.hpp"
#include "definition/version/evidence.hpp"
#include "tree/tree.hpp"

namespace lhcr::definition {

/// An address in one kind of place.
struct AddressFact {
  Evidence kind = Evidence::address;
  VersionSet holders = 0;  ///< empty: it says nothing of the versions that are here
  std::string_view other;  ///< the release that it names and that is not here, see other_release()
  // Of the latest record that has it.
  std::uint64_t record = 0;
  tree::NodeId first = tree::no_node;
  std::size_t count = 0;
};

/// Knows what each address says, and remembers it: records of one source have few different ones.
class Addresses {
 public:
  /// `versions` are those that bits of VersionSet stand for; what they are made of outlives the
  /// object.
  Addresses(const Library& library, std::span<const Definitions* const> versions);

  /// An address of a record that says something. Holds until the next record is read.
  struct Found {
    const std::string* text;
    const AddressFact* fact;
  };
  /// The addresses of a record, each once.
  const std::vector<Found>& read(const tree::Tree& tree);

 private:
  struct Place {
    Symbol name = no_symbol;
    Symbol parent = no_symbol;  ///< no_symbol: any
    Evidence kind = Evidence::address;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>()(text);
    }
  };
  using Memory = std::unordered_map<std::string, AddressFact, Hash, std::equal_to<>>;

  void make_places();
  [[nodiscard]] const Place* place(const tree::Tree& tree, const tree::Node& node) const;
  void meet(Evidence kind, std::string_view text, tree::NodeId node);
  [[nodiscard]] AddressFact judge(Evidence kind, std::string_view text) const;
  /// Whether the address names a release.
  [[nodiscard]] bool name(std::string_view text, AddressFact& made) const;
  void state(std::string_view version, AddressFact& made) const;
  [[nodiscard]] VersionSet known(std::string_view text) const;
  [[nodiscard]] VersionSet stated(std::string_view version) const;
  [[nodiscard]] VersionSet beginning(std::string_view version) const;

  const Library& library_;
  std::vector<const Definitions*> versions_;
  VersionSet all_ = 0;
  std::vector<Place> places_;
  std::vector<std::uint8_t> first_place_;  ///< by symbol: 1 + index of its first row in places_
  std::vector<Memory> memory_;             ///< by kind of place
  std::vector<Found> found_;
  std::uint64_t record_ = 0;
};

}  // namespace lhcr::definition
