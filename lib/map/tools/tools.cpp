// SPDX-License-Identifier: Apache-2.0
// What `lhcr map` tells about the maps.
#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "map/codec/codec.hpp"
#include "map/compiler/built_in.hpp"
#include "map/map.hpp"

namespace lhcr::map {
namespace {

std::string place(const Location& at) {
  return at.file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

/// The displays as a map writes them: of the right, then of the left.
std::string displays(const SourceCode& code) {
  std::string out;
  if (!code.right_display.empty() || !code.left_display.empty()) {
    out += " \"" + code.right_display + "\"";
  }
  return code.left_display.empty() ? out : out + " \"" + code.left_display + "\"";
}

std::string_view arrow(Direction direction) {
  return direction == Direction::both ? "<->" : direction == Direction::forward ? "->" : "<-";
}

/// `why` says it; `quiet` leaves what it reads to another row, `none` fills a gap only.
bool has_reason(const SourceRow& row) {
  return std::any_of(row.options.begin(), row.options.end(), [](const std::string& option) {
    return option.starts_with("why ") || option == "none" || option == "quiet";
  });
}

/// A row one way only, that has no reason and no row the other way with an end of its own. Rows
/// that read nothing write a constant: there is nothing to bring back.
bool lacks_inverse(const SourceBlock& block, const SourceRow& row) {
  if (!row.use.empty() || row.direction == Direction::both || has_reason(row)) {
    return false;
  }
  const bool forward = row.direction == Direction::forward;
  if ((forward ? row.left : row.right).empty()) {
    return false;
  }
  return std::none_of(block.rows.begin(), block.rows.end(), [&](const SourceRow& other) {
    const bool opposite = other.direction == Direction::both ||
                          other.direction == (forward ? Direction::backward : Direction::forward);
    return &other != &row && opposite && (other.left == row.left || other.right == row.right);
  });
}

/// A row both ways whose codec knows one.
bool codec_lacks_inverse(const SourceRow& row) {
  const CodecEntry* codec = find_codec(row.codec);
  return row.use.empty() && row.direction == Direction::both && codec != nullptr &&
         codec->kind == CodecKind::value &&
         (codec->forward == nullptr || codec->backward == nullptr);
}

/// A block that makes a type which no block reads back.
bool lacks_inverse(const Source& source, const SourceBlock& block) {
  const auto type = [](const SourceBlock& of) {
    return of.right.substr(0, std::min(of.right.find('.'), of.right.size()));
  };
  return block.direction == Direction::forward && !block.right.starts_with('(') &&
         std::none_of(source.blocks.begin(), source.blocks.end(), [&](const SourceBlock& other) {
           return other.direction != Direction::forward && type(other) == type(block);
         });
}

/// Where several lines have the same code on one side, one of them has to be marked <-> (or go that
/// way alone). A ConceptMap with no line of that way is not asked.
void lint_codes(const SourceConcepts& concepts, bool forward, std::vector<std::string>& out) {
  struct Seen {
    const SourceCode* last = nullptr;
    int lines = 0;
    int preferred = 0;
  };
  const Direction one_way = forward ? Direction::forward : Direction::backward;
  const Direction other = forward ? Direction::backward : Direction::forward;
  std::map<std::string, Seen> seen;
  bool any = false;
  for (const SourceCode& code : concepts.codes) {
    Seen& known = seen[forward ? code.left : code.right];
    const bool goes = code.direction != other;
    // On the way back lines of the other way count: they are why a code needs a preferred one.
    known.lines += goes || !forward ? 1 : 0;
    known.preferred +=
        code.direction == Direction::both || (!forward && code.direction == one_way) ? 1 : 0;
    known.last = &code;
    any = any || goes;
  }
  for (const auto& [text, known] : seen) {
    if (any && known.lines > 1 && known.preferred != 1 && text != "-" && text != "*") {
      out.push_back(place(known.last->at) + ": codes " + concepts.name + ": '" + text + "' has " +
                    (known.preferred > 1 ? "two preferred codes" : "no preferred code") +
                    (forward ? " on the right" : " on the way back"));
    }
  }
}

}  // namespace

std::vector<RowInfo> list_rows(definition::Library& library, const std::vector<Overlay>& overlays) {
  const Converter checked(library, overlays);
  std::vector<RowInfo> out;
  for (const SourceBlock& block : all_maps(overlays).blocks) {
    for (const SourceRow& row : block.rows) {
      if (row.use.empty()) {
        out.push_back({block.map, block.name, row.id, std::string(arrow(row.direction)), row.left,
                       row.right, row.codec, place(row.at)});
      }
    }
  }
  return out;
}

std::vector<std::string> lint(definition::Library& library, const std::vector<Overlay>& overlays) {
  const Converter checked(library, overlays);
  const Source source = all_maps(overlays);
  std::vector<std::string> out;
  for (const SourceBlock& block : source.blocks) {
    if (lacks_inverse(source, block)) {
      out.push_back(place(block.at) + ": block '" + block.name +
                    "' makes what no block reads back");
    }
    for (const SourceRow& row : block.rows) {
      if (lacks_inverse(block, row)) {
        out.push_back(place(row.at) + ": row '" + row.id +
                      "' has no inverse and gives no reason (why ...)");
      } else if (codec_lacks_inverse(row)) {
        out.push_back(place(row.at) + ": row '" + row.id + "' goes both ways but its codec " +
                      row.codec + " does not");
      }
    }
  }
  for (const SourceConcepts& concepts : source.concepts) {
    lint_codes(concepts, true, out);
    lint_codes(concepts, false, out);
  }
  return out;
}

std::string show_block(std::string_view name, const std::vector<Overlay>& overlays) {
  std::string out;
  const Source source = all_maps(overlays);
  for (const SourceBlock& block : source.blocks) {
    if (block.name != name) {
      continue;
    }
    out += "map " + block.map + "\n[" + block.name + "] " + block.left + " " +
           std::string(arrow(block.direction)) + " " + block.right;
    for (const std::string& option : block.options) {
      out += " | " + option;
    }
    out += "\n";
    for (const SourceRow& row : block.rows) {
      out += row.use.empty() ? row.id + " | " + std::string(arrow(row.direction)) + " | " +
                                   row.left + " | " + row.right + " | " + row.codec
                             : "use " + row.use;
      for (const std::string& option : row.options) {
        out += " | " + option;
      }
      out += "\n";
    }
  }
  for (const SourceConcepts& concepts : source.concepts) {
    if (concepts.name == name) {
      out += "codes " + concepts.name + " : " +
             (concepts.left_system.empty() ? "-" : concepts.left_system) + " <-> " +
             (concepts.right_system.empty() ? "-" : concepts.right_system) + "\n";
      for (const SourceCode& code : concepts.codes) {
        out += code.left + " " + std::string(arrow(code.direction)) + " " + code.right +
               displays(code) + "\n";
      }
    }
  }
  return out;
}

std::string export_concept_maps(const std::vector<Overlay>& overlays) {
  using nlohmann::ordered_json;
  ordered_json bundle = {
      {"resourceType", "Bundle"}, {"type", "collection"}, {"entry", ordered_json::array()}};
  for (const SourceConcepts& concepts : all_maps(overlays).concepts) {
    ordered_json group;
    if (!concepts.left_system.empty()) {
      group["source"] = concepts.left_system;
    }
    if (!concepts.right_system.empty()) {
      group["target"] = concepts.right_system;
    }
    for (const SourceCode& code : concepts.codes) {
      if (code.direction != Direction::backward && code.left != "*") {
        group["element"].push_back(
            {{"code", code.left},
             {"target",
              {{{"code", code.right},
                {"equivalence", code.direction == Direction::both ? "equivalent" : "wider"}}}}});
      }
    }
    if (!group.contains("element")) {
      continue;
    }
    ordered_json resource = {{"resourceType", "ConceptMap"},
                             {"id", concepts.name},
                             {"name", concepts.name},
                             {"status", "active"}};
    resource["group"].push_back(std::move(group));
    bundle["entry"].push_back({{"resource", std::move(resource)}});
  }
  return bundle.dump(2) + "\n";
}

}  // namespace lhcr::map
