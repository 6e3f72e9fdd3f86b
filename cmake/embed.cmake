# SPDX-License-Identifier: Apache-2.0
# lhcr_embed_files(TARGET FOLDER PATTERN NAMESPACE FUNCTION): every file of FOLDER that fits PATTERN as bytes in TARGET, in
# order of name: std::span<const EmbeddedFile> lhcr::NAMESPACE::FUNCTION(). As a script (-DFOLDER -DPATTERN -DOUTPUT
# -DNAMESPACE -DFUNCTION) it writes the source file.
if(DEFINED OUTPUT)
  file(GLOB files ${FOLDER}/${PATTERN})
  list(SORT files)
  set(text "// Generated from ${PATTERN} of lib/${NAMESPACE}. Do not edit.\n#include <array>\n#include <span>\n\n#include \"base/embedded.hpp\"\n\nnamespace lhcr::${NAMESPACE} {\nnamespace {\n")
  set(rows "")
  set(count 0)
  foreach(file ${files})
    get_filename_component(name ${file} NAME)
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(APPEND text "constexpr unsigned char file_${count}[] = {${bytes}0};\n")
    string(APPEND rows "    EmbeddedFile{\"${name}\", {reinterpret_cast<const char*>(file_${count}), sizeof(file_${count}) - 1}},\n")
    math(EXPR count "${count} + 1")
  endforeach()
  string(APPEND text "const std::array<EmbeddedFile, ${count}> all{\n${rows}};\n}  // namespace\nstd::span<const EmbeddedFile> ${FUNCTION}() { return all; }\n}  // namespace lhcr::${NAMESPACE}\n")
  file(WRITE ${OUTPUT} "${text}")
  return()
endif()

set(LHCR_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
function(lhcr_embed_files target folder pattern namespace function)
  file(GLOB files CONFIGURE_DEPENDS ${folder}/${pattern})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} -DPATTERN=${pattern} -DOUTPUT=${output} -DNAMESPACE=${namespace} -DFUNCTION=${function}
      -P ${LHCR_EMBED_SCRIPT}
    DEPENDS ${files} ${LHCR_EMBED_SCRIPT} VERBATIM)
  set_source_files_properties(${output} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_sources(${target} PRIVATE ${output})
endfunction()

# lhcr_embed_images(TARGET SYMBOL IMAGE...): an object library with large files as they are, and the table SYMBOL of where
# each begins and ends (base/embedded.hpp).
set(LHCR_EMBED_IMAGES ${CMAKE_CURRENT_LIST_DIR}/embedded.S.in)
function(lhcr_embed_images target symbol)
  set(images "")
  set(table "")
  foreach(image ${ARGN})
    get_filename_component(name ${image} NAME_WE)
    string(APPEND images "  .balign 64\n${symbol}_${name}:\n  .incbin \"${image}\"\n${symbol}_${name}_end:\n")
    string(APPEND table "  .quad ${symbol}_${name}, ${symbol}_${name}_end\n")
  endforeach()
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.S)
  configure_file(${LHCR_EMBED_IMAGES} ${output} @ONLY)
  set_source_files_properties(${output} PROPERTIES OBJECT_DEPENDS "${ARGN}")
  add_library(${target} OBJECT ${output})
endfunction()
