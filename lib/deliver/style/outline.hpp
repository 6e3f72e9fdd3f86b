// SPDX-License-Identifier: Apache-2.0
/// Bundles that travel as they were read: planning them takes a look at their entries' requests and
/// identifiers only.
#pragma once

#include <span>
#include <string_view>

#include "deliver/job/work.hpp"
#include "deliver/style/style.hpp"
#include "record/plain_reader.hpp"

namespace lhcr::deliver {

/// Reads outlines. Belongs to the thread that reads records.
class OutlineReader {
 public:
  /// `symbols`: of the records' trees, with the names of FHIR in it.
  explicit OutlineReader(const SymbolTable& symbols);
  /// Fills a record's tree with the outline of a transaction in JSON whose entries all have
  /// requests, and marks it so (Record::outline). False for anything else, which is to be read as a
  /// whole.
  bool read(Record& record);

 private:
  record::NamedReader reader_;
};

/// Makes the set of the names in `words` that `symbols` knows.
[[nodiscard]] format::NameSet name_set(const SymbolTable& symbols,
                                       std::span<const std::string_view> words);

/// Reads the rest of a record of which there is an outline, and tells its entries where they are
/// now.
void complete(Work& work, const Style& style);

}  // namespace lhcr::deliver
