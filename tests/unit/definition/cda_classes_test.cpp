// SPDX-License-Identifier: Apache-2.0
#include "definition/cda_classes.hpp"

#include <doctest/doctest.h>

using namespace lhcr;

TEST_CASE("an attribute that is not there means what the schema says") {
  const definition::CdaChild consumable =
      definition::cda_child(definition::cda_class("substanceAdministration"), "consumable");
  CHECK(definition::cda_default(consumable.type, "typeCode") == "CSM");
  CHECK(definition::cda_default(definition::cda_class("act"), "typeCode").empty());
}
