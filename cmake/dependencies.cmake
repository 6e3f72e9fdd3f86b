# SPDX-License-Identifier: Apache-2.0
# The libraries behind the rooms. Read by the build and, installed, by whoever links the rooms.
foreach(library nlohmann_json simdjson Threads ZLIB OpenSSL CURL LibArchive SQLite3 tomlplusplus fmt PkgConfig)
  find_package(${library} REQUIRED)
endforeach()
if(NOT TARGET PkgConfig::lhcr_re2)
  pkg_check_modules(lhcr_re2 REQUIRED IMPORTED_TARGET GLOBAL re2)
endif()
