// SPDX-License-Identifier: Apache-2.0
// What an image answers and how long that takes, without the start of a program:
// bench_terminology IMAGE < EXPRESSIONS writes for each constraint its microseconds and number of
// concepts ("-" and why when there is no answer), and on standard error the percentiles and the
// nanoseconds of a look-up, a membership and a display. With --codes the concepts follow.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "terminology/query/ecl_answer.hpp"
#include "terminology/query/judge.hpp"
#include "terminology/store/library.hpp"

namespace {

using namespace lhcr::terminology;
/// Of this thread's processor time, so that others on the machine do not count.
double now() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

double nanoseconds_since(double start) {
  return now() - start;
}

void answer_all(const Snomed& snomed, bool codes) {
  std::vector<double> taken;
  for (std::string line; std::getline(std::cin, line);) {
    const double start = now();
    const EclAnswer answer = evaluate(snomed, line);
    taken.push_back(nanoseconds_since(start) / 1e3);
    if (!answer.good()) {
      std::printf("%.1f\t-\t%s\n", taken.back(),
                  (answer.error.empty() ? answer.not_checked : answer.error).c_str());
      continue;
    }
    std::printf("%.1f\t%zu", taken.back(), answer.concepts.size());
    answer.concepts.each([&](Ordinal at) {
      if (codes) {
        std::printf("\t%llu", static_cast<unsigned long long>(snomed.id(at)));
      }
    });
    std::printf("\n");
  }
  std::sort(taken.begin(), taken.end());
  if (!taken.empty()) {
    std::fprintf(stderr, "%zu constraints: median %.1f us, p95 %.1f us, largest %.1f us\n",
                 taken.size(), taken[taken.size() / 2], taken[taken.size() * 95 / 100],
                 taken.back());
  }
}

template <typename Work>
void time_each(const char* what, std::size_t count, const Work& work) {
  std::size_t kept = 0;
  const double start = now();
  for (std::size_t at = 0; at < count; ++at) {
    kept += work(at);
  }
  std::fprintf(stderr, "%s: %.0f ns (%zu)\n", what,
               nanoseconds_since(start) / static_cast<double>(count), kept);
}

void look_up(const Snomed& snomed) {
  constexpr std::size_t count = 200000;
  std::mt19937 dice(1);
  std::vector<Ordinal> some(count);
  std::vector<std::uint64_t> ids(count);
  std::vector<Ordinal> above(count);
  std::vector<std::string> terms(count);
  for (std::size_t at = 0; at < count; ++at) {
    some[at] = static_cast<Ordinal>(dice() % snomed.active_count());
    above[at] = static_cast<Ordinal>(dice() % 1000);
    ids[at] = snomed.id(some[at]);
    const auto all = snomed.descriptions(some[at]);
    terms[at] = all.empty() ? "" : all[dice() % all.size()].term;
  }
  // The first pass has the pages mapped; what counts is the second.
  time_each("pages", count, [&](std::size_t at) { return snomed.descriptions(some[at]).size(); });
  time_each("code exists", count, [&](std::size_t at) { return snomed.find(ids[at]) & 1U; });
  time_each("code in << X", count, [&](std::size_t at) {
    return snomed.is_below_or_same(snomed.find(ids[at]), above[at]) ? std::size_t{1} : 0;
  });
  time_each("preferred term", count,
            [&](std::size_t at) { return snomed.preferred(snomed.find(ids[at])).size(); });
  time_each("display", count, [&](std::size_t at) {
    return static_cast<std::size_t>(judge_display(snomed, snomed.find(ids[at]), terms[at]).verdict);
  });
}

}  // namespace

int main(int count, char** arguments) {
  const bool codes = count > 2 && std::string_view(arguments[2]) == "--codes";
  if (count < 2) {
    std::fputs("usage: bench_terminology IMAGE [--codes] < EXPRESSIONS\n", stderr);
    return 2;
  }
  const double start = now();
  const Terminology release(StoredImage{"snomed", "", arguments[1]});
  std::fprintf(stderr, "open: %.3f ms\n", nanoseconds_since(start) / 1e6);
  if (release.snomed() == nullptr) {
    std::fputs("it is no image of SNOMED CT\n", stderr);
    return 2;
  }
  answer_all(*release.snomed(), codes);
  look_up(*release.snomed());
}
