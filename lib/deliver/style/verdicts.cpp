// SPDX-License-Identifier: Apache-2.0
#include "deliver/style/verdicts.hpp"

#include <algorithm>
#include <iterator>

namespace lhcr::deliver {
namespace {

struct StatusRow {
  std::string_view style;
  long status;
  Result result;
};
struct ToldRow {
  Told kind;
  std::string_view code;
  Result result;
};
#define LHCR_STATUS(style, status, result) {style, status, Result::result},
#define LHCR_TOLD(kind, code, result)
constexpr StatusRow status_rows[] = {
#include "deliver/style/verdicts.def"
};
#undef LHCR_STATUS
#undef LHCR_TOLD
#define LHCR_STATUS(style, status, result)
#define LHCR_TOLD(kind, code, result) {Told::kind, code, Result::result},
constexpr ToldRow told_rows[] = {
#include "deliver/style/verdicts.def"
};
#undef LHCR_STATUS
#undef LHCR_TOLD

constexpr std::string_view any_other = "*";

/// The gravest first.
constexpr Result by_gravity[] = {Result::refused,  Result::untold, Result::unknown,
                                 Result::accepted, Result::again,  Result::applied};

}  // namespace

Result result_of_status(long status, std::string_view style) {
  for (const std::string_view wanted : {style, any_other}) {
    for (const StatusRow& row : status_rows) {
      if (row.style == wanted && row.status == status) return row.result;
    }
  }
  if (status >= 200 && status < 300) return Result::applied;
  return status >= 400 && status < 500 ? Result::refused : Result::unknown;
}

Result result_of(Told kind, std::string_view code) {
  for (const std::string_view wanted : {code, any_other}) {
    for (const ToldRow& row : told_rows) {
      if (row.kind == kind && row.code == wanted) return row.result;
    }
  }
  return Result::untold;
}

Result graver(Result one, Result other) {
  return *std::find_if(std::begin(by_gravity), std::end(by_gravity),
                       [&](Result each) { return each == one || each == other; });
}

}  // namespace lhcr::deliver
