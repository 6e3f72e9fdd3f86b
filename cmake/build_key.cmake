# SPDX-License-Identifier: Apache-2.0
# Writes OUT, a header with a hash of the files in SOURCES (a list): what compiled packages depend on besides themselves.
include(${CMAKE_CURRENT_LIST_DIR}/hash_files.cmake)
lhcr_hash_files(sum 32 "${SOURCES}")
file(CONFIGURE OUTPUT ${OUT} CONTENT "// Generated.\n#pragma once\nnamespace lhcr::definition {\nconstexpr const char* build_key = \"${sum}\";\n}\n")
