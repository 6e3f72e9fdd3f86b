// SPDX-License-Identifier: Apache-2.0
#include "cmd/query/query_writer.hpp"

#include "base/text.hpp"
#include "fhirpath/value.hpp"
#include "format/format.hpp"

namespace lhcr::cmd {
namespace {

using fhirpath::Value;

void append_json_member(std::string_view name, std::string_view text, std::string& out) {
  append_json_string(out, name);
  out += ':';
  append_json_string(out, text);
}

void append_json(const tree::Tree& tree, const Value& value, std::string& out) {
  std::string text;
  switch (value.kind()) {
    case Value::Kind::node:
      format::write_json_value(tree, value.node(), {.pretty = false}, out);
      return;
    case Value::Kind::boolean:
    case Value::Kind::integer:
    case Value::Kind::decimal:
      fhirpath::append_text(value, out);
      return;
    case Value::Kind::quantity:
      out += "{\"value\":";
      value.quantity().value.append_text(out);
      out += ',';
      append_json_member("unit", value.quantity().unit, out);
      out += '}';
      return;
    case Value::Kind::type:
      out += '{';
      append_json_member("namespace", value.type().space, out);
      out += ',';
      append_json_member("name", value.type().name, out);
      out += '}';
      return;
    case Value::Kind::string:
    case Value::Kind::date_time:
    case Value::Kind::none:
      break;
  }
  fhirpath::append_text(value, text);
  append_json_string(out, text);
}

void append_line(const tree::Tree& tree, const Value& value, std::string& out) {
  if (value.kind() == Value::Kind::type) {
    out += value.type().space;
    out += '.';
    out += value.type().name;
  } else if (!value.is_node()) {
    fhirpath::append_text(value, out);
  } else if (tree[value.node()].kind == tree::Kind::object) {
    format::write_json_value(tree, value.node(), {.pretty = false}, out);
  } else {
    out += tree[value.node()].text();
  }
  out += '\n';
}

}  // namespace

void write_result(const tree::Tree& tree, const fhirpath::Collection& items, QueryFormat format,
                  std::string& out) {
  if (format == QueryFormat::text) {
    for (const Value& value : items) append_line(tree, value, out);
    return;
  }
  out += '[';
  for (const Value& value : items) {
    if (&value != items.data()) out += ',';
    append_json(tree, value, out);
  }
  out += "]\n";
}

}  // namespace lhcr::cmd
