// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/journal.hpp"

#include <cstdlib>
#include <filesystem>

#include <doctest/doctest.h>

#include "base/error.hpp"

using namespace lhcr;
using namespace lhcr::deliver;

namespace {

struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "lhcr-journal-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

const JobIdentity job{"in", "http://h", "transaction"};

}  // namespace

TEST_CASE("rows survive, the latest counts") {
  const Folder folder;
  const std::string path = folder.path / "journal";
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
  const std::string path = folder.path / "journal";
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
