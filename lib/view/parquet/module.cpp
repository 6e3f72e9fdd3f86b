// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <stdexcept>

#include <arrow/io/interfaces.h>
#include <arrow/memory_pool.h>
#include <arrow/status.h>
#include <parquet/api/writer.h>

#include "view/parquet.hpp"

namespace lhcr::view {
namespace {

using parquet::Repetition;
using parquet::schema::GroupNode;
using parquet::schema::NodePtr;
using parquet::schema::PrimitiveNode;

/// Where Arrow writes. What the sink throws is kept: Arrow knows only Status.
class SinkStream : public arrow::io::OutputStream {
 public:
  explicit SinkStream(ByteSink& sink) : sink_(sink) { set_mode(arrow::io::FileMode::WRITE); }
  arrow::Status Write(const void* data, int64_t size) override {
    if (thrown_) return arrow::Status::IOError("an earlier write failed");
    try {
      sink_.write({static_cast<const char*>(data), static_cast<std::size_t>(size)});
    } catch (...) {
      thrown_ = std::current_exception();
      return arrow::Status::IOError("a write failed");
    }
    written_ += size;
    return arrow::Status::OK();
  }
  arrow::Result<int64_t> Tell() const override { return written_; }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }
  void rethrow() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }
  /// Lets nothing more through: a writer that is given up still closes its file.
  void shut() { thrown_ = std::make_exception_ptr(std::runtime_error("given up")); }

 private:
  ByteSink& sink_;
  int64_t written_ = 0;
  bool closed_ = false;
  std::exception_ptr thrown_;
};

/// Reads what make_packed_writer() wrote.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] bool at_end() const noexcept { return bytes_.empty(); }
  template <class Value>
  Value take() {
    Value value;
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return value;
  }
  std::string_view text() {
    const auto size = take<std::uint32_t>();
    return bytes(size);
  }
  std::string_view bytes(std::size_t size) {
    const std::string_view found = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return found;
  }

 private:
  std::string_view bytes_;
};

/// The forms in which the format holds values.
enum class Form { text, boolean, int64, real, int32, fixed };
constexpr int fixed_bytes = 16;

Form form_of(const Column& column) {
  switch (column.sql.kind) {
    case SqlType::Kind::date:
      return Form::int32;
    case SqlType::Kind::timestamp:
    case SqlType::Kind::instant:
      return Form::int64;
    case SqlType::Kind::decimal:
      return Form::fixed;
    case SqlType::Kind::other:
      break;
  }
  constexpr std::array<Form, 4> forms = {Form::text, Form::boolean, Form::int64, Form::real};
  return forms.at(static_cast<std::size_t>(column.kind));
}

/// The values of a column that wait to be written; texts and decimals lie in the rows they came
/// from.
class Values {
 public:
  explicit Values(const Column& column) : form_(form_of(column)), list_(column.list) {}

  void take(Unpacker& rows) {
    if (!list_) {
      take_item(rows, 0);
      return;
    }
    const auto count = rows.take<std::uint32_t>();
    if (count == 0) level(list_empty, 0);
    for (std::uint32_t i = 0; i < count; ++i) take_item(rows, i > 0 ? 1 : 0);
  }

  void write(parquet::ColumnWriter& column) {
    switch (form_) {
      case Form::text:
        write(static_cast<parquet::ByteArrayWriter&>(column), texts_);
        break;
      case Form::boolean:
        write(static_cast<parquet::BoolWriter&>(column), booleans_);
        break;
      case Form::int64:
        write(static_cast<parquet::Int64Writer&>(column), integers_);
        break;
      case Form::real:
        write(static_cast<parquet::DoubleWriter&>(column), decimals_);
        break;
      case Form::int32:
        write(static_cast<parquet::Int32Writer&>(column), days_);
        break;
      case Form::fixed:
        write(static_cast<parquet::FixedLenByteArrayWriter&>(column), fixed_);
        break;
    }
    definition_.clear();
    repetition_.clear();
  }

  [[nodiscard]] const ParquetLosses& losses() const noexcept { return losses_; }

 private:
  // Definition levels: optional list, repeated item, optional value.
  static constexpr std::int16_t list_empty = 1;
  static constexpr std::int16_t list_null_item = 2;
  static constexpr std::int16_t list_item = 3;

  /// std::vector<bool> has no array to hand on.
  struct Boolean {
    bool value;
  };
  static_assert(sizeof(Boolean) == sizeof(bool));

  void level(std::int16_t definition, std::int16_t repetition) {
    definition_.push_back(definition);
    if (list_) repetition_.push_back(repetition);
  }

  void take_item(Unpacker& rows, std::int16_t repetition) {
    const auto mark = rows.take<Packed>();
    const bool there = mark != Packed::null && mark != Packed::cleared;
    if (list_) {
      level(there ? list_item : list_null_item, repetition);
    } else {
      level(there ? 1 : 0, 0);
    }
    if (there) take_value(rows);
    losses_.rounded += mark == Packed::rounded ? 1 : 0;
    losses_.cleared += mark == Packed::cleared ? 1 : 0;
    losses_.unzoned += mark == Packed::unzoned ? 1 : 0;
  }

  void take_value(Unpacker& rows) {
    switch (form_) {
      case Form::text: {
        const std::string_view text = rows.text();
        texts_.emplace_back(static_cast<std::uint32_t>(text.size()),
                            reinterpret_cast<const std::uint8_t*>(text.data()));
        return;
      }
      case Form::boolean:
        booleans_.push_back({rows.take<bool>()});
        return;
      case Form::int64:
        integers_.push_back(rows.take<std::int64_t>());
        return;
      case Form::real:
        decimals_.push_back(rows.take<double>());
        return;
      case Form::int32:
        days_.push_back(rows.take<std::int32_t>());
        return;
      case Form::fixed:
        fixed_.emplace_back(reinterpret_cast<const std::uint8_t*>(rows.bytes(fixed_bytes).data()));
        return;
    }
  }

  template <class Writer, class Value>
  void write(Writer& column, std::vector<Value>& values) {
    using Element = typename std::remove_reference_t<Writer>::T;
    column.WriteBatch(static_cast<std::int64_t>(definition_.size()), definition_.data(),
                      list_ ? repetition_.data() : nullptr,
                      reinterpret_cast<const Element*>(values.data()));
    values.clear();
  }

  Form form_;
  bool list_;
  ParquetLosses losses_;
  std::vector<std::int16_t> definition_;
  std::vector<std::int16_t> repetition_;
  std::vector<parquet::ByteArray> texts_;
  std::vector<Boolean> booleans_;
  std::vector<std::int64_t> integers_;
  std::vector<double> decimals_;
  std::vector<std::int32_t> days_;
  std::vector<parquet::FixedLenByteArray> fixed_;
};

/// What the format calls the type, beside how it holds it; nullptr: nothing.
std::shared_ptr<const parquet::LogicalType> logical_type(const Column& column) {
  using parquet::LogicalType;
  constexpr auto micros = LogicalType::TimeUnit::MICROS;
  switch (column.sql.kind) {
    case SqlType::Kind::date:
      return LogicalType::Date();
    case SqlType::Kind::timestamp:
      return LogicalType::Timestamp(false, micros);
    case SqlType::Kind::instant:
      return LogicalType::Timestamp(true, micros);
    case SqlType::Kind::decimal:
      return LogicalType::Decimal(column.sql.precision, column.sql.scale);
    case SqlType::Kind::other:
      break;
  }
  return column.kind == ColumnKind::text ? LogicalType::String() : LogicalType::None();
}

NodePtr make_value(const std::string& name, const Column& column) {
  constexpr std::array<parquet::Type::type, 6> held = {
      parquet::Type::BYTE_ARRAY, parquet::Type::BOOLEAN, parquet::Type::INT64,
      parquet::Type::DOUBLE,     parquet::Type::INT32,   parquet::Type::FIXED_LEN_BYTE_ARRAY};
  const Form form = form_of(column);
  return PrimitiveNode::Make(name, Repetition::OPTIONAL, logical_type(column),
                             held.at(static_cast<std::size_t>(form)),
                             form == Form::fixed ? fixed_bytes : -1);
}

/// Lists with the three levels that the format's LIST asks for.
NodePtr make_node(const Column& column) {
  if (!column.list) return make_value(column.name, column);
  const NodePtr item =
      GroupNode::Make("list", Repetition::REPEATED, {make_value("element", column)});
  return GroupNode::Make(column.name, Repetition::OPTIONAL, {item}, parquet::LogicalType::List());
}

std::shared_ptr<GroupNode> make_schema(const std::vector<Column>& columns) {
  parquet::schema::NodeVector nodes;
  for (const Column& column : columns) nodes.push_back(make_node(column));
  return std::static_pointer_cast<GroupNode>(
      GroupNode::Make("schema", Repetition::REQUIRED, nodes));
}

std::shared_ptr<parquet::WriterProperties> make_properties(std::size_t columns,
                                                           std::size_t memory) {
  // A column holds back a page and a dictionary.
  const auto page =
      static_cast<std::int64_t>(std::clamp(memory / (8 * std::max<std::size_t>(columns, 1)),
                                           std::size_t{16} << 10U, std::size_t{1} << 20U));
  return parquet::WriterProperties::Builder()
      .memory_pool(arrow::system_memory_pool())
      ->compression(parquet::Compression::SNAPPY)
      ->created_by("lhcr")
      ->data_pagesize(page)
      ->dictionary_pagesize_limit(page)
      ->build();
}

class File : public ParquetFile {
 public:
  File(const std::vector<Column>& columns, ByteSink& sink, const ParquetLimits& limits)
      : limits_(limits),
        stream_(std::make_shared<SinkStream>(sink)),
        writer_(parquet::ParquetFileWriter::Open(
            stream_, make_schema(columns), make_properties(columns.size(), limits.page_bytes))),
        losses_(columns.size()) {
    for (const Column& column : columns) values_.emplace_back(column);
  }
  ~File() override { stream_->shut(); }

  void add(std::string_view rows) override {
    Unpacker unpacker(rows);
    while (!unpacker.at_end()) {
      while (!unpacker.at_end() && !is_full(rows_)) {
        for (Values& values : values_) values.take(unpacker);
        ++rows_;
      }
      guarded([&] { write_batch(); });
    }
  }

  void finish() override {
    guarded([&] { writer_->Close(); });
    for (std::size_t i = 0; i < values_.size(); ++i) losses_[i] = values_[i].losses();
  }

  [[nodiscard]] const std::vector<ParquetLosses>& losses() const noexcept override {
    return losses_;
  }

  [[nodiscard]] std::size_t held() const noexcept override {
    if (group_ == nullptr) return 0;
    return static_cast<std::size_t>(group_->total_bytes_written() +
                                    group_->total_compressed_bytes());
  }

  void end_group() override {
    if (group_ != nullptr) guarded([&] { group_->Close(); });
    group_ = nullptr;
    rows_ = 0;
  }

 private:
  template <class Step>
  void guarded(Step step) {
    try {
      step();
    } catch (const parquet::ParquetException& error) {
      stream_->rethrow();
      throw std::runtime_error(error.what());
    }
  }

  [[nodiscard]] bool is_full(std::size_t rows) const noexcept {
    return limits_.group_rows > 0 && rows >= limits_.group_rows;
  }

  void write_batch() {
    if (group_ == nullptr) group_ = writer_->AppendBufferedRowGroup();
    for (std::size_t i = 0; i < values_.size(); ++i) {
      values_[i].write(*group_->column(static_cast<int>(i)));
    }
    if (is_full(rows_) || (limits_.group_rows == 0 && held() > limits_.group_bytes)) end_group();
  }

  ParquetLimits limits_;
  std::shared_ptr<SinkStream> stream_;
  std::unique_ptr<parquet::ParquetFileWriter> writer_;
  parquet::RowGroupWriter* group_ = nullptr;  ///< the writer's
  std::size_t rows_ = 0;                      ///< of the row group
  std::vector<Values> values_;
  std::vector<ParquetLosses> losses_;
};

}  // namespace
}  // namespace lhcr::view

extern "C" __attribute__((visibility("default"))) lhcr::view::ParquetFile* lhcr_open_parquet(
    const std::vector<lhcr::view::Column>& columns, lhcr::view::ByteSink& sink,
    const lhcr::view::ParquetLimits& limits) {
  return std::make_unique<lhcr::view::File>(columns, sink, limits).release();
}
