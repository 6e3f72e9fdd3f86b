// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert/support.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <unistd.h>

#include "base/error.hpp"
#include "base/names.hpp"
#include "base/reference_text.hpp"
#include "base/text.hpp"
#include "format/format.hpp"
#include "tree/nodes.hpp"
#include "view/spool.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;
using tree::NodeId;

/// The names that stand behind `before` and in front of a bracket in the texts of views.
std::set<std::string, std::less<>> names_behind(const std::vector<view::Source>& views,
                                                std::string_view before) {
  std::set<std::string, std::less<>> names;
  for (const view::Source& source : views) {
    std::string text;
    std::remove_copy_if(source.text.begin(), source.text.end(), std::back_inserter(text),
                        [](char byte) { return is_space(byte); });
    for (std::size_t at = text.find(before); at != std::string::npos; at = text.find(before, at)) {
      at += before.size();
      names.insert(text.substr(at, text.find(')', at) - at));
    }
  }
  return names;
}

[[noreturn]] void fail() {
  throw Error(ErrorKind::input,
              std::string("temporary file for resources: ") + std::strerror(errno));
}

record::Reading as_version(const definition::Definitions& version) {
  record::Reading reading;
  reading.version = &version;
  return reading;
}

}  // namespace

Support::Support(const std::vector<Input>& inputs, const definition::Library& library,
                 const definition::Definitions& version, const std::vector<view::Source>& views,
                 const Recency& recency)
    : inputs_(inputs),
      recency_(recency),
      library_(library),
      version_(version),
      followed_(names_behind(views, "resolve().ofType(")),
      keyed_(names_behind(views, "getReferenceKey(")) {
  std::erase_if(keyed_, [&](const std::string& type) { return is_of_a_patient(type); });
}

/// What is of one person stands with that person, and there is too much of it.
bool Support::is_of_a_patient(std::string_view type) const {
  const auto children = version_.children(version_.type(type));
  return std::any_of(children.begin(), children.end(), [&](const definition::Child& child) {
    const std::string_view name = library_.symbols().name(child.written);
    return name == "subject" || name == "patient";
  });
}

bool Support::follows(std::string_view type) const {
  return followed_.contains(type);
}

/// Whether bytes of JSON hold a resource of a type that is wanted; others are not read.
bool Support::names_wanted(std::string_view bytes) const {
  constexpr std::string_view name = "\"resourceType\"";
  for (std::size_t at = bytes.find(name); at != std::string_view::npos; at = bytes.find(name, at)) {
    at = bytes.find('"', at + name.size());
    if (at == std::string_view::npos) return false;
    const std::size_t end = std::min(bytes.find('"', at + 1), bytes.size());
    const std::string_view type = bytes.substr(at + 1, end - at - 1);
    if (followed_.contains(type) || keyed_.contains(type)) return true;
  }
  return false;
}

void Support::look() {
  file_ = view::open_nameless();
  record::RecordReader reader(library_);
  for (const Input& input : inputs_) {
    std::error_code ignored;
    if (input.problem.empty() && fs::is_regular_file(input.path, ignored)) {
      look_through(input, reader);
    }
  }
}

void Support::look_through(const Input& input, record::RecordReader& reader) {
  try {
    format::RecordStream stream(input.path);
    finding::Collector ignored(1);
    format::Record record;
    while (stream.next(record)) {
      ignored.clear();
      if (record.format != format::Format::xml && !names_wanted(record.bytes)) continue;
      if (!reader.read(record, ignored) || &reader.definitions() != &version_) continue;
      const tree::Tree& tree = reader.tree();
      for (NodeId node = tree::root_node; node < tree.size(); ++node) {
        if (tree[node].is(tree::Flag::resource) &&
            recency_.is_newest(tree, node, input, record.offset)) {
          keep(tree, node);
        }
      }
    }
  } catch (const Error&) {
    // Who reads the input for its rows says so.
  }
}

void Support::keep(const tree::Tree& tree, NodeId resource) {
  const std::string_view type = tree.resource_type(resource);
  const std::string_view id = tree::child_text(tree, resource, "id");
  const bool contained =
      resource != tree::root_node && tree.name_of(resource) != std::string_view("resource");
  if (id.empty() || contained) return;
  if (followed_.contains(type)) {
    keep_text(tree, resource, std::string(type) + "/" + std::string(id));
  }
  if (keyed_.contains(type)) keep_identifiers(tree, resource, id);
}

void Support::keep_text(const tree::Tree& tree, NodeId resource, const std::string& key) {
  std::string text;
  format::write_json(tree, resource, {}, text);
  Place place{written_, static_cast<std::uint32_t>(text.size()), std::hash<std::string>()(text)};
  const auto [at, is_new] = places_.emplace(key, place);
  if (!is_new) {
    if (at->second.hash != place.hash) at->second.size = 0;
    return;
  }
  if (!write_all(file_.get(), text)) fail();
  written_ += text.size();
}

void Support::keep_identifiers(const tree::Tree& tree, NodeId resource, std::string_view id) {
  for (const NodeId child : tree.children(resource)) {
    if (tree.name_of(child) != std::string_view("identifier")) continue;
    std::string key(tree.resource_type(resource));
    key.append("?identifier=").append(tree::child_text(tree, child, "system"));
    key.append("|").append(tree::child_text(tree, child, "value"));
    const auto [at, is_new] = identified_.emplace(std::move(key), id);
    if (!is_new && at->second != id) at->second.clear();
  }
}

std::string Support::find(std::string_view type, std::string_view id) {
  std::call_once(looked_, [&] { look(); });
  const auto found = places_.find(std::string(type) + "/" + std::string(id));
  if (found == places_.end() || found->second.size == 0) return {};
  std::string text(found->second.size, '\0');
  if (::pread(file_.get(), text.data(), text.size(), static_cast<off_t>(found->second.offset)) !=
      static_cast<ssize_t>(text.size())) {
    fail();
  }
  return text;
}

std::string Support::find_searched(std::string_view reference) {
  std::call_once(looked_, [&] { look(); });
  const auto found = identified_.find(std::string(reference));
  return found == identified_.end() ? std::string() : found->second;
}

std::string Support::find_identified(std::string_view type, std::string_view system,
                                     std::string_view value) {
  std::string found;
  for (const std::string& known : keyed_) {
    if (!type.empty() && type != known) continue;
    const std::string id = find_searched(
        std::string(known).append("?identifier=").append(system).append("|").append(value));
    if (id.empty()) continue;
    if (!found.empty()) return {};
    found = known + "/" + id;
  }
  return found;
}

std::span<const std::string_view> Support::names() const noexcept {
  static constexpr std::array<std::string_view, 4> all = {"identifier", "system", "value", "type"};
  return keyed_.empty() ? std::span<const std::string_view>() : all;
}

Grafter::Grafter(Support& support, const definition::Library& library,
                 const definition::Definitions& version)
    : support_(support),
      version_(version),
      type_(version.type("Reference")),
      reader_(library, as_version(version)) {}

void Grafter::graft(tree::Tree& tree, ViewServices& services) {
  services.forget_grafts();
  if (support_.is_idle()) return;
  services.reset(tree);
  name_targets(tree, tree::root_node, services);
  services.reset(tree);
  const NodeId end = tree.size();
  for (NodeId node = tree::root_node; node < end; ++node) {
    if (tree[node].element == name::reference && tree[node].kind == tree::Kind::string) {
      follow(tree, node, services);
    }
  }
  name_targets(tree, end, services);
}

void Grafter::name_targets(tree::Tree& tree, NodeId first, ViewServices& services) {
  const NodeId end = tree.size();
  for (NodeId node = first; node < end; ++node) {
    if (tree[node].element == name::reference && tree[node].kind == tree::Kind::string) {
      name_searched(tree, node);
    } else if (tree[node].element == name::identifier && tree[node].kind == tree::Kind::object) {
      name_identified(tree, node, services);
    }
  }
}

void Grafter::name_searched(tree::Tree& tree, NodeId reference) {
  const std::string_view text = tree[reference].text();
  const std::size_t mark = text.find('?');
  if (mark == std::string_view::npos) return;
  const std::string id = support_.find_searched(text);
  if (id.empty()) return;
  const std::string_view made = tree.arena().copy(std::string(text.substr(0, mark)) + "/" + id);
  tree[reference].bytes = made.data();
  tree[reference].length = static_cast<std::uint32_t>(made.size());
}

/// Of a Reference that has an identifier instead of a reference.
void Grafter::name_identified(tree::Tree& tree, NodeId identifier, ViewServices& services) {
  const NodeId from = tree[identifier].parent;
  if (from == tree::no_node || tree[from].type != type_) return;
  if (tree.child(from, name::reference) != tree::no_node) return;
  if (services.resolve(tree, from) != tree::no_node) return;
  const std::string found = support_.find_identified(tree::child_text(tree, from, "type"),
                                                     tree::child_text(tree, identifier, "system"),
                                                     tree::child_text(tree, identifier, "value"));
  if (found.empty()) return;
  const std::string_view text = tree.arena().copy(found);
  tree::Node made;
  made.kind = tree::Kind::string;
  made.name = made.element = name::reference;
  made.type = version_.child(type_, name::reference)->type;
  made.bytes = text.data();
  made.length = static_cast<std::uint32_t>(text.size());
  tree.insert(from, tree::no_node, made);
}

void Grafter::follow(tree::Tree& tree, NodeId reference, ViewServices& services) {
  const ReferenceText parts = cut_reference(tree[reference].text());
  const NodeId from = tree[reference].parent;
  if (!support_.follows(parts.type) || services.resolve(tree, from) != tree::no_node) return;
  std::string found = support_.find(parts.type, parts.id);
  if (!found.empty()) services.add_graft(from, add(tree, found));
}

NodeId Grafter::add(tree::Tree& tree, std::string& text) {
  format::Record record;
  const std::size_t size = text.size();
  text.resize(size + format::read_padding);
  record.bytes = std::string_view(text).substr(0, size);
  record.format = format::Format::json;
  record.whole = true;
  finding::Collector ignored(1);
  if (!reader_.read(record, ignored)) return tree::no_node;
  const NodeId root = copy(tree, tree::no_node, tree::root_node);
  // The resource is no part of what is around it: only references lead to it.
  tree[tree::no_node].child = tree::no_node;
  return root;
}

NodeId Grafter::copy(tree::Tree& tree, NodeId parent, NodeId from) {
  const tree::Tree& source = reader_.tree();
  tree::Node made = source[from];
  const std::string_view text = tree.arena().copy(made.text());
  made.bytes = text.data();
  made.name = made.name == no_symbol ? no_symbol : tree.intern(source.name(made.name));
  made.element = made.element == no_symbol ? no_symbol : tree.intern(source.name(made.element));
  made.child = tree::no_node;
  const NodeId added = tree.insert(parent, tree::no_node, made);
  std::vector<NodeId> children;
  for (const NodeId child : source.children(from)) children.push_back(child);
  std::for_each(children.rbegin(), children.rend(),
                [&](NodeId child) { copy(tree, added, child); });
  return added;
}

}  // namespace lhcr::cmd
