// SPDX-License-Identifier: Apache-2.0
#include "definition/cda_classes.hpp"

#include <algorithm>
#include <deque>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/embedded.hpp"
#include "base/error.hpp"
#include "base/words.hpp"
#include "definition/compiler/cda_line.hpp"

namespace lhcr::definition {

std::span<const EmbeddedFile> cda_tables();

namespace {

/// What NPfIT adds to every class of a document.
constexpr std::string_view local_elements[][2] = {{"typeId", "npfitlc:messageType"},
                                                  {"templateId", "npfitlc:contentId"}};
constexpr std::string_view data_table = "10-datatypes.cda";
constexpr std::string_view envelope_table = "40-envelope.cda";
constexpr std::string_view every_data_type = "DataType";
constexpr std::string_view qualifier_part = "CR";

/// A child or attribute that a class must have.
struct Demand {
  std::string_view name;
  std::string_view value;  ///< of an attribute
  bool attribute = false;
  bool one_of = false;  ///< any of the class's demands of this kind will do
};

/// A line of the table as a member of its class.
struct Member {
  compiler::CdaLine line;
  bool any_order = false;
  CdaClassId own = 0;  ///< where lines below it say more than its type does

  [[nodiscard]] std::string_view written() const {
    return line.written.empty() ? line.name : line.written;
  }
  [[nodiscard]] bool attribute() const { return line.mark == '@'; }
  /// What it is where nothing says it.
  [[nodiscard]] std::string_view value() const {
    for (const std::string_view key : {"fixed", "default", "usual"}) {
      if (const auto value = line.option(key)) return *value;
    }
    return {};
  }
};

struct Class {
  std::string name;
  bool data = false;
  std::vector<Member> members;
  std::unordered_map<std::string_view, CdaChild> children;
  std::vector<Demand> demands;
  std::unordered_map<std::string_view, std::string_view> defaults;
  std::vector<std::string_view> open;  ///< xsi:type has to say what a child with children is
};

/// The tables, read once. Classes may be named before the line that makes them.
class Model {
 public:
  Model() : classes_(1) {
    for (const EmbeddedFile& file : cda_tables()) {
      data_ = file.name == data_table;
      if (file.name == envelope_table) note_attributes();
      for (const std::string_view line : split(file.text, '\n')) take(line);
    }
    make(every_data_type, true);
    for (const auto& [before, name] : local_elements) add_local(before, name);
    collect_data();
    for (Class& each : classes_) finish(each);
  }

  [[nodiscard]] CdaClassId by_name(std::string_view element) const {
    std::string name(element);
    if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') {
      name[0] = static_cast<char>(name[0] - 'a' + 'A');
    }
    const auto found = names_.find(name);
    return found == names_.end() ? CdaClassId{0} : found->second;
  }
  [[nodiscard]] const auto& names() const { return names_; }
  [[nodiscard]] const Class& at(CdaClassId type) const {
    return classes_[type < classes_.size() ? type : 0];
  }

  [[nodiscard]] CdaChild child(CdaClassId parent, std::string_view name) const {
    const Class& holder = at(parent);
    if (const auto found = holder.children.find(name); found != holder.children.end()) {
      return found->second;
    }
    CdaChild unknown;
    unknown.known = name.starts_with("xsi:");
    unknown.attribute = unknown.known || attributes_.contains(name);
    if (holder.data) unknown.type = names_.at(std::string(every_data_type));
    return unknown;
  }

 private:
  // --- lines ---
  void take(std::string_view line) {
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == std::string_view::npos || line[indent] == '#' || line[indent] == '!') return;
    if (indent == 0) {
      begin(split_words(line));
    } else if (!open_.empty()) {
      add(line.substr(indent), indent / 2);
    }
  }

  CdaClassId make(std::string_view name, bool data) {
    const auto id = static_cast<CdaClassId>(classes_.size());
    classes_.emplace_back().name = name;
    classes_.back().data = data;
    names_.emplace(name, id);
    return id;
  }

  /// "type NAME : BASE"
  void begin(const std::vector<std::string_view>& words) {
    open_.clear();
    if (words.size() < 4 || words[0] != "type") return;
    const CdaClassId base = by_name(words[3]);
    const CdaClassId id = make(words[1], data_);
    names_[std::string(words[1])] = id;  // before what is called so after an element
    classes_[id].members = at(base).members;
    open_.push_back(id);
  }

  /// The class that a line of this depth belongs to; made where its element has none of its own.
  CdaClassId holder(std::size_t depth) {
    open_.resize(std::min(depth, open_.size()));
    if (open_.back() == 0) {
      Class& outer = classes_[open_[open_.size() - 2]];
      Member& member = outer.members[last_[open_.size() - 2]];
      const Class& type = at(by_name(member.line.types.front()));
      const std::vector<Member> inherited = type.members;
      const CdaClassId id = make(capital(member.line.name), type.data);
      names_.emplace(outer.name + '.' + std::string(member.line.name), id);
      classes_[id].members = inherited;
      open_.back() = member.own = id;
    }
    return open_.back();
  }

  static std::string capital(std::string_view name) {
    std::string out(name);
    out[0] = static_cast<char>(out[0] & ~0x20);
    return out;
  }

  void add(std::string_view text, std::size_t depth) {
    const auto line = compiler::read_cda_line(text);
    if (!line || line->mark == '$') return;
    const CdaClassId id = holder(depth);
    if (line->mark == '%') {  // Its members stand in its place.
      open_.push_back(id);
      last_.resize(std::max(last_.size(), open_.size()));
      group_ = depth + 1;
      return;
    }
    group_ = depth < group_ ? 0 : group_;
    std::vector<Member>& members = classes_[id].members;
    auto place = std::find_if(members.begin(), members.end(), [&](const Member& one) {
      return one.line.name == line->name && one.attribute() == (line->mark == '@');
    });
    if (line->max == 0) {
      if (place != members.end()) members.erase(place);
      return;
    }
    if (place == members.end()) place = members.insert(place, Member{});
    *place = {*line, depth == group_, 0};
    last_.resize(std::max(last_.size(), open_.size()));
    last_[open_.size() - 1] = static_cast<std::size_t>(place - members.begin());
    open_.push_back(0);
  }

  // --- what the lines make ---
  void add_local(std::string_view before, std::string_view name) {
    Member made;
    made.line.name = name;
    made.line.max = 1;
    made.line.types = {"II"};
    for (Class& each : classes_) {
      const auto found = std::find_if(each.members.begin(), each.members.end(),
                                      [&](const Member& one) { return one.line.name == before; });
      if (found != each.members.end()) each.members.insert(found + 1, made);
    }
  }

  /// What any data type has; where one name is an element and an attribute, the element. Parts of a
  /// qualifier stand where their type is known.
  void collect_data() {
    Class& all = classes_.back();
    for (const bool attributes : {false, true}) {
      for (const Class& each : classes_) {
        if (each.data && each.name != qualifier_part && &each != &all) {
          add_missing(each, attributes, all.members);
        }
      }
    }
  }

  static void add_missing(const Class& from, bool attributes, std::vector<Member>& all) {
    for (const Member& member : from.members) {
      const bool there = std::any_of(all.begin(), all.end(), [&](const Member& one) {
        return one.written() == member.written();
      });
      if (member.attribute() == attributes && !there) all.push_back(member);
    }
  }

  void note_attributes() {
    for (const Class& each : classes_) {
      for (const Member& member : each.members) {
        if (member.attribute()) attributes_.insert(member.written());
      }
    }
  }

  void finish(Class& each) {
    std::uint16_t order = 0;
    for (const Member& member : each.members) {
      CdaChild child;
      child.known = true;
      child.attribute = member.attribute();
      child.list = member.line.max > 1 && !child.attribute && !member.line.option("once");
      child.order = member.any_order || child.attribute ? std::uint16_t{0} : ++order;
      child.type = child.attribute ? CdaClassId{0} : type_of(member);
      each.children.emplace(member.written(), child);
      demand(each, member);
    }
  }

  [[nodiscard]] CdaClassId type_of(const Member& member) const {
    if (member.own != 0) return member.own;
    const CdaClassId one =
        member.line.types.size() == 1 ? by_name(member.line.types[0]) : CdaClassId{0};
    return one != 0 ? one : names_.at(std::string(every_data_type));
  }

  void demand(Class& each, const Member& member) const {
    const std::string_view value = member.value();
    if (member.attribute() && member.line.min == 0 && !value.empty()) {
      each.defaults.emplace(member.written(), value);
    }
    if (each.data) return;
    const bool one_of = member.line.option("alternative").has_value();
    const bool needed = member.line.min > 0 || member.line.option("needed");
    if ((needed && (!member.attribute() || !value.empty())) || one_of) {
      // Of several the first stands in.
      const bool first = one_of && member.line.option("usual");
      each.demands.insert(first ? each.demands.begin() : each.demands.end(),
                          {member.written(), value, member.attribute(), one_of});
    }
    const auto usual = member.line.option("default-type");
    if (usual && !has_elements(by_name(*usual))) each.open.push_back(member.written());
  }

  [[nodiscard]] bool has_elements(CdaClassId type) const {
    const std::vector<Member>& members = at(type).members;
    return std::any_of(members.begin(), members.end(),
                       [](const Member& member) { return !member.attribute(); });
  }

  bool data_ = false;  // whether the lines are of data types
  std::deque<Class> classes_;
  std::unordered_map<std::string, CdaClassId> names_;
  std::unordered_set<std::string_view> attributes_;  // of any class or data type of documents
  std::vector<CdaClassId> open_;   // classes of the lines above, 0: none of its own yet
  std::vector<std::size_t> last_;  // the member of each that was added last
  std::size_t group_ = 0;          // depth of the lines that are members of a group
};

const Model& model() {
  static const Model instance;
  return instance;
}

void append(tree::Tree& tree, tree::NodeId parent, const Demand& demand, bool null) {
  tree::Node made;
  made.name = made.element = tree.intern(demand.name);
  made.flags = tree::Flag::generated;
  if (demand.attribute) {
    made.kind = tree::Kind::string;
    made.flags = static_cast<std::uint8_t>(made.flags | tree::Flag::attribute);
    made.bytes = demand.value.data();
    made.length = static_cast<std::uint32_t>(demand.value.size());
  }
  const tree::NodeId id = tree.append(parent, made);
  if (null) {
    append(tree, id, {"nullFlavor", "NI", true, false}, false);
  }
}

void meet_demands(tree::Tree& tree, tree::NodeId node, CdaClassId type) {
  const std::vector<Demand>& demands = model().at(type).demands;
  const auto has = [&](const Demand& demand) {
    const Symbol name = tree.find(demand.name);
    return name != no_symbol && tree.child(node, name) != tree::no_node;
  };
  bool chosen = std::any_of(demands.begin(), demands.end(),
                            [&](const Demand& demand) { return demand.one_of && has(demand); });
  for (const Demand& demand : demands) {
    if (demand.one_of ? chosen : has(demand)) {
      continue;
    }
    const bool data = is_cda_data_type(cda_child(type, demand.name).type);
    append(tree, node, demand, !demand.attribute && data);
    chosen = chosen || demand.one_of;
  }
}

/// What an element without xsi:type must be, by what it holds.
struct Shape {
  std::string_view child;
  std::string_view type;
};
constexpr Shape shapes[] = {{"low", "IVL_TS"},    {"high", "IVL_TS"},    {"center", "IVL_TS"},
                            {"width", "IVL_TS"},  {"period", "PIVL_TS"}, {"phase", "PIVL_TS"},
                            {"event", "EIVL_TS"}, {"offset", "EIVL_TS"}};

void say_type(tree::Tree& tree, tree::NodeId node) {
  constexpr std::string_view type = "xsi:type";
  if (tree.child(node, tree.intern(type)) != tree::no_node) {
    return;
  }
  for (const Shape& shape : shapes) {
    const Symbol name = tree.find(shape.child);
    if (name != no_symbol && tree.child(node, name) != tree::no_node) {
      append(tree, node, {type, shape.type, true, false}, false);
      return;
    }
  }
}

}  // namespace

CdaClassId cda_class(std::string_view element) {
  return model().by_name(element);
}

bool is_cda_data_type(CdaClassId type) {
  return model().at(type).data;
}

CdaChild cda_child(CdaClassId parent, std::string_view name) {
  return model().child(parent, name);
}

std::vector<std::string_view> cda_classes() {
  std::vector<std::string_view> out;
  for (const auto& [name, id] : model().names()) out.push_back(name);
  return out;
}

std::vector<std::string_view> cda_children(CdaClassId parent) {
  std::vector<std::string_view> out;
  for (const auto& [name, child] : model().at(parent).children) out.push_back(name);
  return out;
}

std::string_view cda_default(CdaClassId type, std::string_view attribute) {
  const Class& own = model().at(type);
  // Senders write attributes of one data type on another: by the schema all text is of ED.
  const bool foreign = own.data && !own.children.contains(attribute);
  const auto& defaults = foreign ? model().at(cda_class(every_data_type)).defaults : own.defaults;
  const auto found = defaults.find(attribute);
  return found == defaults.end() ? std::string_view{} : found->second;
}

void complete_cda(tree::Tree& tree, tree::NodeId node, CdaClassId type) {
  meet_demands(tree, node, type);
  for (const tree::NodeId child : tree.children(node)) {
    if (tree[child].is(tree::Flag::attribute)) {
      continue;
    }
    const CdaChild found = cda_child(type, tree.name_of(child));
    if (found.known && !is_cda_data_type(found.type)) {
      complete_cda(tree, child, found.type);
    } else if (found.known && tree[child].child != tree::no_node &&
               is_one_of(tree.name_of(child), model().at(type).open)) {
      say_type(tree, child);
    }
  }
}

void sort_cda(tree::Tree& tree, tree::NodeId node, CdaClassId type) {
  struct Item {
    tree::NodeId id;
    std::uint16_t order;
  };
  std::vector<Item> items;
  bool sorted = true;
  for (const tree::NodeId child : tree.children(node)) {
    const bool attribute = tree[child].is(tree::Flag::attribute);
    const CdaChild found = attribute ? CdaChild{} : cda_child(type, tree.name_of(child));
    items.push_back({child, found.order});
    sorted = sorted && (items.size() < 2 || items[items.size() - 2].order <= found.order);
    if (found.known && tree[child].child != tree::no_node) {
      sort_cda(tree, child, found.type);
    }
  }
  if (sorted) {
    return;
  }
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& a, const Item& b) { return a.order < b.order; });
  tree[node].child = items.front().id;
  for (std::size_t i = 0; i < items.size(); ++i) {
    tree[items[i].id].next = i + 1 < items.size() ? items[i + 1].id : tree::no_node;
  }
}

}  // namespace lhcr::definition
