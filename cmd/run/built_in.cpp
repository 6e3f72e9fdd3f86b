// SPDX-License-Identifier: Apache-2.0
#include "cmd/run/built_in.hpp"

#include <filesystem>
#include <string_view>

#include "base/error.hpp"
#include "base/suggest.hpp"

namespace lhcr::cmd {

void require_file(const std::string& option, const std::string& given,
                  const std::vector<std::string>& names) {
  std::error_code ignored;
  if (std::filesystem::exists(given, ignored)) return;
  std::string text = option + ": there is no file '" + given + "', and what is built in is called ";
  for (const std::string& name : names) text += (&name == names.data() ? "" : ", ") + name;
  const std::string_view meant =
      closest(given, std::vector<std::string_view>(names.begin(), names.end()));
  if (!meant.empty()) text += ". Did you mean '" + std::string(meant) + "'?";
  throw Error(ErrorKind::input, text);
}

}  // namespace lhcr::cmd
