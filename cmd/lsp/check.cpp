// SPDX-License-Identifier: Apache-2.0
#include "cmd/lsp/check.hpp"

#include <cstdio>
#include <memory>

#include <nlohmann/json.hpp>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/platform.hpp"

namespace lhcr::cmd {
namespace {

using nlohmann::json;

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

/// A file without a name, which is gone with the last who has it open.
File nameless() {
  File file(std::tmpfile());
  if (!file) throw Error(ErrorKind::input, "no temporary file can be made");
  return file;
}

std::string content(const File& file) {
  std::rewind(file.get());
  std::string text;
  char block[4096];
  for (std::size_t got = 1; got > 0;) {
    got = std::fread(block, 1, sizeof block, file.get());
    text.append(block, got);
  }
  return text;
}

/// Runs the program; standard input and outputs are the files.
void run(const std::vector<std::string>& arguments, const File& in, const File& out,
         const File& messages) {
  std::vector<char*> words;
  for (const std::string& argument : arguments)
    words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fileno(in.get()), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(out.get()), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(messages.get()), STDERR_FILENO);
  pid_t child = 0;
  const int failed = posix_spawn(&child, words.front(), &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (failed != 0 || waitpid(child, &status, 0) != child) {
    throw Error(ErrorKind::input, "the check cannot be started");
  }
}

Diagnostic diagnostic_of(const json& finding) {
  Diagnostic diagnostic;
  diagnostic.id = finding.value("id", "");
  diagnostic.severity = finding.value("severity", "");
  diagnostic.text = finding.value("text", "");
  diagnostic.hint = finding.value("hint", "");
  diagnostic.path = finding.value("path", "");
  diagnostic.placed = finding.contains("line");
  diagnostic.offset = finding.value("offset", std::uint64_t{0});
  return diagnostic;
}

}  // namespace

Checked check_text(const std::string& text, const std::string& path) {
  const File in = nameless();
  const File out = nameless();
  const File messages = nameless();
  std::fwrite(text.data(), 1, text.size(), in.get());
  std::rewind(in.get());
  run({program_path(), "validate", "--quiet", "--format", "json", "--stdin-filename", path, "-"},
      in, out, messages);
  const json report = json::parse(content(out), nullptr, false);
  Checked checked;
  if (!report.is_object() || !report.contains("findings")) {
    checked.problem = content(messages);
    return checked;
  }
  for (const json& finding : report["findings"]) {
    if (!finding.contains("follows")) checked.findings.push_back(diagnostic_of(finding));
  }
  return checked;
}

}  // namespace lhcr::cmd
