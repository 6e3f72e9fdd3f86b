# SPDX-License-Identifier: Apache-2.0
# Writes OUT: the region files FILES as raw strings, by name.
set(rows "")
list(SORT FILES)
foreach(file ${FILES})
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  string(APPEND rows "      {\"${name}\", R\"toml(${text})toml\"},\n")
endforeach()
file(WRITE ${OUT} "#include \"deliver/region.hpp\"

namespace lhcr::deliver {

const std::vector<BuiltinRegion>& builtin_regions() {
  static const std::vector<BuiltinRegion> regions{
${rows}  };
  return regions;
}

}  // namespace lhcr::deliver
")
