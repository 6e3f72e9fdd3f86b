// SPDX-License-Identifier: Apache-2.0
// inotify(7); another system needs another file.
#include "cmd/watch/changes.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/file.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t interesting =
    IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE_SELF;
/// Milliseconds without a change after which a run begins: an editor makes several at once.
constexpr int quiet_time = 50;

/// The whole path, without what AtomicFile appends until a file is whole.
fs::path plain(const fs::path& path) {
  std::error_code none;
  const std::string name = fs::weakly_canonical(path, none).string();
  return name.substr(0, name.rfind("." + std::to_string(::getpid()) + "-"));
}

}  // namespace

struct Changes::State {
  Descriptor queue;
  std::map<int, fs::path> folders;                   ///< by watch
  std::map<fs::path, std::set<std::string>> wanted;  ///< names in a folder; none: all of them
  std::set<fs::path> outputs;

  /// Whether a file is one of the outputs, in one, or what such a file is called until it is whole.
  [[nodiscard]] bool is_output(const fs::path& file) const {
    for (fs::path part = plain(file); part.has_relative_path(); part = part.parent_path()) {
      if (outputs.contains(part)) return true;
    }
    return false;
  }

  void watch(const fs::path& folder) {
    const int number = inotify_add_watch(queue.get(), folder.c_str(), interesting);
    if (number < 0 && errno != ENOENT && errno != ENOTDIR) {
      throw Error(ErrorKind::input, folder.string() + ": this folder cannot be watched: " +
                                        std::system_category().message(errno));
    }
    if (number >= 0) folders[number] = folder;
  }

  void watch_all(const fs::path& folder) {
    watch(folder);
    std::error_code none;
    fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied,
                                           none);
    for (; !none && entry != fs::recursive_directory_iterator(); entry.increment(none)) {
      const bool hidden = entry->path().filename().string().starts_with('.');
      if (!entry->is_directory(none)) continue;
      hidden ? entry.disable_recursion_pending() : watch(entry->path());
    }
  }

  /// Whether an event is about something that is watched; new folders are watched from now on.
  bool take(const inotify_event& event) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) return true;
    const auto found = folders.find(event.wd);
    if (found == folders.end() || (event.mask & IN_IGNORED) != 0) return false;
    const std::string name = event.len > 0 ? std::string(static_cast<const char*>(event.name)) : "";
    const fs::path folder = found->second;
    const auto names = wanted.find(folder);
    if (names != wanted.end()) return names->second.contains(name);
    if (name.starts_with('.') || is_output(folder / name)) return false;
    if ((event.mask & IN_ISDIR) != 0 && (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
      watch_all(folder / name);
    }
    return true;
  }

  /// Takes what has come; whether any of it is wanted.
  bool drain() {
    alignas(inotify_event) std::array<char, 1U << 16U> buffer;
    const ssize_t size = ::read(queue.get(), buffer.data(), buffer.size());
    bool any = false;
    for (ssize_t at = 0; at < size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      any = take(*event) || any;
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
    }
    return any;
  }
};

Changes::Changes(const std::vector<std::string>& paths, const std::vector<std::string>& outputs)
    : state_(std::make_unique<State>()) {
  for (const std::string& output : outputs) state_->outputs.insert(plain(output));
  state_->queue = Descriptor(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (state_->queue.get() < 0) {
    throw Error(ErrorKind::input,
                "changes cannot be watched: " + std::system_category().message(errno));
  }
  std::error_code none;
  std::set<fs::path> whole;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path, none)) continue;
    state_->watch_all(path);
  }
  for (const auto& [number, folder] : state_->folders) whole.insert(folder);
  for (const std::string& path : paths) {
    if (fs::is_directory(path, none)) continue;
    const fs::path file(path);
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    if (whole.contains(folder)) continue;
    state_->watch(folder);
    state_->wanted[folder].insert(file.filename().string());
  }
}

Changes::~Changes() = default;

void Changes::wait() {
  constexpr int for_ever = -1;
  bool changed = false;
  for (;;) {
    pollfd waiting{state_->queue.get(), POLLIN, 0};
    const int ready = ::poll(&waiting, 1, changed ? quiet_time : for_ever);
    if (ready == 0) return;
    if (ready > 0 && state_->drain()) changed = true;
  }
}

}  // namespace lhcr::cmd
