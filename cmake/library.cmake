# SPDX-License-Identifier: Apache-2.0
# Installs the rooms as the component `library`: static libraries, headers, find_package(lhcr), lhcr.pc.
get_property(libraries GLOBAL PROPERTY LHCR_LIBRARIES)
add_library(lhcr_lib INTERFACE)
target_link_libraries(lhcr_lib INTERFACE ${libraries})
set_target_properties(lhcr_lib PROPERTIES EXPORT_NAME lhcr)
set(component COMPONENT library EXCLUDE_FROM_ALL)
set(config ${CMAKE_INSTALL_LIBDIR}/cmake/lhcr)
install(TARGETS lhcr_lib lhcr_options EXPORT lhcr ${component})
install(EXPORT lhcr NAMESPACE lhcr:: FILE lhcrTargets.cmake DESTINATION ${config} ${component})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/lib/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/lhcr ${component}
  FILES_MATCHING PATTERN "*.hpp" PATTERN "*.def")

include(CMakePackageConfigHelpers)
file(CONFIGURE OUTPUT lhcrConfig.cmake @ONLY CONTENT [[
include(${CMAKE_CURRENT_LIST_DIR}/dependencies.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/lhcrTargets.cmake)
]])
write_basic_package_version_file(lhcrConfigVersion.cmake COMPATIBILITY SameMinorVersion)

# Static libraries: what uses others comes first.
list(REVERSE libraries)
list(TRANSFORM libraries PREPEND -l)
list(JOIN libraries " " libraries)
file(CONFIGURE OUTPUT lhcr.pc @ONLY CONTENT [[
prefix=@CMAKE_INSTALL_PREFIX@
Name: lhcr
Description: @PROJECT_DESCRIPTION@
Version: @PROJECT_VERSION@
Requires: simdjson re2 zlib
Cflags: -std=c++20 -I${prefix}/@CMAKE_INSTALL_INCLUDEDIR@/lhcr
Libs: -L${prefix}/@CMAKE_INSTALL_LIBDIR@ @libraries@ -lpthread -ldl
]])
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/lhcrConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/lhcrConfigVersion.cmake
  ${CMAKE_SOURCE_DIR}/cmake/dependencies.cmake DESTINATION ${config} ${component})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/lhcr.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig ${component})
