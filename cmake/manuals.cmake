# SPDX-License-Identifier: Apache-2.0
# Installs the manual pages as Debian wants them: compressed, without a time stamp.
find_program(LHCR_GZIP gzip REQUIRED)

# lhcr_compressed(SOURCE NAME DESTINATION): installs SOURCE as NAME.gz.
function(lhcr_compressed source name destination)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/compressed/${name}.gz)
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/compressed)
  add_custom_command(OUTPUT ${output}
    COMMAND sh -c "${LHCR_GZIP} -9n <'${source}' >'${output}'" DEPENDS ${source} VERBATIM)
  add_custom_target(lhcr_compressed_${name} ALL DEPENDS ${output})
  install(FILES ${output} DESTINATION ${destination} COMPONENT program)
endfunction()

file(GLOB pages CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/man/*.[15])
foreach(page ${pages})
  get_filename_component(name ${page} NAME)
  string(REGEX MATCH ".$" section ${name})
  lhcr_compressed(${page} ${name} ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()
