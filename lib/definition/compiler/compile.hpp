// SPDX-License-Identifier: Apache-2.0
/// The definition compiler: FHIR packages in, one image out. Serves the build and packages given at
/// run time alike.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lhcr::definition {
class Image;
}

namespace lhcr::definition::compiler {

/// Compiles packages (tarballs or folders), the most important first: of resources with the same
/// canonical, the one of the earlier package is found without a version. Equal packages give equal
/// bytes. Throws Error{input}.
[[nodiscard]] std::vector<std::byte> compile(const std::vector<std::string>& packages);

/// Compiles resources to a layer over `below` (Definitions::add_layer), or to an image of its own
/// when that is nullptr.
class Layer {
 public:
  explicit Layer(const Image* below);
  ~Layer();
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;
  /// Takes a conformance resource as JSON; the most important comes first. `where` names it in the
  /// Error{input} thrown when it is no JSON. package_padding bytes follow `content`.
  void add(const std::string& where, std::string_view content);
  /// The image. Once.
  [[nodiscard]] std::vector<std::byte> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lhcr::definition::compiler
