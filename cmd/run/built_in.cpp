// SPDX-License-Identifier: Apache-2.0
#include "cmd/run/built_in.hpp"

#include <filesystem>
#include <string_view>

#include "base/error.hpp"
#include "cmd/run/near_name.hpp"

namespace lhcr::cmd {

void require_file(const std::string& option, const std::string& given,
                  const std::vector<std::string>& names) {
  std::error_code ignored;
  if (std::filesystem::exists(given, ignored)) return;
  std::string text = option + ": there is no file '" + given + "', and what is built in is called ";
  for (const std::string& name : names) text += (&name == names.data() ? "" : ", ") + name;
  throw Error(ErrorKind::input, text + did_you_mean(given, names));
}

}  // namespace lhcr::cmd
