// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target over the files of the folders and files named on the command line.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>

#include "base/file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

int replay(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) {
    const std::string bytes = lhcr::read_file(path.string());
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    return 1;
  }
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    count += replay(entry.path());
  }
  return count;
}

}  // namespace

int main(int count, char** names) {
  int replayed = 0;
  for (int at = 1; at < count; ++at) {
    replayed += replay(names[at]);
  }
  std::printf("%d inputs\n", replayed);
  return replayed > 0 ? 0 : 1;
}
