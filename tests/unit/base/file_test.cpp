// SPDX-License-Identifier: Apache-2.0
#include "base/file.hpp"

#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"

using namespace lhcr;
namespace fs = std::filesystem;

namespace {

/// A folder of its own for each test, removed afterwards.
struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "lhcr-file-test-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  [[nodiscard]] std::string operator/(const std::string& name) const {
    return (path / name).string();
  }
  [[nodiscard]] std::size_t count() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(path), fs::directory_iterator()));
  }
  fs::path path;
};

std::string message_of_open(const std::string& path) {
  try {
    static_cast<void>(open_input(path));
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::input);
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a written file reads back, whole and mapped") {
  const Folder folder;
  const std::string path = folder / "a";
  std::string bytes(300'000, 'x');
  bytes += "end";
  write_file(path, bytes);
  CHECK(read_file(path) == bytes);
  CHECK(MappedFile(path).bytes() == bytes);
  const MappedFile mapped(path);
  CHECK(mapped.bytes() == bytes);
  MappedFile::forget(mapped.bytes());
  CHECK(mapped.bytes() == bytes);
  CHECK(folder.count() == 1);
}

TEST_CASE("an empty file is mapped to no bytes") {
  const Folder folder;
  write_file(folder / "empty", "");
  CHECK(MappedFile(folder / "empty").bytes().empty());
  CHECK(read_file(folder / "empty").empty());
}

TEST_CASE("a file that is not committed leaves nothing and keeps what was there") {
  const Folder folder;
  write_file(folder / "a", "before");
  {
    AtomicFile file(folder / "a");
    file.write("half");
  }
  CHECK(read_file(folder / "a") == "before");
  CHECK(folder.count() == 1);
}

TEST_CASE("permissions and symbolic links survive a replacement") {
  const Folder folder;
  write_file(folder / "target", "before");
  REQUIRE(::chmod((folder / "target").c_str(), 0640) == 0);
  fs::create_symlink(folder / "target", folder / "link");
  write_file(folder / "link", "after");
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(read_file(folder / "target") == "after");
  struct stat status {};
  REQUIRE(::stat((folder / "target").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0640U);
}

TEST_CASE("a device is written to and not replaced") {
  write_file("/dev/null", "nothing");
  CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("input that cannot be opened says why and what to try") {
  const Folder folder;
  CHECK(message_of_open(folder / "missing").find("No such file") != std::string::npos);
  CHECK(message_of_open(folder / "missing").find("spelling") != std::string::npos);
  CHECK(message_of_open(folder.path.string()).find("directory") != std::string::npos);
}

TEST_CASE("output into a folder that does not exist, or onto a folder, is an error") {
  const Folder folder;
  CHECK_THROWS_AS(write_file(folder / "no/such/folder", ""), Error);
  CHECK_THROWS_AS(write_file(folder.path.string(), ""), Error);
  CHECK(folder.count() == 0);
}

TEST_CASE("a limit keeps a huge file out of memory") {
  const Folder folder;
  write_file(folder / "a", std::string(100'000, 'x'));
  CHECK_THROWS_AS(static_cast<void>(read_file(folder / "a", 1000)), Error);
}

TEST_CASE("descriptors move and close") {
  Descriptor file = open_input("/dev/null");
  const int number = file.get();
  Descriptor moved = std::move(file);
  CHECK(moved.get() == number);
  moved = Descriptor();
  char byte = 0;
  CHECK(::read(number, &byte, 1) == -1);
}
