// SPDX-License-Identifier: Apache-2.0
/// The symbols of the names that code asks for: constants, equal in every SymbolTable and every
/// tree.
#pragma once

#include "base/symbol.hpp"

namespace lhcr::name {

namespace numbered {
enum : Symbol {
  none_ = no_symbol,
#define LHCR_NAME(identifier, text) identifier,
#include "base/names.def"
#undef LHCR_NAME
};
}  // namespace numbered

#define LHCR_NAME(identifier, text) inline constexpr Symbol identifier = numbered::identifier;
#include "base/names.def"
#undef LHCR_NAME

}  // namespace lhcr::name
