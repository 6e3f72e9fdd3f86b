// SPDX-License-Identifier: Apache-2.0
#include "cmd/run/inputs.hpp"

#include <algorithm>
#include <filesystem>

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/glob.hpp"
#include "base/text.hpp"
#include "format/container/archive.hpp"
#include "record/kind.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view endings[] = {".json", ".xml", ".ndjson", ".jsonl"};
constexpr std::string_view packed_endings[] = {".gz", ".zst"};
constexpr std::string_view archive_endings[] = {".zip", ".tar", ".tar.gz", ".tgz", ".tar.zst"};

template <std::size_t size>
bool ends_with_one(std::string_view name, const std::string_view (&endings_of_kind)[size]) {
  return std::any_of(std::begin(endings_of_kind), std::end(endings_of_kind),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

/// Whether a name is that of a record, perhaps packed.
bool names_record(const std::string& name) {
  std::string lower = in_small_letters(name);
  if (ends_with_one(lower, packed_endings)) lower.resize(lower.rfind('.'));
  return ends_with_one(lower, endings);
}

/// Path components that say nothing of where they are, so that outputs stay below their folder.
std::string harmless(const std::string& name) {
  fs::path made;
  for (const fs::path& part : fs::path(name).relative_path()) {
    if (!part.empty() && part != "." && part != "..") made /= part;
  }
  return made.string();
}

/// Finds the records of folders and archives.
class Walk {
 public:
  Walk(const InputOptions& options, InputKind kind) : options_(options), kind_(kind) {}

  /// Appends what it finds in a folder, sorted.
  void folder(const std::string& folder, std::vector<Input>& inputs) {
    found_.clear();
    walk(folder, {});
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Input& left, const Input& right) { return left.path < right.path; });
    take_found(folder, "folder", inputs);
  }

  /// The same of an archive, in its order, which is the fastest.
  void archive(const std::string& archive, std::vector<Input>& inputs) {
    found_.clear();
    look_into(archive, "");
    take_found(archive, "archive", inputs);
  }

  /// Files that hold no record.
  [[nodiscard]] const std::vector<std::string>& passed_over() const noexcept {
    return passed_over_;
  }

 private:
  void take_found(const std::string& root, const std::string& what, std::vector<Input>& inputs) {
    if (found_.empty()) found_.push_back({root, root, {}, root + ": " + nothing(what)});
    inputs.insert(inputs.end(), found_.begin(), found_.end());
  }

  // As deep as the folders are, which the length of a path bounds. Links to folders are not
  // followed.
  void walk(const fs::path& folder, const fs::path& below) {
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      const fs::path& path = at->path();
      const fs::path name = below / path.filename();
      if (is_left_out(name)) continue;
      std::error_code ignored;
      if (at->is_directory(ignored) && !at->is_symlink(ignored)) {
        walk(path, name);
      } else if (at->is_regular_file(ignored)) {
        take(path, name.string());
      }
    }
    if (error) add_problem(folder.string(), error.message());
  }

  void take(const fs::path& path, const std::string& name) {
    if (kind_ == InputKind::any_file) {
      found_.push_back({path.string(), name});
      return;
    }
    const std::string lower = in_small_letters(path.filename().string());
    const bool may_be_archive = ends_with_one(lower, archive_endings);
    if (!may_be_archive && !names_record(lower)) return;
    const format::Look look = format::look_at(path.string(), record::sight_of);
    if (look.archive) {
      look_into(path.string(), name + "/");
    } else if (look.sight == format::Sight::other) {
      passed_over_.push_back(path.string());
    } else {
      found_.push_back({path.string(), name});
    }
  }

  void look_into(const std::string& archive, const std::string& before) {
    try {
      for (const format::Member& member : format::list_members(archive, record::sight_of)) {
        take_member(archive, before, member);
      }
    } catch (const Error& error) {
      found_.push_back({archive, before, {}, error.what()});
    }
  }

  void take_member(const std::string& archive, const std::string& before,
                   const format::Member& member) {
    const std::string path = archive + "/" + member.name;
    if (member.name.empty()) {
      found_.push_back({archive, before, {}, member.problem});
    } else if (any_left_out(member.name)) {
      return;
    } else if (member.look.archive ||
               ends_with_one(in_small_letters(member.name), archive_endings)) {
      add_problem(path, "an archive in an archive is not opened; unpack it first");
    } else if (!names_record(member.name)) {
      return;
    } else if (!member.problem.empty()) {
      add_problem(path, member.problem);
    } else if (member.look.sight == format::Sight::other) {
      passed_over_.push_back(path);
    } else {
      found_.push_back({path, before + harmless(member.name)});
    }
  }

  void add_problem(const std::string& path, const std::string& why) {
    found_.push_back({path, path, {}, path + ": " + why});
  }

  /// A member, or a folder that it is in.
  [[nodiscard]] bool any_left_out(const fs::path& member) const {
    for (fs::path part = member; part.has_filename(); part = part.parent_path()) {
      if (is_left_out(part)) return true;
    }
    return false;
  }

  [[nodiscard]] bool is_left_out(const fs::path& below) const {
    const std::string name = below.filename().string();
    const bool hidden = name.starts_with('.') && name != "." && name != "..";
    if (hidden || name == "node_modules" || name == "__MACOSX") return true;
    return std::any_of(options_.exclude.begin(), options_.exclude.end(),
                       [&](const std::string& glob) { return fits_glob(glob, below.string()); });
  }

  [[nodiscard]] std::string nothing(const std::string& what) const {
    if (kind_ == InputKind::any_file) return "there is no file in this " + what;
    return passed_over_.empty()
               ? "there is no *.json, *.xml, *.ndjson or *.jsonl file in this " + what
               : "no file in this " + what + " holds FHIR or CDA";
  }

  const InputOptions& options_;
  InputKind kind_;
  std::vector<Input> found_;
  std::vector<std::string> passed_over_;
};

/// The paths of a list: one a line, or each ended by a zero byte.
std::vector<std::string> listed_paths(const std::string& list) {
  const std::string text = read_file(list);
  const char end = text.find('\0') != std::string::npos ? '\0' : '\n';
  std::vector<std::string> paths;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t stop = std::min(text.find(end, at), text.size());
    std::string path = text.substr(at, stop - at);
    if (end == '\n' && path.ends_with('\r')) path.pop_back();
    if (!path.empty()) paths.push_back(std::move(path));
    at = stop + 1;
  }
  return paths;
}

std::string problem_of(const std::string& path) {
  for (const std::string_view scheme : {"http://", "https://", "ftp://"}) {
    if (path.starts_with(scheme)) {
      return path + ": this is a URL, and only files are read. Fetch it first: curl -sSf '" + path +
             "' | lhcr ...";
    }
  }
  constexpr std::string_view file = "file://";
  if (path.starts_with(file)) {
    return path + ": this is a URL, and only files are read. Try " + path.substr(file.size());
  }
  return {};
}

void add(const std::string& path, InputKind kind, Walk& walk, std::vector<Input>& inputs) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    walk.folder(path, inputs);
    return;
  }
  const bool may_be_archive = kind == InputKind::records && fs::is_regular_file(path, ignored);
  if (may_be_archive && format::is_archive(path)) {
    walk.archive(path, inputs);
    return;
  }
  const std::string name = path == "-" ? "stdin" : fs::path(path).filename().string();
  inputs.push_back({path, name, {}, problem_of(path)});
}

void tell_passed_over(const std::vector<std::string>& files, const Io& io,
                      const VerbosityOptions& verbosity) {
  if (files.empty() || verbosity.quiet) return;
  std::string text;
  for (const std::string& file : files) {
    if (verbosity.verbose) text += "lhcr: " + file + ": neither FHIR nor CDA, skipped\n";
  }
  const bool one = files.size() == 1;
  text += "lhcr: " + std::to_string(files.size()) +
          (one ? " file that is neither FHIR nor CDA was skipped"
               : " files that are neither FHIR nor CDA were skipped") +
          (verbosity.verbose ? "\n"
           : one             ? " (--verbose names it)\n"
                             : " (--verbose names them)\n");
  io.say(text);
}

}  // namespace

bool has_records(const std::string& folder) {
  const InputOptions options;
  std::vector<Input> found;
  std::error_code none;
  Walk walk(options, InputKind::records);
  fs::is_directory(folder, none) ? walk.folder(folder, found) : walk.archive(folder, found);
  return std::any_of(found.begin(), found.end(),
                     [](const Input& input) { return input.problem.empty(); });
}

std::vector<Input> expand_inputs(const InputOptions& options, const Io& io,
                                 const VerbosityOptions& verbosity, InputKind kind) {
  const bool named = !options.paths.empty() || !options.files_from.empty();
  if (!named && io.in_terminal) {
    throw Error(ErrorKind::usage,
                "nothing to read: name files or folders, or pipe a record into standard input");
  }
  if (!named) return {{"-", "stdin", options.stdin_name}};
  std::vector<std::string> paths = options.paths;
  if (!options.files_from.empty()) {
    const std::vector<std::string> more = listed_paths(options.files_from);
    paths.insert(paths.end(), more.begin(), more.end());
  }
  const auto uses =
      std::count(paths.begin(), paths.end(), "-") + (options.files_from == "-" ? 1 : 0);
  if (uses > 1) throw Error(ErrorKind::usage, "standard input can be read once only");
  std::vector<Input> inputs;
  Walk walk(options, kind);
  for (const std::string& path : paths) add(path, kind, walk, inputs);
  for (Input& input : inputs) {
    if (input.path == "-") input.label = options.stdin_name;
  }
  tell_passed_over(walk.passed_over(), io, verbosity);
  return inputs;
}

}  // namespace lhcr::cmd
