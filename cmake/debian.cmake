# SPDX-License-Identifier: Apache-2.0
# The Debian package (cpack --preset deb): the component `program`, the same bytes wherever it is built.
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
  return()
endif()
set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL program)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_NAME lhcr)
set(CPACK_PACKAGE_CONTACT "lhcr maintainers <maintainers@lhcr.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "validate, convert, diff and push patient records")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME lhcr)
set(CPACK_DEBIAN_PROGRAM_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION
  "lhcr validates FHIR, CDA (C-CDA and UK ITK) and tables, converts
between them and reports what it could not carry over, compares two
records, and delivers records to an endpoint so that no record is lost
or duplicated.")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Loaded when it is needed, so that nobody finds it by itself.
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "libcurl4 (>= 7.85), libarchive13, libzstd1 (>= 1.4), libssl3 (>= 3.0.0), libsqlite3-0 (>= 3.38.0)")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

# The release's day, from the change log, stands for every time in the package.
file(STRINGS ${CMAKE_SOURCE_DIR}/CHANGELOG.md release REGEX "^## ${PROJECT_VERSION} \\(" LIMIT_COUNT 1)
string(REGEX MATCH "[0-9]+-[0-9]+-[0-9]+" day "${release}")
execute_process(COMMAND date -u -d ${day} +%s OUTPUT_VARIABLE epoch OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND date -u -R -d ${day} OUTPUT_VARIABLE date OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
file(CONFIGURE OUTPUT cpack_options.cmake @ONLY CONTENT [[
if(NOT DEFINED ENV{SOURCE_DATE_EPOCH})
  set(ENV{SOURCE_DATE_EPOCH} @epoch@)
endif()
]])
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_CURRENT_BINARY_DIR}/cpack_options.cmake)

file(CONFIGURE OUTPUT debian_changelog @ONLY CONTENT [[
lhcr (@PROJECT_VERSION@) stable; urgency=medium

  * Release @PROJECT_VERSION@; NEWS.gz says what is in it.

 -- @CPACK_PACKAGE_CONTACT@  @date@
]])
set(documents ${CMAKE_INSTALL_DATADIR}/doc/lhcr)
lhcr_compressed(${CMAKE_CURRENT_BINARY_DIR}/debian_changelog changelog ${documents})
lhcr_compressed(${CMAKE_SOURCE_DIR}/CHANGELOG.md NEWS ${documents})
install(FILES ${CMAKE_SOURCE_DIR}/cmake/copyright DESTINATION ${documents} COMPONENT program)
include(CPack)
