// SPDX-License-Identifier: Apache-2.0
/// Region profiles: what is publicly known about an endpoint, and what its user must supply. TOML,
/// see lhcr-region(5).
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/embedded.hpp"

namespace lhcr::deliver {

/// One key a region file may hold; a name that ends in ".*" stands for a table of free names.
struct RegionKey {
  std::string_view name;
  std::string_view otherwise;  ///< value when the file has none; may be empty
  std::string_view text;
  /// Words, one of which it is ("on|off"), "number MIN MAX", "styles", "path" (below the base
  /// URL), or "record": a text that may be "fhirpath:" and an expression, which each record
  /// answers.
  std::string_view allowed = {};
  bool list = false;  ///< it may have several values
};
[[nodiscard]] const std::vector<RegionKey>& region_keys();
/// Why a key cannot have a value, with the nearest word; empty: it can.
[[nodiscard]] std::string wrong_value(const RegionKey& key, const std::string& value);

struct RegionValue {
  std::vector<std::string> texts;  ///< one, or the members of a list
  bool required = false;           ///< texts[0] says what must be supplied
  std::string origin;              ///< the region file or "command line"
};

/// A key that must be supplied, and what it is.
struct RegionNeed {
  std::string key;
  std::string text;
};

class Region {
 public:
  /// Throws Error{input} with file, line and column for bad TOML, and for a key that no region has.
  static Region parse(std::string_view toml, const std::string& name, const std::string& origin);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Lays the values of `other` over these.
  void overlay(const Region& other);
  /// Sets one value, as `--set key=value` does, or what `option` says. Throws Error{usage} for an
  /// unknown key and for a value that it cannot have.
  void set(const std::string& key, const std::string& value, std::string_view option = "--set");

  [[nodiscard]] bool has(std::string_view key) const;
  /// The value of a key, or what the key table says otherwise. Throws Error{usage} when the user
  /// has to supply it.
  [[nodiscard]] std::string text(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> list(std::string_view key) const;
  /// Throws Error{usage} when the value is no number.
  [[nodiscard]] double number(std::string_view key) const;
  [[nodiscard]] bool flag(std::string_view key) const;
  /// Names and values below a table of free names ("headers").
  [[nodiscard]] std::map<std::string, std::string> table(std::string_view prefix) const;
  /// Keys still to be supplied. Keys of a style's own table count only when `style` is that style.
  [[nodiscard]] std::vector<RegionNeed> needs(std::string_view style) const;
  /// Whether a key is of no use to a style: it is in another one's table.
  [[nodiscard]] static bool is_foreign(std::string_view key, std::string_view style);
  [[nodiscard]] const std::map<std::string, RegionValue, std::less<>>& values() const noexcept {
    return values_;
  }

 private:
  std::string name_;
  std::map<std::string, RegionValue, std::less<>> values_;
};

/// The digit of a release of FHIR: '3' of "3.0.2" and "STU3"; 0 when there is none.
[[nodiscard]] char release_digit(std::string_view fhir) noexcept;

/// The regions that are part of the program, in order of name.
[[nodiscard]] std::span<const EmbeddedFile> built_in_regions();

/// Finds regions by name: files NAME.toml in `folders` first (a file of a built-in name is laid
/// over it), then the built-in ones; a name with a slash or the suffix .toml is a path.
class RegionBook {
 public:
  explicit RegionBook(std::vector<std::string> folders) : folders_(std::move(folders)) {}
  /// Throws Error{usage} for an unknown name, with the nearest ones.
  [[nodiscard]] Region load(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  [[nodiscard]] Region load(const std::string& name, unsigned depth) const;
  [[nodiscard]] std::string nearest(const std::string& name) const;
  [[nodiscard]] std::string title_of(const std::string& name) const;
  [[nodiscard]] std::optional<std::string> find_file(const std::string& name) const;

  std::vector<std::string> folders_;
};

/// `regions show`: every key with its value and origin, then what must be supplied.
[[nodiscard]] std::string describe(const Region& region);

}  // namespace lhcr::deliver
