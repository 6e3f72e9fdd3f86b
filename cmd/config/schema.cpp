// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cmd/config/config.hpp"
#include "cmd/help/generate.hpp"

namespace lhcr::cmd {
namespace {

using Json = nlohmann::ordered_json;

/// The option of the first command that has it.
OptionRow option_of(const ConfigKey& key, const std::vector<DeclaredCommand>& commands) {
  for (const DeclaredCommand& command : commands) {
    if (!has_word(key.commands, command.command->name)) continue;
    for (const OptionRow& row : command.options) {
      const std::vector<std::string> names = hyphened_names(row);
      if (std::find(names.begin(), names.end(), key.option) != names.end()) return row;
    }
  }
  return {};
}

bool is_list(KeyKind kind) {
  return kind == KeyKind::texts || kind == KeyKind::list || kind == KeyKind::paths ||
         kind == KeyKind::names;
}

Json key_schema(const ConfigKey& key, const OptionRow& option) {
  Json schema;
  schema["description"] = option.text;
  if (key.kind == KeyKind::on_switch || key.kind == KeyKind::off_switch) {
    schema["type"] = "boolean";
    schema["default"] = key.kind == KeyKind::off_switch;
  } else if (key.kind == KeyKind::number) {
    schema["type"] = "integer";
    schema["minimum"] = 0;
  } else if (is_list(key.kind)) {
    schema["type"] = "array";
    schema["items"] = {{"type", "string"}, {"minLength", 1}};
  } else {
    schema["type"] = "string";
    if (option.choices.empty()) {
      schema["minLength"] = 1;
    } else {
      schema["enum"] = option.choices;
    }
  }
  return schema;
}

Json closed_object(std::string_view text) {
  Json schema;
  schema["type"] = "object";
  schema["description"] = text;
  schema["additionalProperties"] = false;
  schema["properties"] = Json::object();
  return schema;
}

Json table_schema(const ConfigTable& table) {
  Json item = closed_object(table.text);
  if (table.members.empty()) {
    item.erase("properties");
    item["additionalProperties"] = {{"enum", {"error", "warning", "information"}}};
    return item;
  }
  for (const auto& [name, text] : table.members) {
    item["properties"][std::string(name)] = {
        {"description", text}, {"type", "string"}, {"minLength", 1}};
  }
  if (!table.is_list) return item;
  return {{"type", "array"}, {"items", item}};
}

}  // namespace

std::string config_schema() {
  Json schema;
  schema["$schema"] = "http://json-schema.org/draft-07/schema#";
  schema["$id"] = "urn:lhcr:schema:config:1";
  schema["title"] = "lhcr.toml";
  schema.update(closed_object("Options of lhcr for a project, in place of every command line"));
  const std::vector<DeclaredCommand> commands = declared_commands();
  Json& top = schema["properties"];
  for (const ConfigKey& key : config_keys()) {
    const std::string table(key.table);
    if (!table.empty() && !top.contains(table))
      top[table] = closed_object("Options of lhcr, see lhcr.toml(5)");
    Json& home = table.empty() ? top : top[table]["properties"];
    home[std::string(key.name)] = key_schema(key, option_of(key, commands));
  }
  for (const ConfigTable& table : config_tables()) {
    top[std::string(table.name)] = table_schema(table);
  }
  return schema.dump(2) + "\n";
}

}  // namespace lhcr::cmd
