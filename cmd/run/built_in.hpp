// SPDX-License-Identifier: Apache-2.0
/// Values of options that are a file or the name of something built in.
#pragma once

#include <string>
#include <vector>

namespace lhcr::cmd {

/// To be called when `given` is none of the names: throws Error{input} with the nearest one when it
/// is no file either. `option`: "--privacy".
void require_file(const std::string& option, const std::string& given,
                  const std::vector<std::string>& names);

}  // namespace lhcr::cmd
