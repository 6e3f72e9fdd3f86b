// SPDX-License-Identifier: Apache-2.0
#include "cmd/run/progress.hpp"

#include <cstdio>
#include <filesystem>

#include <sys/resource.h>

#include "cmd/run/status_line.hpp"

namespace lhcr::cmd {
namespace {

constexpr double megabyte = 1e6;
constexpr std::chrono::milliseconds redraw{200};

std::string fixed(double number, int digits) {
  char text[64];
  const int length = std::snprintf(text, sizeof text, "%.*f", digits, number);
  return {text, static_cast<std::size_t>(length)};
}

std::uint64_t size_of(const Input& input) {
  std::error_code none;
  const std::uintmax_t size = input.path == "-" ? 0 : std::filesystem::file_size(input.path, none);
  return none ? 0 : size;
}

}  // namespace

std::string size_text(std::uint64_t bytes) {
  return fixed(static_cast<double>(bytes) / megabyte, 1) + " MB";
}

std::string duration_text(std::chrono::seconds duration) {
  const auto two = [](std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  const std::int64_t seconds = duration.count();
  const std::int64_t hours = seconds / 3600;
  const std::int64_t minutes = seconds / 60 % 60;
  return (hours > 0 ? std::to_string(hours) + ':' + two(minutes) : std::to_string(minutes)) + ':' +
         two(seconds % 60);
}

std::string left_text(std::uint64_t done, std::uint64_t total, std::chrono::milliseconds took) {
  if (total <= done || done == 0 || took.count() == 0) return "";
  const double left = static_cast<double>(took.count()) / 1000 * static_cast<double>(total - done) /
                      static_cast<double>(done);
  return ", " + duration_text(std::chrono::seconds(static_cast<std::int64_t>(left) + 1)) + " left";
}

std::string progress_text(std::uint64_t done, std::uint64_t total, std::chrono::milliseconds took) {
  const double seconds = static_cast<double>(took.count()) / 1000;
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  std::string text = "lhcr: " + size_text(done);
  if (total >= done && total > 0) {
    text += " of " + size_text(total) + ", " + std::to_string(done * 100 / total) + " %";
  }
  return text + ", " + fixed(rate / megabyte, 1) + " MB/s" + left_text(done, total, took);
}

Progress::Progress(const std::vector<Input>& inputs, bool shown) : shown_(shown) {
  if (!shown) return;
  for (const Input& input : inputs) total_ += size_of(input);
}

Progress::~Progress() {
  if (shown_) clear_status();
}

void Progress::add(std::uint64_t bytes) {
  done_ += bytes;
  if (!shown_) return;
  const auto now = Clock::now();
  if (now < next_) return;
  show_status(progress_text(done_, total_,
                            std::chrono::duration_cast<std::chrono::milliseconds>(now - begin_)));
  next_ = now + redraw;
}

void Timings::phase(std::string name) {
  const auto now = Clock::now();
  phases_.emplace_back(std::move(name), std::chrono::duration<double>(now - since_).count());
  since_ = now;
}

void Timings::finish() const {
  if (!wanted_) return;
  std::string text = "lhcr: ";
  for (const auto& [name, seconds] : phases_) text += fixed(seconds, 3) + " s " + name + ", ";
  text.resize(text.size() - 2);
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  constexpr std::uint64_t kilobyte = 1024;
  io_.say(text + "; " + size_text(static_cast<std::uint64_t>(used.ru_maxrss) * kilobyte) +
          " of memory at most\n");
}

}  // namespace lhcr::cmd
