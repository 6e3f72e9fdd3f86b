// SPDX-License-Identifier: Apache-2.0
#include "fhirpath/type_spec.hpp"

#include <algorithm>
#include <array>

namespace lhcr::fhirpath {
namespace {

struct SystemName {
  std::string_view name;
  SystemType type;
};
constexpr std::array<SystemName, 8> system_names = {{
    {"Boolean", SystemType::boolean},
    {"Integer", SystemType::integer},
    {"Decimal", SystemType::decimal},
    {"String", SystemType::string},
    {"Date", SystemType::date},
    {"DateTime", SystemType::date_time},
    {"Time", SystemType::time},
    {"Quantity", SystemType::quantity},
}};

SystemType system_type_named(std::string_view name) noexcept {
  const auto* const found = std::find_if(system_names.begin(), system_names.end(),
                                         [&](const SystemName& row) { return row.name == name; });
  return found == system_names.end() ? SystemType::none : found->type;
}

}  // namespace

std::optional<TypeSpec> find_type(std::string_view name,
                                  const definition::Definitions& definitions) {
  const std::size_t dot = name.find('.');
  const std::string_view space =
      dot == std::string_view::npos ? std::string_view() : name.substr(0, dot);
  const std::string_view local = dot == std::string_view::npos ? name : name.substr(dot + 1);
  TypeSpec type;
  if (space == "System" || space.empty()) {
    type.system = system_type_named(local);
    type.any = local == "Any";
  }
  if (space == "System") {
    return type;
  }
  const bool named = space == "FHIR" || (space == "CDA" && definitions.is_cda());
  type.fhir = definitions.type(named ? local : name);
  const bool known =
      type.fhir != definition::no_type || type.system != SystemType::none || type.any;
  return known ? std::optional<TypeSpec>(type) : std::nullopt;
}

}  // namespace lhcr::fhirpath
