// SPDX-License-Identifier: Apache-2.0
#include "cmd/lsp/server.hpp"

#include <algorithm>
#include <tuple>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cmd/command.hpp"
#include "finding/explanation.hpp"

namespace lhcr::cmd {
namespace {

using nlohmann::json;

constexpr int method_not_found = -32601;
constexpr int invalid_request = -32600;

/// The path of a file URI (RFC 8089); another URI stays what it is.
std::string path_of(const std::string& uri) {
  constexpr std::string_view scheme = "file://";
  if (!uri.starts_with(scheme)) return uri;
  return percent_decoded(
      std::string_view(uri).substr(std::min(uri.find('/', scheme.size()), uri.size())));
}

json place_json(const EditorPlace& place) {
  return {{"line", place.line}, {"character", place.character}};
}

json range_json(const TextPlaces& places, const Stretch& stretch) {
  return {{"start", place_json(places.place(stretch.first))},
          {"end", place_json(places.place(stretch.last))}};
}

int severity_number(const std::string& severity) {
  if (severity == "warning") return 2;
  return severity == "information" ? 3 : 1;
}

json diagnostic_json(const TextPlaces& places, std::string_view text,
                     const Diagnostic& diagnostic) {
  json made;
  made["range"] = range_json(places, token_at(text, diagnostic.offset));
  made["severity"] = severity_number(diagnostic.severity);
  made["source"] = "lhcr";
  made["code"] = diagnostic.id;
  if (const finding::Explanation* explained = finding::explanation(diagnostic.id)) {
    if (!explained->url.empty()) made["codeDescription"] = {{"href", explained->url}};
  }
  made["message"] = (diagnostic.path.empty() ? "" : diagnostic.path + ": ") + diagnostic.text +
                    (diagnostic.hint.empty() ? "" : "\n" + diagnostic.hint);
  return made;
}

/// What is to be replaced when the hint names something better.
std::optional<Stretch> wrong_word(std::string_view text, const Diagnostic& diagnostic) {
  for (const std::string& word : words_in(diagnostic.text)) {
    if (word == near_name(diagnostic.hint)) continue;
    if (const auto found = word_near(text, diagnostic.offset, word)) return found;
  }
  return std::nullopt;
}

bool comes_before(const json& left, const json& right) {
  return std::tuple(left.at("line").get<std::size_t>(), left.at("character").get<std::size_t>()) <=
         std::tuple(right.at("line").get<std::size_t>(), right.at("character").get<std::size_t>());
}

bool touch(const json& left, const json& right) {
  return comes_before(left.at("start"), right.at("end")) &&
         comes_before(right.at("start"), left.at("end"));
}

json capabilities() {
  json made;
  made["positionEncoding"] = "utf-16";
  made["textDocumentSync"] = {{"openClose", true}, {"change", 1}};
  made["hoverProvider"] = true;
  made["codeActionProvider"] = {{"codeActionKinds", {"quickfix"}}};
  return {{"capabilities", made}, {"serverInfo", {{"name", "lhcr"}, {"version", version()}}}};
}

json answer(const json& message, const json& result) {
  return {{"jsonrpc", "2.0"}, {"id", message.at("id")}, {"result", result}};
}

json refusal(const json& message, int code, const std::string& text) {
  return {{"jsonrpc", "2.0"},
          {"id", message.value("id", json())},
          {"error", {{"code", code}, {"message", text}}}};
}

json notification(const std::string& method, const json& parameters) {
  return {{"jsonrpc", "2.0"}, {"method", method}, {"params", parameters}};
}

}  // namespace

LanguageServer::Messages LanguageServer::take(const json& message) {
  try {
    if (!message.contains("method")) return {};  // an answer
    if (message.contains("id")) return request(message);
    Messages out;
    notice(message.at("method"), message.value("params", json::object()), out);
    return out;
  } catch (const json::exception& error) {
    if (!message.is_object() || !message.contains("id")) return {};
    return {refusal(message, invalid_request, error.what())};
  }
}

LanguageServer::Messages LanguageServer::request(const json& message) {
  const std::string method = message.at("method");
  const json parameters = message.value("params", json::object());
  if (shut_down_) return {refusal(message, invalid_request, "the server is shut down")};
  if (method == "initialize") return {answer(message, capabilities())};
  if (method == "textDocument/hover") return {answer(message, hover(parameters))};
  if (method == "textDocument/codeAction") return {answer(message, actions(parameters))};
  if (method != "shutdown") return {refusal(message, method_not_found, "there is no " + method)};
  shut_down_ = true;
  return {answer(message, nullptr)};
}

void LanguageServer::notice(const std::string& method, const json& parameters, Messages& out) {
  if (method == "exit") ended_ = true;
  if (!method.starts_with("textDocument/")) return;
  const json& document = parameters.at("textDocument");
  const std::string uri = document.at("uri");
  if (method == "textDocument/didOpen") check(uri, document.at("text"), out);
  if (method == "textDocument/didChange") {
    check(uri, parameters.at("contentChanges").back().at("text"), out);
  }
  if (method == "textDocument/didClose") {
    documents_.erase(uri);
    out.push_back(notification("textDocument/publishDiagnostics",
                               {{"uri", uri}, {"diagnostics", json::array()}}));
  }
}

void LanguageServer::check(const std::string& uri, std::string text, Messages& out) {
  Document& document = documents_[uri];
  document.text = std::move(text);
  document.checked = check_text(document.text, path_of(uri));
  if (!document.checked.problem.empty()) {
    out.push_back(
        notification("window/showMessage", {{"type", 1}, {"message", document.checked.problem}}));
  }
  const TextPlaces places(document.text);
  json all = json::array();
  for (const Diagnostic& diagnostic : document.checked.findings) {
    all.push_back(diagnostic_json(places, document.text, diagnostic));
  }
  out.push_back(
      notification("textDocument/publishDiagnostics", {{"uri", uri}, {"diagnostics", all}}));
}

json LanguageServer::hover(const json& parameters) const {
  const auto found = documents_.find(parameters.at("textDocument").at("uri"));
  if (found == documents_.end()) return nullptr;
  const Document& document = found->second;
  const TextPlaces places(document.text);
  const json& place = parameters.at("position");
  std::string text;
  for (const Diagnostic& diagnostic : document.checked.findings) {
    const json range = range_json(places, token_at(document.text, diagnostic.offset));
    if (!comes_before(range.at("start"), place) || !comes_before(place, range.at("end"))) continue;
    const finding::Explanation* explained = finding::explanation(diagnostic.id);
    text += text.empty() ? "" : "\n\n---\n\n";
    text += explained == nullptr ? diagnostic.text : finding::explanation_markdown(*explained);
  }
  if (text.empty()) return nullptr;
  return {{"contents", {{"kind", "markdown"}, {"value", text}}}};
}

json LanguageServer::actions(const json& parameters) const {
  const std::string uri = parameters.at("textDocument").at("uri");
  const auto found = documents_.find(uri);
  json all = json::array();
  if (found == documents_.end()) return all;
  const Document& document = found->second;
  const TextPlaces places(document.text);
  for (const Diagnostic& each : document.checked.findings) {
    const json diagnostic = diagnostic_json(places, document.text, each);
    const std::string name = near_name(each.hint);
    const auto wrong = name.empty() ? std::nullopt : wrong_word(document.text, each);
    if (!wrong || !touch(diagnostic.at("range"), parameters.at("range"))) continue;
    const json edit = {{"range", range_json(places, *wrong)}, {"newText", name}};
    all.push_back({{"title", "Write '" + name + "'"},
                   {"kind", "quickfix"},
                   {"diagnostics", json::array({diagnostic})},
                   {"isPreferred", true},
                   {"edit", {{"changes", {{uri, json::array({edit})}}}}}});
  }
  return all;
}

}  // namespace lhcr::cmd
