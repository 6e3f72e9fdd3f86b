// SPDX-License-Identifier: Apache-2.0
/// From the syntax tree to a program.
#pragma once

#include <memory>
#include <string_view>

#include "fhirpath/program.hpp"

namespace lhcr::fhirpath {

/// Throws ExpressionError.
[[nodiscard]] std::unique_ptr<const Program> compile(std::string_view text,
                                                     const definition::Definitions& definitions,
                                                     const SymbolTable& symbols,
                                                     const CompileOptions& options);

/// Throws ExpressionError where the types show that a program cannot mean what it says.
void check_types(const Program& program, const CompileOptions& options);

}  // namespace lhcr::fhirpath
