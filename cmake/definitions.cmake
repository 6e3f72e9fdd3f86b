# SPDX-License-Identifier: Apache-2.0
# lhcr_definition_images(TARGET): compiles the official packages to images and links them into TARGET.
#
# Packages and images are kept in a cache outside the source tree (LHCR_PACKAGE_CACHE, default ~/.cache/lhcr/npm), images
# under a name that says what they were made from, so that several build folders share them. With LHCR_IMAGES, a folder of
# such images (`cmake --install BUILD --component images`; images/ of a source tarball), nothing is fetched or compiled.
# As a script (-DIMAGE -DKEY -DCACHE -DCOMPILER -DPACKAGES) it makes one image.
if(DEFINED IMAGE)
  set(cached ${CACHE}/images/${KEY}.image)
  if(NOT EXISTS ${cached})
    file(MAKE_DIRECTORY ${CACHE}/images)
    string(RANDOM LENGTH 12 suffix)
    execute_process(COMMAND ${COMPILER} ${cached}.${suffix} ${PACKAGES} RESULT_VARIABLE failed)
    if(failed)
      file(REMOVE ${cached}.${suffix})
      message(FATAL_ERROR "The definition image ${KEY} could not be compiled")
    endif()
    file(RENAME ${cached}.${suffix} ${cached})
  endif()
  # Images that no build has asked for in two weeks go.
  file(TOUCH ${cached})
  string(TIMESTAMP now %s)
  file(GLOB images ${CACHE}/images/*.image)
  foreach(image ${images})
    file(TIMESTAMP ${image} used %s)
    math(EXPR age "${now} - ${used}")
    if(age GREATER 1209600)
      file(REMOVE ${image})
    endif()
  endforeach()
  file(COPY_FILE ${cached} ${IMAGE} ONLY_IF_DIFFERENT)
  file(TOUCH_NOCREATE ${IMAGE})
  return()
endif()

# The images, and their packages, the most important first. R4 has extensions of its own, which stay as it defines them; R5 leaves
# them to HL7's package, which comes first there.
set(LHCR_IMAGE_NAMES r4 r4b r5 r3 cda)
set(LHCR_PACKAGES_r4 hl7.terminology.r4-7.0.1 hl7.fhir.r4.expansions-4.0.1 hl7.fhir.r4.examples-4.0.1
    hl7.fhir.uv.extensions.r4-5.3.0-ballot-tc1)
set(LHCR_PACKAGES_r4b hl7.terminology.r4-7.0.1 hl7.fhir.r4b.expansions-4.3.0 hl7.fhir.r4b.examples-4.3.0)
set(LHCR_PACKAGES_r5 hl7.fhir.uv.extensions.r5-5.3.0-ballot-tc1 hl7.terminology.r5-7.0.1 hl7.fhir.r5.expansions-5.0.0
    hl7.fhir.r5.examples-5.0.0)
set(LHCR_PACKAGES_r3 hl7.fhir.r3.expansions-3.0.2 hl7.fhir.r3.examples-3.0.2)
# CDA: its base model is a table of our own; templates and terminology are packages.
set(LHCR_PACKAGES_cda hl7.terminology.r4-7.0.1 hl7.cda.us.ccda-5.0.0-ballot)
set(LHCR_TABLES_cda 10-datatypes 20-classes 21-classes 30-value-sets)

include(embed)
include(hash_files)
set(LHCR_DEFINITIONS_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
if(DEFINED ENV{LHCR_PACKAGE_CACHE})
  set(cache $ENV{LHCR_PACKAGE_CACHE})
elseif(DEFINED ENV{XDG_CACHE_HOME})
  set(cache $ENV{XDG_CACHE_HOME}/lhcr/npm)
else()
  set(cache $ENV{HOME}/.cache/lhcr/npm)
endif()
set(LHCR_PACKAGE_CACHE ${cache} CACHE PATH "Where the official packages and the images made from them are kept")

set(ready "")
if(IS_DIRECTORY ${CMAKE_SOURCE_DIR}/images)
  set(ready ${CMAKE_SOURCE_DIR}/images)
endif()
set(LHCR_IMAGES "${ready}" CACHE PATH "A folder of ready definition images")

# lhcr_image_key(OUT NAME SOURCES...): a hash of everything that NAME's image is made from. Images are the same for every
# processor with one byte order.
function(lhcr_image_key out name)
  lhcr_hash_files(sum 24 "${ARGN}" ${LHCR_PACKAGES_${name}} ${CMAKE_CXX_BYTE_ORDER})
  set(${out} ${name}-${sum} PARENT_SCOPE)
endfunction()

# lhcr_ready_image(IMAGE KEY): takes the image of that key from LHCR_IMAGES.
function(lhcr_ready_image image key)
  if(NOT EXISTS ${LHCR_IMAGES}/${key}.image)
    message(FATAL_ERROR "LHCR_IMAGES: no ${key}.image in ${LHCR_IMAGES}: what is there was made from other sources. Make the "
      "images of these sources (cmake --install BUILD --component images), or leave LHCR_IMAGES empty: then npm fetches packages")
  endif()
  file(COPY_FILE ${LHCR_IMAGES}/${key}.image ${image} ONLY_IF_DIFFERENT)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${LHCR_IMAGES}/${key}.image)
endfunction()

# lhcr_compiled_image(IMAGE KEY NAME FETCHED): compiles the image of NAME from its packages, which are there after FETCHED.
function(lhcr_compiled_image image key name fetched)
  list(TRANSFORM LHCR_PACKAGES_${name} REPLACE "^(.+)$" "${LHCR_PACKAGE_CACHE}/\\1.tgz" OUTPUT_VARIABLE packages)
  list(TRANSFORM LHCR_TABLES_${name} REPLACE "^(.+)$" "${CMAKE_CURRENT_SOURCE_DIR}/cda/\\1.cda" OUTPUT_VARIABLE tables)
  list(PREPEND packages ${tables})
  add_custom_command(OUTPUT ${image}
    COMMAND ${CMAKE_COMMAND} -DIMAGE=${image} -DKEY=${key} -DCACHE=${LHCR_PACKAGE_CACHE}
            "-DCOMPILER=${CMAKE_CROSSCOMPILING_EMULATOR};$<TARGET_FILE:lhcr-definitions>" "-DPACKAGES=${packages}" -P ${LHCR_DEFINITIONS_SCRIPT}
    DEPENDS lhcr-definitions ${fetched} ${LHCR_DEFINITIONS_SCRIPT} COMMENT "Compiling definitions ${name}" VERBATIM)
endfunction()

function(lhcr_definition_images target)
  set(fetch ${CMAKE_CURRENT_SOURCE_DIR}/packages/fetch)
  set(sums ${CMAKE_CURRENT_SOURCE_DIR}/packages/packages.sha256)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/compiler/* ${CMAKE_CURRENT_SOURCE_DIR}/cda/*.cda)
  list(APPEND sources ${CMAKE_CURRENT_SOURCE_DIR}/image/layout.hpp ${sums})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${sources})

  set(fetched ${CMAKE_CURRENT_BINARY_DIR}/packages.fetched)
  if(NOT LHCR_IMAGES)
    add_custom_command(OUTPUT ${fetched}
      COMMAND ${fetch} ${LHCR_PACKAGE_CACHE}
      COMMAND ${CMAKE_COMMAND} -E touch ${fetched}
      DEPENDS ${fetch} ${sums} COMMENT "Fetching the FHIR packages that are not in the cache" VERBATIM)
  endif()

  set(outputs "")
  foreach(name ${LHCR_IMAGE_NAMES})
    lhcr_image_key(key ${name} ${sources})
    set(image ${CMAKE_CURRENT_BINARY_DIR}/${name}.image)
    if(LHCR_IMAGES)
      lhcr_ready_image(${image} ${key})
    else()
      lhcr_compiled_image(${image} ${key} ${name} ${fetched})
    endif()
    install(FILES ${image} DESTINATION images RENAME ${key}.image COMPONENT images EXCLUDE_FROM_ALL)
    list(APPEND outputs ${image})
  endforeach()
  lhcr_embed_images(lhcr_definition_images lhcr_embedded_images ${outputs})
  target_sources(${target} PRIVATE $<TARGET_OBJECTS:lhcr_definition_images>)
endfunction()
