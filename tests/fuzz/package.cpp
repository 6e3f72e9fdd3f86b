// SPDX-License-Identifier: Apache-2.0
// Any bytes as a tar archive: files come out whole or there is an error.
#include "definition/compiler/package.hpp"

#include "base/error.hpp"
#include "check.hpp"
#include "definition/compiler/tar.hpp"

namespace {

using namespace lhcr::definition::compiler;

class Memory : public ByteSource {
 public:
  explicit Memory(std::string_view bytes) : bytes_(bytes) {}
  std::size_t read(char* bytes, std::size_t size) override {
    const std::string_view part = bytes_.substr(0, size);
    part.copy(bytes, part.size());
    bytes_.remove_prefix(part.size());
    return part.size();
  }

 private:
  std::string_view bytes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string path = "fuzz";
  Memory memory({reinterpret_cast<const char*>(data), size});
  TarReader reader(path, memory);
  TarFile file;
  try {
    while (reader.next(file)) {
      lhcr::fuzz::expect(file.content.size() <= size, "a file is longer than its archive");
      lhcr::fuzz::expect(file.content.data()[file.content.size()] == '\0', "there is no padding");
      lhcr::fuzz::expect(file.name.find("..") == std::string::npos || file.name.find("../") != 0,
                         "a name leads outside");
    }
  } catch (const lhcr::Error&) {
  }
  return 0;
}
