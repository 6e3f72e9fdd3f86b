# SPDX-License-Identifier: Apache-2.0
# One precompiled header of the standard library and nlohmann/json for every target with lhcr_use_pch(): half of a build from
# scratch is spent in reading them. Off by default, so that a file that lacks an #include is found.
option(LHCR_PCH "Precompile the headers of the standard library and nlohmann/json" OFF)
if(LHCR_PCH)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/pch.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "// Generated.\n")
  add_library(lhcr_pch OBJECT ${source})
  target_link_libraries(lhcr_pch PRIVATE lhcr_options nlohmann_json::nlohmann_json)
  target_precompile_headers(lhcr_pch PRIVATE
    <algorithm> <array> <charconv> <chrono> <filesystem> <functional> <map> <memory> <optional> <set> <span> <string>
    <string_view> <unordered_map> <unordered_set> <vector> <nlohmann/json.hpp>)
endif()

function(lhcr_use_pch target)
  if(LHCR_PCH)
    target_precompile_headers(${target} REUSE_FROM lhcr_pch)
  endif()
endfunction()
