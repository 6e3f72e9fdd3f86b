// SPDX-License-Identifier: Apache-2.0
// Any bytes as the journal of an earlier run: it is refused, or can be read and written.
#include "deliver/job/journal.hpp"

#include "base/error.hpp"
#include "memory_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lhcr::deliver;
  const lhcr::fuzz::MemoryFile file(data, size);
  try {
    DiskJournal journal(file.path(), {"records.ndjson", "http://127.0.0.1/fhir", "transaction"});
    std::size_t length = 0;
    journal.visit(
        {State::fresh, State::sent, State::applied, State::refused, State::failed, State::unknown},
        [&](const JournalRow& row) { length += row.label.size() + row.words.size(); });
    static_cast<void>(journal.counts());
    static_cast<void>(journal.find(Key{}));
    static_cast<void>(journal.server_id("Patient/1"));
    journal.put({});
    journal.commit();
  } catch (const lhcr::Error&) {
  }
  return 0;
}
