// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "base/names.hpp"
#include "base/text.hpp"
#include "definition/cda_classes.hpp"
#include "finding/locate.hpp"
#include "map/run/document.hpp"
#include "map/run/parts.hpp"

namespace lhcr::map {
namespace {

// Attributes and elements that say nothing of their own: fixed by the model or by the document's
// kind.
constexpr std::array<std::string_view, 10> silent{"determinerCode",
                                                  "contextControlCode",
                                                  "contextConductionInd",
                                                  "displayable",
                                                  "typeId",
                                                  "realmCode",
                                                  "partType",
                                                  "xsi:type",
                                                  "codeSystemName",
                                                  "resourceType"};

// With one of these an element is a code, an identifier, a time, a quantity or a class: text in it
// belongs to nothing.
constexpr std::array<std::string_view, 7> without_text{
    "code", "root", "extension", "value", "classCode", "typeCode", "moodCode"};

bool is_blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_space);
}

bool is_silent(std::string_view name) {
  if (name.starts_with("xmlns")) {
    return true;
  }
  for (const std::string_view known : silent) {
    if (known == name) {
      return true;
    }
  }
  return false;
}

class Reporter {
 public:
  Reporter(const Run& run, bool cda, LossReport& report)
      : run_(run), tree_(run.source()), cda_(cda), report_(report) {}

  void visit(tree::NodeId node, std::size_t part) {
    const std::string_view name = tree_.name_of(node);
    if (is_silent(name)) {
      return;
    }
    if (cda_ ? name == "section" : tree_[node].is(tree::Flag::resource)) {
      part = part_of(cda_ ? title(node) : std::string(tree_.resource_type(node)));
    }
    if (tree_[node].length > 0 || is_empty_text(node)) {
      count(node, part);
    }
    if (!report_.listed) {
      for (const tree::NodeId child : tree_.children(node)) {
        visit(child, part);
      }
      return;
    }
    std::vector<std::pair<Symbol, std::size_t>> seen;
    for (const tree::NodeId child : tree_.children(node)) {
      const std::size_t before = path_.size();
      step(child, seen);
      visit(child, part);
      path_.resize(before);
    }
  }

  /// The path of the node that visit() starts at.
  void start(tree::NodeId top) {
    path_ = cda_ ? "/" + std::string(tree_.name_of(top)) : std::string(tree_.resource_type(top));
  }

  std::size_t part_of(const std::string& name) {
    for (std::size_t i = 0; i < report_.parts.size(); ++i) {
      if (report_.parts[i].section == name) {
        return i;
      }
    }
    report_.parts.push_back({name, 0, 0});
    return report_.parts.size() - 1;
  }

 private:
  [[nodiscard]] std::string title(tree::NodeId section) const {
    const tree::NodeId node = tree_.child(section, name::title);
    return node == tree::no_node ? std::string("section") : run_.plain_text(node);
  }

  /// "" of JSON: there is nothing to carry, and FHIR forbids it.
  [[nodiscard]] bool is_empty_text(tree::NodeId node) const {
    return !cda_ && tree_[node].kind == tree::Kind::string && tree_[node].length == 0 &&
           tree_[node].child == tree::no_node;
  }

  void count(tree::NodeId node, std::size_t part) {
    const bool stray = cda_ && has_stray_text(node);
    const Booked booked = stray ? Booked::lost : run_.parts().in.ledger().of(node);
    LossReport::Part& counts = report_.parts[part];
    if (booked != Booked::carried && !is_empty_text(node) &&
        (cda_ ? says_nothing(node) : is_wiring(node))) {
      counts.carried += booked == Booked::aside ? 1U : 0U;
      return;
    }
    (booked == Booked::carried ? counts.carried
     : booked == Booked::aside ? counts.aside
                               : counts.lost) += 1;
    if (report_.listed && booked != Booked::carried) {
      std::vector<Lost>& list = booked == Booked::aside ? report_.aside : report_.lost;
      list.push_back({path_ + (stray ? "/text()" : ""), counts.section,
                      start_of(tree_[node].text()), tree_[node].offset});
      list.back().hash = std::hash<std::string_view>{}(tree_[node].text());
    }
  }

  /// The beginning of a value on one line.
  static std::string start_of(std::string_view text) {
    constexpr std::size_t longest = 120;
    std::string start(trim(text).substr(0, longest));
    start.resize(std::min(start.size(), find_invalid_utf8(start)));
    std::replace_if(start.begin(), start.end(), is_space, ' ');
    return start;
  }

  /// Codecs take an element and its attributes; words beside them nobody reads.
  [[nodiscard]] bool has_stray_text(tree::NodeId node) const {
    const tree::Node& element = tree_[node];
    if (element.child == tree::no_node || element.is(tree::Flag::attribute) ||
        is_blank(element.text()) || tree_.name_of(node).ends_with("Name")) {
      return false;
    }
    const auto children = tree_.children(node);
    return std::any_of(children.begin(), children.end(), [&](tree::NodeId child) {
      return tree_[child].is(tree::Flag::attribute) &&
             std::find(without_text.begin(), without_text.end(), tree_.name_of(child)) !=
                 without_text.end();
    });
  }

  /// What holds a Bundle together: its type, logical ids, fullUrls; displays of codes that are
  /// carried.
  [[nodiscard]] bool is_wiring(tree::NodeId node) const {
    const Symbol name = tree_[node].name;
    return name == name::full_url ||
           (name == name::type && tree_[node].parent == run_.parts().anchors.bundle()) ||
           (name == name::id && tree_[tree_[node].parent].is(tree::Flag::resource)) ||
           is_shown(node, name::display);
  }

  /// White space between elements, a nullFlavor that says no more than absence, and an attribute
  /// that says what its absence means.
  [[nodiscard]] bool says_nothing(tree::NodeId node) const {
    if (tree_[node].kind == tree::Kind::text) {
      return is_blank(tree_[node].text());
    }
    return tree_[node].is(tree::Flag::attribute) &&
           (is_shown(node, name::display_name) || is_unknown(node) || is_default(node));
  }

  /// The name of a code that is carried.
  [[nodiscard]] bool is_shown(tree::NodeId node, Symbol display) const {
    if (tree_[node].name != display) {
      return false;
    }
    const tree::NodeId code = tree_.child(tree_[node].parent, name::code);
    return code != tree::no_node && run_.is_taken(code);
  }

  [[nodiscard]] bool is_unknown(tree::NodeId node) const {
    const std::string_view flavor = tree_[node].text();
    return tree_[node].name == name::null_flavor && (flavor == "NI" || flavor == "UNK");
  }

  [[nodiscard]] bool is_default(tree::NodeId node) const {
    return definition::cda_default(class_of(tree_[node].parent), tree_.name_of(node)) ==
           tree_[node].text();
  }

  [[nodiscard]] definition::CdaClassId class_of(tree::NodeId node) const {
    const tree::NodeId parent = tree_[node].parent;
    const std::string_view name = tree_.name_of(node);
    if (tree_[node].name == tree_[run_.parts().anchors.document()].name ||
        parent == tree::no_node) {
      return definition::cda_class(name);
    }
    return definition::cda_child(class_of(parent), name).type;
  }

  /// Appends a child to the path: "/id[2]", "/@root", or ".name[0]". CDA counts from 1, FHIRPath
  /// from 0.
  void step(tree::NodeId node, std::vector<std::pair<Symbol, std::size_t>>& seen) {
    const tree::Node& child = tree_[node];
    path_ += cda_ ? '/' : '.';
    if (cda_ && child.is(tree::Flag::attribute)) {
      path_ += '@';
      path_ += tree_.name_of(node);
      return;
    }
    path_ += child.kind == tree::Kind::text ? std::string_view("text()") : tree_.name_of(node);
    std::size_t index = 0;
    for (auto& [name, number] : seen) {
      index = name == child.name ? ++number : index;
    }
    if (index == 0) {
      index = 1;
      seen.emplace_back(child.name, 1);
    }
    const bool followed = child.next != tree::no_node && tree_[child.next].name == child.name;
    if (cda_ ? index > 1 || followed : child.is(tree::Flag::list)) {
      path_ += '[' + std::to_string(cda_ ? index : index - 1) + ']';
    }
  }

  const Run& run_;
  const tree::Tree& tree_;
  bool cda_;
  LossReport& report_;
  std::string path_;
};

/// Fills in lines and columns, which a record that was made on the way has not.
void locate(std::string_view record, std::uint64_t first_line, std::vector<Lost>& all) {
  std::vector<finding::Finding> places(record.empty() ? 0 : all.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i].position.offset = all[i].offset;
  }
  finding::locate(places, record, {0, first_line});
  for (std::size_t i = 0; i < places.size(); ++i) {
    all[i].line = places[i].position.line;
    all[i].column = places[i].position.column;
  }
}

/// "/ClinicalDocument/component/.../entry[2]/observation".
std::string path_to(const tree::Tree& tree, tree::NodeId node, tree::NodeId top) {
  std::string path;
  for (; node != tree::no_node; node = node == top ? tree::no_node : tree[node].parent) {
    std::size_t index = 0;
    std::size_t all = 0;
    for (const tree::NodeId other : tree.children(tree[node].parent)) {
      all += tree[other].name == tree[node].name ? 1U : 0U;
      index = other == node ? all : index;
    }
    path.insert(0, "/" + std::string(tree.name_of(node)) +
                       (all > 1 ? "[" + std::to_string(index) + "]" : ""));
  }
  return path;
}

/// Statements whose meaning something turns and that no row has made.
void report_not_stated(const Run& run, tree::NodeId top, LossReport& report) {
  const tree::Tree& tree = run.source();
  for (const tree::NodeId node : run.parts().statements.all_turned()) {
    if (run.is_taken(node)) {
      continue;
    }
    std::string what;
    for (std::size_t i = 0; i < run.map().modifiers.size(); ++i) {
      if ((run.parts().statements.turned(node) >> i & 1) != 0) {
        what += (what.empty() ? "" : ", ") + modifier_text(run.map().modifiers[i], tree, node);
      }
    }
    report.not_stated.push_back({path_to(tree, node, top), {}, what, tree[node].offset});
  }
}

void report_strangers(const Run& run, LossReport& report) {
  constexpr std::size_t most = 8;
  const tree::Tree& tree = run.source();
  std::vector<std::string>& known = report.strange.templates;
  for (const tree::NodeId node : run.parts().chooser.strangers()) {
    report.strange.offset =
        report.strange.statements == 0 ? tree[node].offset : report.strange.offset;
    ++report.strange.statements;
    for (const tree::NodeId child : tree.children(node)) {
      std::string root(tree[child].name == name::template_id ? run.peek(child, name::root)
                                                             : std::string_view{});
      if (!root.empty() && known.size() < most &&
          std::find(known.begin(), known.end(), root) == known.end()) {
        known.push_back(std::move(root));
      }
    }
  }
}

/// Resources that were not written, since a modifier of theirs has no place.
void report_unsaid(const Run& run, LossReport& report) {
  const tree::Tree& tree = run.source();
  for (const Unsaid& unsaid : run.parts().not_stated.all()) {
    std::string what;
    for (const tree::NodeId modifier : unsaid.modifiers) {
      what += (what.empty() ? "" : ", ") + turning_text(tree, modifier);
    }
    report.not_stated.push_back({tree::path_of(tree, unsaid.resource),
                                 std::string(tree.resource_type(unsaid.resource)), what,
                                 tree[unsaid.modifiers[0]].offset});
  }
}

}  // namespace

void report_loss(const Run& run, tree::NodeId top, bool cda, LossReport& report) {
  Reporter reporter(run, cda, report);
  reporter.start(top);
  reporter.visit(top, reporter.part_of(cda ? "header" : "Bundle"));
  report_not_stated(run, top, report);
  report_unsaid(run, report);
  report_strangers(run, report);
  for (std::vector<Lost>* list : {&report.lost, &report.aside, &report.not_stated}) {
    locate(run.source().source(), report.first_line, *list);
  }
}

std::size_t LossReport::count_aside() const {
  std::size_t all = 0;
  for (const Part& part : parts) {
    all += part.aside;
  }
  return all;
}

std::size_t LossReport::carried() const {
  std::size_t all = 0;
  for (const Part& part : parts) {
    all += part.carried;
  }
  return all;
}

std::size_t LossReport::count() const {
  std::size_t all = 0;
  for (const Part& part : parts) {
    all += part.lost;
  }
  return all;
}

void LossReport::add(const LossReport& second) {
  lost.insert(lost.end(), second.lost.begin(), second.lost.end());
  aside.insert(aside.end(), second.aside.begin(), second.aside.end());
  not_stated.insert(not_stated.end(), second.not_stated.begin(), second.not_stated.end());
  for (const Part& part : second.parts) {
    if (part.lost > 0 || part.aside > 0) {
      parts.push_back(part);
    }
  }
}

namespace {

void add_place(std::string& out, std::string_view input, const Lost& item) {
  out += input;
  out += ':';
  if (item.line > 0) {
    out += std::to_string(item.line) + ":" + std::to_string(item.column) + ":";
  }
  out += ' ';
}

void add_lines(std::string& out, std::string_view input, std::string_view kind,
               const std::vector<Lost>& list) {
  for (const Lost& item : list) {
    add_place(out, input, item);
    out += kind;
    out += printable(item.path) + " = " + printable(item.value) + "\n";
  }
}

void add_field(std::string& out, const char* name, std::string_view value) {
  append_json_string(out, name);
  out += ':';
  append_json_string(out, value);
}

void add_list(std::string& out, const char* name, const std::vector<Lost>& list) {
  append_json_string(out, name);
  out += ":[";
  for (std::size_t i = 0; i < list.size(); ++i) {
    out += i > 0 ? ",{" : "{";
    add_field(out, "path", list[i].path);
    out += ',';
    add_field(out, "section", list[i].section);
    out += ',';
    add_field(out, "value", list[i].value);
    if (list[i].line > 0) {
      out += ",\"line\":" + std::to_string(list[i].line) +
             ",\"column\":" + std::to_string(list[i].column);
    }
    out += '}';
  }
  out += ']';
}

}  // namespace

std::string LossReport::text(std::string_view input) const {
  std::string out;
  for (const Lost& item : not_stated) {
    add_place(out, input, item);
    out += "not stated: " + printable(item.value) + " has no place: " + printable(item.path) + "\n";
  }
  add_lines(out, input, "not carried: ", lost);
  add_lines(out, input, "aside: ", aside);
  for (const Part& part : parts) {
    out += printable(part.section) + ": " + std::to_string(part.carried) + " carried, " +
           std::to_string(part.aside) + " aside, " + std::to_string(part.lost) + " not carried\n";
  }
  return out;
}

std::string LossReport::json(std::string_view input) const {
  std::string out = R"({"format":"lhcr-loss","version":1,)";
  add_field(out, "input", input);
  out += ',';
  add_list(out, "notStated", not_stated);
  out += ',';
  add_list(out, "lost", lost);
  out += ',';
  add_list(out, "aside", aside);
  out += ",\"sections\":[";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    out += i > 0 ? ",{" : "{";
    add_field(out, "section", parts[i].section);
    out += ",\"carried\":" + std::to_string(parts[i].carried) +
           ",\"aside\":" + std::to_string(parts[i].aside) +
           ",\"lost\":" + std::to_string(parts[i].lost) + "}";
  }
  return out + "]}";
}

}  // namespace lhcr::map
