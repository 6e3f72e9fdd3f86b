// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <ctime>

#include "format/format.hpp"
#include "map/run/orphans.hpp"
#include "map/run/rows.hpp"
#include "map/run/to_fhir.hpp"
#include "run_world.hpp"

namespace lhcr::map {
namespace {

struct ForwardWorld : RunWorld {
  Run run;
  Parts& parts;
  explicit ForwardWorld(std::string_view inside)
      : RunWorld(inside), run(*built_in, true, source, target), parts(run.parts()) {
    parts.anchors.set_document(find("ClinicalDocument"));
  }
};

TEST_CASE("a resource has an id by its key, and one that is dropped was never there") {
  ForwardWorld world("<recordTarget><patientRole/></recordTarget>");
  Resources& resources = world.parts.resources;
  CHECK(resources.patient_node() == tree::no_node);
  resources.make(world.block("patient"), world.find("patientRole"), digest_of("a"));
  REQUIRE(resources.size() == 1);
  CHECK(resources[0].type == "Patient");
  CHECK(resources[0].url == "urn:uuid:" + uuid_of("a"));
  CHECK(resources[0].url.ends_with(resources[0].id));
  CHECK(resources.patient_node() == resources[0].node);
  const tree::NodeId reference = world.parts.out.fresh();
  resources.refer(reference, 0);
  CHECK(world.children_of(reference) == "reference=urn:uuid:" + uuid_of("a"));
  const tree::NodeId node = resources[0].node;
  resources.drop(0);
  CHECK(resources.size() == 0);
  CHECK(resources.patient_node() == tree::no_node);
  CHECK(world.target.resource_type(node).empty());
}

TEST_CASE("a part's id is claimed once in a resource") {
  ForwardWorld world("");
  Resources& resources = world.parts.resources;
  CHECK_FALSE(resources.claim_part("a"));  // of no resource
  const Resources::Active first(resources, 7);
  CHECK(resources.is_active(7));
  CHECK(resources.claim_part("a"));
  CHECK_FALSE(resources.claim_part("a"));
  const Resources::Active second(resources, 8);
  CHECK(resources.claim_part("a"));
}

std::string author(std::string_view id, std::string_view given) {
  return "<author><assignedAuthor>" + std::string(id) + "<assignedPerson><name><given>" +
         std::string(given) +
         "</given><family>Other</family></name></assignedPerson></assignedAuthor></author>";
}

/// Whether the second of two authors is taken for the first.
bool is_one(std::string_view first_id, std::string_view first, std::string_view second_id,
            std::string_view second) {
  ForwardWorld world(author(first_id, first) + author(second_id, second));
  const Block& block = world.block("practitioner");
  const tree::NodeId node = world.find("assignedAuthor");
  const KnownResources::Known known = world.parts.known.actor(block, node);
  REQUIRE(known.index == Resources::npos);
  world.parts.known.note(known.key, 0);
  world.parts.resources.make(block, node, known.key);
  return world.parts.known.actor(block, world.find("assignedAuthor", 1)).index == 0;
}

/// The authors of a document are told of and made; then each is told of again with another name,
/// for a statement that is not made after all.
void tell_and_forget(ForwardWorld& world, int times) {
  const Block& block = world.block("practitioner");
  const tree::NodeId last = world.find("assignedAuthor", static_cast<std::size_t>(times));
  KnownResources& known = world.parts.known;
  Resources& resources = world.parts.resources;
  for (tree::NodeId node = world.find("assignedAuthor"); node < last; ++node) {
    if (world.source.name_of(node) == "assignedAuthor") {
      resources.make(block, node, known.actor(block, node).key);
      known.note_words(known.told(block, node), resources.size() - 1);
    }
  }
  const std::size_t before = resources.size();
  const KnownResources::Told told = known.told(block, last);
  for (int time = 0; time < times; ++time) {
    const KnownResources::Known unknown = known.actor(block, last);
    REQUIRE(unknown.index == Resources::npos);
    REQUIRE(known.in_same_words(told) == Resources::npos);
    resources.make(block, last, unknown.key);
    known.note_words(told, before);
    REQUIRE(known.in_same_words(told) == before);
    known.forget(before);
    resources.drop(before);
  }
}

TEST_CASE("who is forgotten is not looked for among all") {
  constexpr int many = 10'000;
  std::string authors;
  for (int i = 0; i <= many; ++i) {
    authors += author("<id root=\"1.2.3\" extension=\"" + std::to_string(i) + "\"/>", "Ann");
  }
  ForwardWorld world(authors);
  const std::clock_t start = std::clock();
  tell_and_forget(world, many);
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  CHECK(seconds < 2.0);  // a look at all for each takes many times as long
}

TEST_CASE("two people are one when they share a real identifier and no name says otherwise") {
  constexpr std::string_view real = R"(<id root="1.2.3" extension="77"/>)";
  constexpr std::string_view other = R"(<id root="1.2.3" extension="78"/>)";
  constexpr std::string_view none = R"(<id nullFlavor="UNK"/>)";
  constexpr std::string_view filler = R"(<id root="1.2.3" extension="UNK"/>)";
  CHECK(is_one(real, "Ann", real, "Ann"));
  CHECK_FALSE(is_one(real, "Ann", real, "Bob"));
  CHECK_FALSE(is_one(real, "Ann", other, "Ann"));
  CHECK(is_one(none, "Ann", none, "Ann"));
  CHECK_FALSE(is_one(none, "Ann", none, "Bob"));
  CHECK_FALSE(is_one(filler, "Ann", filler, "Bob"));
}

TEST_CASE("who is told of in the same words is found by them, and forgotten with the resource") {
  constexpr std::string_view id = R"(<id root="1.2.3" extension="77"/>)";
  ForwardWorld world(author(id, "Ann") + author(id, "Ann") + author(id, "Bob"));
  const Block& block = world.block("practitioner");
  const auto told = [&](std::size_t nth) {
    return world.parts.known.told(block, world.find("assignedAuthor", nth));
  };
  KnownResources& known = world.parts.known;
  world.parts.resources.make(block, told(0).node, digest_of("a"));
  known.note_words(told(0), 0);
  CHECK(known.in_same_words(told(1)) == 0);
  CHECK(known.in_same_words(told(2)) == Resources::npos);
  CHECK(known.in_same_words(known.told(world.block("organization"), told(1).node)) ==
        Resources::npos);
  KnownResources::Told alike = told(2);
  alike.hash = told(0).hash;  // words that have the same hash are compared
  CHECK(known.in_same_words(alike) == Resources::npos);
  known.forget(1);
  CHECK(known.in_same_words(told(1)) == 0);
  known.forget(0);
  CHECK(known.in_same_words(told(1)) == Resources::npos);
}

TEST_CASE("statements with one id stay apart by what they say; the same element is one") {
  ForwardWorld world(
      R"(<component><structuredBody><component><section><entry><observation classCode="OBS" moodCode="EVN">
      <id root="1.2" extension="1"/><code code="a"/></observation></entry><entry><observation classCode="OBS" moodCode="EVN">
      <id root="1.2" extension="1"/><code code="b"/></observation></entry></section></component></structuredBody></component>)");
  const Block& block = *world.built_in->plain_statements.front();
  const tree::NodeId first = world.find("observation");
  KnownResources& known = world.parts.known;
  const KnownResources::Known one = known.statement(block, first, "");
  REQUIRE(one.index == Resources::npos);
  known.note(one.key, 0);
  world.parts.resources.make(block, first, one.key);
  CHECK(known.statement(block, first, "").index == 0);
  CHECK(known.statement(block, first, "#1").index == Resources::npos);
  const KnownResources::Known other = known.statement(block, world.find("observation", 1), "");
  CHECK(other.index == Resources::npos);
  CHECK_FALSE(other.key == one.key);
  known.forget(0);
  world.parts.resources.drop(0);
  CHECK(known.statement(block, first, "").index == Resources::npos);
}

TEST_CASE("an entry reference means the statement with its id in the same document") {
  ForwardWorld world(
      R"(<component><structuredBody><component><section><entry><act classCode="ACT" moodCode="EVN">
      <templateId root="2.16.840.1.113883.10.20.22.4.122"/><id root="1.2" extension="1"/><code nullFlavor="NP"/>
      <statusCode code="completed"/></act></entry><entry><observation classCode="OBS" moodCode="EVN"><id root="1.2" extension="1"/>
      </observation></entry></section></component></structuredBody></component>)");
  const tree::NodeId act = world.find("act");
  REQUIRE(world.parts.chooser.reference(act) != nullptr);
  CHECK(world.parts.chooser.reference(world.find("observation")) == nullptr);
  CHECK(world.parts.references.meant(act, world.find("ClinicalDocument")) ==
        world.find("observation"));
}

TEST_CASE("a statement is what its template says, else its section, and else it is a stranger") {
  const auto block_of = [](std::string_view section, std::string_view root, bool* strange) {
    ForwardWorld world(
        R"(<component><structuredBody><component><section><code code=")" + std::string(section) +
        R"("/><entry><act classCode="ACT" moodCode="EVN"><templateId root=")" + std::string(root) +
        R"("/><entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN">
        <templateId root=")" +
        std::string(root) + R"("/></observation></entryRelationship></act></entry>
        </section></component></structuredBody></component>)");
    const Block* block = world.parts.chooser.statement(world.find("act"));
    *strange = !world.parts.chooser.strangers().empty();
    return block == nullptr ? std::string() : block->resource_type;
  };
  bool strange = false;
  CHECK(block_of("11450-4", "1.2.3.99", &strange) == "Condition");
  CHECK_FALSE(strange);
  CHECK(block_of("48765-2", "1.2.3.99", &strange) == "AllergyIntolerance");
  block_of("99999-9", "1.2.3.99", &strange);
  CHECK(strange);
}

TEST_CASE(
    "a modifier is said by a row that carries it in the open, not by one that puts it aside") {
  ForwardWorld world(
      R"(<component><structuredBody><component><section><entry><observation classCode="OBS" moodCode="EVN" negationInd="true">
      <code code="a"/></observation></entry></section></component></structuredBody></component>)");
  Places places;
  places.left = world.find("observation");
  const ModifierMask negated = world.parts.statements.turned(places.left);
  REQUIRE(negated != 0);
  Block block;
  Said& said = world.parts.said;
  const Said::Scope scope(said, block, places);
  CHECK(said.is_unsaid(block, places));
  CHECK(said.has_own(block, places.left));
  Row row;
  row.says = negated;
  row.aside = true;
  said.note(row);
  CHECK(said.is_unsaid(block, places));
  row.aside = false;
  {
    const Said::Scope part(said, row, world.find("code"));
    said.note(row);
  }
  CHECK(said.is_unsaid(block, places));  // a part has said it of itself
  said.note(row);
  CHECK_FALSE(said.is_unsaid(block, places));
}

TEST_CASE("what many statements ask of their section is each section's own") {
  ForwardWorld world(
      R"(<component><structuredBody><component><section><code code="a"/><title>one</title><component><section><code code="b"/>
      </section></component></section></component></structuredBody></component>)");
  const auto codes = [&](const Path& path, std::size_t section) {
    Places places;
    places.section = world.find("section", section);
    std::string out;
    world.run.rows().each(path, places, [&](tree::NodeId node) {
      out += std::string(world.parts.in.peek(node, name::code)) + " ";
      // Inside one section another one is asked.
      places.section = world.find("section", 1 - section);
      world.run.rows().each(path, places, [&](tree::NodeId other) {
        out += std::string(world.parts.in.peek(other, name::code)) + " ";
      });
    });
    return out;
  };
  Path code = world.cda_path("code", "Section");
  code.root = Root::section;
  CHECK(codes(code, 0) == "a b ");
  CHECK(codes(code, 1) == "b a ");
  CHECK(codes(code, 0) == "a b ");
  Path titled = world.cda_path("$this.where(code.code = 'a')", "Section");
  titled.root = Root::section;
  std::size_t found = 0;
  for (const std::size_t section : {0U, 1U, 0U}) {
    Places places;
    places.section = world.find("section", section);
    world.run.rows().each(titled, places, [&](tree::NodeId) { ++found; });
  }
  CHECK(found == 2);
}

TEST_CASE("rows make a document's resources, and nobody is left to whom nothing refers") {
  ForwardWorld world(
      R"(<id root="1.2.3"/><title>Summary</title><recordTarget><patientRole><id root="1.2" extension="7"/>
    </patientRole></recordTarget>)" +
      author(R"(<id root="1.2.3" extension="77"/>)", "Ann"));
  Places places;
  places.left = world.find("ClinicalDocument");
  places.link = world.parts.out.fresh();
  REQUIRE(world.run.to_fhir().make(world.block("document"), places) == 0);
  world.run.to_fhir().resolve_references();
  std::vector<Resource>& all = world.parts.resources.all();
  CHECK(all[0].type == "Composition");
  CHECK(world.parts.resources.patient() == 1);
  CHECK(world.target[world.target.child(all[0].node, name::title)].text() == "Summary");
  CHECK(world.parts.in.is_taken(world.find("title")));
  CHECK(std::any_of(all.begin(), all.end(),
                    [](const Resource& resource) { return resource.type == "Practitioner"; }));
  const std::size_t made = all.size();
  drop_orphans(world.target, all);
  CHECK(all.size() == made);
  world.parts.resources.make(world.block("practitioner"), world.find("title"), digest_of("x"));
  drop_orphans(world.target, all);
  CHECK(all.size() == made);
}

// --- backward ---

struct BackwardWorld : RunWorld {
  tree::Tree fhir{library.symbols()};
  std::unique_ptr<Run> run;
  std::string text;

  explicit BackwardWorld(std::string_view json) : text(json) {
    text.append(format::read_padding, '\0');
    finding::Collector sink;
    format::JsonReader reader;
    REQUIRE(reader.read(std::string_view(text).substr(0, json.size()), fhir, sink));
    definition::attach_types(fhir, *library.version("4.0.1"));
    run = std::make_unique<Run>(*built_in, false, fhir, target);
    run->parts().not_stated.judge_by(Turning(*built_in, *library.version("4.0.1")));
    run->parts().resources.index(tree::root_node);
  }
  [[nodiscard]] tree::NodeId resource(std::string_view type) const {
    for (const Resource& resource : run->parts().resources.all()) {
      if (resource.type == type) return resource.node;
    }
    return tree::no_node;
  }
};

constexpr std::string_view bundle = R"({"resourceType":"Bundle","type":"collection","entry":[
  {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Condition","id":"c","verificationStatus":{"coding":[{"code":"refuted"}]},
   "subject":{"reference":"urn:uuid:2"}}},
  {"fullUrl":"urn:uuid:2","resource":{"resourceType":"Patient","id":"p"}},
  {"fullUrl":"urn:uuid:3","resource":{"resourceType":"Provenance","id":"v","target":[{"reference":"urn:uuid:1"},
   {"reference":"urn:uuid:2"},{"reference":"urn:uuid:1"}]}}]})";

TEST_CASE("resources of a Bundle are found by node and by reference, and used once") {
  BackwardWorld world(bundle);
  Resources& resources = world.run->parts().resources;
  REQUIRE(resources.size() == 4);
  const tree::NodeId condition = world.resource("Condition");
  const tree::NodeId patient = resources.resolve("urn:uuid:2", condition);
  CHECK(patient == world.resource("Patient"));
  REQUIRE(resources.at(patient) != nullptr);
  CHECK(resources.at(patient)->id == "p");
  CHECK(resources.at(tree::no_node) == nullptr);
  const std::size_t before = resources.used();
  resources.use(patient);
  resources.use(patient);
  CHECK(resources.used() == before + 1);
  CHECK(resources.at(patient)->used);
  resources.unuse(before);
  CHECK_FALSE(resources.at(patient)->used);
}

TEST_CASE("resources are found by id, contained and repeated ones too") {
  BackwardWorld world(bundle);
  Resources& resources = world.run->parts().resources;
  REQUIRE(resources.with_id("v").size() == 1);
  CHECK(resources[resources.with_id("v")[0]].type == "Provenance");
  CHECK(resources.with_id("x").empty());
}

TEST_CASE("a Provenance is about each resource once, whatever its targets repeat") {
  BackwardWorld world(bundle);
  Parts& parts = world.run->parts();
  parts.provenances.link(parts.resources, world.fhir);
  const tree::NodeId condition = world.resource("Condition");
  const tree::NodeId provenance = world.resource("Provenance");
  CHECK(parts.provenances.about(condition) == std::vector<tree::NodeId>{provenance});
  CHECK(parts.provenances.targets(provenance, condition).size() == 2);
  CHECK(parts.provenances.targets(provenance, world.resource("Patient")).size() == 1);
  CHECK(parts.provenances.about(provenance).empty());
}

TEST_CASE("a resource that is not all said is stopped, and so is what it was written into") {
  BackwardWorld world(bundle);
  NotStated& not_stated = world.run->parts().not_stated;
  const tree::NodeId condition = world.resource("Condition");
  const tree::NodeId patient = world.resource("Patient");
  CHECK_FALSE(not_stated.says_own(condition));
  CHECK_FALSE(not_stated.is_stopped(condition));
  {
    NotStated::Inside outer(not_stated);
    {
      NotStated::Inside inner(not_stated);
      CHECK_FALSE(not_stated.says_all(condition));
      inner.spread();
    }
    CHECK_FALSE(not_stated.says_all(patient));
  }
  CHECK(not_stated.is_stopped(condition));
  CHECK(not_stated.is_stopped(patient));
  REQUIRE(not_stated.all().size() == 2);
  CHECK(not_stated.all()[1].modifiers == not_stated.all()[0].modifiers);
  world.run->take_all(condition);
  CHECK(not_stated.says_own(condition));
}

TEST_CASE("a raw element comes back while the resource that it became is unchanged") {
  for (const bool changed : {false, true}) {
    ForwardWorld made(
        R"(<component><structuredBody><component><section><entry><observation classCode="OBS" moodCode="EVN">
        <id root="1.2" extension="1"/></observation></entry></section></component></structuredBody></component>)");
    Block block;
    block.resource_type = "Observation";
    block.statement = true;
    made.parts.raw.keep(true);
    made.parts.resources.make(block, made.find("observation"), digest_of("a"));
    const tree::NodeId link = made.parts.out.fresh();
    made.parts.raw.note(link, made.find("observation"), 0);
    made.parts.raw.write(made.find("ClinicalDocument"));
    CHECK(made.parts.in.ledger().of(made.find("id")) == Booked::aside);
    const tree::NodeId extension = made.target[link].child;
    const std::string raw(made.target[made.target.child(extension, name::value_string)].text());
    CHECK(raw.find("<observation") != std::string::npos);

    std::string json =
        R"({"resourceType":"Bundle","entry":[{"link":[{"extension":[{"url":"urn:hl7-org:v3:raw","valueString":"RAW"}]}],
      "resource":{"resourceType":"Observation","id":"ID"EXTRA}}]})";
    const auto put = [&](std::string_view mark, std::string text) {
      json.replace(json.find(mark), mark.size(), text);
    };
    std::string quoted;
    for (const char c : raw) {
      quoted += c == '"' ? "\\\"" : c == '\n' ? "\\n" : std::string(1, c);
    }
    put("RAW", quoted);
    put("\"ID\"", "\"" + uuid_of("a") + "\"");
    put("EXTRA", changed ? R"(,"status":"final")" : "");
    BackwardWorld world(json);
    tree::NodeId holder = tree::no_node;
    for (tree::NodeId node = 1; node < world.fhir.size(); ++node) {
      if (world.fhir.name_of(node) == "link") holder = node;
    }
    const tree::NodeId entry = world.run->fresh(name::entry);
    CHECK(world.run->parts().raw.restore(holder, entry) == !changed);
    CHECK(world.children_of(entry) == (changed ? "" : "observation"));
  }
}

}  // namespace
}  // namespace lhcr::map
