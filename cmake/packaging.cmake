# SPDX-License-Identifier: Apache-2.0
# packaging.json: what the commands of packaging/ must know of a build folder.
get_property(loaded GLOBAL PROPERTY LHCR_LOADED_LIBRARIES)
list(JOIN loaded "\", \"" loaded)
file(CONFIGURE OUTPUT packaging.json @ONLY CONTENT [[
{"version": "@PROJECT_VERSION@", "source": "@CMAKE_SOURCE_DIR@", "processor": "@CMAKE_SYSTEM_PROCESSOR@",
 "loaded": ["@loaded@"], "epoch": "@epoch@"}
]])
