// SPDX-License-Identifier: Apache-2.0
#include "map/run/raw_elements.hpp"

#include <algorithm>

#include "base/hex.hpp"
#include "base/names.hpp"
#include "format/cda/cda.hpp"
#include "map/hash.hpp"

namespace lhcr::map {
namespace {

// Where raw entries travel: an extension of the Reference in Composition.section.entry, or of the
// Composition for the header.
constexpr std::string_view raw_url = "urn:hl7-org:v3:raw";

// Of an entry that no resource was made of, which travels with its section.
constexpr std::string_view entry_mark = "entry\n";

// What the row com.entry.type writes.
constexpr std::string_view entry_type_url = "urn:hl7-org:v3:entry.typeCode";

constexpr std::size_t digest_length = 16;
constexpr std::size_t id_length = 36;  // of a UUID

/// A hash of a resource that does not depend on the order of its elements.
std::uint64_t resource_digest(const tree::Tree& tree, tree::NodeId resource) {
  std::uint64_t sum = 0;
  const auto visit = [&](const auto& self, tree::NodeId node, std::uint64_t a,
                         std::uint64_t b) -> void {
    hash_into(tree.name_of(node), a, b);
    if (tree[node].length > 0) {
      std::uint64_t x = a;
      std::uint64_t y = b;
      hash_into(tree[node].text(), x, y);
      sum += x ^ y;
    }
    for (const tree::NodeId child : tree.children(node)) {
      self(self, child, a, b);
    }
  };
  for (const tree::NodeId child : tree.children(resource)) {
    visit(visit, child, 11, 13);
  }
  return sum;
}

}  // namespace

// --- forward ---

void RawElements::note(tree::NodeId link, tree::NodeId statement, std::size_t first) {
  if (keep_) {
    raw_.push_back({link, statement, first, resources_.size()});
  }
}

void RawElements::note_entry(tree::NodeId section, tree::NodeId entry) {
  note(section, entry, resources_.size());
}

void RawElements::write(tree::NodeId document) {
  for (const Raw& raw : raw_) {
    source_[raw.statement].name == name::entry ? write_entry(raw) : write_statement(raw);
    take(raw.statement);
  }
  write_header(document);
}

void RawElements::write_entry(const Raw& raw) {
  add(raw.link, std::string(entry_mark) + xml_of(raw.statement));
}

/// "DIGEST ID ID...\n<xml>".
void RawElements::write_statement(const Raw& raw) {
  std::uint64_t digest = 0;
  std::string ids;
  for (std::size_t i = raw.first; i < raw.end; ++i) {
    if (resources_[i].block->statement) {
      digest += resource_digest(target_, resources_[i].node);
      ids += " " + std::string(resources_[i].id);
    }
  }
  add(raw.link, hex(digest).append(ids).append("\n").append(xml_of(raw.statement)));
}

void RawElements::write_header(tree::NodeId document) {
  if (resources_.size() == 0) {
    return;
  }
  std::vector<Symbol> incomplete;
  for (const tree::NodeId child : source_.children(document)) {
    if (!source_[child].is(tree::Flag::attribute) && source_[child].name != name::component &&
        !in_.wholly_taken(child)) {
      incomplete.push_back(source_[child].name);
    }
  }
  // The way back takes out all of a name, so that all of it travels.
  for (const tree::NodeId child : source_.children(document)) {
    if (std::find(incomplete.begin(), incomplete.end(), source_[child].name) == incomplete.end() ||
        source_[child].is(tree::Flag::attribute)) {
      continue;
    }
    add(resources_[0].node, std::string(source_.name_of(child)) + "\n" + xml_of(child));
    take(child);
  }
}

std::string RawElements::xml_of(tree::NodeId node) const {
  std::string xml;
  format::write_cda(source_, node, {false}, xml);
  return xml;
}

void RawElements::add(tree::NodeId holder, const std::string& text) {
  const tree::NodeId extension = out_.fresh(name::extension);
  out_.add(extension, name::url, raw_url);
  out_.add_copy(extension, name::value_string, text);
  out_.attach(holder, extension);
}

void RawElements::take(tree::NodeId node) {
  const Ledger::Scope scope(in_.ledger(), Booked::aside);
  in_.take_all(node);
}

// --- backward ---

/// The next raw text beside a node, or nothing.
std::string_view RawElements::take_next(tree::NodeId node) {
  for (const tree::NodeId child : source_.children(node)) {
    if (source_[child].name == name::extension && in_.peek(child, name::url) == raw_url &&
        !in_.is_taken(child)) {
      in_.take_all(child);
      return in_.peek(child, name::value_string);
    }
  }
  return {};
}

/// The writer did not make what the reader of XML adds.
bool RawElements::read(std::string_view xml, tree::NodeId parent) {
  const bool good = format::read_cda_fragment(xml, target_, parent);
  out_.forget_last();
  return good;
}

void RawElements::restore_entries(tree::NodeId section, tree::NodeId parent) {
  for (std::string_view raw = take_next(section); raw.starts_with(entry_mark);
       raw = take_next(section)) {
    read(raw.substr(entry_mark.size()), parent);
  }
}

bool RawElements::restore(tree::NodeId link, tree::NodeId entry) {
  const std::string_view raw = take_next(link);
  const std::size_t line = raw.find('\n');
  if (line == std::string_view::npos || line < digest_length) {
    return false;
  }
  std::uint64_t digest = 0;
  std::vector<std::size_t> made;
  for (std::string_view ids = raw.substr(digest_length, line - digest_length);
       ids.size() > id_length; ids.remove_prefix(id_length + 1)) {
    for (const std::size_t i : resources_.with_id(ids.substr(1, id_length))) {
      digest += resource_digest(source_, resources_[i].node);
      made.push_back(i);
    }
  }
  if (hex(digest) != raw.substr(0, digest_length) || !read(raw.substr(line + 1), entry)) {
    return false;
  }
  restore_entry_type(link, entry);
  for (const std::size_t i : made) {
    resources_.all()[i].used = true;
    in_.take_all(resources_[i].node);
  }
  return true;
}

/// The statement travels raw, the type of its entry beside it.
void RawElements::restore_entry_type(tree::NodeId link, tree::NodeId entry) {
  for (const tree::NodeId child : source_.children(link)) {
    if (source_[child].name == name::extension && in_.peek(child, name::url) == entry_type_url) {
      in_.take_all(child);
      const tree::NodeId type =
          out_.add_copy(entry, name::type_code, in_.peek(child, name::value_code), true);
      if (type != tree::no_node) {
        out_.lead(entry, type);
      }
    }
  }
}

void RawElements::restore_header(tree::NodeId composition, tree::NodeId document) {
  if (composition == tree::no_node) {
    return;
  }
  std::vector<Symbol> cleared;
  for (std::string_view raw = take_next(composition); !raw.empty(); raw = take_next(composition)) {
    const std::size_t line = raw.find('\n');
    const Symbol name = target_.intern(raw.substr(0, line));
    if (std::find(cleared.begin(), cleared.end(), name) == cleared.end()) {
      out_.remove_children(document, name);
      cleared.push_back(name);
    }
    read(raw.substr(line + 1), document);
  }
}

}  // namespace lhcr::map
