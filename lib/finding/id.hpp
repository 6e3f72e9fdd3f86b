// SPDX-License-Identifier: Apache-2.0
/// The findings of catalogue.def by the id that users see: `id<"unknown-element">`.
#pragma once

#include <cstddef>

#include "finding/finding.hpp"

namespace lhcr::finding {

/// A name as a template's argument.
template <std::size_t N>
struct Name {
  char text[N]{};
  /// A character of `from` that is an underscore becomes a hyphen: the preprocessor, which reads
  /// the catalogue, can only spell the former.
  consteval Name(const char (&from)[N]) {  // NOLINT(google-explicit-constructor)
    for (std::size_t at = 0; at < N; ++at) text[at] = from[at] == '_' ? '-' : from[at];
  }
};

/// Where the id of a row is kept; finding.cpp alone defines one for each row of the catalogue.
template <Name name>
struct Named {
  static const Id id;
};

/// The id of a row. A new row builds one file, and a name that is not in the catalogue does not
/// link.
template <Name name>
constexpr const Id& id = Named<name>::id;

}  // namespace lhcr::finding
