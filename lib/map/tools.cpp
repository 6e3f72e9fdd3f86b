// SPDX-License-Identifier: Apache-2.0
// What `lhcr map` tells about the maps.
#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "map/codec.hpp"
#include "map/map.hpp"
#include "map/version.hpp"

namespace lhcr::map {
namespace {

std::string place(const Location& at) {
  return at.file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

std::string_view arrow(Direction direction) {
  return direction == Direction::both ? "<->" : direction == Direction::forward ? "->" : "<-";
}

bool has_reason(const SourceRow& row) {
  return std::any_of(row.options.begin(), row.options.end(), [](const std::string& option) {
    return option.starts_with("why ") || option == "none" || option == "quiet" ||
           option.starts_with("when ") || option.starts_with("back ");
  });
}

/// A row one way only, that has no reason and no row of the same block the other way.
bool lacks_inverse(const SourceBlock& block, const SourceRow& row) {
  if (!row.use.empty() || row.direction == Direction::both || block.direction != Direction::both ||
      has_reason(row)) {
    return false;
  }
  const bool forward = row.direction == Direction::forward;
  if (!row.codec.empty() &&
      (row.codec[0] == '\'' || row.codec == "flag" || (forward ? row.right : row.left).empty())) {
    return false;
  }
  return std::none_of(block.rows.begin(), block.rows.end(), [&](const SourceRow& other) {
    const bool opposite = other.direction == Direction::both ||
                          other.direction == (forward ? Direction::backward : Direction::forward);
    return &other != &row && opposite && (other.left == row.left || other.right == row.right);
  });
}

void lint_codes(const SourceConcepts& concepts, std::vector<std::string>& out) {
  std::map<std::string, int> preferred;
  for (const SourceCode& code : concepts.codes) {
    if (code.direction == Direction::both && ++preferred[code.right] == 2) {
      out.push_back(place(code.at) + ": codes " + concepts.name + ": '" + code.right +
                    "' has two preferred codes on the way back");
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
    for (const SourceRow& row : block.rows) {
      if (lacks_inverse(block, row)) {
        out.push_back(place(row.at) + ": row '" + row.id +
                      "' has no inverse and gives no reason (why ...)");
      }
    }
  }
  for (const SourceConcepts& concepts : source.concepts) {
    lint_codes(concepts, out);
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
        out += code.left + " " + std::string(arrow(code.direction)) + " " + code.right + "\n";
      }
    }
  }
  return out;
}

std::string export_fml(std::string_view map, bool forward, const std::vector<Overlay>& overlays) {
  std::string out =
      "map \"urn:lhcr:map:" + std::string(map) + "\" = \"" + std::string(map) + "\"\n";
  for (const SourceBlock& block : all_maps(overlays).blocks) {
    if (block.map != map) {
      continue;
    }
    out += "\ngroup " + block.name + "(source src, target tgt) {\n";
    for (const SourceRow& row : block.rows) {
      const std::string& from = forward ? row.left : row.right;
      const std::string& to = forward ? row.right : row.left;
      if (!row.use.empty() || from.empty() || to.empty() ||
          (row.direction != Direction::both && (row.direction == Direction::forward) != forward)) {
        continue;
      }
      out += "  src." + from + " as v -> tgt." + to + " = translate(v, '" + row.codec + "') \"" +
             row.id + "\";\n";
    }
    out += "}\n";
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
