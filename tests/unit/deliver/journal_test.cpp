// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/journal.hpp"

#include <filesystem>

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "deliver/job/sqlite.hpp"
#include "folder.hpp"

using namespace lhcr;
using namespace lhcr::deliver;

namespace {

const JobIdentity job{"in", "http://h", "transaction"};

}  // namespace

TEST_CASE("rows survive, the latest counts") {
  const Folder folder;
  const std::string path = folder.path("journal");
  JournalRow row;
  row.key = hash_of({"one"});
  row.state = State::sent;
  row.source = "a.json";
  {
    DiskJournal journal(path, job);
    journal.put(row);
    row.state = State::refused;
    row.status = 422;
    row.words = "no";
    row.entries = "0 3 \n";
    journal.put(row);
  }
  DiskJournal journal(path, job);
  const auto found = journal.find(row.key);
  REQUIRE(found);
  CHECK(found->state == State::refused);
  CHECK(found->status == 422);
  CHECK(found->words == "no");
  CHECK(found->entries == "0 3 \n");
  CHECK_FALSE(journal.find(hash_of({"two"})));
}

TEST_CASE("one process, one job") {
  const Folder folder;
  const std::string path = folder.path("journal");
  {
    const DiskJournal first(path, job);
    CHECK_THROWS_AS(DiskJournal(path, job), Error);
  }
  CHECK_THROWS_AS(DiskJournal(path, JobIdentity{"in", "http://other", "transaction"}), Error);
}

TEST_CASE("a journal of no file remembers ids and no rows") {
  DiskJournal journal("", job);
  CHECK_FALSE(journal.durable());
  journal.put({});
  CHECK_FALSE(journal.find(Key{}));
  journal.remember("Patient/1", "Patient/9");
  CHECK(journal.server_id("Patient/1") == "Patient/9");
  CHECK_FALSE(journal.server_id("Patient/2"));
}

TEST_CASE("a file that is no journal is refused") {
  CHECK_THROWS_AS(DiskJournal("/proc/version", job), Error);
}

TEST_CASE("a journal is its owner's alone, and knows what is current under an identity") {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("lhcr-latest-" + random_uuid())).string();
  {
    DiskJournal journal(path, {"in", "http://h", "resource-put"});
    CHECK_FALSE(journal.latest("Patient/1"));
    journal.put_latest("Patient/1", {hash_of({"a"}), "f.json", 3});
    journal.put_latest("Patient/1", {hash_of({"b"}), "f.json", 4});
    const auto row = journal.latest("Patient/1");
    REQUIRE(row);
    CHECK(row->key == hash_of({"b"}));
    CHECK(row->source == "f.json");
    CHECK(row->record == 4);
    journal.commit();
    const auto rights = std::filesystem::status(path).permissions();
    CHECK((rights & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) ==
          std::filesystem::perms::none);
  }
  std::filesystem::remove(path);
}

TEST_CASE("what is current is known in the order in which it came, however often it is asked for") {
  const Folder folder;
  const std::string path = folder.path("journal");
  const auto name = [](int number) { return "Patient/" + std::to_string(number); };
  {
    DiskJournal journal(path, job);
    for (int version = 0; version < 3; ++version) {
      for (int number = 0; number < 200; ++number) {
        const Key key = hash_of({name(number), std::to_string(version)});
        journal.put_latest(name(number), {key, "f.json", static_cast<std::uint64_t>(version)});
      }
      journal.commit_soon();
      CHECK(journal.latest(name(7))->record == static_cast<std::uint64_t>(version));
    }
    journal.put_latest(name(7), {Key{}, "g.json", 9});
  }
  DiskJournal journal(path, job);
  CHECK(journal.latest(name(8))->key == hash_of({name(8), "2"}));
  CHECK(journal.latest(name(7))->source == "g.json");
  CHECK_FALSE(journal.latest(name(200)));
}

TEST_CASE("a row that is not committed yet is found and counted") {
  const Folder folder;
  DiskJournal journal(folder.path("journal"), job);
  JournalRow row;
  row.key = hash_of({"one"});
  row.state = State::sent;
  row.label = "Patient/1";
  journal.put(row);
  CHECK(journal.writing());
  CHECK(journal.find(row.key)->state == State::sent);
  CHECK(journal.counts().at(static_cast<std::size_t>(State::sent)) == 1);
  std::string seen;
  journal.visit({State::sent}, [&](const JournalRow& each) { seen += each.label; });
  CHECK(seen == "Patient/1");
  journal.commit();
  CHECK_FALSE(journal.writing());
}

TEST_CASE("a journal of the layout before this one is read on") {
  const Folder folder;
  const std::string path = folder.path("journal");
  const Key key = hash_of({"a"});
  {
    DiskJournal journal(path, job);
    journal.put_latest("Patient/1", {key, "f.json", 3});
    CHECK(journal.latest("Patient/1"));  // sorted in, as that layout has all of them
  }
  sqlite3* raw = nullptr;
  REQUIRE(sqlite().open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
  REQUIRE(sqlite().exec(raw, "DROP TABLE recent; UPDATE about SET value='1' WHERE name='layout'",
                        nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite().close(raw);
  DiskJournal journal(path, job);
  CHECK(journal.latest("Patient/1")->key == key);
}
