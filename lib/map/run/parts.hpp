// SPDX-License-Identifier: Apache-2.0
/// What a run is put together from. Each part knows only those before it.
#pragma once

#include "map/model.hpp"
#include "map/run/chooser.hpp"
#include "map/run/entry_references.hpp"
#include "map/run/known_resources.hpp"
#include "map/run/matcher.hpp"
#include "map/run/not_stated.hpp"
#include "map/run/placer.hpp"
#include "map/run/places.hpp"
#include "map/run/raw_elements.hpp"
#include "map/run/resources.hpp"
#include "map/run/said.hpp"
#include "map/run/source_reader.hpp"
#include "map/run/statements.hpp"
#include "map/run/target_writer.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

struct Parts {
  Parts(const Map& the_map, bool is_forward, const tree::Tree& source, tree::Tree& target);
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  const Map& map;
  const bool forward;  ///< left to right
  SourceReader in;
  TargetWriter out;
  const Statements statements;
  Said said;
  Matcher matcher;
  Resources resources;
  Provenances provenances;
  Anchors anchors;
  Placer placer;
  Chooser chooser;
  KnownResources known;
  EntryReferences references;
  RawElements raw;
  NotStated not_stated;
};

}  // namespace lhcr::map
