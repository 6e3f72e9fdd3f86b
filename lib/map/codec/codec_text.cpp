// SPDX-License-Identifier: Apache-2.0
// Plain values, ED and attachments.
#include <algorithm>
#include <array>

#include "base/names.hpp"
#include "base/number_in.hpp"
#include "base/text.hpp"
#include "format/cda/cda_parts.hpp"
#include "map/codec/codec_functions.hpp"
#include "map/run/run.hpp"

namespace lhcr::map {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// What CDA calls B64 and is not: carried as the bytes it has.
constexpr std::string_view not_base64_url = "urn:hl7-org:v3:not-base64";

bool is_base64(std::string_view text) {
  const std::size_t end = std::min(text.find('='), text.size());
  return text.size() % 4 == 0 && text.size() - end <= 2 &&
         text.substr(0, end).find_first_not_of(alphabet) == std::string_view::npos &&
         text.find_first_not_of('=', end) == std::string_view::npos;
}

bool marked_not_base64(Run& run, tree::NodeId from) {
  const tree::NodeId extension = run.source().child(from, name::extension);
  if (extension == tree::no_node || run.peek(extension, name::url) != not_base64_url) {
    return false;
  }
  run.take_all(extension);
  return true;
}

bool add_number(const Call& call, std::string_view text, int difference, bool attribute) {
  const auto value = number_in<int>(text);
  if (!value || *value + difference < 0) {
    return false;
  }
  const std::string out = std::to_string(*value + difference);
  if (attribute) {
    call.run.add_copy(call.to, name::value, out, true);
  } else {
    call.run.set_copy(call.to, out);
  }
  return true;
}

/// Whether a narrative is words and line breaks only.
bool is_simple(const Run& run, tree::NodeId node) {
  for (const tree::NodeId child : run.source().children(node)) {
    const std::string_view name = run.source().name_of(child);
    const bool attribute = run.source()[child].is(tree::Flag::attribute);
    const bool known = name == "paragraph" || name == "content" || name == "br";
    if (attribute
            ? name == "styleCode"
            : run.source()[child].kind != tree::Kind::text && (!known || !is_simple(run, child))) {
      return false;
    }
  }
  const std::string_view name = run.source().name_of(node);
  return name == "paragraph" || name == "content" || name == "text" || name == "td" ||
         name == "item" || name == "br";
}

/// The words of a simple narrative, a paragraph or br a line.
void add_lines(const Run& run, tree::NodeId node, std::string& out) {
  const auto append = [&](std::string_view text) {
    for (const char c : text) {
      if (!is_space(c)) {
        out += c;
      } else if (!out.empty() && !is_space(out.back())) {
        out += ' ';
      }
    }
  };
  const auto end_line = [&] {
    while (!out.empty() && is_space(out.back())) {
      out.pop_back();
    }
    out += out.empty() ? "" : "\n";
  };
  append(run.source()[node].text());
  for (const tree::NodeId child : run.source().children(node)) {
    const std::string_view name = run.source().name_of(child);
    if (run.source()[child].kind == tree::Kind::text) {
      append(run.source()[child].text());
    } else if (!run.source()[child].is(tree::Flag::attribute)) {
      if (name == "paragraph") {
        end_line();
      }
      add_lines(run, child, out);
      if (name == "paragraph" || name == "br") {
        end_line();
      }
    }
  }
}

std::string lines_of(const Run& run, tree::NodeId node) {
  std::string out;
  add_lines(run, node, out);
  return std::string(trim(out));
}

}  // namespace

std::string base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t word = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      word = (word << 8U) | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= count ? alphabet[(word >> (18U - 6U * k)) & 63U] : '=';
    }
  }
  return out;
}

std::string from_base64(std::string_view text) {
  std::string out;
  std::uint32_t word = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) {
      continue;
    }
    word = (word << 6U) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>((word >> bits) & 0xFFU);
    }
  }
  return out;
}

bool value_to_text(const Call& call) {
  const std::string_view value = call.run.read(call.from, name::value);
  call.run.read(call.from, name::xsi_type);
  if (value.empty()) {
    return false;
  }
  call.run.set_copy(call.to, value);
  return true;
}

bool text_to_value(const Call& call) {
  return call.run.add_copy(call.to, name::value, call.run.source()[call.from].text(), true) !=
         tree::no_node;
}

bool value_less_one(const Call& call) {
  return add_number(call, call.run.read(call.from, name::value), -1, false);
}

bool value_plus_one(const Call& call) {
  return add_number(call, call.run.source()[call.from].text(), 1, true);
}

bool string_to_text(const Call& call) {
  const std::string text = call.run.plain_text(call.from);
  if (text.empty()) {
    return false;
  }
  call.run.take(call.from);
  call.run.set_copy(call.to, text);
  return true;
}

std::string ed_text(Run& run, tree::NodeId node) {
  run.take(node);
  const tree::NodeId reference = run.source().child(node, name::reference);
  if (reference != tree::no_node) {
    std::string_view value = run.peek(reference, name::value);
    value.remove_prefix(value.starts_with('#') ? 1 : 0);
    const tree::NodeId target = run.narrative(value);
    run.take_all(reference);
    if (target != tree::no_node) {
      return run.plain_text(target);
    }
  }
  for (const tree::NodeId child : run.source().children(node)) {
    if (run.source()[child].kind == tree::Kind::text) {
      run.take(child);
    }
  }
  return run.plain_text(node);
}

bool ed_to_string(const Call& call) {
  const std::string text = ed_text(call.run, call.from);
  if (text.empty()) {
    return false;
  }
  call.run.read(call.from, name::xsi_type);
  call.run.set_copy(call.to, text);
  return true;
}

bool string_to_ed(const Call& call) {
  const std::string_view text = call.run.source()[call.from].text();
  if (text.empty()) {
    return false;
  }
  call.run.set_copy(call.to, text);
  return true;
}

namespace {

/// As ed_text(), with the line breaks of text that has no elements in it.
std::string words_of(Run& run, tree::NodeId node) {
  for (const tree::NodeId child : run.source().children(node)) {
    if (!run.source()[child].is(tree::Flag::attribute)) {
      return ed_text(run, node);
    }
  }
  run.take(node);
  return std::string(trim(run.source()[node].text()));
}

}  // namespace

namespace {

/// An attachment of XML: elements that are none of ED's own.
bool holds_elements(const Run& run, tree::NodeId node) {
  const auto children = run.source().children(node);
  return std::any_of(children.begin(), children.end(), [&](tree::NodeId child) {
    const tree::Node& found = run.source()[child];
    const std::string_view name = run.source().name_of(child);
    return !found.is(tree::Flag::attribute) && found.kind != tree::Kind::text &&
           name != "reference" && name != "thumbnail";
  });
}

/// Of an element, or beside the reference in it.
std::string_view own_text(Run& run, tree::NodeId node) {
  for (const tree::NodeId child : run.source().children(node)) {
    if (run.source()[child].kind == tree::Kind::text && !trim(run.source()[child].text()).empty()) {
      run.take(child);
      return run.source()[child].text();
    }
  }
  return run.source()[node].text();
}

bool markup_to_attachment(const Call& call, std::string_view type) {
  Run& run = call.run;
  std::string xml;
  for (const tree::NodeId child : run.source().children(call.from)) {
    if (!run.source()[child].is(tree::Flag::attribute)) {
      if (run.source()[child].kind == tree::Kind::text) {
        append_xml_text(xml, run.source()[child].text());
      } else {
        format::write_cda_alone(run.source(), child, xml);
      }
    }
  }
  run.take_all(call.from);
  if (type.empty()) {
    run.add(call.to, name::content_type, "application/xml");
  }
  return run.add_copy(call.to, name::data, base64(trim(xml))) != tree::no_node;
}

}  // namespace

bool ed_to_attachment(const Call& call) {
  Run& run = call.run;
  const std::string_view type = run.read(call.from, name::media_type);
  const bool binary = run.read(call.from, name::representation) == "B64";
  const tree::NodeId reference = run.source().child(call.from, name::reference);
  run.add_copy(call.to, name::content_type, type);
  run.add_copy(call.to, name::language, run.read(call.from, name::language));
  if (reference != tree::no_node && !run.peek(reference, name::value).starts_with('#')) {
    run.take(reference);
    return run.add_copy(call.to, name::url, run.read(reference, name::value)) != tree::no_node;
  }
  if (!binary && holds_elements(run, call.from)) {
    return markup_to_attachment(call, type);
  }
  const std::string text = binary ? std::string() : words_of(run, call.from);
  if (binary) {
    const std::string_view written = own_text(run, call.from);
    std::string data;
    for (const char c : written) {
      if (static_cast<unsigned char>(c) > ' ') {
        data += c;
      }
    }
    if (reference != tree::no_node) {
      run.take_all(reference);  // what the narrative says of the file
    }
    if (is_base64(data)) {
      return run.add_copy(call.to, name::data, data) != tree::no_node;
    }
    const tree::NodeId extension = run.fresh(name::extension);
    run.add(extension, name::url, not_base64_url);
    run.add(extension, name::value_code, "true");
    run.attach(call.to, extension);
    return run.add_copy(call.to, name::data, base64(written)) != tree::no_node;
  }
  if (type.empty()) {
    run.add(call.to, name::content_type, "text/plain");
  }
  return run.add_copy(call.to, name::data, base64(text)) != tree::no_node;
}

bool attachment_to_ed(const Call& call) {
  Run& run = call.run;
  const std::string_view type = run.read(call.from, name::content_type);
  const std::string_view data = run.read(call.from, name::data);
  const std::string_view url = run.read(call.from, name::url);
  run.add_copy(call.to, name::language, run.read(call.from, name::language), true);
  if (!url.empty()) {
    run.add_copy(call.to, name::media_type, type, true);
    const tree::NodeId reference = run.fresh(name::reference);
    run.add_copy(reference, name::value, url, true);
    run.attach(call.to, reference);
    return true;
  }
  if (data.empty()) {
    return false;
  }
  if (type.starts_with("text/plain")) {
    run.set_copy(call.to, from_base64(data));
    return true;
  }
  run.add_copy(call.to, name::media_type, type, true);
  run.add(call.to, name::representation, "B64", true);
  run.set_copy(call.to, marked_not_base64(run, call.from) ? from_base64(data) : std::string(data));
  return true;
}

bool note_to_attachment(const Call& call) {
  Run& run = call.run;
  const tree::NodeId reference = run.source().child(call.from, name::reference);
  std::string_view id =
      reference == tree::no_node ? std::string_view{} : run.peek(reference, name::value);
  id.remove_prefix(id.starts_with('#') ? 1 : 0);
  const tree::NodeId narrative = id.empty() ? tree::no_node : run.narrative(id);
  const bool has_file =
      run.peek(call.from, name::representation) == "B64" || holds_elements(run, call.from);
  if (narrative == tree::no_node || has_file) {
    return ed_to_attachment(call);
  }
  run.take_all(reference);
  if (is_simple(run, narrative)) {
    run.add(call.to, name::content_type, "text/plain");
    return run.add_copy(call.to, name::data, base64(lines_of(run, narrative))) != tree::no_node;
  }
  std::string xhtml = "<div xmlns=\"http://www.w3.org/1999/xhtml\">";
  write_xhtml(run, narrative, xhtml);
  xhtml += "</div>";
  run.add(call.to, name::content_type, "application/xhtml+xml");
  return run.add_copy(call.to, name::data, base64(xhtml)) != tree::no_node;
}

bool uri_to_oid(const Call& call) {
  constexpr std::string_view scheme = "urn:oid:";
  std::string_view uri = call.run.source()[call.from].text();
  uri.remove_prefix(uri.starts_with(scheme) ? scheme.size() : 0);
  call.run.set_copy(call.to, uri);
  return !uri.empty();
}

bool oid_to_uri(const Call& call) {
  const std::string_view oid = call.run.source()[call.from].text();
  const bool bare = oid.find_first_not_of("0123456789.") == oid.npos;
  call.run.set_copy(call.to, (bare ? "urn:oid:" : "") + std::string(oid));
  return !oid.empty();
}

bool copy_tree(const Call& call) {
  Run& run = call.run;
  if (run.same() != nullptr) {
    return run.same()->copy(call.from, call.to,
                            run.forward() ? call.row.right_type : call.row.left_type);
  }
  const tree::Tree& source = run.source();
  run.take_all(call.from);
  const auto copy = [&](const auto& self, tree::NodeId from, tree::NodeId to) -> void {
    run.target()[to].kind = source[from].kind;
    run.set_copy(to, source[from].text());
    run.target()[to].kind = source[from].kind;
    run.target()[to].flags = source[from].flags;
    for (const tree::NodeId child : source.children(from)) {
      const tree::NodeId made = run.fresh(run.target().intern(source.name_of(child)));
      self(self, child, made);
      run.attach(to, made);
    }
  };
  copy(copy, call.from, call.to);
  return true;
}

}  // namespace lhcr::map
