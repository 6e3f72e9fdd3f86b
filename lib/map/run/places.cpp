// SPDX-License-Identifier: Apache-2.0
#include "map/run/places.hpp"

#include "map/run/resources.hpp"

namespace lhcr::map {

/// Whether the FHIR side is a Bundle and not one resource alone.
bool Anchors::in_bundle() const {
  constexpr std::string_view bundle = "Bundle";
  return fhir_.resource_type(bundle_) == bundle;
}

tree::NodeId Anchors::start(const Path& path, const Places& places, bool left) const {
  switch (path.root) {
    case Root::wrapper:
      return places.wrapper;
    case Root::section:
      return places.section;
    case Root::entry:
      return places.entry;
    case Root::document:
      return document_;
    case Root::link:
      return places.link;
    case Root::resource:
      return places.resource;
    case Root::patient:
      return left ? tree::no_node : resources_.patient_node();
    case Root::bundle:
      return left || !in_bundle() ? tree::no_node : bundle_;
    default:
      return left ? places.left : places.right;
  }
}

}  // namespace lhcr::map
