// SPDX-License-Identifier: Apache-2.0
#include "terminology/store/library.hpp"

#include <algorithm>
#include <filesystem>

#include "base/error.hpp"
#include "base/suggest.hpp"

namespace lhcr::terminology {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& name, const std::vector<StoredImage>& images) {
  std::vector<std::string> labels;
  for (const StoredImage& image : images) {
    labels.push_back(image.label());
    labels.push_back(image.name);
  }
  const std::vector<std::string_view> views(labels.begin(), labels.end());
  const std::string_view meant = closest(name, views);
  throw Error(ErrorKind::input,
              "there is no terminology '" + name + "'. " +
                  (meant.empty() ? "'lhcr terminology list' shows those that are here"
                                 : "Did you mean " + std::string(meant) + "?"));
}

}  // namespace

std::vector<StoredImage> stored_images(const std::string& folder) {
  std::vector<StoredImage> images;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string file = at->path().filename().string();
    const std::size_t hash = file.find('#');
    constexpr std::string_view suffix = ".image";
    if (hash != std::string::npos && file.ends_with(suffix) && !file.starts_with('.')) {
      images.push_back({file.substr(0, hash),
                        file.substr(hash + 1, file.size() - suffix.size() - hash - 1),
                        at->path().string()});
    }
  }
  std::sort(images.begin(), images.end(), [](const StoredImage& left, const StoredImage& right) {
    return left.name != right.name ? left.name < right.name : left.version > right.version;
  });
  return images;
}

Terminology::Terminology(StoredImage stored) : stored_(std::move(stored)), image_(stored_.path) {
  if (image_.meta("kind") == "snomed") {
    snomed_ = std::make_unique<Snomed>(image_);
  } else {
    list_ = std::make_unique<CodeList>(image_);
  }
}

Library::Library(const std::string& folder, const std::vector<std::string>& names) {
  const std::vector<StoredImage> images = stored_images(folder);
  for (const std::string& name : names) {
    const auto found = std::find_if(images.begin(), images.end(), [&](const StoredImage& image) {
      return image.name == name || image.label() == name;
    });
    if (found == images.end()) {
      refuse(name, images);
    }
    opened_.push_back(std::make_unique<Terminology>(*found));
  }
  for (const StoredImage& image : images) {
    const bool newer = !opened_.empty() && opened_.back()->stored().name == image.name;
    if (!names.empty() || newer) {
      continue;
    }
    try {
      opened_.push_back(std::make_unique<Terminology>(image));
    } catch (const Error& error) {
      problems_.emplace_back(error.what());
    }
  }
}

const Terminology* Library::find(std::string_view system) const noexcept {
  const CodeSystemName* known = find_code_system(system);
  for (const auto& one : opened_) {
    const bool named = known != nullptr
                           ? one->stored().name == known->name
                           : one->image().meta("system") == system || one->stored().name == system;
    if (named) {
      return one.get();
    }
  }
  return nullptr;
}

const Snomed* Library::snomed() const noexcept {
  const Terminology* found = find("snomed");
  return found == nullptr ? nullptr : found->snomed();
}

const CodeList* Library::list(std::string_view system) const noexcept {
  const Terminology* found = find(system);
  return found == nullptr ? nullptr : found->list();
}

std::string_view Library::display(std::string_view system, std::string_view code) const {
  const auto listed = [&](std::string_view name) {
    const CodeList* const codes = list(name);
    const auto found = codes == nullptr ? std::nullopt : codes->find(code);
    return found ? found->display : std::string_view{};
  };
  const CodeSystemName* const known = find_code_system(system);
  const bool dmd = known != nullptr && known->name == "dmd";
  if (known == nullptr || (!dmd && known->name != "snomed")) {
    return listed(system);
  }
  const Ordinal at = snomed() == nullptr ? no_concept : snomed()->find(code);
  const std::string_view term = at == no_concept ? std::string_view{} : snomed()->preferred(at);
  const std::string_view product = listed("dmd");
  return product.empty() || (!dmd && !term.empty()) ? term : product;
}

}  // namespace lhcr::terminology
