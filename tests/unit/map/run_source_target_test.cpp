// SPDX-License-Identifier: Apache-2.0
#include "run_world.hpp"

namespace lhcr::map {
namespace {

TEST_CASE("what is read is carried, what is peeked at is not") {
  RunWorld world(R"(<id root="1.2" extension="3"/>)");
  SourceReader in(world.source);
  const tree::NodeId id = world.find("id");
  CHECK(in.peek(id, name::root) == "1.2");
  CHECK_FALSE(in.is_taken(world.find("root")));
  CHECK(in.read(id, name::root) == "1.2");
  CHECK(in.is_taken(world.find("root")));
  CHECK(in.read(id, name::null_flavor).empty());
  CHECK_FALSE(in.wholly_taken(id));
  in.take_all(id);
  CHECK(in.wholly_taken(id));
  in.lose(id);
  CHECK_FALSE(in.is_taken(world.find("extension")));
}

TEST_CASE("a resource that is written twice has carried what either writing took") {
  RunWorld world(R"(<id root="1.2" extension="3"/>)");
  SourceReader in(world.source);
  const tree::NodeId id = world.find("id");
  in.take(world.find("root"));
  const SourceReader::Taken taken = in.give_back(id);
  CHECK(taken.size() == 1);
  CHECK_FALSE(in.is_taken(world.find("root")));
  {
    const Ledger::Scope scope(in.ledger(), Booked::aside);
    in.take_all(id);
  }
  in.take_again(taken);
  CHECK(in.ledger().of(world.find("root")) == Booked::carried);
  CHECK(in.ledger().of(world.find("extension")) == Booked::aside);
}

TEST_CASE("the same words are booked as the words that were carried") {
  RunWorld world(R"(<id root="1.2" extension="3"/><id root="1.2" extension="3"/><id root="1.2"/>)");
  SourceReader in(world.source);
  in.take(world.find("extension"));
  in.take_alike(world.find("id", 1), world.find("id"));
  CHECK(in.is_taken(world.find("extension", 1)));
  CHECK_FALSE(in.is_taken(world.find("root", 1)));
  CHECK(in.content_key(world.find("id"), 1, 2) == in.content_key(world.find("id", 1), 1, 2));
  CHECK(in.content_key(world.find("id"), 1, 2) != in.content_key(world.find("id", 2), 1, 2));
  CHECK(in.content_key(world.find("id"), 1, 2) != in.content_key(world.find("id"), 3, 4));
}

TEST_CASE("text of a narrative is found by its ID within its document, without tags") {
  RunWorld world(
      "<component><structuredBody><component><section><text><list><item ID=\"a\">one  <br/>two"
      "</item></list></text></section></component></structuredBody></component>");
  SourceReader in(world.source);
  const tree::NodeId item = in.narrative("a", world.find("ClinicalDocument"));
  CHECK(item == world.find("item"));
  CHECK(in.plain_text(item) == "one two");
  CHECK(in.narrative("b", world.find("ClinicalDocument")) == tree::no_node);
  SourceReader elsewhere(world.source);
  CHECK(elsewhere.narrative("a", world.find("br")) == tree::no_node);
}

TEST_CASE("children are attached in order, however many") {
  RunWorld world;
  TargetWriter out(world.target);
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    out.add_copy(tree::root_node, name::text, std::to_string(i));
    expected += (i == 0 ? "text=" : " text=") + std::to_string(i);
  }
  CHECK(world.children_of(tree::root_node) == expected);
  const tree::NodeId first = world.target[tree::root_node].child;
  out.detach(tree::root_node, first);
  out.attach(tree::root_node, first);
  CHECK(world.children_of(tree::root_node).ends_with("text=39 text=0"));
  out.lead(tree::root_node, first);
  CHECK(world.children_of(tree::root_node).starts_with("text=0 text=1 "));
  CHECK(world.children_of(tree::root_node).ends_with("text=39"));
  out.remove_children(tree::root_node, name::text);
  CHECK(world.children_of(tree::root_node).empty());
  out.add(tree::root_node, name::id, "a");
  CHECK(world.children_of(tree::root_node) == "id=a");
}

TEST_CASE("nothing is attached below itself, and an attribute is there once") {
  RunWorld world;
  TargetWriter out(world.target);
  const tree::NodeId outer = out.fresh(name::section);
  const tree::NodeId inner = out.fresh(name::entry);
  out.attach(outer, inner);
  out.attach(inner, outer);
  CHECK(world.target[inner].child == tree::no_node);
  CHECK(out.add(outer, name::code, "a", true) != tree::no_node);
  CHECK(out.add(outer, name::code, "b", true) == tree::no_node);
  CHECK(out.add(outer, name::title, "") == tree::no_node);
  CHECK(world.children_of(outer) == "entry code=a");
}

TEST_CASE("what was made since a mark is forgotten, with what was promised to it") {
  RunWorld world;
  TargetWriter out(world.target);
  const tree::NodeId kept = out.fresh(name::entry);
  out.promise(kept, 7);
  const tree::NodeId mark = out.mark();
  const tree::NodeId lost = out.fresh(name::entry);
  out.promise(lost, 8);
  out.forget(mark);
  CHECK(world.target.size() == mark);
  REQUIRE(out.promised().size() == 1);
  CHECK(out.promised()[0].second == 7);
  const tree::NodeId into = out.fresh(name::entry);
  out.moved(kept, into);
  CHECK(out.promised()[0].first == into);
}

}  // namespace
}  // namespace lhcr::map
