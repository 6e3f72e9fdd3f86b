# SPDX-License-Identifier: Apache-2.0
# lhcr_hash_files(OUT LENGTH FILES [WORDS...]): LENGTH hexadecimal digits that say what the list FILES holds, and the words.
function(lhcr_hash_files out length files)
  set(parts "")
  foreach(file ${files})
    file(SHA256 ${file} sum)
    string(APPEND parts ${sum})
  endforeach()
  string(SHA256 sum "${parts};${ARGN}")
  string(SUBSTRING ${sum} 0 ${length} sum)
  set(${out} ${sum} PARENT_SCOPE)
endfunction()
