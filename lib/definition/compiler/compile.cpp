// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/compile.hpp"

#include "definition/compiler/read.hpp"
#include "definition/compiler/writer.hpp"

namespace lhcr::definition::compiler {

std::vector<std::byte> compile(const std::vector<std::string>& packages) {
  const Model model = read_packages(packages);
  ImageWriter writer;
  writer.add_structures(model);
  writer.add_terminology(model);
  writer.add_canonicals(model);
  return writer.bytes(model.fhir_version);
}

}  // namespace lhcr::definition::compiler
