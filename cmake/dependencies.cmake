# SPDX-License-Identifier: Apache-2.0
# The libraries behind the rooms, each at least of the version that is tested (Debian 12's). Read by the build and,
# installed, by whoever links the rooms.

# lhcr_find_library(NAME LEAST): not find_package(NAME LEAST), with which some packages refuse newer versions.
macro(lhcr_find_library name least)
  find_package(${name} REQUIRED)
  string(TOUPPER ${name} lhcr_capitals)
  foreach(lhcr_variable ${name}_VERSION ${lhcr_capitals}_VERSION ${lhcr_capitals}_VERSION_STRING)
    if(${lhcr_variable} AND "${${lhcr_variable}}" VERSION_LESS ${least})
      message(FATAL_ERROR "${name} ${${lhcr_variable}} is too old: ${least} or newer is needed")
    endif()
  endforeach()
endmacro()

lhcr_find_library(nlohmann_json 3.11)
lhcr_find_library(simdjson 3.0)
lhcr_find_library(ZLIB 1.2.13)
lhcr_find_library(OpenSSL 3.0)
lhcr_find_library(CURL 7.88)
lhcr_find_library(LibArchive 3.6)
lhcr_find_library(SQLite3 3.40)
lhcr_find_library(tomlplusplus 3.3)
lhcr_find_library(fmt 9.1)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
if(NOT TARGET PkgConfig::lhcr_re2)
  pkg_check_modules(lhcr_re2 REQUIRED IMPORTED_TARGET GLOBAL re2)
endif()
