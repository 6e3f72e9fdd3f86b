# SPDX-License-Identifier: Apache-2.0
# Writes OUT: the rule sets FILES as raw strings, by name.
set(rows "")
set(count 0)
list(SORT FILES)
foreach(file ${FILES})
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  string(APPEND rows "    BuiltinRules{\"${name}\", R\"rules(${text})rules\"},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUT} "#include <array>

#include \"privacy/policy.hpp\"

namespace lhcr::privacy {
namespace {

constexpr std::array<BuiltinRules, ${count}> rules{
${rows}};

}  // namespace

std::span<const BuiltinRules> builtin_rules() { return rules; }

}  // namespace lhcr::privacy
")
