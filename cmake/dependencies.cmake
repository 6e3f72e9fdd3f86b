# SPDX-License-Identifier: Apache-2.0
# The libraries behind the rooms, each at least of the version that is tested (Debian 12's). Read by the build and,
# installed, by whoever links the rooms. A version that a package says with find_package(NAME VERSION) may refuse newer ones.
foreach(wanted nlohmann_json/3.11 simdjson/3.0 Threads/0 ZLIB/1.2.13 OpenSSL/3.0 CURL/7.88 LibArchive/3.6 SQLite3/3.40
    tomlplusplus/3.3 fmt/9.1 PkgConfig/0)
  string(REGEX MATCH "([^/]+)/(.+)" wanted ${wanted})
  set(library ${CMAKE_MATCH_1})
  set(least ${CMAKE_MATCH_2})
  find_package(${library} REQUIRED)
  string(TOUPPER ${library} capitals)
  foreach(variable ${library}_VERSION ${capitals}_VERSION ${capitals}_VERSION_STRING)
    if(DEFINED ${variable} AND "${${variable}}" VERSION_LESS ${least} AND NOT "${${variable}}" STREQUAL "")
      message(FATAL_ERROR "${library} ${${variable}} is too old: ${least} or newer is needed")
    endif()
  endforeach()
endforeach()
if(NOT TARGET PkgConfig::lhcr_re2)
  pkg_check_modules(lhcr_re2 REQUIRED IMPORTED_TARGET GLOBAL re2)
endif()
