// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/order.hpp"

#include <algorithm>
#include <random>
#include <set>

#include <doctest/doctest.h>

#include "deliver/job/survey.hpp"

using namespace lhcr;
using namespace lhcr::deliver;

namespace {

SymbolTable& symbols() {
  static SymbolTable table;
  return table;
}

WorkPtr work_of(std::string_view method, std::string_view url, std::string_view condition = {}) {
  auto work = std::make_shared<Work>();
  work->record = std::make_shared<Record>(symbols());
  work->entries.emplace_back();
  work->entries[0].method = method;
  work->entries[0].url = url;
  work->entries[0].if_none_exist = condition;
  return work;
}

}  // namespace

TEST_CASE("an identity is what two entries can write") {
  CHECK(identities_of(*work_of("PUT", "Patient/1")) == std::vector<std::string>{"Patient/1"});
  CHECK(identities_of(*work_of("POST", "Patient")).empty());
  CHECK(identities_of(*work_of("POST", "Organization", "identifier=a|1")) ==
        std::vector<std::string>{"POST Organization?identifier=a|1"});
}

TEST_CASE("works of one identity go one at a time and in order") {
  Turns turns;
  const WorkPtr first = work_of("PUT", "Patient/1");
  const WorkPtr second = work_of("PUT", "Patient/1");
  const WorkPtr other = work_of("PUT", "Patient/2");
  CHECK(turns.enter(first, identities_of(*first)));
  CHECK_FALSE(turns.enter(second, identities_of(*second)));
  CHECK(turns.enter(other, identities_of(*other)));
  CHECK(turns.waiting() == 1);
  CHECK(turns.leave(*other).empty());
  CHECK(turns.leave(*first) == std::vector<WorkPtr>{second});
  CHECK(turns.waiting() == 0);
  CHECK(turns.leave(*second).empty());
}

TEST_CASE("whatever the order of settling, no version overtakes an earlier one") {
  for (unsigned seed = 0; seed < 2000; ++seed) {
    std::mt19937 random(seed);
    Turns turns;
    std::vector<WorkPtr> all;
    std::vector<WorkPtr> flying;
    std::unordered_map<std::string, std::size_t> latest;
    for (std::size_t at = 0; at < 24; ++at) {
      std::vector<std::string> identities;
      for (auto more = random() % 3 + 1; more > 0; --more) {
        identities.push_back("Patient/" + std::to_string(random() % 4));
      }
      std::sort(identities.begin(), identities.end());
      identities.erase(std::unique(identities.begin(), identities.end()), identities.end());
      all.push_back(work_of("PUT", "x"));
      all.back()->limit = at + 1;
      all.back()->key[0] = 0;
      for (const std::string& each : identities) {
        all.back()->key[0] =
            static_cast<std::uint8_t>(all.back()->key[0] | (1U << (each[8] - '0')));
      }
      if (turns.enter(all.back(), identities)) flying.push_back(all.back());
    }
    std::size_t done = 0;
    unsigned in_flight = 0;
    while (!flying.empty()) {
      in_flight = 0;
      for (const WorkPtr& work : flying) {
        CHECK((in_flight & work->key[0]) == 0U);  // one identity flies once
        in_flight |= work->key[0];
      }
      const auto at = static_cast<std::ptrdiff_t>(random() % flying.size());
      const WorkPtr work = flying[static_cast<std::size_t>(at)];
      flying.erase(flying.begin() + at);
      for (const char digit : {'0', '1', '2', '3'}) {
        if ((work->key[0] & (1U << (digit - '0'))) == 0U) continue;
        std::size_t& before = latest[std::string(1, digit)];
        CHECK(before < work->limit);
        before = work->limit;
      }
      ++done;
      for (const WorkPtr& next : turns.leave(*work)) flying.push_back(next);
    }
    CHECK(done == all.size());
    CHECK(turns.waiting() == 0);
  }
}

TEST_CASE("what waits for names goes on when the last of them is settled") {
  Awaited awaited;
  const WorkPtr work = work_of("POST", "Observation");
  awaited.add(work, {"Patient/1", "Patient/2"});
  CHECK(awaited.settle("Patient/3").empty());
  CHECK(awaited.settle("Patient/1").empty());
  CHECK(awaited.settle("Patient/2") == std::vector<WorkPtr>{work});
  CHECK(awaited.empty());
  awaited.add(work, {"Patient/1", "Patient/2"});
  CHECK(awaited.take("Patient/2") == std::vector<WorkPtr>{work});
  CHECK(awaited.settle("Patient/1").empty());
  CHECK(awaited.bytes() == 0);
}

TEST_CASE("records of XML have the ranks of those of JSON") {
  CHECK(rank_of_record(R"(<?xml version="1.0"?><!-- x --><Patient xmlns="x"/>)") ==
        rank_of_record(R"({"resourceType":"Patient"})"));
  CHECK(rank_of_record("<Observation/>") == rank_of_record(R"({"resourceType":"Observation"})"));
  CHECK(rank_of_record("<Bundle><entry><resource><Patient/></resource></entry><entry><resource>"
                       "<Observation/></resource></entry></Bundle>") ==
        rank_of_record(R"({"resourceType":"Observation"})"));
  CHECK(rank_of_record("<") == rank_of_record("{}"));
  CHECK(rank_of_record("<Bundle><resource>") == rank_of_record("{}"));
}
