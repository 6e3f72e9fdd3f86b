// SPDX-License-Identifier: Apache-2.0
// What CDA says beside the values: null flavours of any element, and how a point in time is
// written.
#include <charconv>
#include <utility>
#include <vector>

#include "base/names.hpp"
#include "map/codec/codec_functions.hpp"
#include "map/run/run.hpp"

namespace lhcr::map {
namespace {

constexpr std::string_view between_entries = " ";
constexpr std::string_view unsafe = " @=/[]";

/// Statements below have references of their own; a period stands in one type of time only.
bool is_apart(std::string_view name) {
  return name == "entryRelationship" || name == "component" || name == "reference" ||
         name == "period";
}

/// Collects "path@nullFlavor=NA@codeSystem=1.2.3" of the elements that nobody has carried.
class Collector {
 public:
  explicit Collector(Run& run) : run_(run) {}

  void visit(tree::NodeId node) {
    const tree::Tree& tree = run_.source();
    const tree::NodeId flavor = tree.child(node, name::null_flavor);
    if (flavor != tree::no_node && !run_.is_taken(flavor) && !path_.empty()) {
      entry(node);
    }
    const std::size_t first = counts_.size();
    for (const tree::NodeId child : tree.children(node)) {
      const std::size_t place = count(first, tree[child].name);
      if (tree[child].is(tree::Flag::attribute) || tree[child].child == tree::no_node ||
          is_apart(tree.name_of(child))) {
        continue;
      }
      const std::size_t before = path_.size();
      step(child, place);
      visit(child);
      path_.resize(before);
    }
    counts_.resize(first);
  }

  [[nodiscard]] const std::string& text() const noexcept { return out_; }

 private:
  /// How many siblings have had this name, this one among them; theirs are counted from `first` on.
  std::size_t count(std::size_t first, Symbol name) {
    for (std::size_t at = first; at < counts_.size(); ++at) {
      if (counts_[at].first == name) {
        return ++counts_[at].second;
      }
    }
    counts_.emplace_back(name, 1);
    return 1;
  }

  void step(tree::NodeId child, std::size_t place) {
    path_ += path_.empty() ? "" : "/";
    path_ += run_.source().name_of(child);
    path_ += place > 1 ? "[" + std::to_string(place) + "]" : "";
  }

  void entry(tree::NodeId node) {
    const tree::Tree& tree = run_.source();
    out_ += out_.empty() ? "" : between_entries;
    out_ += path_;
    for (const tree::NodeId child : tree.children(node)) {
      const std::string_view value = tree[child].text();
      // Without its type a null value is of none.
      const bool wanted = !run_.is_taken(child) || tree[child].name == name::xsi_type;
      if (tree[child].is(tree::Flag::attribute) && wanted && !value.empty() &&
          value.find_first_of(unsafe) == value.npos) {
        run_.take(child);
        out_ += "@" + std::string(tree.name_of(child)) + "=" + std::string(value);
      }
    }
  }

  Run& run_;
  std::vector<std::pair<Symbol, std::size_t>> counts_;  ///< of the names at each level of path_
  std::string path_;
  std::string out_;
};

std::string_view cut(std::string_view& text, char at) {
  const std::size_t end = std::min(text.find(at), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

/// The child that "name[2]" means. When it is the next one and `make`, it is made; otherwise
/// no_node.
tree::NodeId child_at(Run& run, tree::NodeId parent, std::string_view step, bool make) {
  std::size_t index = 1;
  if (const std::size_t open = step.find('['); open != step.npos) {
    std::from_chars(step.data() + open + 1, step.data() + step.size(), index);
    step = step.substr(0, open);
  }
  const Symbol name = run.target().intern(step);
  for (const tree::NodeId child : run.target().children(parent)) {
    index -= run.target()[child].name == name ? 1U : 0U;
    if (index == 0) {
      return child;
    }
  }
  if (index != 1 || !make) {
    return tree::no_node;
  }
  const tree::NodeId made = run.fresh(name);
  run.attach(parent, made);
  return made;
}

/// Nothing but a type, which null elements may have.
bool is_void(Run& run, tree::NodeId node) {
  for (const tree::NodeId child : run.target().children(node)) {
    if (run.target()[child].name != name::xsi_type) {
      return false;
    }
  }
  return run.target()[node].length == 0;
}

void restore(Run& run, tree::NodeId top, std::string_view entry) {
  std::string_view path = cut(entry, '@');
  tree::NodeId node = top;
  while (!path.empty() && node != tree::no_node) {
    const std::string_view step = cut(path, '/');
    node = child_at(run, node, step, path.empty());
  }
  if (node == tree::no_node || node == top || !is_void(run, node)) {
    return;
  }
  while (!entry.empty()) {
    std::string_view value = cut(entry, '@');
    const Symbol name = run.target().intern(cut(value, '='));
    if (run.child(node, name) == tree::no_node) {
      run.add_copy(node, name, value, true);
    }
  }
}

/// The attribute `value` of a child, or no_node.
tree::NodeId value_in(const tree::Tree& tree, tree::NodeId node, Symbol name) {
  const tree::NodeId found = tree.child(node, name);
  return found == tree::no_node ? found : tree.child(found, name::value);
}

}  // namespace

bool nulls_to_text(const Call& call) {
  Collector collector(call.run);
  collector.visit(call.from);
  if (collector.text().empty()) {
    return false;
  }
  call.run.set_copy(call.to, collector.text());
  return true;
}

bool text_to_nulls(const Call& call) {
  std::string_view text = call.run.source()[call.from].text();
  const bool any = !text.empty();
  while (!text.empty()) {
    restore(call.run, call.to, cut(text, ' '));
  }
  return any;
}

bool time_to_form(const Call& call) {
  Run& run = call.run;
  const tree::NodeId time = run.source().child(call.from, name::effective_time);
  if (time == tree::no_node || run.source().child(time, name::value) != tree::no_node) {
    return false;
  }
  const tree::NodeId low = value_in(run.source(), time, name::low);
  const tree::NodeId high = value_in(run.source(), time, name::high);
  const bool apart = low != tree::no_node && high != tree::no_node &&
                     run.source()[low].text() != run.source()[high].text();
  const bool bounds = low != tree::no_node || high != tree::no_node;
  if (!bounds && value_in(run.source(), time, name::center) != tree::no_node) {
    run.set_text(call.to, "center");
    return true;
  }
  if (!bounds || apart) {
    return false;
  }
  run.set_text(call.to, low == tree::no_node ? "high" : high == tree::no_node ? "low" : "low high");
  return true;
}

bool form_to_time(const Call& call) {
  Run& run = call.run;
  const tree::NodeId time = run.child(call.to, name::effective_time);
  const tree::NodeId value = time == tree::no_node ? time : run.child(time, name::value);
  std::string_view form = run.source()[call.from].text();
  if (value == tree::no_node || form.empty()) {
    return true;
  }
  const std::string_view text = run.target()[value].text();
  run.detach(time, value);
  while (!form.empty()) {
    const tree::NodeId bound = child_at(run, time, cut(form, ' '), true);
    if (run.child(bound, name::value) == tree::no_node) {
      run.add(bound, name::value, text, true);
    }
  }
  return true;
}

}  // namespace lhcr::map
