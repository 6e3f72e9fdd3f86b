// SPDX-License-Identifier: Apache-2.0
#include "view/parquet.hpp"

#include <array>
#include <charconv>
#include <filesystem>
#include <limits>

#include <dlfcn.h>

#include "base/date_time.hpp"
#include "base/decimal.hpp"
#include "base/error.hpp"
#include "base/number_in.hpp"

namespace lhcr::view {
namespace {

class PackedWriter : public RowWriter {
 public:
  explicit PackedWriter(const std::vector<Column>& columns) : columns_(columns) {}

  void row(const Row& row) override {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const Cell& cell = row.cells[i];
      if (!columns_[i].list) {
        add(row, cell, columns_[i]);
        continue;
      }
      put(cell.kind == Cell::Kind::list ? cell.length : std::uint32_t{0});
      if (cell.kind != Cell::Kind::list) continue;
      for (const Cell& item : row.list(cell)) add(row, item, columns_[i]);
    }
  }

 private:
  template <class Value>
  void put(Value value) {
    out().append(reinterpret_cast<const char*>(&value), sizeof value);
  }

  void add(const Row& row, const Cell& cell, const Column& column) {
    if (cell.kind == Cell::Kind::null) {
      put(Packed::null);
      return;
    }
    const std::string_view text = row.text(cell);
    switch (column.sql.kind) {
      case SqlType::Kind::other:
        add_plain(text, column.kind);
        return;
      case SqlType::Kind::decimal:
        add_fixed(text, column.sql);
        return;
      case SqlType::Kind::date:
      case SqlType::Kind::timestamp:
      case SqlType::Kind::instant:
        add_moment(text, column.sql.kind);
        return;
    }
  }

  void add_plain(std::string_view text, ColumnKind kind) {
    switch (kind) {
      case ColumnKind::text:
        put(Packed::value);
        put(static_cast<std::uint32_t>(text.size()));
        out() += text;
        return;
      case ColumnKind::boolean:
        put(Packed::value);
        put(text == "true");
        return;
      case ColumnKind::integer:
        add_integer(text);
        return;
      case ColumnKind::decimal:
        add_decimal(text);
        return;
    }
  }

  /// As SQL's CAST: a date is its first moment, and of a moment the date is that of its own clock.
  void add_moment(std::string_view text, SqlType::Kind kind) {
    constexpr std::int64_t per_minute = 60'000'000;
    constexpr std::int64_t per_day = 24 * 60 * per_minute;
    const auto moment = DateTime::parse_date_time(text);
    const bool instant = kind == SqlType::Kind::instant;
    if (!moment || moment->precision < Precision::day || (instant && !moment->zoned)) {
      put(Packed::cleared);
      return;
    }
    const std::int64_t local = local_microseconds(*moment);
    if (kind == SqlType::Kind::date) {
      put(Packed::value);
      // Rounded down before 1970, too.
      put(static_cast<std::int32_t>((local - ((local % per_day) + per_day) % per_day) / per_day));
      return;
    }
    put(moment->zoned && !instant ? Packed::unzoned : Packed::value);
    put(instant ? local - moment->offset_minutes * per_minute : local);
  }

  void add_fixed(std::string_view text, const SqlType& type) {
    const auto number = Decimal::parse(text);
    const Decimal kept = number ? number->with_scale(type.scale) : Decimal();
    Int128 bound = 1;
    for (int digit = 0; digit < type.precision; ++digit) bound *= 10;
    const Int128 whole = kept.coefficient();
    if (!number || kept.exponent() != -int{type.scale} || whole >= bound || whole <= -bound) {
      put(Packed::cleared);
      return;
    }
    put(kept == *number ? Packed::value : Packed::rounded);
    constexpr int top = 120;
    for (int shift = top; shift >= 0; shift -= 8) out() += static_cast<char>(whole >> shift);
  }

  /// "1.0" is an integer too; what the row holds has been found to be one.
  void add_integer(std::string_view text) {
    put(Packed::value);
    const auto number = number_in<std::int64_t>(text);
    put(number ? *number : Decimal::parse(text).value().integer().value());
  }

  void add_decimal(std::string_view text) {
    double number = 0;
    const auto [end, error] = read_number(text.data(), text.data() + text.size(), number);
    // What is out of range keeps its sign and its size beyond all others.
    if (error != std::errc()) number = out_of_range(text);
    put(error == std::errc() && is_carried(text, number) ? Packed::value : Packed::rounded);
    put(number);
  }

  static double out_of_range(std::string_view text) {
    const auto exponent = text.find_first_of("eE");
    const bool small = exponent != std::string_view::npos && exponent + 1 < text.size() &&
                       text[exponent + 1] == '-';
    const double size = small ? 0 : std::numeric_limits<double>::infinity();
    return text.starts_with('-') ? -size : size;
  }

  /// Whether the shortest text of the double is the same number.
  static bool is_carried(std::string_view text, double number) {
    constexpr std::size_t always_carried = 15;
    if (text.size() <= always_carried) return true;
    std::array<char, 32> shortest{};
    const auto end = std::to_chars(shortest.begin(), shortest.end(), number).ptr;
    const auto said = Decimal::parse(text);
    const auto kept =
        Decimal::parse({shortest.data(), static_cast<std::size_t>(end - shortest.data())});
    return said && kept && *said == *kept;
  }

  const std::vector<Column>& columns_;
};

}  // namespace

std::unique_ptr<RowWriter> make_packed_writer(const std::vector<Column>& columns) {
  return std::make_unique<PackedWriter>(columns);
}

OpenParquet load_parquet(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) continue;
    void* const module = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
    void* const found = module == nullptr ? nullptr : ::dlsym(module, open_parquet_name);
    if (found == nullptr) {
      throw Error(ErrorKind::input,
                  path + ": " + ::dlerror() + "; Apache Arrow has it: pip install 'lhcr[parquet]'");
    }
    return reinterpret_cast<OpenParquet>(found);
  }
  return nullptr;
}

}  // namespace lhcr::view
