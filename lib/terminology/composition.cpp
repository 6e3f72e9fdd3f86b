// SPDX-License-Identifier: Apache-2.0
#include "terminology/composition.hpp"

namespace lhcr::terminology {
namespace {

enum class Tag : char {
  include = '+',  // system
  exclude = '-',  // system
  code = 'c',
  property = 'p',
  op = 'o',
  value = 'v',
  set = 's',     // canonical
  active = 'a',  // no text: inactive codes are not in the set
};

void add(std::vector<std::string>& out, Tag tag, std::string_view text) {
  out.push_back(static_cast<char>(tag) + std::string(text));
}

void add_part(std::vector<std::string>& out, Tag tag, const SetPart& part) {
  add(out, tag, part.system);
  for (const std::string& code : part.codes) {
    add(out, Tag::code, code);
  }
  for (const SetFilter& filter : part.filters) {
    add(out, Tag::property, filter.property);
    add(out, Tag::op, filter.op);
    add(out, Tag::value, filter.value);
  }
  for (const std::string& set : part.sets) {
    add(out, Tag::set, set);
  }
}

void take_filter(SetPart& part, Tag tag, std::string_view text) {
  if (tag == Tag::property) {
    part.filters.push_back({std::string(text), {}, {}});
  } else if (!part.filters.empty()) {
    (tag == Tag::op ? part.filters.back().op : part.filters.back().value) = text;
  }
}

void take(SetPart& part, Tag tag, std::string_view text) {
  if (tag == Tag::code) {
    part.codes.emplace_back(text);
  } else if (tag == Tag::set) {
    part.sets.emplace_back(text);
  } else {
    take_filter(part, tag, text);
  }
}

}  // namespace

std::vector<std::string> composition_texts(const Composition& composition) {
  std::vector<std::string> out;
  if (composition.active_only) {
    add(out, Tag::active, {});
  }
  for (const SetPart& part : composition.includes) {
    add_part(out, Tag::include, part);
  }
  for (const SetPart& part : composition.excludes) {
    add_part(out, Tag::exclude, part);
  }
  return out;
}

Composition read_composition(const std::vector<std::string_view>& texts) {
  Composition made;
  SetPart* part = nullptr;
  for (const std::string_view text : texts) {
    const auto tag = text.empty() ? Tag{} : static_cast<Tag>(text.front());
    const std::string_view rest = text.substr(text.empty() ? 0 : 1);
    if (tag == Tag::active) {
      made.active_only = true;
    } else if (tag == Tag::include || tag == Tag::exclude) {
      auto& parts = tag == Tag::include ? made.includes : made.excludes;
      part = &parts.emplace_back();
      part->system = rest;
    } else if (part != nullptr) {
      take(*part, tag, rest);
    }
  }
  return made;
}

}  // namespace lhcr::terminology
