// SPDX-License-Identifier: Apache-2.0
/// A source, a target and the built-in map between them, for tests of the parts of a run.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "base/names.hpp"
#include "definition/definitions.hpp"
#include "finding/finding.hpp"
#include "format/cda/cda.hpp"
#include "map/compiler/built_in.hpp"
#include "map/model.hpp"
#include "map/run/parts.hpp"
#include "map/run/run.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

struct RunWorld {
  definition::Library library;
  std::unique_ptr<const Map> built_in = BuiltIn(library, {}).map("ccda");
  tree::Tree source{library.symbols()};
  tree::Tree target{library.symbols()};

  /// A CDA document with this inside.
  explicit RunWorld(std::string_view inside = {}) {
    finding::Collector sink;
    text_ = R"(<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc" )"
            R"(xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">)" +
            std::string(inside) + "</ClinicalDocument>";
    REQUIRE(format::read_cda(text_, source, sink));
    const tree::Builder root(target);
  }

  /// The nth element or attribute of a name in the source, from 0.
  [[nodiscard]] tree::NodeId find(std::string_view name, std::size_t nth = 0) const {
    for (tree::NodeId node = tree::root_node; node < source.size(); ++node) {
      if (source.name_of(node) == name && nth-- == 0) {
        return node;
      }
    }
    FAIL("no " << std::string(name));
    return tree::no_node;
  }

  /// A path that starts from a class of CDA.
  [[nodiscard]] Path cda_path(std::string_view text, std::string_view type) {
    Typing typing;
    typing.model = Model::cda;
    typing.cda_class = definition::cda_class(type);
    return parse_path(text, typing, library.symbols(), {"test", 1, 1});
  }
  /// A path that starts from a type of FHIR R4.
  [[nodiscard]] Path fhir_path(std::string_view text, std::string_view type) {
    Typing typing;
    typing.definitions = library.version("4.0.1");
    typing.fhir_type = typing.definitions->type(type);
    return parse_path(text, typing, library.symbols(), {"test", 1, 1});
  }
  [[nodiscard]] const Block& block(const std::string& name) const {
    return *built_in->by_name.at(name);
  }
  /// The children of a node of the target: "name=text name ...".
  [[nodiscard]] std::string children_of(tree::NodeId node) const {
    std::string out;
    for (const tree::NodeId child : target.children(node)) {
      out += (out.empty() ? "" : " ") + std::string(target.name_of(child));
      out += target[child].length > 0 ? "=" + std::string(target[child].text()) : "";
    }
    return out;
  }

 private:
  std::string text_;
};

}  // namespace lhcr::map
