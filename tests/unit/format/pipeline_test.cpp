// SPDX-License-Identifier: Apache-2.0
#include "format/pipeline.hpp"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

using namespace lhcr::format;

namespace {

using Strings = Pipeline<std::string>;

/// `count` records "0", "1", ... in one buffer that is overwritten each time.
struct Numbers {
  explicit Numbers(std::size_t records) : count(records) {}
  bool operator()(Record& record) {
    if (next == count) {
      return false;
    }
    text = std::to_string(next);
    text.resize(text.size() + read_padding, '#');
    record.bytes = std::string_view(text.data(), text.size() - read_padding);
    record.index = next++;
    return true;
  }
  std::size_t count;
  std::size_t next = 0;
  std::string text;
};

std::vector<std::string> expected(std::size_t count) {
  std::vector<std::string> results;
  for (std::size_t at = 0; at < count; ++at) {
    results.push_back(std::to_string(at) + "!");
  }
  return results;
}

Strings::Worker mark() {
  return [](const Record& record) {
    if (record.index % 97 == 0) {
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    return std::string(record.bytes) + "!";
  };
}

}  // namespace

TEST_CASE("results come in the order of the records, whatever the number of threads") {
  for (const unsigned jobs : {1U, 2U, 3U, 8U}) {
    for (const std::size_t batch : {1U, 100U, 100'000U}) {
      CAPTURE(jobs);
      CAPTURE(batch);
      Numbers numbers(2000);
      std::vector<std::string> results;
      Strings::run({jobs, batch}, std::ref(numbers), mark,
                   [&](std::string&& text) { results.push_back(std::move(text)); });
      CHECK(results == expected(2000));
    }
  }
}

TEST_CASE("no records, and fewer records than threads") {
  for (const std::size_t count : {0U, 1U, 3U}) {
    Numbers numbers(count);
    std::vector<std::string> results;
    Strings::run({4, 1}, std::ref(numbers), mark,
                 [&](std::string&& text) { results.push_back(std::move(text)); });
    CHECK(results == expected(count));
  }
}

TEST_CASE("each thread has a worker of its own") {
  Numbers numbers(1000);
  std::atomic<int> made = 0;
  Strings::run(
      {3, 10}, std::ref(numbers),
      [&made]() -> Strings::Worker {
        ++made;
        return [id = std::thread::id()](const Record& record) mutable {
          id = id == std::thread::id() ? std::this_thread::get_id() : id;
          return std::string(id == std::this_thread::get_id() ? "" : "other thread") +
                 std::string(record.bytes);
        };
      },
      [](std::string&& text) { REQUIRE(text.find("other") == std::string::npos); });
  CHECK(made == 3);
}

TEST_CASE("memory is bounded: the source is not read far ahead of what has been emitted") {
  Numbers numbers(5000);
  std::size_t emitted = 0;
  std::size_t furthest = 0;
  Strings::run({2, 1}, std::ref(numbers), mark, [&](std::string&&) {
    ++emitted;
    furthest = std::max(furthest, numbers.next - emitted);
  });
  CHECK(emitted == 5000);
  CHECK(furthest <= 8);
}

TEST_CASE("an exception of a worker comes after the results before it") {
  for (const unsigned jobs : {1U, 4U}) {
    Numbers numbers(1000);
    std::vector<std::string> results;
    const auto make = []() -> Strings::Worker {
      return [](const Record& record) {
        if (record.index == 500) {
          throw std::runtime_error("worker");
        }
        return std::string(record.bytes) + "!";
      };
    };
    CHECK_THROWS_WITH(Strings::run({jobs, 10}, std::ref(numbers), make,
                                   [&](std::string&& text) { results.push_back(std::move(text)); }),
                      "worker");
    CHECK(results == expected(500));
  }
}

TEST_CASE("an exception of the source comes after the results before it") {
  for (const unsigned jobs : {1U, 4U}) {
    Numbers numbers(1000);
    std::vector<std::string> results;
    const auto source = [&numbers](Record& record) {
      if (numbers.next == 300) {
        throw std::runtime_error("source");
      }
      return numbers(record);
    };
    CHECK_THROWS_WITH(Strings::run({jobs, 10}, source, mark,
                                   [&](std::string&& text) { results.push_back(std::move(text)); }),
                      "source");
    CHECK(results == expected(300));
  }
}

TEST_CASE("an exception of emit ends the run") {
  Numbers numbers(100'000);
  CHECK_THROWS_WITH(Strings::run({4, 10}, std::ref(numbers), mark,
                                 [](std::string&&) { throw std::runtime_error("emit"); }),
                    "emit");
  CHECK(numbers.next < 100'000);
}

TEST_CASE("what has been read goes out before a source that has to be waited for is asked again") {
  constexpr std::size_t count = 7;
  for (const unsigned jobs : {1U, 2U, 5U}) {
    CAPTURE(jobs);
    std::size_t emitted = 0;
    std::size_t held = 0;  // emitted since the last idle()
    Numbers source(count);
    PipelineOptions options;
    options.jobs = jobs;
    options.ready = [] { return false; };
    options.idle = [&] { held = 0; };
    Strings::run(
        options,
        [&](Record& record) {
          CHECK(emitted == source.next);
          CHECK(held == 0);
          return source(record);
        },
        mark,
        [&](std::string&&) {
          ++emitted;
          ++held;
        });
    CHECK(emitted == count);
  }
}
