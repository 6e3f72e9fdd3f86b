# SPDX-License-Identifier: Apache-2.0
# lhcr_embed_tables(TARGET FOLDER NAMESPACE): every *.map of FOLDER as bytes in TARGET: lhcr::NAMESPACE::tables().
# As a script (-DFOLDER -DOUTPUT -DNAMESPACE) it writes the source file.
if(DEFINED OUTPUT)
  file(GLOB files ${FOLDER}/*.map)
  list(SORT files)
  set(text "// Generated from ${NAMESPACE}/tables. Do not edit.\n#include \"${NAMESPACE}/tables.hpp\"\n#include <array>\n\nnamespace lhcr::${NAMESPACE} {\nnamespace {\n")
  set(rows "")
  set(count 0)
  foreach(file ${files})
    get_filename_component(name ${file} NAME)
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(APPEND text "constexpr unsigned char table_${count}[] = {${bytes}0};\n")
    string(APPEND rows "    Table{\"${name}\", {reinterpret_cast<const char*>(table_${count}), sizeof(table_${count}) - 1}},\n")
    math(EXPR count "${count} + 1")
  endforeach()
  string(APPEND text "const std::array<Table, ${count}> all{\n${rows}};\n}  // namespace\nstd::span<const Table> tables() { return all; }\n}  // namespace lhcr::${NAMESPACE}\n")
  file(WRITE ${OUTPUT} "${text}")
  return()
endif()

set(LHCR_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
function(lhcr_embed_tables target folder namespace)
  file(GLOB files CONFIGURE_DEPENDS ${folder}/*.map)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${namespace}_tables.cpp)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} -DOUTPUT=${output} -DNAMESPACE=${namespace} -P ${LHCR_EMBED_SCRIPT}
    DEPENDS ${files} ${LHCR_EMBED_SCRIPT} VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
