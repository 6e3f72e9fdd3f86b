// SPDX-License-Identifier: Apache-2.0
// lhcr-definitions IMAGE PACKAGE...: the build's definition compiler.
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "definition/compiler/compile.hpp"

namespace {

void write(const std::string& path, const std::vector<std::byte>& bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) {
    throw lhcr::Error(lhcr::ErrorKind::input, path + ": cannot be written");
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) {
    std::fputs("usage: lhcr-definitions IMAGE PACKAGE...\n", stderr);
    return 2;
  }
  try {
    write(arguments[0],
          lhcr::definition::compiler::compile({arguments.begin() + 1, arguments.end()}));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lhcr-definitions: %s\n", error.what());
    return 3;
  }
}
