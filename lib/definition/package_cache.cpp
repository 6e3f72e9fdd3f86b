// SPDX-License-Identifier: Apache-2.0
#include "definition/package_cache.hpp"

#include <chrono>
#include <filesystem>
#include <span>
#include <sstream>

#include "base/error.hpp"
#include "base/hex.hpp"
#include "base/mapped_file.hpp"
#include "definition/build_key.hpp"
#include "definition/compiler/package.hpp"
#include "definition/image/layout.hpp"

namespace lhcr::definition {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using std::chrono::seconds;

constexpr hours kept = hours(24 * 30);
// File systems keep times in steps of up to two seconds.
constexpr seconds settled = seconds(3);

/// What follows an image in its file.
using Sum = std::uint64_t;

/// The bytes before the sum, empty when that says something else.
std::string_view whole_image(std::string_view file) {
  Sum sum = 0;
  if (file.size() < sizeof(sum)) {
    return {};
  }
  const std::string_view image = file.substr(0, file.size() - sizeof(sum));
  std::memcpy(&sum, file.data() + image.size(), sizeof(sum));
  return sum == image::checksum(image) ? image : std::string_view();
}

}  // namespace

ContentHash::ContentHash() {
  hash_.add_text(build_key);
}

std::string ContentHash::finish() {
  constexpr std::size_t bytes = 16;
  const Sha256::Digest digest = hash_.finish();
  return hex(std::span(digest).first(bytes));
}

std::vector<std::byte> PackageCache::image(const std::string& content) const {
  std::error_code error;
  const std::string file = path(content + ".image");
  if (folder_.empty() || !fs::is_regular_file(file, error)) {
    return {};
  }
  try {
    const MappedFile mapped(file);
    const auto* const first = reinterpret_cast<const std::byte*>(mapped.bytes().data());
    std::vector<std::byte> image(first, first + mapped.bytes().size());
    // The sum is that of the copy: the file may change meanwhile.
    const std::string_view whole =
        whole_image({reinterpret_cast<const char*>(image.data()), image.size()});
    if (!whole.empty()) {
      image.resize(whole.size());
      fs::last_write_time(file, fs::file_time_type::clock::now(), error);
      return image;
    }
  } catch (const Error&) {
    return {};
  }
  fs::remove(file, error);
  return {};
}

void PackageCache::store(const std::string& content, const std::vector<std::byte>& image) const {
  if (folder_.empty()) {
    return;
  }
  std::error_code error;
  fs::create_directories(folder_, error);
  std::string bytes(reinterpret_cast<const char*>(image.data()), image.size());
  const Sum sum = image::checksum(bytes);
  bytes.append(reinterpret_cast<const char*>(&sum), sizeof(sum));
  try {
    write_file(path(content + ".image"), bytes);
  } catch (const Error&) {
    return;
  }
  remove_old();
}

std::optional<CachedLayers> PackageCache::layers(const std::string& outside) const {
  std::error_code error;
  const std::string file = path(outside + ".layers");
  if (folder_.empty() || !fs::is_regular_file(file, error)) {
    return std::nullopt;
  }
  CachedLayers layers;
  try {
    std::istringstream lines(read_file(file, std::size_t{1} << 20U));
    for (std::string line; std::getline(lines, line);) {
      const std::size_t space = line.find(' ');
      if (line.starts_with("note ")) {
        layers.notes.push_back(line.substr(space + 1));
      } else if (line == "end") {
        return layers;
      } else if (space != std::string::npos) {
        layers.images.emplace_back(line.substr(0, space), line.substr(space + 1));
      }
    }
  } catch (const Error&) {
    return std::nullopt;
  }
  return std::nullopt;
}

void PackageCache::store(const std::string& outside, const CachedLayers& layers) const {
  if (folder_.empty()) {
    return;
  }
  std::string text;
  for (const auto& [version, content] : layers.images) {
    text.append(version).append(1, ' ').append(content).append(1, '\n');
  }
  for (const std::string& note : layers.notes) {
    text.append("note ").append(note).append(1, '\n');
  }
  std::error_code error;
  fs::create_directories(folder_, error);
  try {
    write_file(path(outside + ".layers"), text + "end\n");
  } catch (const Error&) {
    fs::remove(path(outside + ".layers"), error);
  }
}

void PackageCache::remove_old() const {
  std::error_code error;
  const auto now = fs::file_time_type::clock::now();
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    if (now - fs::last_write_time(at->path(), ignored) > kept && !ignored) {
      fs::remove(at->path(), ignored);
    }
  }
}

std::optional<std::string> outside_hash(const std::vector<std::string>& packages) {
  ContentHash hash;
  const auto now = fs::file_time_type::clock::now();
  for (const std::string& package : packages) {
    hash.add(package);
    for (const std::string& file : compiler::package_files(package)) {
      std::error_code error;
      const auto time = fs::last_write_time(file, error);
      const auto size = fs::file_size(file, error);
      if (error || now - time < settled) {
        return std::nullopt;
      }
      hash.add(file);
      hash.add(std::to_string(size) + ' ' +
               std::to_string(static_cast<std::int64_t>(time.time_since_epoch().count())));
    }
  }
  return hash.finish();
}

}  // namespace lhcr::definition
