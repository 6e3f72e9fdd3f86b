// SPDX-License-Identifier: Apache-2.0
// lhcr-cda-classes SOURCE TABLE...: the tables of CDA as the source file of the classes. It needs
// no package.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "definition/compiler/class_table.hpp"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) {
    std::fputs("usage: lhcr-cda-classes SOURCE TABLE...\n", stderr);
    return 2;
  }
  try {
    lhcr::write_file(arguments[0], lhcr::definition::compiler::class_table(
                                       {arguments.begin() + 1, arguments.end()}));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lhcr-cda-classes: %s\n", error.what());
    return 3;
  }
}
