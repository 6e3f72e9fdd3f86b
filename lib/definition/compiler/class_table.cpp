// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/class_table.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "base/ascii.hpp"
#include "base/file.hpp"
#include "base/words.hpp"
#include "definition/cda_class_rows.hpp"
#include "definition/compiler/cda_line.hpp"

namespace lhcr::definition::compiler {
namespace {

/// What NPfIT adds to every class of a document.
constexpr std::string_view local_elements[][2] = {{"typeId", "npfitlc:messageType"},
                                                  {"templateId", "npfitlc:contentId"}};
constexpr std::string_view data_table = "10-datatypes.cda";
constexpr std::string_view envelope_table = "40-envelope.cda";
constexpr std::string_view qualifier_part = "CR";

/// A line of the table as a member of its class.
struct CdaMember {
  CdaLine line;
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

struct NamedText {
  std::string name;
  std::string text;
};

struct CdaClass {
  std::string name;
  bool data = false;
  std::vector<CdaMember> members;
  std::map<std::string_view, CdaChild> children;
  std::vector<CdaDemand> demands;
  std::map<std::string_view, std::string_view> defaults;
  std::vector<std::string_view> open;  ///< xsi:type has to say what a child with children is
};

/// The tables, read once. Classes may be named before the line that makes them.
class ClassReader {
 public:
  /// `texts` outlive the object.
  explicit ClassReader(const std::vector<NamedText>& texts) : classes_(1) {
    for (const NamedText& table : texts) {
      data_ = table.name == data_table;
      if (table.name == envelope_table) note_attributes();
      for (const std::string_view line : split(table.text, '\n')) take(line);
    }
    any_ = make("DataType", true);
    for (const auto& [before, name] : local_elements) add_local(before, name);
    collect_data();
    for (CdaClass& each : classes_) finish(each);
  }

  [[nodiscard]] const std::deque<CdaClass>& classes() const { return classes_; }
  [[nodiscard]] const auto& names() const { return names_; }
  [[nodiscard]] const auto& attributes() const { return attributes_; }
  [[nodiscard]] CdaClassId any() const { return any_; }

 private:
  [[nodiscard]] CdaClassId by_name(std::string_view name) const {
    const auto found = names_.find(name);
    return found == names_.end() ? CdaClassId{0} : found->second;
  }
  [[nodiscard]] const CdaClass& at(CdaClassId type) const {
    return classes_[type < classes_.size() ? type : 0];
  }

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
      CdaClass& outer = classes_[open_[open_.size() - 2]];
      CdaMember& member = outer.members[last_[open_.size() - 2]];
      const CdaClass& type = at(by_name(member.line.types.front()));
      const CdaClassId id = make(capital(member.line.name), type.data);
      names_.emplace(outer.name + '.' + std::string(member.line.name), id);
      classes_[id].members = type.members;
      open_.back() = member.own = id;
    }
    return open_.back();
  }

  static std::string capital(std::string_view name) {
    std::string out(name);
    out[0] = capital_letter(out[0]);
    return out;
  }

  void add(std::string_view text, std::size_t depth) {
    const auto line = read_cda_line(text);
    if (!line || line->mark == '$') return;
    const CdaClassId id = holder(depth);
    if (line->mark == '%') {  // Its members stand in its place.
      open_.push_back(id);
      last_.resize(std::max(last_.size(), open_.size()));
      group_ = depth + 1;
      return;
    }
    group_ = depth < group_ ? 0 : group_;
    std::vector<CdaMember>& members = classes_[id].members;
    auto place = std::find_if(members.begin(), members.end(), [&](const CdaMember& one) {
      return one.line.name == line->name && one.attribute() == (line->mark == '@');
    });
    if (line->max == 0) {
      if (place != members.end()) members.erase(place);
      return;
    }
    if (place == members.end()) place = members.insert(place, CdaMember{});
    *place = {*line, depth == group_, 0};
    last_.resize(std::max(last_.size(), open_.size()));
    last_[open_.size() - 1] = static_cast<std::size_t>(place - members.begin());
    open_.push_back(0);
  }

  // --- what the lines make ---
  void add_local(std::string_view before, std::string_view name) {
    CdaMember made;
    made.line.name = name;
    made.line.max = 1;
    made.line.types = {"II"};
    for (CdaClass& each : classes_) {
      const auto found =
          std::find_if(each.members.begin(), each.members.end(),
                       [&](const CdaMember& one) { return one.line.name == before; });
      if (found != each.members.end()) each.members.insert(found + 1, made);
    }
  }

  /// What any data type has; where one name is an element and an attribute, the element. Parts of a
  /// qualifier stand where their type is known.
  void collect_data() {
    CdaClass& all = classes_.back();
    for (const bool attributes : {false, true}) {
      for (const CdaClass& each : classes_) {
        if (each.data && each.name != qualifier_part && &each != &all) {
          add_missing(each, attributes, all.members);
        }
      }
    }
  }

  static void add_missing(const CdaClass& from, bool attributes, std::vector<CdaMember>& all) {
    for (const CdaMember& member : from.members) {
      const bool there = std::any_of(all.begin(), all.end(), [&](const CdaMember& one) {
        return one.written() == member.written();
      });
      if (member.attribute() == attributes && !there) all.push_back(member);
    }
  }

  void note_attributes() {
    for (const CdaClass& each : classes_) {
      for (const CdaMember& member : each.members) {
        if (member.attribute()) attributes_.insert(member.written());
      }
    }
  }

  void finish(CdaClass& each) {
    std::uint16_t order = 0;
    for (const CdaMember& member : each.members) {
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

  [[nodiscard]] CdaClassId type_of(const CdaMember& member) const {
    if (member.own != 0) return member.own;
    const CdaClassId one =
        member.line.types.size() == 1 ? by_name(member.line.types[0]) : CdaClassId{0};
    return one != 0 ? one : any_;
  }

  void demand(CdaClass& each, const CdaMember& member) const {
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
    const std::vector<CdaMember>& members = at(type).members;
    return std::any_of(members.begin(), members.end(),
                       [](const CdaMember& member) { return !member.attribute(); });
  }

  CdaClassId any_ = 0;
  bool data_ = false;             // whether the lines are of data types
  std::deque<CdaClass> classes_;  // references stay when more are made
  std::map<std::string, CdaClassId, std::less<>> names_;
  std::set<std::string_view> attributes_;  // of any class or data type of documents
  std::vector<CdaClassId> open_;           // classes of the lines above, 0: none of its own yet
  std::vector<std::size_t> last_;          // the member of each that was added last
  std::size_t group_ = 0;                  // depth of the lines that are members of a group
};

// --- source text ---

std::string literal(std::string_view text) {
  return '"' + std::string(text) + '"';
}

std::string truth(bool value) {
  return value ? "true" : "false";
}

/// "constexpr TYPE NAME[] = {...};", or nothing of no rows; and how the rows are named.
std::string add_array(std::string& out, const std::string& type, const std::string& name,
                      const std::vector<std::string>& rows) {
  if (rows.empty()) return "{}";
  out += "constexpr " + type + ' ' + name + "[] = {\n    " + joined(rows, ",\n    ") + "};\n";
  return name;
}

std::string add_class(std::string& out, const CdaClass& each, const std::string& number) {
  std::vector<std::string> children;
  for (const auto& [name, child] : each.children) {
    children.push_back('{' + literal(name) + ", {" + truth(child.known) + ", " +
                       truth(child.attribute) + ", " + truth(child.list) + ", " +
                       std::to_string(child.order) + ", " + std::to_string(child.type) + "}}");
  }
  std::vector<std::string> defaults;
  for (const auto& [name, value] : each.defaults) {
    defaults.push_back('{' + literal(name) + ", " + literal(value) + '}');
  }
  std::vector<std::string> demands;
  for (const CdaDemand& demand : each.demands) {
    demands.push_back('{' + literal(demand.name) + ", " + literal(demand.value) + ", " +
                      truth(demand.attribute) + ", " + truth(demand.one_of) + '}');
  }
  std::vector<std::string> open;
  for (const std::string_view name : each.open) open.push_back(literal(name));
  return '{' + truth(each.data) + ", " +
         add_array(out, "CdaChildRow", "children_" + number, children) + ", " +
         add_array(out, "CdaDefault", "defaults_" + number, defaults) + ", " +
         add_array(out, "CdaDemand", "demands_" + number, demands) + ", " +
         add_array(out, "std::string_view", "open_" + number, open) + '}';
}

std::string source_of(const ClassReader& model) {
  std::string out =
      "// Generated from the tables of CDA. Do not edit.\n"
      "#include \"definition/cda_class_rows.hpp\"\n\n"
      "namespace lhcr::definition {\nnamespace {\n";
  std::vector<std::string> classes;
  for (const CdaClass& each : model.classes()) {
    classes.push_back(add_class(out, each, std::to_string(classes.size())));
  }
  std::vector<std::string> names;
  for (const auto& [name, type] : model.names()) {
    names.push_back('{' + literal(name) + ", " + std::to_string(type) + '}');
  }
  std::vector<std::string> attributes;
  for (const std::string_view name : model.attributes()) attributes.push_back(literal(name));
  add_array(out, "CdaClassRow", "classes", classes);
  add_array(out, "CdaName", "names", names);
  add_array(out, "std::string_view", "attributes", attributes);
  out +=
      "}  // namespace\n"
      "std::span<const CdaClassRow> cda_class_rows() { return classes; }\n"
      "std::span<const CdaName> cda_class_names() { return names; }\n"
      "std::span<const std::string_view> cda_attributes() { return attributes; }\n"
      "CdaClassId any_cda_data_type() { return " +
      std::to_string(model.any()) + "; }\n}  // namespace lhcr::definition\n";
  return out;
}

}  // namespace

std::string class_table(const std::vector<std::string>& paths) {
  std::vector<NamedText> texts;
  for (const std::string& path : paths) {
    texts.push_back({path.substr(path.rfind('/') + 1), read_file(path)});
  }
  return source_of(ClassReader(texts));
}

}  // namespace lhcr::definition::compiler
