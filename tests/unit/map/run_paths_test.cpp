// SPDX-License-Identifier: Apache-2.0
#include "run_world.hpp"

namespace lhcr::map {
namespace {

/// The parts of a run forward, or backward into CDA.
struct PathWorld : RunWorld {
  Run run;
  Parts& parts;
  explicit PathWorld(std::string_view inside, bool forward = true)
      : RunWorld(inside), run(*built_in, forward, source, target), parts(run.parts()) {}

  [[nodiscard]] std::size_t count(const Path& path, tree::NodeId from) const {
    std::size_t found = 0;
    parts.matcher.walk(path, 0, from, [&](tree::NodeId) { ++found; });
    return found;
  }
};

std::string entry(std::string_view statement) {
  return "<component><structuredBody><component><section><entry>" + std::string(statement) +
         "</entry></section></component></structuredBody></component>";
}

TEST_CASE("an element without xsi:type has the type that its children show") {
  PathWorld world(entry(R"(<substanceAdministration classCode="SBADM" moodCode="EVN">
    <effectiveTime><low value="2024"/></effectiveTime><effectiveTime><period value="8" unit="h"/></effectiveTime>
    <effectiveTime xsi:type="IVXB_TS" value="2024"/></substanceAdministration>)"));
  const tree::NodeId from = world.find("substanceAdministration");
  const auto count = [&](std::string_view type) {
    return world.count(world.cda_path("effectiveTime.where(xsi:type = '" + std::string(type) + "')",
                                      "SubstanceAdministration"),
                       from);
  };
  CHECK(count("IVL_TS") == 2);
  CHECK(count("PIVL_TS") == 1);
  CHECK(count("EIVL_TS") == 0);
}

TEST_CASE("a path books its steps and what its tests have asked for, and nothing else") {
  PathWorld world(entry(
      R"(<observation classCode="OBS" moodCode="EVN"><code code="1" codeSystem="2"/></observation>)"));
  const Path path = world.cda_path("code.where(codeSystem = '2').code", "Observation");
  const tree::NodeId from = world.find("observation");
  REQUIRE(world.count(path, from) == 1);
  world.parts.matcher.walk(path, 0, from,
                           [&](tree::NodeId code) { world.parts.matcher.take_path(path, code); });
  CHECK(world.parts.in.wholly_taken(world.find("code")));
  CHECK_FALSE(world.parts.in.is_taken(world.find("classCode")));
}

TEST_CASE("a row that reads into a statement overlooks nothing that turns its meaning") {
  PathWorld world(
      entry(R"(<observation classCode="OBS" moodCode="EVN"><entryRelationship typeCode="MFST">
    <observation classCode="OBS" moodCode="EVN" negationInd="true"><code code="1"/></observation></entryRelationship>
    <entryRelationship typeCode="MFST"><observation classCode="OBS" moodCode="EVN"><code code="2"/></observation>
    </entryRelationship></observation>)"));
  Path path = world.cda_path("entryRelationship.observation.code", "Observation");
  const tree::NodeId from = world.find("observation");
  CHECK(world.count(path, from) == 2);
  path.steps[1].guard = true;
  CHECK(world.count(path, from) == 1);
  CHECK(world.parts.matcher.has_match(path, from));
}

TEST_CASE("a template is carried in the version that the way back writes, not in another one") {
  PathWorld world(entry(R"(<observation classCode="OBS" moodCode="EVN">
    <templateId root="2.16.840.1.113883.10.20.22.4.4"/>
    <templateId root="2.16.840.1.113883.10.20.22.4.4" extension="1999-01-01"/></observation>)"));
  const Path path = world.cda_path("observation.template('2.16.840.1.113883.10.20.22.4.4')",
                                   "OrganizerComponent");
  world.parts.matcher.take_path(path, world.find("observation"));
  CHECK(world.parts.in.is_taken(world.find("templateId")));
  CHECK_FALSE(world.parts.in.is_taken(world.find("templateId", 1)));
  CHECK_FALSE(world.parts.in.is_taken(world.find("extension")));
}

TEST_CASE("an element whose templates nobody knows is what its place says") {
  PathWorld world(entry(
      R"(<observation classCode="OBS" moodCode="EVN"><templateId root="1.2.3.99"/></observation>)"));
  const Path path = world.cda_path("observation.template('2.16.840.1.113883.10.20.22.4.4')",
                                   "OrganizerComponent");
  CHECK(world.count(path, world.find("entry")) == 1);
  PathWorld known(entry(
      R"(<observation classCode="OBS" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.7"/></observation>)"));
  CHECK(known.count(path, known.find("entry")) == 0);
}

/// Backward: what is placed is CDA.
struct PlaceWorld : PathWorld {
  Places places;
  PlaceWorld() : PathWorld("", false) {
    places.left = parts.out.fresh(target.intern("observation"));
  }
  tree::NodeId draft(Symbol name, std::string_view text) {
    const tree::NodeId made = parts.out.fresh();
    parts.out.add_copy(made, name, text, true);
    return made;
  }
  bool place(const Path& path, tree::NodeId made) { return parts.placer.place(path, places, made); }
};

TEST_CASE("parts of one element meet in it, a second whole does not get in") {
  PlaceWorld world;
  const Path low = world.cda_path("effectiveTime.low", "Observation");
  const Path high = world.cda_path("effectiveTime.high", "Observation");
  CHECK(world.place(low, world.draft(name::value, "2024")));
  CHECK(world.place(high, world.draft(name::value, "2025")));
  CHECK(world.children_of(world.places.left) == "effectiveTime");
  const tree::NodeId time = world.target.child(world.places.left, name::effective_time);
  CHECK(world.children_of(time) == "low high");
  CHECK(world.place(low, world.draft(name::value, "2024")));  // says the same
  CHECK_FALSE(world.place(low, world.draft(name::value, "2023")));
  CHECK(world.children_of(time) == "low high");
  CHECK(world.parts.placer.has_child(low, world.places));
  CHECK_FALSE(world.parts.placer.has_child(world.cda_path("value", "Observation"), world.places));
}

TEST_CASE("two matches of one row do not become one element") {
  PlaceWorld world;
  const Path code = world.cda_path("code", "Observation");
  const Placer::RowScope row(world.parts.placer);
  CHECK(world.place(code, world.draft(name::code, "a")));
  CHECK_FALSE(world.place(code, world.draft(name::code_system, "b")));
  const Placer::RowScope next(world.parts.placer);
  CHECK(world.place(code, world.draft(name::code_system, "b")));
  CHECK(world.children_of(world.target.child(world.places.left, name::code)) ==
        "code=a codeSystem=b");
}

TEST_CASE("each match of a row has a component of its own, whatever the others say") {
  PlaceWorld world;
  const Path value = world.cda_path("component.observation", "Organizer");
  const Placer::RowScope row(world.parts.placer);
  for (const std::string_view code : {"a", "b", "a", "a"}) {
    CHECK(world.place(value, world.draft(name::code, code)));
  }
  CHECK(world.children_of(world.places.left) == "component component component component");
}

TEST_CASE("what repeats stands beside what is there, and what is told again is not repeated") {
  PlaceWorld world;
  const Path id = world.cda_path("id", "Observation");
  CHECK(world.place(id, world.draft(name::root, "1")));
  CHECK(world.place(id, world.draft(name::root, "1")));
  CHECK(world.children_of(world.places.left) == "id id");
  const Placer::MergeScope again(world.parts.placer, true);
  CHECK(world.place(id, world.draft(name::root, "1")));
  CHECK(world.children_of(world.places.left) == "id id");
  CHECK(world.place(id, world.draft(name::root, "2")));
  CHECK(world.children_of(world.places.left) == "id id id");
}

TEST_CASE("what a step's tests ask for is written, unless the element says otherwise") {
  PlaceWorld world;
  const Path path = world.cda_path("code.where(code = 'a' and codeSystem = '1.2')", "Observation");
  const tree::NodeId empty = world.parts.out.fresh(name::code);
  world.parts.placer.write_tests(path.steps[0], empty);
  CHECK(world.children_of(empty) == "code=a codeSystem=1.2");
  const tree::NodeId other = world.draft(name::code, "b");
  world.parts.placer.write_tests(path.steps[0], other);
  CHECK(world.children_of(other) == "code=b codeSystem=1.2");
}

TEST_CASE("a template is written in its version and bare") {
  PlaceWorld world;
  const Path path = world.cda_path("observation.template('2.16.840.1.113883.10.20.22.4.4')",
                                   "OrganizerComponent");
  world.parts.placer.write_tests(path.steps[0], world.places.left);
  CHECK(world.children_of(world.places.left) == "templateId templateId");
}

}  // namespace
}  // namespace lhcr::map
