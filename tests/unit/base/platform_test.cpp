// SPDX-License-Identifier: Apache-2.0
#include "base/platform.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

namespace lhcr {
namespace {

std::string content(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_CASE("The program knows where it is") {
  CHECK(std::filesystem::path(program_path()).filename() == "unit_base");
}

TEST_CASE("A file in memory is read by its path, more than once, from the beginning") {
  const Descriptor file = memory_file("unit");
  CHECK(write_all(file.get(), "first "));
  CHECK(write_all(file.get(), "second"));
  CHECK(content(path_of(file)) == "first second");
  CHECK(content(path_of(file)) == "first second");
}

TEST_CASE("A pipe neither blocks nor outlives exec") {
  const Pipe pipe = nonblocking_pipe();
  std::array<char, 4> bytes{};
  CHECK(::read(pipe.out.get(), bytes.data(), bytes.size()) == -1);
  CHECK(errno == EAGAIN);
  CHECK(::write(pipe.in.get(), "abc", 3) == 3);
  CHECK(::read(pipe.out.get(), bytes.data(), bytes.size()) == 3);
  CHECK((::fcntl(pipe.out.get(), F_GETFD) & FD_CLOEXEC) != 0);
  CHECK((::fcntl(pipe.in.get(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("Two paths change places or stay as they are") {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("lhcr-unit-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "a") << "a";
  std::ofstream(folder / "b") << "b";
  const bool done = exchange_paths(folder / "a", folder / "b");
  CHECK(content(folder / "a") == (done ? "b" : "a"));
  CHECK(content(folder / "b") == (done ? "a" : "b"));
  CHECK_FALSE(exchange_paths(folder / "a", folder / "missing"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace lhcr
