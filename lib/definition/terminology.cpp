// SPDX-License-Identifier: Apache-2.0
/// ValueSets and CodeSystems of an image.
#include <algorithm>

#include "definition/definitions.hpp"
#include "definition/image/image.hpp"
#include "definition/system_codes.hpp"

namespace lhcr::definition {
namespace {

using image::Section;

/// A code with its hash under both rules, so that one question hashes once.
struct Code {
  explicit Code(std::string_view code) : text(code), hash(image::hash(code)) {}
  std::string_view text;
  std::uint32_t hash;
};

std::uint32_t find_concept(const Image& image, const image::CodeSystemRow& system,
                           const Code& code) {
  const auto slots = image.rows<std::uint32_t>(Section::concept_slot, system.slots);
  const auto text = [&](std::uint32_t id) {
    return image.text(image.row<image::ConceptRow>(Section::concept_row, id).code);
  };
  if ((system.flags & image::code_system_case_sensitive) != 0) {
    return Image::find_slot(slots, code.hash,
                            [&](std::uint32_t id) { return text(id) == code.text; });
  }
  return Image::find_slot(slots, image::folded_hash(code.text), [&](std::uint32_t id) {
    return image::equal_folded(text(id), code.text);
  });
}

/// Calls `visit` with the image and row of `id` and then of the other versions of the same
/// canonical, until it returns true.
template <typename Row, typename Visit>
bool any_version(const Image& image, Section section, std::uint32_t id, const Visit& visit) {
  for (; id != 0; id = image.next_same_url<Row>(section, id)) {
    const Located<Row> found = image.at<Row>(section, id);
    if (visit(found.image, found.row)) {
      return true;
    }
  }
  return false;
}

template <typename Visit>
bool any_code_system(const Image& image, CodeSystemId id, const Visit& visit) {
  return any_version<image::CodeSystemRow>(image, Section::code_system, id, visit);
}

bool in_slots(const Image& image, const image::BlockRow& block, image::Range range,
              const Code& code) {
  const auto slots = image.rows<image::Text>(Section::code_slot, range);
  if ((block.flags & image::block_ignore_case) == 0) {
    return Image::find_slot(slots, code.hash,
                            [&](image::Text at) { return image.text(at) == code.text; }) != 0;
  }
  return Image::find_slot(slots, image::folded_hash(code.text), [&](image::Text at) {
           return image::equal_folded(image.text(at), code.text);
         }) != 0;
}

Membership in_block(const Image& image, const image::BlockRow& block, const Code& code) {
  if (block.code_system != 0) {
    if (any_code_system(
            image, block.code_system, [&](const Image& holder, const image::CodeSystemRow& system) {
              const std::uint32_t id = find_concept(holder, system, code);
              const auto& item = holder.row<image::ConceptRow>(Section::concept_row, id);
              return id != 0 && (item.flags & image::concept_abstract) == 0;
            })) {
      return Membership::yes;
    }
  } else if (in_slots(image, block, block.slots, code)) {
    return Membership::yes;
  }
  const bool open = (block.flags & image::block_incomplete) != 0;
  return open && !in_slots(image, block, block.excluded, code) ? Membership::unknown_system
                                                               : Membership::no;
}

bool is_below(const Image& image, std::uint32_t below, std::uint32_t above) {
  if (below == 0 || above == 0) {
    return false;
  }
  std::vector<std::uint32_t> line{below};
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == above) {
      return true;
    }
    const auto& item = image.row<image::ConceptRow>(Section::concept_row, line[at]);
    for (const std::uint32_t parent :
         image.rows<std::uint32_t>(Section::number_list, item.parents)) {
      if (std::find(line.begin(), line.end(), parent) == line.end()) {
        line.push_back(parent);
      }
    }
  }
  return false;
}

/// The more telling of two answers: yes, then what hinders a no.
Membership combine(Membership left, Membership right) {
  for (const Membership answer :
       {Membership::yes, Membership::unknown_system, Membership::unknown}) {
    if (left == answer || right == answer) {
      return answer;
    }
  }
  return Membership::no;
}

Membership in_set(const Image& image, const image::ValueSetRow& set, std::string_view system,
                  const Code& code) {
  const bool incomplete = (set.flags & image::value_set_incomplete) != 0;
  Membership answer = incomplete ? Membership::unknown : Membership::no;
  for (const image::BlockRow& block : image.rows<image::BlockRow>(Section::block, set.blocks)) {
    if (system.empty() || image.text(block.system) == system) {
      answer = combine(answer, in_block(image, block, code));
    }
  }
  return answer;
}

void add_codes(const Image& top, CodeSystemId system, std::size_t limit,
               std::vector<std::string_view>& codes) {
  const auto [image, row] = top.at<image::CodeSystemRow>(Section::code_system, system);
  if (row.concepts.count > limit) {
    codes.resize(limit + 1);
    return;
  }
  for (const auto& item : image.rows<image::ConceptRow>(Section::concept_row, row.concepts)) {
    if ((item.flags & image::concept_abstract) == 0) {
      codes.push_back(image.text(item.code));
    }
  }
}

}  // namespace

ValueSetId Definitions::value_set(std::string_view canonical) const {
  return image_->find_canonical<image::ValueSetRow>(Section::value_set_slot, Section::value_set,
                                                    canonical);
}

std::string_view Definitions::value_set_url(ValueSetId set) const {
  const auto [image, row] = image_->at<image::ValueSetRow>(Section::value_set, set);
  return image.text(row.url);
}

std::string_view Definitions::value_set_name(ValueSetId set) const {
  const auto [image, row] = image_->at<image::ValueSetRow>(Section::value_set, set);
  return image.text(row.name);
}

Membership Definitions::contains(ValueSetId set, std::string_view system,
                                 std::string_view code) const {
  if (set == no_value_set) {
    return Membership::unknown;
  }
  const Code wanted(code);
  Membership answer = Membership::no;
  any_version<image::ValueSetRow>(*image_, Section::value_set, set,
                                  [&](const Image& image, const image::ValueSetRow& row) {
                                    answer = combine(answer, in_set(image, row, system, wanted));
                                    return answer == Membership::yes;
                                  });
  return answer;
}

std::vector<Definitions::OpenSystem> Definitions::open_systems(ValueSetId set) const {
  std::vector<OpenSystem> systems;
  const bool any = any_version<image::ValueSetRow>(
      *image_, Section::value_set, set, [&](const Image& image, const image::ValueSetRow& row) {
        for (const auto& block : image.rows<image::BlockRow>(Section::block, row.blocks)) {
          if ((block.flags & image::block_incomplete) != 0) {
            systems.push_back({image.text(block.system), (block.flags & image::block_whole) != 0});
          }
        }
        return (row.flags & image::value_set_incomplete) != 0;
      });
  return any ? std::vector<OpenSystem>{} : systems;
}

std::vector<std::string_view> Definitions::sample_codes(ValueSetId set, std::size_t limit) const {
  std::vector<std::string_view> codes;
  const auto [image, row] = image_->at<image::ValueSetRow>(Section::value_set, set);
  for (const image::BlockRow& block : image.rows<image::BlockRow>(Section::block, row.blocks)) {
    if (block.code_system != 0) {
      add_codes(*image_, block.code_system, limit, codes);
    }
    if (codes.size() > limit || block.count > limit) {
      return {};
    }
    for (const image::Text at : image.rows<image::Text>(Section::code_slot, block.slots)) {
      if (at != 0) {
        codes.push_back(image.text(at));
      }
    }
  }
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  return codes.size() > limit ? std::vector<std::string_view>{} : codes;
}

std::vector<std::string_view> system_codes(const Definitions& definitions, CodeSystemId system,
                                           std::size_t limit) {
  std::vector<std::string_view> codes;
  add_codes(*definitions.image(), system, limit, codes);
  std::sort(codes.begin(), codes.end());
  return codes.size() > limit ? std::vector<std::string_view>{} : codes;
}

CodeSystemId Definitions::code_system(std::string_view url) const {
  return image_->find_canonical<image::CodeSystemRow>(Section::code_system_slot,
                                                      Section::code_system, url);
}

bool Definitions::code_system_complete(CodeSystemId system) const {
  const auto row = image_->at<image::CodeSystemRow>(Section::code_system, system);
  return (row->flags & image::code_system_complete) != 0;
}

bool Definitions::code_system_case_sensitive(CodeSystemId system) const {
  const auto row = image_->at<image::CodeSystemRow>(Section::code_system, system);
  return (row->flags & image::code_system_case_sensitive) != 0;
}

bool Definitions::code_system_has(CodeSystemId system, std::string_view code) const {
  const Code wanted(code);
  return any_code_system(*image_, system, [&](const Image& image, const image::CodeSystemRow& row) {
    return find_concept(image, row, wanted) != 0;
  });
}

std::vector<std::string_view> Definitions::displays(CodeSystemId system,
                                                    std::string_view code) const {
  const Code wanted(code);
  std::vector<std::string_view> displays;
  const auto add = [&](std::string_view text) {
    if (!text.empty() && std::find(displays.begin(), displays.end(), text) == displays.end()) {
      displays.push_back(text);
    }
  };
  any_code_system(*image_, system, [&](const Image& image, const image::CodeSystemRow& row) {
    const std::uint32_t id = find_concept(image, row, wanted);
    const auto& item = image.row<image::ConceptRow>(Section::concept_row, id);
    add(image.text(item.display));
    for (const std::string_view text : image.texts(item.designations)) {
      add(text);
    }
    return false;
  });
  return displays;
}

bool Definitions::subsumed_by(CodeSystemId system, std::string_view code,
                              std::string_view ancestor) const {
  const Code below(code);
  const Code above(ancestor);
  return any_code_system(*image_, system, [&](const Image& image, const image::CodeSystemRow& row) {
    return is_below(image, find_concept(image, row, below), find_concept(image, row, above));
  });
}

}  // namespace lhcr::definition
