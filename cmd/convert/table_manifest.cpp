// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert/table_manifest.hpp"

#include <array>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "cmd/command.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string from_folder_of(const std::string& manifest, const std::string& path) {
  const fs::path folder = fs::absolute(manifest).parent_path();
  return fs::absolute(path).lexically_normal().lexically_proximate(folder).generic_string();
}

Json describe(const std::vector<view::Column>& columns) {
  Json made = Json::array();
  for (const view::Column& column : columns) {
    Json one{{"name", column.name}};
    if (!column.type.empty()) one["type"] = column.type;
    if (!column.sql_type.empty()) one["sqlType"] = column.sql_type;
    if (column.list) one["list"] = true;
    made.push_back(std::move(one));
  }
  return made;
}

Json describe(const std::vector<const view::View*>& views, const std::vector<TableFile>& files,
              const std::string& manifest) {
  Json made{{"name", views.front()->name()}, {"views", Json::array()}};
  for (const view::View* const view : views) made["views"].push_back(view->source());
  std::uint64_t rows = 0;
  Json list = Json::array();
  for (const TableFile& file : files) {
    rows += file.rows;
    list.push_back({{"path", from_folder_of(manifest, file.path)},
                    {"rows", file.rows},
                    {"bytes", file.bytes},
                    {"sha256", file.sha256}});
  }
  made["rows"] = rows;
  made["columns"] = describe(views.front()->columns());
  made["files"] = std::move(list);
  return made;
}

std::string_view format_name(Target target) {
  if (target == Target::csv) return "csv";
  return target == Target::parquet ? "parquet" : "ndjson";
}

}  // namespace

void write_manifest(const ManifestOf& made) {
  const ViewOptions& options = made.options.view;
  Json json{{"format", "lhcr-manifest"},
            {"version", 1},
            {"program", "lhcr " + std::string(version())},
            {"fhirVersion", made.version.fhir_version()},
            {"tableFormat", format_name(made.options.target)}};
  if (!options.partition_by.empty()) json["partitionBy"] = options.partition_by;
  if (!options.recency.since.empty()) json["since"] = options.recency.since;
  if (options.recency.newest) json["newest"] = true;
  json["records"] = {{"read", made.tally.records},
                     {"unreadable", made.tally.unreadable},
                     {"invalid", made.tally.invalid}};
  json["tables"] = Json::array();
  const auto files = made.tables.files();
  for (std::size_t table = 0; table < files.size(); ++table) {
    json["tables"].push_back(describe(made.tables.made_of(table), files[table], options.manifest));
  }
  write_file(options.manifest, json.dump(2) + "\n");
}

}  // namespace lhcr::cmd
