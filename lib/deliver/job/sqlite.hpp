// SPDX-License-Identifier: Apache-2.0
/// SQLite, loaded when the first journal is opened (base/shared_library.hpp).
#pragma once

#include <sqlite3.h>

namespace lhcr::deliver {

/// Its functions by name.
struct Sqlite {
// NOLINTNEXTLINE(bugprone-macro-parentheses): a name cannot stand in parentheses
#define LHCR_SQLITE(name) decltype(&::sqlite3_##name) name = nullptr;
#include "deliver/job/sqlite.def"
#undef LHCR_SQLITE
};

/// Throws Error{input} when SQLite is not on this machine.
[[nodiscard]] const Sqlite& sqlite();

}  // namespace lhcr::deliver
