# SPDX-License-Identifier: Apache-2.0
# lhcr_find_parquet(RESULT): the target of Arrow's Parquet library, or nothing, with a message that says why. It is
# looked for as a CMake package, then in the pyarrow wheel of LHCR_PYTHON, of the project's own Python environment
# (tests/setup) and of the usual Python.
option(LHCR_PARQUET "Write Parquet, when Arrow's library or the pyarrow wheel is there" ON)
set(LHCR_PYTHON "" CACHE FILEPATH "A Python that has pyarrow")

# Headers, libparquet and libarrow of a wheel: three lines. Versions are part of the libraries' names.
set(LHCR_PYARROW_PROBE [[
import glob, pyarrow
print(pyarrow.get_include())
for name in ("parquet", "arrow"):
    print([f for d in pyarrow.get_library_dirs() for f in sorted(glob.glob(f"{d}/lib{name}.so*"))][0])
]])

function(lhcr_find_pyarrow result)
  if(DEFINED ENV{XDG_CACHE_HOME})
    set(own $ENV{XDG_CACHE_HOME}/lhcr/python/bin/python3)
  else()
    set(own $ENV{HOME}/.cache/lhcr/python/bin/python3)
  endif()
  foreach(python ${LHCR_PYTHON} ${own} python3 /usr/bin/python3)
    execute_process(COMMAND ${python} -c "${LHCR_PYARROW_PROBE}"
      OUTPUT_VARIABLE found RESULT_VARIABLE failed ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(NOT failed)
      string(REPLACE "\n" ";" found "${found}")
      list(GET found 0 headers)
      list(GET found 1 parquet)
      list(GET found 2 arrow)
      add_library(lhcr_pyarrow INTERFACE)
      target_include_directories(lhcr_pyarrow SYSTEM INTERFACE ${headers})
      target_link_libraries(lhcr_pyarrow INTERFACE ${parquet} ${arrow})
      message(STATUS "Parquet: ${parquet}")
      set(${result} lhcr_pyarrow PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

function(lhcr_find_parquet result)
  set(${result} "" PARENT_SCOPE)
  if(NOT LHCR_PARQUET OR CMAKE_CROSSCOMPILING) # A wheel here is of this machine.
    message(STATUS "Parquet: off (LHCR_PARQUET, or built for another machine)")
    return()
  endif()
  find_package(Parquet CONFIG QUIET)
  if(TARGET Parquet::parquet_shared)
    message(STATUS "Parquet: ${Parquet_DIR}")
    set(${result} Parquet::parquet_shared PARENT_SCOPE)
    return()
  endif()
  lhcr_find_pyarrow(found)
  if(found)
    set(${result} ${found} PARENT_SCOPE)
  else()
    message(STATUS "Parquet: off: neither Arrow's CMake package 'Parquet' nor a Python with pyarrow (LHCR_PYTHON)")
  endif()
endfunction()
