// SPDX-License-Identifier: Apache-2.0
#include "base/file.hpp"

#include <csignal>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/mapped_file.hpp"
#include "folder.hpp"

using namespace lhcr;
namespace fs = std::filesystem;

namespace {

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
  const std::string path = folder.path("a");
  std::string bytes(300'000, 'x');
  bytes += "end";
  write_file(path, bytes);
  CHECK(read_file(path) == bytes);
  CHECK(MappedFile(path).bytes() == bytes);
  const MappedFile mapped(path);
  CHECK(mapped.bytes() == bytes);
  MappedFile::forget(mapped.bytes());
  CHECK(mapped.bytes() == bytes);
  CHECK(folder.names().size() == 1);
}

TEST_CASE("a mapped file that becomes shorter reads as zeros and is no longer intact") {
  const Folder folder;
  const std::string path = folder.path("a");
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
  write_file(folder.path("a"), "before");
  const MappedFile replaced(folder.path("a"));
  write_file(folder.path("a"), "after");
  CHECK(replaced.intact());
  CHECK(replaced.bytes() == "before");
  const MappedFile rewritten(folder.path("a"));
  timespec times[2] = {{1, 0}, {1, 0}};
  REQUIRE(::utimensat(AT_FDCWD, folder.path("a").c_str(), times, 0) == 0);
  CHECK_FALSE(rewritten.intact());
  const MappedFile removed(folder.path("a"));
  fs::remove(folder.path("a"));
  CHECK(removed.intact());
}

TEST_CASE("an empty file is mapped to no bytes") {
  const Folder folder;
  write_file(folder.path("empty"), "");
  CHECK(MappedFile(folder.path("empty")).bytes().empty());
  CHECK(read_file(folder.path("empty")).empty());
}

TEST_CASE("a file that is not committed leaves nothing and keeps what was there") {
  const Folder folder;
  write_file(folder.path("a"), "before");
  {
    AtomicFile file(folder.path("a"));
    file.write("half");
  }
  CHECK(read_file(folder.path("a")) == "before");
  CHECK(folder.names().size() == 1);
}

TEST_CASE("permissions and symbolic links survive a replacement") {
  const Folder folder;
  write_file(folder.path("target"), "before");
  REQUIRE(::chmod(folder.path("target").c_str(), 0640) == 0);
  fs::create_symlink(folder.path("target"), folder.path("link"));
  write_file(folder.path("link"), "after");
  CHECK(fs::is_symlink(folder.path("link")));
  CHECK(read_file(folder.path("target")) == "after");
  struct stat status {};
  REQUIRE(::stat(folder.path("target").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0640U);
}

TEST_CASE("a device is written to and not replaced") {
  write_file("/dev/null", "nothing");
  CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("input that cannot be opened says why and what to try") {
  const Folder folder;
  CHECK(message_of_open(folder.path("missing")).find("No such file") != std::string::npos);
  CHECK(message_of_open(folder.path("missing")).find("spelling") != std::string::npos);
  CHECK(message_of_open(folder.path()).find("directory") != std::string::npos);
}

TEST_CASE("output into a folder that does not exist, or onto a folder, is an error") {
  const Folder folder;
  CHECK_THROWS_AS(write_file(folder.path("no/such/folder"), ""), Error);
  CHECK_THROWS_AS(write_file(folder.path(), ""), Error);
  CHECK(folder.names().size() == 0);
}

TEST_CASE("a limit keeps a huge file out of memory") {
  const Folder folder;
  write_file(folder.path("a"), std::string(100'000, 'x'));
  CHECK_THROWS_AS(static_cast<void>(read_file(folder.path("a"), 1000)), Error);
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
