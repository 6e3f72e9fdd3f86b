// SPDX-License-Identifier: Apache-2.0
#include "base/file.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/mapped_file.hpp"

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

TEST_CASE("a mapped file that becomes shorter reads as zeros and is no longer intact") {
  const Folder folder;
  const std::string path = folder / "a";
  constexpr std::size_t size = 300'000;
  write_file(path, std::string(size, 'x'));
  struct sigaction earlier {};
  struct sigaction action {};
  action.sa_flags = SA_SIGINFO;
  action.sa_sigaction = [](int, siginfo_t* about, void*) {
    if (!absorb_bus_error(about->si_addr)) std::abort();
  };
  REQUIRE(sigaction(SIGBUS, &action, &earlier) == 0);
  const MappedFile other(path);
  {
    const MappedFile mapped(path);
    CHECK(mapped.intact());
    CHECK_NOTHROW(mapped.require_intact());
    REQUIRE(::truncate(path.c_str(), 100) == 0);
    CHECK(mapped.bytes().substr(0, 100) == std::string(100, 'x'));
    CHECK(mapped.bytes().substr(200'000) == std::string(100'000, '\0'));
    CHECK_FALSE(mapped.intact());
    CHECK_THROWS_WITH_AS(mapped.require_intact(), doctest::Contains(path.c_str()), Error);
  }
  CHECK_FALSE(other.intact());  // by its size, before anyone looks at what is gone
  sigaction(SIGBUS, &earlier, nullptr);
  CHECK_FALSE(absorb_bus_error(&path));
}

TEST_CASE(
    "a file is intact when its name leads to another file by now, and not when it was rewritten") {
  const Folder folder;
  write_file(folder / "a", "before");
  const MappedFile replaced(folder / "a");
  write_file(folder / "a", "after");
  CHECK(replaced.intact());
  CHECK(replaced.bytes() == "before");
  const MappedFile rewritten(folder / "a");
  timespec times[2] = {{1, 0}, {1, 0}};
  REQUIRE(::utimensat(AT_FDCWD, (folder / "a").c_str(), times, 0) == 0);
  CHECK_FALSE(rewritten.intact());
  const MappedFile removed(folder / "a");
  fs::remove(folder / "a");
  CHECK(removed.intact());
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
