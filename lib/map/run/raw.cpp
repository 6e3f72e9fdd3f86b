// SPDX-License-Identifier: Apache-2.0
// --keep-unmapped: each entry travels along as the raw element, as rows may carry all that it says
// and still write it in another form; with a digest of the resources it became. The way back takes
// the raw element when those resources are unchanged.
#include <algorithm>

#include "base/names.hpp"
#include "format/cda/cda.hpp"
#include "map/codec/codec_functions.hpp"
#include "map/run/document.hpp"
#include "map/run/run.hpp"

namespace lhcr::map {
namespace {

// Of an entry that no resource was made of, which travels with its section.
constexpr std::string_view entry_mark = "entry\n";

// What the row com.entry.type writes.
constexpr std::string_view entry_type_url = "urn:hl7-org:v3:entry.typeCode";

std::string hex(std::uint64_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (int shift = 60; shift >= 0; shift -= 4) {
    out += digits[(value >> static_cast<unsigned>(shift)) & 15U];
  }
  return out;
}

}  // namespace

bool Run::wholly_taken(tree::NodeId node) const {
  for (const tree::NodeId child : source_.children(node)) {
    if (!wholly_taken(child)) {
      return false;
    }
  }
  return is_taken(node) || (source_[node].length == 0 && source_[node].child != tree::no_node);
}

void Run::note_raw(tree::NodeId link, tree::NodeId statement, std::size_t first) {
  if (keep_raw_) {
    raw_.push_back({link, statement, first, resources_.size()});
  }
}

void Run::write_raw(tree::NodeId document) {
  for (const Raw& raw : raw_) {
    std::uint64_t digest = 0;
    std::string ids;
    if (source_[raw.statement].name == name::entry) {
      std::string xml(entry_mark);
      format::write_cda(source_, raw.statement, {false}, xml);
      add_raw(raw.link, xml);
      take_raw(raw.statement);
      continue;
    }
    for (std::size_t i = raw.first; i < raw.end; ++i) {
      if (resources_[i].block->statement) {
        digest += resource_digest(target_, resources_[i].node);
        ids += " " + std::string(resources_[i].id);
      }
    }
    std::string xml;
    format::write_cda(source_, raw.statement, {false}, xml);
    add_raw(raw.link, hex(digest).append(ids).append("\n").append(xml));
    take_raw(raw.statement);
  }
  write_raw_header(document);
}

void Run::take_raw(tree::NodeId node) {
  const Ledger::Scope scope(ledger_, Booked::aside);
  take_all(node);
}

/// Backward: entries that no resource was made of.
void Run::restore_raw_entries(tree::NodeId section, tree::NodeId parent) {
  for (std::string_view raw = raw_of(section); raw.starts_with(entry_mark); raw = raw_of(section)) {
    format::read_cda_fragment(raw.substr(entry_mark.size()), target_, parent);
    last_.clear();
  }
}

void Run::write_raw_header(tree::NodeId document) {
  if (resources_.empty()) {
    return;
  }
  std::vector<Symbol> incomplete;
  for (const tree::NodeId child : source_.children(document)) {
    if (!source_[child].is(tree::Flag::attribute) && source_[child].name != name::component &&
        !wholly_taken(child)) {
      incomplete.push_back(source_[child].name);
    }
  }
  // The way back takes out all of a name, so that all of it travels.
  for (const tree::NodeId child : source_.children(document)) {
    if (std::find(incomplete.begin(), incomplete.end(), source_[child].name) == incomplete.end() ||
        source_[child].is(tree::Flag::attribute)) {
      continue;
    }
    std::string xml;
    format::write_cda(source_, child, {false}, xml);
    add_raw(resources_[0].node, std::string(source_.name_of(child)) + "\n" + xml);
    take_raw(child);
  }
}

void Run::add_raw(tree::NodeId holder, const std::string& text) {
  const tree::NodeId extension = fresh(name::extension);
  add(extension, name::url, raw_url);
  add_copy(extension, name::value_string, text);
  attach(holder, extension);
}

std::string_view Run::raw_of(tree::NodeId node) {
  for (const tree::NodeId child : source_.children(node)) {
    if (source_[child].name == name::extension && peek(child, name::url) == raw_url &&
        !is_taken(child)) {
      take_all(child);
      return peek(child, name::value_string);
    }
  }
  return {};
}

bool Run::restore_raw(tree::NodeId link, tree::NodeId parent) {
  const std::string_view raw = raw_of(link);
  const std::size_t line = raw.find('\n');
  if (line == std::string_view::npos || line < 16) {
    return false;
  }
  std::uint64_t digest = 0;
  std::vector<std::size_t> made;
  for (std::string_view ids = raw.substr(16, line - 16); ids.size() >= 37; ids.remove_prefix(37)) {
    for (std::size_t i = 0; i < resources_.size(); ++i) {
      if (resources_[i].id == ids.substr(1, 36)) {
        digest += resource_digest(source_, resources_[i].node);
        made.push_back(i);
      }
    }
  }
  if (hex(digest) != raw.substr(0, 16) ||
      !format::read_cda_fragment(raw.substr(line + 1), target_, parent)) {
    return false;
  }
  restore_entry_type(link, parent);
  last_.clear();
  for (const std::size_t i : made) {
    resources_[i].used = true;
    take_all(resources_[i].node);
  }
  return true;
}

/// The statement travels raw, the type of its entry beside it.
void Run::restore_entry_type(tree::NodeId link, tree::NodeId entry) {
  for (const tree::NodeId child : source_.children(link)) {
    if (source_[child].name == name::extension && peek(child, name::url) == entry_type_url) {
      take_all(child);
      const tree::NodeId type =
          add_copy(entry, name::type_code, peek(child, name::value_code), true);
      if (type != tree::no_node) {
        detach(entry, type);
        target_[type].next = target_[entry].child;
        target_[entry].child = type;
      }
    }
  }
}

void Run::restore_raw_header(tree::NodeId composition, tree::NodeId document) {
  if (composition == tree::no_node) {
    return;
  }
  std::vector<Symbol> cleared;
  for (std::string_view raw = raw_of(composition); !raw.empty(); raw = raw_of(composition)) {
    const std::size_t line = raw.find('\n');
    const Symbol name = target_.intern(raw.substr(0, line));
    if (std::find(cleared.begin(), cleared.end(), name) == cleared.end()) {
      remove_children(document, name);
      cleared.push_back(name);
    }
    format::read_cda_fragment(raw.substr(line + 1), target_, document);
    last_.clear();
  }
}

void Run::remove_children(tree::NodeId parent, Symbol name) {
  tree::NodeId previous = tree::no_node;
  for (tree::NodeId at = target_[parent].child; at != tree::no_node; at = target_[at].next) {
    if (target_[at].name == name) {
      (previous == tree::no_node ? target_[parent].child : target_[previous].next) =
          target_[at].next;
    } else {
      previous = at;
    }
  }
}

}  // namespace lhcr::map
