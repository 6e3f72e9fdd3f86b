# SPDX-License-Identifier: Apache-2.0
# lhcr_loaded_library(TARGET SCOPE HEADERS LIBRARY SOURCE DEFINITION): LIBRARY is not linked to TARGET, which loads it when it
# is needed (base/shared_library.hpp): its headers, and in SOURCE the name that its ABI has, as DEFINITION.
function(lhcr_loaded_library target scope headers library source definition)
  target_include_directories(${target} SYSTEM ${scope} ${headers})
  get_filename_component(name ${library} REALPATH)
  get_filename_component(name ${name} NAME)
  string(REGEX MATCH "^lib[a-z0-9]+(\\.so\\.[0-9]+|\\.[0-9]+\\.dylib)" name ${name})
  set_property(SOURCE ${source} PROPERTY COMPILE_DEFINITIONS ${definition}="${name}")
  set_property(GLOBAL APPEND PROPERTY LHCR_LOADED_LIBRARIES ${name})
endfunction()
