// SPDX-License-Identifier: Apache-2.0
#include "release/lists/xml_rows.hpp"

#include "base/arena.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "format/xml/xml_parser.hpp"

namespace lhcr::release {
namespace {

class RowHandler : public format::XmlHandler {
 public:
  RowHandler(const std::function<bool(std::string_view, std::size_t)>& is_row,
             const std::function<void(const XmlRow&)>& take)
      : is_row_(is_row), take_(take) {}

  bool open(const format::XmlElement& element) override {
    if (row_depth_ == 0 && is_row_(element.local(), names_.size())) {
      row_depth_ = names_.size() + 1;
      row_ = {std::string(element.local()), names_.empty() ? std::string() : names_.back(), {}};
    } else if (row_depth_ > 0) {
      lengths_.push_back(path_.size());
      path_ += (path_.empty() ? "" : "/") + std::string(element.local());
    }
    names_.emplace_back(element.local());
    for (const format::XmlAttribute& attribute : element.attributes) {
      if (row_depth_ > 0) {
        row_.values.emplace_back(path_ + "@" + std::string(attribute.local()),
                                 std::string(attribute.value));
      }
    }
    return true;
  }

  bool close(std::size_t /*end*/) override {
    names_.pop_back();
    if (row_depth_ == names_.size() + 1) {
      take_(row_);
      row_depth_ = 0;
      path_.clear();
    } else if (row_depth_ > 0) {
      path_.resize(lengths_.back());
      lengths_.pop_back();
    }
    return true;
  }

  bool text(std::string_view text, std::size_t /*offset*/) override {
    const std::string_view value = trim(text);
    if (row_depth_ > 0 && !value.empty()) {
      row_.values.emplace_back(path_, std::string(value));
    }
    return true;
  }

 private:
  const std::function<bool(std::string_view, std::size_t)>& is_row_;
  const std::function<void(const XmlRow&)>& take_;
  std::vector<std::string> names_;
  std::vector<std::size_t> lengths_;
  std::string path_;
  XmlRow row_;
  std::size_t row_depth_ = 0;  // 0: outside
};

}  // namespace

std::string_view XmlRow::get(std::string_view path) const noexcept {
  for (const auto& [where, value] : values) {
    if (where == path) {
      return value;
    }
  }
  return {};
}

void each_xml_row(const SourceFile& file,
                  const std::function<bool(std::string_view name, std::size_t depth)>& is_row,
                  const std::function<void(const XmlRow&)>& take) {
  constexpr std::size_t most = std::size_t{2} << 30U;
  const std::string bytes = read_all(file, most);
  Arena arena;
  format::Issues issues;
  format::ReadLimits limits;
  limits.nodes = bytes.size();
  RowHandler handler(is_row, take);
  format::XmlParser parser(arena, issues, limits, handler);
  if (!parser.read(bytes)) {
    throw Error(ErrorKind::input, file.shown + ": this is not well-formed XML to its end");
  }
}

}  // namespace lhcr::release
