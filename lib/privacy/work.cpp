// SPDX-License-Identifier: Apache-2.0
#include "privacy/work.hpp"

#include <array>

namespace lhcr::privacy {

KnownTypes::KnownTypes(const definition::Definitions& definitions)
    : date(definitions.type("date")),
      date_time(definitions.type("dateTime")),
      instant(definitions.type("instant")),
      age(definitions.type("Age")),
      code(definitions.type("code")),
      coding(definitions.type("Coding")),
      quantity(definitions.type("Quantity")),
      address(definitions.type("Address")) {}

void Work::touch(tree::NodeId node) {
  if (node >= touched.size()) touched.resize(tree.size(), 0);
  touched[node] = 1;
}

bool Work::has_value(tree::NodeId node) const {
  const tree::Kind kind = tree[node].kind;
  return kind != tree::Kind::object && kind != tree::Kind::null && !tree[node].is(tree::Flag::meta);
}

void Work::set_text(tree::NodeId node, std::string_view text) {
  const std::string_view copy = tree.arena().copy(text);
  tree[node].bytes = copy.data();
  tree[node].length = static_cast<std::uint32_t>(copy.size());
}

void Work::set_string(tree::NodeId node, std::string_view text) {
  set_text(node, text);
  tree[node].kind = tree::Kind::string;
}

void Work::clear(tree::NodeId node) {
  tree[node].bytes = nullptr;
  tree[node].length = 0;
  tree[node].kind = tree::Kind::null;
}

MethodFunction method_function(Method method) {
  constexpr std::array<MethodFunction, 10> functions{
      nullptr,    redact,  hash,       encrypt_value, shift_date,
      generalize, perturb, substitute, pseudonymise,  keep_coded,
  };
  return functions[static_cast<std::size_t>(method)];
}

}  // namespace lhcr::privacy
