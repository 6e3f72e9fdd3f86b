// SPDX-License-Identifier: Apache-2.0
/// Date pictures of CSVW (a part of UAX 35): yyyy M MM d dd HH mm ss S X XX XXX and literals, and
/// MMM: the first three letters of an English month.
#pragma once

#include <string>
#include <string_view>

namespace lhcr {

/// Whether a picture has only parts that are known.
[[nodiscard]] bool is_date_picture(std::string_view picture);
/// Reads a date or time by its picture and writes it in ISO form to `iso`. False when the text does
/// not fit, or names a day or time that does not exist.
bool iso_of_picture(std::string_view picture, std::string_view text, std::string& iso);

}  // namespace lhcr
