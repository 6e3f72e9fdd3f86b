# SPDX-License-Identifier: Apache-2.0
# Writes OUT, a header with a hash of the files in SOURCES (a list): what compiled packages depend on besides themselves.
set(parts "")
foreach(file ${SOURCES})
  file(SHA256 ${file} sum)
  string(APPEND parts ${sum})
endforeach()
string(SHA256 sum "${parts}")
string(SUBSTRING ${sum} 0 32 sum)
file(CONFIGURE OUTPUT ${OUT} CONTENT "// Generated.\n#pragma once\nnamespace lhcr::definition {\nconstexpr const char* build_key = \"${sum}\";\n}\n")
