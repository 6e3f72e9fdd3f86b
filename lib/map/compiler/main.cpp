// SPDX-License-Identifier: Apache-2.0
// lhcr-maps FILE...: the build's map compiler. Each FILE becomes the image of the built-in map that
// it is named after.
#include <cstdio>
#include <exception>
#include <filesystem>

#include "base/embedded.hpp"
#include "base/file.hpp"
#include "map/compiler/built_in.hpp"

// There are none yet.
extern "C" const lhcr::EmbeddedImage lhcr_built_in_maps[] = {{nullptr, nullptr}};

int main(int argc, char** argv) {
  try {
    lhcr::definition::Library library;
    for (int at = 1; at < argc; ++at) {
      const std::string name = std::filesystem::path(argv[at]).stem();
      lhcr::write_file(argv[at], lhcr::map::compile_built_in(library, name));
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lhcr-maps: %s\n", error.what());
    return 3;
  }
}
