// SPDX-License-Identifier: Apache-2.0
#include "map/run/parts.hpp"

namespace lhcr::map {

Parts::Parts(const Map& the_map, bool is_forward, const tree::Tree& source, tree::Tree& target)
    : map(the_map),
      forward(is_forward),
      in(source),
      out(target),
      statements(forward && !map.modifiers.empty() ? Statements(map, source) : Statements()),
      said(statements),
      matcher(map, in, statements, said),
      resources(in, out),
      anchors(forward ? target : source, resources),
      placer(map, forward, out, matcher, anchors),
      chooser(map, forward, in, matcher, statements),
      known(map, in, resources),
      references(in, chooser),
      raw(in, out, resources),
      not_stated(in) {}

}  // namespace lhcr::map
