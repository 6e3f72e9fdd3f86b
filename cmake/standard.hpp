// SPDX-License-Identifier: Apache-2.0
/// The headers of the standard library that most files include, compiled once for all rooms where
/// LHCR_QUICK is on. No file includes this one: each names what it uses.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>
