// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <optional>

#include "base/error.hpp"
#include "base/number_in.hpp"
#include "base/suggest.hpp"
#include "deliver/region/record_texts.hpp"
#include "deliver/region/region.hpp"
#include "deliver/style/style.hpp"

namespace lhcr::deliver {
namespace {

constexpr RegionKey rows[] = {
    {"title", "", "Name for people"},
    {"extends", "", "Region whose values these are laid over"},
    {"notes", "", "What a user should know", {}, true},
    {"sources", "", "Where the public facts come from", {}, true},
    {"fhir", "4.0.1", "FHIR version the endpoint speaks: 4.0.1, 3.0.2, 4.3.0 or 5.0.0",
     "4.0.1|4.0|4|R4|r4|3.0.2|3.0.1|3.0|3|STU3|stu3|4.3.0|4.3|R4B|r4b|5.0.0|5.0|5|R5|r5"},

    {"endpoint.url", "", "Base URL"},
    {"endpoint.format", "json", "What bodies are written in: json or xml", "json|xml"},
    {"endpoint.media_type", "",
     "Content type of bodies, when it is not application/fhir+json or +xml"},
    {"endpoint.ca", "", "PEM file of the authorities to trust, instead of the system's"},
    {"endpoint.certificate", "", "PEM file of the client certificate (mutual TLS)"},
    {"endpoint.key", "", "PEM file of the client certificate's key"},
    {"endpoint.key_password.*", "", "Password of that key: file, env or command"},
    {"endpoint.proxy", "", "Proxy URL"},
    {"endpoint.http2", "true", "Use HTTP/2 where the endpoint offers it", "true|false"},
    {"endpoint.gzip", "auto", "Compress bodies: on, off, or auto (when an answer says it is taken)",
     "on|off|auto"},
    {"endpoint.timeout", "60", "Seconds for one exchange", "number 0.1 86400"},
    {"endpoint.connections", "4", "Connections kept open", "number 1 1000"},
    {"endpoint.rate", "0", "Requests a second at most; 0: no limit", "number 0 1e6"},
    {"endpoint.redirects", "same-origin", "Redirects to follow: same-origin or none",
     "same-origin|none"},

    {"style.name", "transaction", "How records are sent when --style does not say", "styles"},
    {"style.allowed", "", "Styles the endpoint takes; others are refused", "styles", true},
    {"endpoint.check", "metadata",
     "What `regions check` asks for below the base URL, where the API has no /metadata"},

    {"check.*", "",
     "Header lines of `regions check`, in place of those of [headers] of the same name"},

    {"style.version_header", "",
     "Header that tells which version a PUT changes, from meta.versionId: If-Match (R4, as "
     "W/\"n\") "
     "or another name (the number alone)"},
    {"style.accepted", "unknown",
     "What 202 without a place for its result says: unknown, or applied (the API says no more)",
     "unknown|applied"},
    {"style.search", "true",
     "Searching by identifier is allowed, to find out what became of a request", "true|false"},

    {"limits.entries", "0", "Entries of a Bundle at most; 0: no limit", "number 0 1e9"},
    {"limits.bytes", "0", "Bytes of a body at most; 0: no limit", "number 0 1e12"},
    {"limits.group", "50", "Loose resources sent together in one Bundle", "number 1 1e6"},

    {"auth.method", "none",
     "none, api-key, basic, bearer, client-secret, private-key-jwt, jwt-bearer, spine-jwt or "
     "mesh",
     "none|api-key|basic|bearer|client-secret|private-key-jwt|jwt-bearer|spine-jwt|mesh"},
    {"auth.header", "apikey", "Header that carries an API key"},
    {"auth.user", "", "User (basic)"},
    {"auth.secret.*", "", "API key, password, token or client secret: file, env or command"},
    {"auth.client_id", "", "Client id; issuer and subject of assertions"},
    {"auth.secret_by", "post", "How the client secret travels: post or basic", "post|basic"},
    {"auth.token_url", "", "Token endpoint; without one SMART discovery at the base URL"},
    {"auth.scope", "", "Scope asked for"},
    {"auth.audience", "", "Audience of assertions; otherwise the token URL"},
    {"auth.key", "", "PEM file of the private key that signs assertions"},
    {"auth.key_password.*", "", "Password of that key: file, env or command"},
    {"auth.key_id", "", "kid of assertions; otherwise the key's thumbprint"},
    {"auth.algorithm", "RS384", "RS256, RS384, RS512 or ES384", "RS256|RS384|RS512|ES384"},
    {"auth.lifetime", "240", "Seconds an assertion lives, at most 300", "number 1 86400"},
    {"auth.claims.*", "",
     "Further claims of assertions and of Spine tokens; a dot makes a nested object, a number an "
     "item of an array; fhirpath: asks each record",
     "record"},
    {"auth.shared_key.*", "", "MESH environment shared key: file, env or command"},

    {"headers.*", "",
     "Header lines of every request, in place of the program's own of the same name; ${uuid} (new "
     "for "
     "each request), ${item} (the same whenever an item is sent) and ${NAME} of [values] are "
     "filled "
     "in; what follows base64: is coded so, what follows fhirpath: is asked of each record",
     "record"},
    {"values.*", "", "Texts for ${NAME} in headers, claims and paths"},

    {"message.path", "$process-message", "Where messages are posted"},
    {"message.repeatable", "false", "The receiver recognises a message that comes twice",
     "true|false"},
    {"message.wrap", "",
     "Collections of entries become event messages made here: ems (NEMS; STU3, XML)", "ems"},
    {"message.event", "", "Event of such a message, code|display (EMS-EventType-1)"},
    {"message.event_type", "", "new, update or delete, code|display (EMS-MessageEventType-1)"},
    {"message.source_name", "", "Name of the system that the event comes from"},
    {"message.source", "", "Its address: urn:nhs-uk:addressing:ods:CODE"},
    {"message.responsible", "", "Who publishes the event: ODS code, or code|name"},
    {"message.focus", "", "fullUrl of what the event is about; fhirpath: asks each record",
     "record"},
    {"document.path", "Bundle", "Where document Bundles are posted"},
    {"pointer.path", "DocumentReference", "Where pointers are posted"},

    {"patch.rules", "plain",
     "What a patch is made of: plain (RFC 6902), or pds (whole items, tests before removals, in an "
     "object)",
     "plain|pds"},
    {"patch.removals", "refuse",
     "What the endpoint has and a record does not: refuse (but for a record whose meta.versionId "
     "says "
     "that it was made from the endpoint's version), keep, or make",
     "refuse|keep|make"},

    {"pix.patient", "", "URL for Patient registrations"},
    {"pix.linkage", "", "URL for Linkage resources"},

    {"mhd.source", "", "sourceId of the SubmissionSet (OID or URI)"},
    {"mhd.type", "", "Document type, system|code|display"},
    {"mhd.content_type", "", "Content type of the SubmissionSet, system|code|display"},
    {"mhd.patient_system", "https://fhir.nhs.uk/Id/nhs-number", "Identifier system of the subject"},
    {"mhd.patient_authority", "2.16.840.1.113883.2.1.4.1",
     "OID of the same identifiers in CDA documents"},

    {"xds.source", "", "OID of the document source"},
    {"xds.repository", "", "OID of the repository"},
    {"xds.patient_authority", "2.16.840.1.113883.2.1.4.1",
     "OID of the patient id's authority, also in CDA documents"},
    {"xds.patient_system", "https://fhir.nhs.uk/Id/nhs-number",
     "Identifier system of the patient id"},
    {"xds.class", "", "Class code, scheme|code|display"},
    {"xds.type", "", "Type code, scheme|code|display"},
    {"xds.format", "", "Format code, scheme|code|display"},
    {"xds.confidentiality", "", "Confidentiality code, scheme|code|display"},
    {"xds.facility", "", "Healthcare facility type code, scheme|code|display"},
    {"xds.practice", "", "Practice setting code, scheme|code|display"},
    {"xds.content_type", "", "Content type code of the submission, scheme|code|display"},

    {"mesh.mailbox", "", "Mailbox that sends"},
    {"mesh.to", "", "Mailbox that receives; fhirpath: asks each record", "record"},
    {"mesh.workflow", "", "Workflow id"},
    {"mesh.chunk", "20000000", "Bytes of a chunk at most", "number 1 1e9"},
    {"mesh.subject", "", "Subject of the message; fhirpath: asks each record", "record"},

    {"mesh.local_id", "",
     "Local id of the message, when it is not one that stays with its content; fhirpath: asks each "
     "record",
     "record"},
    {"mesh.wrap", "", "Records are payloads of messages made here: itk3 (STU3, XML)", "itk3"},

    {"itk.event", "", "Event of the message, code|display (ITK007C|ITK GP Connect Send Document)"},
    {"itk.definition", "", "URL of the MessageDefinition of the payload"},
    {"itk.recipient", "", "What the receiver is to do: FA (for action) or FI (for information)",
     "FA|FI"},
    {"itk.business_ack", "", "A business response is asked for", "true|false"},
    {"itk.infrastructure_ack", "", "An infrastructure response is asked for", "true|false"},
    {"itk.priority", "", "How soon: routine, urgent, asap or stat", "routine|urgent|asap|stat"},
    {"itk.sender_reference", "", "Reference that responses bring back; otherwise one that stays"},
    {"itk.local_extension", "", "Local handling, a text"},
    {"itk.sender", "", "ODS code of the sender"},
    {"itk.receiver", "", "ODS code of the receiver, where the payload's specification wants it"},

    {"event.path", "events", "Where events are posted"},
    {"event.source", "", "Source of the events (CloudEvents): uk.nhs.your-service"},
    {"event.type", "", "Type of the event; fhirpath: asks each record", "record"},
    {"event.subject", "", "Whom it is about; fhirpath: asks each record", "record"},
    {"event.time", "", "When it happened (RFC 3339); fhirpath: asks each record", "record"},
    {"event.dataref", "", "Where the record can be read; fhirpath: asks each record", "record"},
    {"event.filtering.*", "", "Attributes to filter by; fhirpath: asks each record", "record"},

    {"operation.path", "", "Operation below the base URL that takes the Parameters"},

    {"drop.folder", "", "Folder that receives the files"},
    {"drop.format", "ndjson",
     "ndjson (a file for each resource type), csv or parquet (a file for each table of "
     "drop.view), or files (as they are)",
     "ndjson|csv|parquet|files"},
    {"drop.view", "", "Views whose tables are written: names, sets or files", {}, true},
    {"drop.vocabulary", "", "Folder with an OMOP vocabulary, for the numbers of concepts"},
    {"drop.records", "5000", "Resources written together, at most", "number 1 1e9"},
    {"drop.manifest", "manifest.json", "Name of the manifest, written last"},
};

std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(mark, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::string wrong_style(const RegionKey& key, const std::string& value) {
  try {
    static_cast<void>(find_style(value));
    return {};
  } catch (const Error& error) {
    return std::string(key.name) + ": " + error.what();
  }
}

}  // namespace

std::string wrong_value(const RegionKey& key, const std::string& value) {
  if (key.allowed == "record") return {};
  if (record_path(value)) return std::string(key.name) + " is the same for every record: " + value;
  if (key.allowed == "styles") return wrong_style(key, value);
  if (key.allowed.empty()) return {};
  const auto words = split(key.allowed, key.allowed.starts_with("number ") ? ' ' : '|');
  if (words.front() != "number") {
    if (std::find(words.begin(), words.end(), value) != words.end()) return {};
    const std::string_view near = closest(value, words);
    std::string text =
        std::string(key.name) + " is none of " + std::string(key.allowed) + ": " + value;
    return near.empty() ? text : text + " (did you mean '" + std::string(near) + "'?)";
  }
  const std::optional<double> number = number_in<double>(value);
  const double least = number_in<double>(words[1]).value_or(0);
  const double most = number_in<double>(words[2]).value_or(0);
  if (number && *number >= least && *number <= most) return {};
  return std::string(key.name) + " is no number from " + std::string(words[1]) + " to " +
         std::string(words[2]) + ": " + value;
}

const std::vector<RegionKey>& region_keys() {
  static const std::vector<RegionKey> keys(std::begin(rows), std::end(rows));
  return keys;
}

}  // namespace lhcr::deliver
