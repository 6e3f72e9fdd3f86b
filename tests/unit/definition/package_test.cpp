// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/package.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <zlib.h>

#include "base/error.hpp"
#include "definition/compiler/compile.hpp"
#include "definition/definitions.hpp"
#include "folder.hpp"

using namespace lhcr;
using namespace lhcr::definition;
using namespace lhcr::definition::compiler;

namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

Files files_of(const std::string& path) {
  Files files;
  visit_package(path, [&](std::string_view name, std::string_view content) {
    files.emplace_back(name, content);
    for (std::size_t at = 0; at < package_padding; ++at) {
      CHECK(content.data()[content.size() + at] == '\0');
    }
  });
  return files;
}

std::string padded(std::string text) {
  text.resize((text.size() + 511) / 512 * 512, '\0');
  return text;
}

/// One entry of a tar archive; a name longer than 100 bytes must be split into prefix and name by
/// the caller.
std::string entry(std::string_view name, std::string_view content, char type = '0',
                  std::string_view prefix = {}) {
  std::string header(512, '\0');
  header.replace(0, name.size(), name);
  char size[12];
  std::snprintf(size, sizeof(size), "%011zo", content.size());
  header.replace(124, 11, size);
  header[156] = type;
  header.replace(257, 5, "ustar");
  header.replace(345, prefix.size(), prefix);
  header.replace(148, 8, 8, ' ');
  unsigned sum = 0;
  for (const char byte : header) {
    sum += static_cast<unsigned char>(byte);
  }
  char digits[8];
  std::snprintf(digits, sizeof(digits), "%06o", sum);
  header.replace(148, 6, digits, 6);
  header[154] = '\0';
  return header + padded(std::string(content));
}

std::string gzip(const Folder& folder, const std::string& name, const std::string& bytes) {
  std::string path = folder.path(name);
  gzFile file = gzopen(path.c_str(), "wb");
  REQUIRE(file != nullptr);
  CHECK(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())) ==
        static_cast<int>(bytes.size()));
  CHECK(gzclose(file) == Z_OK);
  return path;
}

const std::string end(1024, '\0');

}  // namespace

TEST_CASE("a tarball gives the JSON files of its package folder") {
  const Folder folder;
  const std::string long_name = "package/" + std::string(120, 'x') + ".json";
  const std::string path =
      gzip(folder, "p.tgz",
           entry("package/package.json", "{}") + entry("package/.index.json", "{}") +
               entry("package/example", "", '5') + entry("package/example/a.json", "{}") +
               entry("package/readme.md", "hello") + entry("other/b.json", "{}") +
               entry("package/c.json", "{\"c\":1}") + entry("d.json", "{\"d\":1}", '0', "package") +
               entry("ignored", "20 path=package/e.json\n", 'x') + entry("short", "{\"e\":1}") +
               entry("././@LongLink", long_name + '\0', 'L') + entry("short", "{\"f\":1}") + end);
  CHECK(files_of(path) == Files{{"package.json", "{}"},
                                {"c.json", "{\"c\":1}"},
                                {"d.json", "{\"d\":1}"},
                                {"e.json", "{\"e\":1}"},
                                {std::string(120, 'x') + ".json", "{\"f\":1}"}});
}

TEST_CASE("a folder gives its files in order, one without package/ also those below it") {
  const Folder folder;
  folder.write("b.json", "2");
  folder.write("a.json", "1");
  folder.write("a.txt", "no");
  folder.write("sub/.hidden.json", "no");
  folder.write(".git/d.json", "no");
  folder.write("sub/c.xml", "3");
  CHECK(files_of(folder.path()) == Files{{"a.json", "1"}, {"b.json", "2"}, {"c.xml", "3"}});
  CHECK(files_of(folder.path("a.json")) == Files{{folder.path("a.json"), "1"}});
  folder.write("package/c.json", "3");
  folder.write("package/example/e.json", "no");
  CHECK(files_of(folder.path()) == Files{{"c.json", "3"}});
}

TEST_CASE("a package that cannot be read to its end is an error") {
  const Folder folder;
  const auto fails = [](const std::string& path) {
    CHECK_THROWS_AS(visit_package(path, [](std::string_view, std::string_view) {}), Error);
  };
  fails(folder.path("none.tgz"));
  std::string whole;
  {
    const std::string path =
        gzip(folder, "whole.tgz", entry("package/a.json", std::string(5000, ' ')) + end);
    std::ifstream file(path, std::ios::binary);
    whole.assign(std::istreambuf_iterator<char>(file), {});
  }
  fails(folder.write("cut.tgz", std::string_view(whole).substr(0, whole.size() / 2)));
  fails(
      gzip(folder, "cut-tar.tgz", entry("package/a.json", std::string(5000, ' ')).substr(0, 2000)));
  fails(gzip(folder, "text.tgz", std::string(700, 'x')));
  std::string huge = entry("package/a.json", "");
  huge.replace(124, 11, "77777777777");
  fails(gzip(folder, "huge.tgz", huge));
  folder.write("bad/package/a.json", "{\"resourceType\":");
  CHECK_THROWS_AS(static_cast<void>(compile({folder.path("bad")})), Error);
}

TEST_CASE("hostile archives are refused") {
  const Folder folder;
  const auto why = [&](const std::string& tar) {
    const std::string path = gzip(folder, "hostile.tgz", tar);
    try {
      visit_package(path, [](std::string_view, std::string_view) {});
    } catch (const Error& error) {
      return std::string(error.what()).substr(path.size() + 2);
    }
    return std::string();
  };
  CHECK(why(entry("package/a.json", "{}") + end).empty());
  const char* const outside = "holds a file whose name leads outside of the package";
  CHECK(why(entry("../../etc/a.json", "{}") + end) == outside);
  CHECK(why(entry("package/../../a.json", "{}") + end) == outside);
  CHECK(why(entry("/etc/passwd", "{}") + end) == outside);
  CHECK(why(entry("package/a\x1b[2J.json", "{}") + end) == outside);
  CHECK(why(entry("x", "24 path=package/../../b\n", 'x') + entry("a.json", "{}") + end) == outside);
  CHECK(why(entry("package/a.json", "", '2') + end) == "holds a link, which no package needs");
  CHECK(why(entry("package/a.json", "", '1') + end) == "holds a link, which no package needs");
  CHECK(why(entry("package/a.json", "", '3') + end) ==
        "holds something that is neither a file nor a folder");
  std::string damaged = entry("package/a.json", "{}") + end;
  damaged[3] = 'X';
  CHECK(why(damaged) == "is not a tar archive, or a damaged one");
}

TEST_CASE("an archive that swells too much is refused") {
  const Folder folder;
  const std::string path = folder.path("bomb.tgz");
  {
    gzFile file = gzopen(path.c_str(), "wb9");
    const std::string header = entry("package/a.json", std::string(std::size_t{150} << 20U, '\0'));
    gzwrite(file, header.data(), static_cast<unsigned>(header.size()));
    gzclose(file);
  }
  CHECK_THROWS_WITH_AS(visit_package(path, [](std::string_view, std::string_view) {}),
                       doctest::Contains("decompression bomb"), Error);
}

TEST_CASE("a gzip file with a wrong sum at its end is refused") {
  const Folder folder;
  const std::string path = gzip(folder, "sum.tgz", entry("package/a.json", "{}") + end);
  std::string bytes;
  {
    std::ifstream file(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  bytes[bytes.size() - 6] = static_cast<char>(bytes[bytes.size() - 6] ^ 1);
  folder.write("sum.tgz", bytes);
  CHECK_THROWS_AS(visit_package(path, [](std::string_view, std::string_view) {}), Error);
}

TEST_CASE("a folder and a tarball of the same package give the same image") {
  const Folder folder;
  const std::string set =
      R"({"resourceType":"ValueSet","url":"http://e.org/vs","compose":{"include":[{"system":"http://e.org/cs"}]}})";
  const std::string system =
      R"({"resourceType":"CodeSystem","url":"http://e.org/cs","content":"complete","concept":[{"code":"a"}]})";
  folder.write("p/package/s.json", set);
  folder.write("p/package/c.json", system);
  const std::string tarball =
      gzip(folder, "p.tgz", entry("package/s.json", set) + entry("package/c.json", system) + end);
  CHECK(compile({folder.path("p")}) == compile({tarball}));
}

TEST_CASE("the earlier package wins where no version is asked for") {
  const Folder folder;
  const auto set = [](std::string_view version, std::string_view name) {
    return R"({"resourceType":"ValueSet","url":"http://e.org/vs","version":")" +
           std::string(version) + R"(","name":")" + std::string(name) + R"("})";
  };
  folder.write("a/s.json", set("2", "first"));
  folder.write("b/s.json", set("1", "second"));
  folder.write("c/s.json", set("2", "never"));
  const auto bytes = compile({folder.path("a"), folder.path("b"), folder.path("c")});
  SymbolTable symbols;
  const Definitions definitions(bytes, symbols);
  const auto name = [&](std::string_view canonical) {
    return definitions.value_set_name(definitions.value_set(canonical));
  };
  CHECK(name("http://e.org/vs") == "first");
  CHECK(name("http://e.org/vs|1") == "second");
  CHECK(name("http://e.org/vs|2") == "first");
  CHECK(name("http://e.org/vs|3").empty());
}
