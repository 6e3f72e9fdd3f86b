// SPDX-License-Identifier: Apache-2.0
#include "definition/cda_classes.hpp"

#include <doctest/doctest.h>

using namespace lhcr;
using namespace lhcr::definition;

TEST_CASE("an attribute that is not there means what the schema says") {
  const CdaChild consumable = cda_child(cda_class("substanceAdministration"), "consumable");
  CHECK(cda_default(consumable.type, "typeCode") == "CSM");
  CHECK(cda_default(cda_class("act"), "typeCode").empty());
  CHECK(cda_default(cda_class("DataType"), "inclusive") == "true");
}

TEST_CASE("classes have what the tables of CDA say, in order") {
  const CdaClassId observation = cda_class("observation");
  CHECK(cda_child(observation, "value").list);
  CHECK(cda_child(observation, "classCode").attribute);
  CHECK_FALSE(cda_child(observation, "code").attribute);
  CHECK(cda_child(observation, "sdtc:category").order < cda_child(observation, "code").order);
  CHECK(cda_child(observation, "templateId").order < cda_child(observation, "id").order);
  CHECK(cda_child(observation, "npfitlc:contentId").known);
  CHECK_FALSE(cda_child(observation, "effectivetime").known);
  const CdaChild range = cda_child(observation, "referenceRange");
  CHECK(cda_child(range.type, "observationRange").type == cda_class("ObservationRange"));
  CHECK(cda_child(cda_class("entry"), "supply").type == cda_class("Supply"));
  CHECK(range.type == cda_class("Observation.referenceRange"));
  CHECK(cda_class("Component3") == 0);
}

TEST_CASE("a name is an attribute or an element by the type that has it") {
  const CdaClassId code = cda_child(cda_class("observation"), "code").type;
  CHECK(is_cda_data_type(code));
  CHECK(cda_child(code, "code").attribute);
  CHECK_FALSE(cda_child(cda_child(code, "qualifier").type, "value").attribute);
  // Of the types that a value may have, the attribute.
  CHECK(cda_child(cda_child(cda_class("observation"), "value").type, "value").attribute);
  CHECK(cda_child(0, "root").attribute);
  CHECK(cda_child(code, "xsi:type").attribute);
  const CdaChild elsewhere = cda_child(cda_class("observation"), "root");
  CHECK(elsewhere.attribute);
  CHECK_FALSE(elsewhere.known);
  const CdaClassId any = cda_class("DataType");
  CHECK_FALSE(cda_child(any, "qualifier").attribute);
  CHECK(cda_child(any, "originalText").order < cda_child(any, "qualifier").order);
}

TEST_CASE("parts of names and addresses have no order") {
  const CdaClassId address = cda_child(cda_class("patientRole"), "addr").type;
  CHECK(cda_child(address, "city").known);
  CHECK(cda_child(address, "city").order == 0);
  CHECK(cda_child(address, "useablePeriod").order > 0);
}
