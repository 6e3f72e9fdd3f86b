// SPDX-License-Identifier: Apache-2.0
/// The images that a user has, opened: the one interface through which the other rooms ask about
/// codes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "terminology/store/code_list.hpp"
#include "terminology/store/snomed.hpp"
#include "terminology/store/systems.hpp"

namespace lhcr::terminology {

/// An image on disk: NAME#VERSION.image.
struct StoredImage {
  std::string name;     ///< "snomed"
  std::string version;  ///< "20260826"
  std::string path;
  [[nodiscard]] std::string label() const { return name + "#" + version; }
};

/// By name, the newest version first.
[[nodiscard]] std::vector<StoredImage> stored_images(const std::string& folder);

/// An image of a code system: SNOMED CT, or a list.
class Terminology {
 public:
  /// Throws Error{input}.
  explicit Terminology(StoredImage stored);
  [[nodiscard]] const StoredImage& stored() const noexcept { return stored_; }
  [[nodiscard]] const Image& image() const noexcept { return image_; }
  [[nodiscard]] const Snomed* snomed() const noexcept { return snomed_.get(); }
  [[nodiscard]] const CodeList* list() const noexcept { return list_.get(); }

 private:
  StoredImage stored_;
  Image image_;
  std::unique_ptr<Snomed> snomed_;
  std::unique_ptr<CodeList> list_;
};

/// Of each code system its newest image. May be used by several threads.
class Library {
 public:
  Library() = default;
  /// `names`: NAME or NAME#VERSION of those to open; empty: all. Throws Error{input} when one is
  /// not there, with a near name, or cannot be opened.
  Library(const std::string& folder, const std::vector<std::string>& names);

  /// Why images that nobody named were left out.
  [[nodiscard]] const std::vector<std::string>& problems() const noexcept { return problems_; }
  [[nodiscard]] bool empty() const noexcept { return opened_.empty(); }
  /// By a name or canonical of a code system; nullptr when it is not here.
  [[nodiscard]] const Terminology* find(std::string_view system) const noexcept;
  [[nodiscard]] const Snomed* snomed() const noexcept;
  [[nodiscard]] const CodeList* list(std::string_view system) const noexcept;
  /// The preferred term or title of a code; empty when no release here has it. Products of dm+d
  /// have identifiers of SNOMED CT and stand under either system, whichever release knows them.
  [[nodiscard]] std::string_view display(std::string_view system, std::string_view code) const;
  [[nodiscard]] const std::vector<std::unique_ptr<Terminology>>& all() const noexcept {
    return opened_;
  }

 private:
  std::vector<std::unique_ptr<Terminology>> opened_;
  std::vector<std::string> problems_;
};

}  // namespace lhcr::terminology
