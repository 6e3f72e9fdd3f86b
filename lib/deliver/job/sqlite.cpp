// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/sqlite.hpp"

#include "base/shared_library.hpp"

namespace lhcr::deliver {
namespace {

Sqlite load() {
  const SharedLibrary library(LHCR_LIBSQLITE, ErrorKind::input, "SQLite is needed for journals");
  Sqlite made;
#define LHCR_SQLITE(name) library.find("sqlite3_" #name, made.name);
#include "deliver/job/sqlite.def"
#undef LHCR_SQLITE
  return made;
}

}  // namespace

const Sqlite& sqlite() {
  static const Sqlite loaded = load();
  return loaded;
}

}  // namespace lhcr::deliver
