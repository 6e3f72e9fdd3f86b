// SPDX-License-Identifier: Apache-2.0
/// Compiled packages on disk, and the folders that packages lie in.
#include "definition/package_cache.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "definition/package_store.hpp"
#include "definition/packages.hpp"
#include "folder.hpp"

using namespace lhcr;
using namespace lhcr::definition;
namespace fs = std::filesystem;

namespace {

std::string system_with(const std::string& code) {
  return R"({"resourceType":"CodeSystem","url":"urn:s","content":"complete","concept":[{"code":")" +
         code + R"("}]})";
}

/// A package of one CodeSystem that looks old enough to be trusted by its time.
PackageRequest old_package(const Folder& folder, const std::string& code) {
  const std::string file = folder.write("p/c.json", system_with(code));
  fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(1));
  PackageRequest request;
  request.sources = {folder.path("p")};
  request.cache = folder.path("cache");
  return request;
}

bool has(const PackageRequest& request, const std::string& code) {
  Library library;
  load_packages(library, request);
  const Definitions& r4 = *library.version("R4");
  return r4.code_system_has(r4.code_system("urn:s"), code);
}

std::vector<fs::path> cached(const Folder& folder, const std::string& extension) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder.path("cache"))) {
    if (entry.path().extension() == extension) {
      files.push_back(entry.path());
    }
  }
  return files;
}

}  // namespace

TEST_CASE("a compiled package is kept, and made again when its files change") {
  const Folder folder;
  const PackageRequest request = old_package(folder, "a");
  CHECK(has(request, "a"));
  CHECK(cached(folder, ".image").size() == Library().versions().size());
  CHECK(cached(folder, ".layers").size() == 1);
  CHECK(has(request, "a"));
  CHECK(cached(folder, ".image").size() == Library().versions().size());
  const PackageRequest changed = old_package(folder, "bc");
  CHECK(has(changed, "bc"));
  CHECK_FALSE(has(changed, "a"));
}

TEST_CASE("a package that has just been written is judged by its content") {
  const Folder folder;
  PackageRequest request = old_package(folder, "a");
  folder.write("p/c.json", system_with("a"));
  CHECK(has(request, "a"));
  CHECK(cached(folder, ".layers").empty());
  folder.write("p/c.json", system_with("b"));
  CHECK(has(request, "b"));
}

TEST_CASE("damaged files of the cache are made again") {
  const Folder folder;
  const PackageRequest request = old_package(folder, "a");
  CHECK(has(request, "a"));
  const std::size_t size = fs::file_size(cached(folder, ".image").front());
  for (const std::size_t at : {std::size_t{0}, std::size_t{9}, size / 2, size - 1}) {
    for (const fs::path& file : cached(folder, ".image")) {
      std::fstream image(file, std::ios::in | std::ios::out | std::ios::binary);
      image.seekp(static_cast<std::streamoff>(at));
      image.put('\x5A');
      image.put('\xA5');
    }
    CHECK(has(request, "a"));
  }
  for (const fs::path& file : cached(folder, ".image")) {
    fs::resize_file(file, size / 3);
  }
  CHECK(has(request, "a"));
  for (const fs::path& file : cached(folder, ".layers")) {
    std::ofstream(file) << "4.0.1 ../../nothing\nend\n";
  }
  CHECK(has(request, "a"));
  for (const fs::path& file : cached(folder, ".layers")) {
    std::ofstream(file) << "4.0.1";
  }
  CHECK(has(request, "a"));
}

TEST_CASE("several users of one cache do not disturb each other") {
  const Folder folder;
  const PackageRequest request = old_package(folder, "a");
  std::vector<int> found(4, 0);
  std::vector<std::thread> users;
  for (int& one : found) {
    users.emplace_back([&] { one = has(request, "a") ? 1 : 0; });
  }
  for (std::thread& user : users) {
    user.join();
  }
  CHECK(found == std::vector<int>(4, 1));
}

TEST_CASE("a cache that cannot be written to is no error") {
  const Folder folder;
  PackageRequest request = old_package(folder, "a");
  request.cache = folder.write("file", "");
  CHECK(has(request, "a"));
}

TEST_CASE("a package is added under its name and version") {
  const Folder folder;
  folder.write("p/package.json", R"({"name":"e.p","version":"1.0.0"})");
  folder.write("p/sub/c.json", system_with("a"));
  const std::string store = folder.path("store");
  CHECK(add_package(folder.path("p"), store) == store + "/e.p#1.0.0");
  CHECK(fs::exists(store + "/e.p#1.0.0/sub/c.json"));
  CHECK(add_package(folder.path("p"), store) == store + "/e.p#1.0.0");
  CHECK(find_package({store}, "e.p") == store + "/e.p#1.0.0");
  CHECK(find_package({store}, "e.p#1.0.x") == store + "/e.p#1.0.0");
  CHECK_THROWS_WITH_AS(static_cast<void>(find_package({store}, "e.p#1.0.1")),
                       doctest::Contains("Did you mean e.p#1.0.0"), Error);
  CHECK(stored_packages({store, "nowhere"}).size() == 1);
  folder.write("q/package.json", R"({"name":"../../up","version":"1"})");
  CHECK_THROWS_AS(add_package(folder.path("q"), store), Error);
  CHECK_THROWS_AS(add_package(folder.path("p/sub"), store), Error);
}

TEST_CASE("versions are ordered by number") {
  CHECK(compare_versions("1.9.0", "1.10.0") < 0);
  CHECK(compare_versions("2.0", "1.10") > 0);
  CHECK(compare_versions("1.0", "1.0.1") < 0);
  CHECK(compare_versions("1.0.0", "1.0.0") == 0);
}
