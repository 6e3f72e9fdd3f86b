# SPDX-License-Identifier: Apache-2.0
# lhcr_room(NAME FOLDERS f g ... ROOMS a b ... LIBRARIES x y ...): one room of lib/, its own files and those of the named
# subfolders, as a library lhcr_NAME. lhcr_unit_test(NAME): the doctest binary unit_NAME of tests/unit/NAME as one ctest.
# A main.cpp is a program of its own and left out.
find_package(doctest QUIET)
option(LHCR_SHARED "Rooms are shared libraries, so that one changed file links one of them anew and no program; for work on the rooms" OFF)
if(LHCR_SHARED)
  set(LHCR_LIBRARY_KIND SHARED)
  set(CMAKE_LINK_DEPENDS_NO_SHARED ON)
  set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/rooms)
  set(CMAKE_INSTALL_RPATH ${CMAKE_BINARY_DIR}/rooms)
else()
  set(LHCR_LIBRARY_KIND STATIC)
endif()
# Where forty test programs are linked, a quick linker saves minutes. What users get is linked with the system's.
if(LHCR_SHARED OR LHCR_SANITIZE)
  find_program(LHCR_MOLD mold)
  if(LHCR_MOLD)
    add_link_options(-fuse-ld=mold)
  endif()
endif()

# lhcr_together(TARGET): with LHCR_QUICK the files of TARGET are compiled sixteen at a time.
function(lhcr_together target)
  if(LHCR_QUICK)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 16)
  endif()
endfunction()

# lhcr_standard_headers(TARGET): with LHCR_QUICK the headers of libraries are read once for all rooms, which takes a third off
# the time to compile them.
function(lhcr_standard_headers target)
  if(NOT LHCR_QUICK)
    return()
  endif()
  if(NOT TARGET lhcr_standard)
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/standard.cpp CONTENT "// SPDX-License-Identifier: Apache-2.0\n")
    add_library(lhcr_standard OBJECT ${CMAKE_BINARY_DIR}/standard.cpp)
    target_compile_options(lhcr_standard PRIVATE -pthread)
    target_link_libraries(lhcr_standard PRIVATE lhcr_options nlohmann_json::nlohmann_json)
    target_precompile_headers(lhcr_standard PRIVATE ${CMAKE_SOURCE_DIR}/cmake/standard.hpp)
  endif()
  # A precompiled header serves where it was made with the same options: a program is compiled as a room is.
  target_compile_options(${target} PRIVATE -pthread)
  get_target_property(kind ${target} TYPE)
  if(kind STREQUAL "EXECUTABLE")
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${target} PRIVATE -fPIC)
  endif()
  target_precompile_headers(${target} REUSE_FROM lhcr_standard)
endfunction()

# lhcr_library(TARGET NAME): headers of lib/, here and installed, where TARGET is lhcr::NAME.
function(lhcr_library target name)
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/lib> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/lhcr>)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES DEFINE_SYMBOL "")  # All symbols are exported.
  if(LHCR_SHARED AND NOT LHCR_SANITIZE)
    target_link_options(${target} PRIVATE -Wl,-z,defs)  # What is missing is said of the room that asks for it.
  endif()
  if(NOT LHCR_SHARED)
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
    install(TARGETS ${target} EXPORT lhcr ARCHIVE COMPONENT library EXCLUDE_FROM_ALL)
    set_property(GLOBAL APPEND PROPERTY LHCR_LIBRARIES ${target})
  endif()
endfunction()

function(lhcr_room name)
  cmake_parse_arguments(ARG "" "" "FOLDERS;ROOMS;LIBRARIES" ${ARGN})
  list(TRANSFORM ARG_FOLDERS REPLACE "(.+)" "${CMAKE_CURRENT_SOURCE_DIR}/\\1/*.cpp" OUTPUT_VARIABLE patterns)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp ${patterns})
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(NOT sources)
    add_library(lhcr_${name} INTERFACE)
    return()
  endif()
  add_library(lhcr_${name} ${LHCR_LIBRARY_KIND} ${sources})
  lhcr_library(lhcr_${name} ${name})
  list(TRANSFORM ARG_ROOMS PREPEND lhcr_)
  target_link_libraries(lhcr_${name} PUBLIC ${ARG_ROOMS} PRIVATE lhcr_options ${ARG_LIBRARIES})
  lhcr_standard_headers(lhcr_${name})
  lhcr_together(lhcr_${name})
  set_property(GLOBAL APPEND PROPERTY LHCR_ROOMS ${name})
endfunction()

function(lhcr_unit_test name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/${name}/*.cpp)
  # Link-time optimisation compiles a room anew for every program that links it, which takes minutes for nothing: what is
  # inside a room is tested in the other presets, with sanitizers among them.
  if(NOT sources OR NOT doctest_FOUND OR CMAKE_INTERPROCEDURAL_OPTIMIZATION)
    return()
  endif()
  if(NOT TARGET unit_main)
    add_library(unit_main OBJECT ${CMAKE_SOURCE_DIR}/tests/unit/main.cpp)
    target_link_libraries(unit_main PRIVATE lhcr_options doctest::doctest)
  endif()
  add_executable(unit_${name} $<TARGET_OBJECTS:unit_main> ${sources})
  target_link_libraries(unit_${name} PRIVATE lhcr_${name} lhcr_options doctest::doctest)
  target_include_directories(unit_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/unit)
  if(LHCR_QUICK)  # -fPIC, as the rooms, where a program would have -fPIE
    set_target_properties(unit_${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(unit_${name} PRIVATE -fPIC)
  endif()
  lhcr_standard_headers(unit_${name})
  # What is expected to throw may be [[nodiscard]]; clang warns of it in doctest's macros too.
  target_compile_definitions(unit_${name} PRIVATE DOCTEST_CONFIG_VOID_CAST_EXPRESSIONS)
  add_test(NAME unit.${name} COMMAND unit_${name})
endfunction()
