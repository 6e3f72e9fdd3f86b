# SPDX-License-Identifier: Apache-2.0
# Warnings, sanitizers, hardening and the compiler cache, on our own targets only.
add_library(lhcr_options INTERFACE)
target_compile_features(lhcr_options INTERFACE cxx_std_20)
target_compile_options(lhcr_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Woverloaded-virtual -Wnon-virtual-dtor -Wdouble-promotion -Wformat=2 -Wimplicit-fallthrough
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(lhcr_options INTERFACE -Wduplicated-cond -Wlogical-op)
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # GCC bugs 105329 and 105651: false alarms on std::string concatenation, the latter when linking.
    target_compile_options(lhcr_options INTERFACE -Wno-restrict)
    add_link_options(-Wno-stringop-overflow)
  endif()
endif()
if(LHCR_PCH)
  # The precompiled header fits only where the same macros are defined (_REENTRANT); GCC forgets in it which headers are the
  # system's, and warns of them.
  target_compile_options(lhcr_options INTERFACE -pthread -Wno-stringop-overflow -Wno-array-bounds)
endif()
if(LHCR_WERROR)
  target_compile_options(lhcr_options INTERFACE -Werror)
endif()
if(LHCR_SANITIZE)
  add_compile_options(-fsanitize=${LHCR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${LHCR_SANITIZE})
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(lhcr_options INTERFACE -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  add_link_options(-Wl,-z,relro,-z,now)
endif()
if(LHCR_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
find_program(LHCR_CCACHE ccache)
if(LHCR_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${LHCR_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${LHCR_CCACHE})
endif()
