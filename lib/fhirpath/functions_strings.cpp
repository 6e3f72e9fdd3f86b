// SPDX-License-Identifier: Apache-2.0
/// FHIRPath section 5.6, strings.
#include <algorithm>

#include <re2/re2.h>

#include "fhirpath/encoding.hpp"
#include "fhirpath/machine.hpp"
#include "fhirpath/text.hpp"

namespace lhcr::fhirpath {
namespace {

Value index_at(std::string_view text, std::size_t found) noexcept {
  return Value::of_integer(found == std::string_view::npos ? -1
                                                           : code_points(text.substr(0, found)));
}

Value index_of(Call& call) {
  const std::string_view text = call.input.string();
  return index_at(text, text.find(call.arguments[0].string()));
}

Value last_index_of(Call& call) {
  const std::string_view text = call.input.string();
  return index_at(text, text.rfind(call.arguments[0].string()));
}

Value substring(Call& call) {
  const std::string_view text = call.input.string();
  const std::int64_t start = call.arguments[0].integer();
  const std::size_t first = byte_offset(text, start);
  if (start < 0 || first >= text.size()) {
    return {};
  }
  const std::string_view rest = text.substr(first);
  const bool limited = !call.arguments[1].is_none();
  return Value::of_string(limited ? rest.substr(0, byte_offset(rest, call.arguments[1].integer()))
                                  : rest);
}

Value starts_with(Call& call) {
  return Value::of_boolean(call.input.string().starts_with(call.arguments[0].string()));
}
Value ends_with(Call& call) {
  return Value::of_boolean(call.input.string().ends_with(call.arguments[0].string()));
}
Value contains(Call& call) {
  return Value::of_boolean(call.input.string().find(call.arguments[0].string()) !=
                           std::string_view::npos);
}

template <std::uint32_t (*change)(std::uint32_t) noexcept>
Value map_case(Call& call) {
  std::string out;
  for (std::string_view left = call.input.string(); !left.empty();) {
    append_code_point(change(take_code_point(left)), out);
  }
  return call.machine.string(out);
}

Value replace(Call& call) {
  std::string_view text = call.input.string();
  const std::string_view pattern = call.arguments[0].string();
  const std::string_view substitution = call.arguments[1].string();
  std::string out;
  if (pattern.empty()) {
    // The empty pattern stands before, between and after the characters.
    while (!text.empty()) {
      const std::string_view before = text;
      (void)take_code_point(text);
      call.machine.step(Machine::steps_for(substitution.size()));
      out.append(substitution).append(before.substr(0, before.size() - text.size()));
    }
    return call.machine.string(out.append(substitution));
  }
  for (std::size_t found = text.find(pattern); found != std::string_view::npos;
       found = text.find(pattern)) {
    out.append(text.substr(0, found)).append(substitution);
    text.remove_prefix(found + pattern.size());
    call.machine.step(1 + Machine::steps_for(substitution.size()));
  }
  return call.machine.string(out.append(text));
}

const re2::RE2& pattern_of(Call& call) {
  return call.node.pattern != nullptr ? *call.node.pattern
                                      : call.machine.pattern(call.arguments[0].string(), call.node);
}

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

Value matches(Call& call) {
  return Value::of_boolean(re2::RE2::PartialMatch(piece(call.input.string()), pattern_of(call)));
}

Value matches_full(Call& call) {
  return Value::of_boolean(re2::RE2::FullMatch(piece(call.input.string()), pattern_of(call)));
}

/// `$1` and `${name}` of a substitution as RE2 writes them: `\1`.
std::string rewrite_of(std::string_view substitution, const re2::RE2& pattern) {
  const auto& names = pattern.NamedCapturingGroups();
  std::string out;
  for (std::size_t i = 0; i < substitution.size(); ++i) {
    const char c = substitution[i];
    const char next = i + 1 < substitution.size() ? substitution[i + 1] : '\0';
    if (c == '$' && next >= '0' && next <= '9') {
      out.append("\\").append(1, next);
      ++i;
    } else if (c == '$' && next == '{' && substitution.find('}', i) != std::string_view::npos) {
      const std::size_t end = substitution.find('}', i);
      const std::string name(substitution.substr(i + 2, end - i - 2));
      const auto known = names.find(name);
      out += known != names.end() && known->second < 10 ? "\\" + std::to_string(known->second)
             : name.size() == 1 && name[0] >= '0' && name[0] <= '9' ? "\\" + name
                                                                    : std::string();
      i = end;
    } else if (c == '\\') {
      out += "\\\\";
    } else {
      out += c;
    }
  }
  return out;
}

Value replace_matches(Call& call) {
  if (call.arguments[0].string().empty()) {
    return call.input;
  }
  const re2::RE2& pattern = pattern_of(call);
  const std::string rewrite = rewrite_of(call.arguments[1].string(), pattern);
  std::string out(call.input.string());
  std::string error;
  if (!pattern.CheckRewriteString(rewrite, &error)) {
    call.machine.fail("The substitution does not fit the regular expression: " + error, call.node);
  }
  // What each match is replaced with can hold the match as often as the substitution names it.
  call.machine.step(Machine::steps_for(out.size() * rewrite.size()) / 2);
  re2::RE2::GlobalReplace(&out, pattern, rewrite);
  return call.machine.string(out);
}

Value length(Call& call) {
  return Value::of_integer(code_points(call.input.string()));
}

Value trim(Call& call) {
  constexpr std::string_view spaces = " \t\r\n\f\v";
  std::string_view text = call.input.string();
  text.remove_prefix(std::min(text.find_first_not_of(spaces), text.size()));
  return Value::of_string(text.substr(0, text.find_last_not_of(spaces) + 1));
}

/// The input of a function that yields several strings.
Value input_string(Machine& machine, const ProgramNode& node, const Scope& scope) {
  const Value value = machine.system(machine.single(node.left, scope));
  if (!value.is_none() && value.kind() != Value::Kind::string) {
    machine.fail(std::string(node.function->name) + "() works on strings", node);
  }
  return value;
}

Value argument_string(Machine& machine, const ProgramNode& node, const Scope& scope) {
  const Value value = machine.system(machine.single(machine.argument(node, 0), scope));
  if (!value.is_none() && value.kind() != Value::Kind::string) {
    machine.fail(std::string(node.function->name) + "() takes a string", node);
  }
  return value;
}

bool to_chars(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  const Value input = input_string(machine, node, scope);
  std::string_view left = input.is_none() ? std::string_view() : input.string();
  while (!left.empty()) {
    const std::string_view before = left;
    (void)take_code_point(left);
    machine.step();
    if (!sink(Value::of_string(before.substr(0, before.size() - left.size())))) {
      return false;
    }
  }
  return true;
}

bool split(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  const Value input = input_string(machine, node, scope);
  const Value separator = argument_string(machine, node, scope);
  if (input.is_none() || separator.is_none()) {
    return true;
  }
  if (separator.string().empty()) {
    return to_chars(machine, node, scope, sink);
  }
  std::string_view left = input.string();
  for (std::size_t end = left.find(separator.string()); end != std::string_view::npos;
       end = left.find(separator.string())) {
    machine.step();
    if (!sink(Value::of_string(left.substr(0, end)))) {
      return false;
    }
    left.remove_prefix(end + separator.string().size());
  }
  return sink(Value::of_string(left));
}

bool join(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  const Value separator =
      node.count > 0 ? argument_string(machine, node, scope) : Value::of_string("");
  if (separator.is_none()) {
    return true;
  }
  std::string out;
  bool any = false;
  auto add = [&](const Value& value) {
    const Value text = machine.system(value);
    if (text.is_none()) {
      return true;
    }
    if (text.kind() != Value::Kind::string) {
      machine.fail("join() works on strings", node);
    }
    machine.step(Machine::steps_for(separator.string().size() + text.string().size()));
    out.append(any ? separator.string() : std::string_view()).append(text.string());
    any = true;
    return true;
  };
  machine.each(node.left, scope, Sink(add));
  return (!any && !machine.program().joins_nothing) || sink(machine.string(out));
}

/// One of the formats by name; nullptr: unknown.
const TextFormat* format(Call& call, std::span<const TextFormat> formats) {
  const auto found = std::find_if(formats.begin(), formats.end(), [&](const TextFormat& known) {
    return known.name == call.arguments[0].string();
  });
  return found == formats.end() ? nullptr : &*found;
}

template <std::span<const TextFormat> (*formats)() noexcept, bool back>
Value recode(Call& call) {
  const TextFormat* const known = format(call, formats());
  std::string out;
  if (known == nullptr || !(back ? known->backward : known->forward)(call.input.string(), out)) {
    return {};
  }
  return call.machine.string(out);
}

constexpr Input text = Input::string;

constexpr Function strings_table[] = {
    {.name = "indexOf",
     .arguments = "s",
     .input = text,
     .result = Result::integer,
     .item = index_of},
    {.name = "lastIndexOf",
     .arguments = "s",
     .input = text,
     .result = Result::integer,
     .item = last_index_of},
    {.name = "substring",
     .arguments = "i?i",
     .input = text,
     .result = Result::string,
     .item = substring},
    {.name = "startsWith",
     .arguments = "s",
     .input = text,
     .result = Result::boolean,
     .item = starts_with},
    {.name = "endsWith",
     .arguments = "s",
     .input = text,
     .result = Result::boolean,
     .item = ends_with},
    {.name = "contains",
     .arguments = "s",
     .input = text,
     .result = Result::boolean,
     .item = contains},
    {.name = "upper",
     .arguments = "",
     .input = text,
     .result = Result::string,
     .item = map_case<to_upper>},
    {.name = "lower",
     .arguments = "",
     .input = text,
     .result = Result::string,
     .item = map_case<to_lower>},
    {.name = "replace",
     .arguments = "ss",
     .input = text,
     .result = Result::string,
     .item = replace},
    {.name = "matches",
     .arguments = "s",
     .input = text,
     .result = Result::boolean,
     .item = matches,
     .pattern = true},
    {.name = "matchesFull",
     .arguments = "s",
     .input = text,
     .result = Result::boolean,
     .item = matches_full,
     .pattern = true},
    {.name = "replaceMatches",
     .arguments = "ss",
     .input = text,
     .result = Result::string,
     .item = replace_matches,
     .pattern = true},
    {.name = "length", .arguments = "", .input = text, .result = Result::integer, .item = length},
    {.name = "trim", .arguments = "", .input = text, .result = Result::string, .item = trim},
    {.name = "toChars",
     .arguments = "",
     .input = text,
     .result = Result::string,
     .items = to_chars},
    {.name = "split", .arguments = "v", .input = text, .result = Result::string, .items = split},
    {.name = "join", .arguments = "?v", .result = Result::string, .items = join},
    {.name = "encode",
     .arguments = "s",
     .input = text,
     .result = Result::string,
     .item = recode<encodings, false>},
    {.name = "decode",
     .arguments = "s",
     .input = text,
     .result = Result::string,
     .item = recode<encodings, true>},
    {.name = "escape",
     .arguments = "s",
     .input = text,
     .result = Result::string,
     .item = recode<escapes, false>},
    {.name = "unescape",
     .arguments = "s",
     .input = text,
     .result = Result::string,
     .item = recode<escapes, true>},
};

}  // namespace

std::span<const Function> string_functions() noexcept {
  return strings_table;
}

}  // namespace lhcr::fhirpath
