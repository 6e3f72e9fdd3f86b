// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <optional>

#include "base/error.hpp"
#include "base/number_in.hpp"
#include "base/suggest.hpp"
#include "base/uk_system.hpp"
#include "base/words.hpp"
#include "deliver/region/record_texts.hpp"
#include "deliver/region/region.hpp"
#include "deliver/style/safe.hpp"
#include "deliver/style/style.hpp"

namespace lhcr::deliver {
namespace {

constexpr const RegisteredUkSystem& nhs_number = usual_uk_system(UkSystem::nhs_number);

constexpr RegionKey rows[] = {
    {"title", "", "Name to display"},
    {"extends", "", "Region profile that this one extends"},
    {"notes", "", "What users should know", {}, true},
    {"sources", "", "Where the public facts come from", {}, true},
    {"fhir", "4.0.1", "FHIR version of the endpoint: 4.0.1, 3.0.2, 4.3.0 or 5.0.0",
     "4.0.1|4.0|4|R4|r4|3.0.2|3.0.1|3.0|3|STU3|stu3|4.3.0|4.3|R4B|r4b|5.0.0|5.0|5|R5|r5"},

    {"endpoint.url", "", "Base URL"},
    {"endpoint.format", "json", "Format of request bodies: json or xml", "json|xml"},
    {"endpoint.media_type", "",
     "Content type of bodies, when it is not application/fhir+json or +xml"},
    {"endpoint.ca", "", "PEM file of the authorities to trust, instead of the system's"},
    {"endpoint.certificate", "", "PEM file of the client certificate (mutual TLS)"},
    {"endpoint.key", "", "PEM file of the client certificate's key"},
    {"endpoint.key_password.*", "", "Password of that key: file, env or command"},
    {"endpoint.proxy", "", "Proxy URL"},
    {"endpoint.http2", "true", "Use HTTP/2 where the endpoint offers it", "true|false"},
    {"endpoint.gzip", "auto",
     "Compress request bodies: on, off, or auto (when a response says that the endpoint accepts "
     "it)",
     "on|off|auto"},
    {"endpoint.timeout", "60", "Seconds for one exchange", "number 0.1 86400"},
    {"endpoint.connections", "4", "Number of connections kept open", "number 1 1000"},
    {"endpoint.rate", "0", "Maximum number of requests per second; 0: no limit", "number 0 1e6"},
    {"endpoint.redirects", "same-origin", "Redirects to follow: same-origin or none",
     "same-origin|none"},

    {"style.name", "transaction", "Style in which records are sent unless --style names another",
     "styles"},
    {"style.allowed", "", "Styles that the endpoint accepts; others are refused", "styles", true},
    {"endpoint.check", "metadata",
     "Path below the base URL that `regions check` asks for, where the API has no /metadata",
     "path"},

    {"check.*", "", "Headers of `regions check`; they replace those of the same name in [headers]"},

    {"style.version_header", "",
     "Header that names the version a PUT replaces, from meta.versionId: If-Match (R4, as W/\"n\") "
     "or another name (the number alone)"},
    {"style.accepted", "unknown",
     "Meaning of a 202 that names no place for its result: unknown, or applied (for an API that "
     "never says more)",
     "unknown|applied"},
    {"style.search", "true", "Allow searches by identifier to find out what became of a request",
     "true|false"},

    {"limits.entries", "0", "Maximum number of entries in a Bundle; 0: no limit", "number 0 1e9"},
    {"limits.bytes", "0", "Maximum size of a request body in bytes; 0: no limit", "number 0 1e12"},
    {"limits.group", "50", "Number of single resources sent together in one Bundle",
     "number 1 1e6"},

    {"auth.method", "none",
     "none, api-key, basic, bearer, client-secret, private-key-jwt, jwt-bearer, spine-jwt or "
     "mesh",
     "none|api-key|basic|bearer|client-secret|private-key-jwt|jwt-bearer|spine-jwt|mesh"},
    {"auth.header", "apikey", "Header that carries an API key"},
    {"auth.user", "", "User (basic)"},
    {"auth.secret.*", "", "API key, password, token or client secret: file, env or command"},
    {"auth.client_id", "", "Client id; issuer and subject of assertions"},
    {"auth.secret_by", "post", "How the client secret is sent: post or basic", "post|basic"},
    {"auth.token_url", "", "Token endpoint; by default found by SMART discovery at the base URL"},
    {"auth.scope", "", "Scope to ask for"},
    {"auth.audience", "", "Audience of assertions; by default the token URL"},
    {"auth.key", "", "PEM file of the private key that signs assertions"},
    {"auth.key_password.*", "", "Password of that key: file, env or command"},
    {"auth.key_id", "", "kid of assertions; by default the key's thumbprint"},
    {"auth.algorithm", "RS384", "RS256, RS384, RS512 or ES384", "RS256|RS384|RS512|ES384"},
    {"auth.lifetime", "240", "Lifetime of an assertion in seconds, at most 300", "number 1 86400"},
    {"auth.claims.*", "",
     "Additional claims of assertions and of Spine tokens; a dot makes a nested object, a number "
     "an item of an array; fhirpath: takes the value from each record",
     "record"},
    {"auth.shared_key.*", "", "MESH environment shared key: file, env or command"},

    {"headers.*", "",
     "Headers of every request; they replace the program's own of the same name; ${uuid} (new for "
     "each request), ${item} (the same whenever an item is sent) and ${NAME} from [values] are "
     "filled in; base64: encodes the text after it, and fhirpath: takes the value from each record",
     "record"},
    {"values.*", "", "Values of ${NAME} in headers, claims and paths"},

    {"message.path", "$process-message", "Path to which messages are posted", "path"},
    {"message.repeatable", "false", "The receiver recognises a message that it gets twice",
     "true|false"},
    {"message.wrap", "", "Wrap collections of entries in event messages: ems (NEMS; STU3, XML)",
     "ems"},
    {"message.event", "", "Event of such a message, code|display (EMS-EventType-1)"},
    {"message.event_type", "", "new, update or delete, code|display (EMS-MessageEventType-1)"},
    {"message.source_name", "", "Name of the system that the event comes from"},
    {"message.source", "", "Address of that system: urn:nhs-uk:addressing:ods:CODE"},
    {"message.responsible", "", "Publisher of the event: ODS code, or code|name"},
    {"message.focus", "",
     "fullUrl of the resource that the event is about; fhirpath: takes it from each record",
     "record"},
    {"document.path", "Bundle", "Path to which document Bundles are posted", "path"},
    {"pointer.path", "DocumentReference", "Path to which pointers are posted", "path"},

    {"patch.rules", "plain",
     "Form of patches: plain (RFC 6902), or pds (whole items, tests before removals, inside an "
     "object)",
     "plain|pds"},
    {"patch.removals", "refuse",
     "How to treat what the endpoint has and a record does not: refuse the record (unless its "
     "meta.versionId says that it was made from the endpoint's version), keep it, or make the "
     "removal",
     "refuse|keep|make"},

    {"pix.patient", "", "URL for Patient registrations"},
    {"pix.linkage", "", "URL for Linkage resources"},

    {"mhd.source", "", "sourceId of the SubmissionSet (OID or URI)"},
    {"mhd.type", "", "Document type, system|code|display"},
    {"mhd.content_type", "", "Content type of the SubmissionSet, system|code|display"},
    {"mhd.patient_system", nhs_number.url, "Identifier system of the subject"},
    {"mhd.patient_authority", nhs_number.oid(), "OID of the same identifiers in CDA documents"},

    {"xds.source", "", "OID of the document source"},
    {"xds.repository", "", "OID of the repository"},
    {"xds.patient_authority", nhs_number.oid(),
     "OID of the patient id's authority, also in CDA documents"},
    {"xds.patient_system", nhs_number.url, "Identifier system of the patient id"},
    {"xds.class", "", "Class code, scheme|code|display"},
    {"xds.type", "", "Type code, scheme|code|display"},
    {"xds.format", "", "Format code, scheme|code|display"},
    {"xds.confidentiality", "", "Confidentiality code, scheme|code|display"},
    {"xds.facility", "", "Healthcare facility type code, scheme|code|display"},
    {"xds.practice", "", "Practice setting code, scheme|code|display"},
    {"xds.content_type", "", "Content type code of the submission, scheme|code|display"},

    {"mesh.mailbox", "", "Mailbox that sends", "path"},
    {"mesh.to", "", "Mailbox that receives; fhirpath: takes it from each record", "record"},
    {"mesh.workflow", "", "Workflow id"},
    {"mesh.chunk", "20000000", "Maximum size of a chunk in bytes", "number 1 1e9"},
    {"mesh.subject", "", "Subject of the message; fhirpath: takes it from each record", "record"},

    {"mesh.local_id", "",
     "Local id of the message; by default one that is the same for the same content; fhirpath: "
     "takes it from each record",
     "record"},
    {"mesh.wrap", "", "Wrap records as the payloads of messages: itk3 (STU3, XML)", "itk3"},

    {"itk.event", "", "Event of the message, code|display (ITK007C|ITK GP Connect Send Document)"},
    {"itk.definition", "", "URL of the MessageDefinition of the payload"},
    {"itk.recipient", "", "What the receiver should do: FA (for action) or FI (for information)",
     "FA|FI"},
    {"itk.business_ack", "", "Ask for a business response", "true|false"},
    {"itk.infrastructure_ack", "", "Ask for an infrastructure response", "true|false"},
    {"itk.priority", "", "Priority: routine, urgent, asap or stat", "routine|urgent|asap|stat"},
    {"itk.sender_reference", "",
     "Reference that responses carry; by default one that is the same for the same content"},
    {"itk.local_extension", "", "Local handling, as text"},
    {"itk.sender", "", "ODS code of the sender"},
    {"itk.receiver", "", "ODS code of the receiver, where the payload's specification asks for it"},

    {"event.path", "events", "Path to which events are posted", "path"},
    {"event.source", "", "Source of the events (CloudEvents): uk.nhs.your-service"},
    {"event.type", "", "Type of the event; fhirpath: takes it from each record", "record"},
    {"event.subject", "", "Whom the event is about; fhirpath: takes it from each record", "record"},
    {"event.time", "", "Time of the event (RFC 3339); fhirpath: takes it from each record",
     "record"},
    {"event.dataref", "", "Where the record can be read; fhirpath: takes it from each record",
     "record"},
    {"event.filtering.*", "", "Attributes to filter by; fhirpath: takes them from each record",
     "record"},

    {"operation.path", "", "Operation below the base URL that takes the Parameters", "path"},

    {"drop.folder", "", "Folder that receives the files"},
    {"drop.format", "ndjson",
     "Format of the files: ndjson (one for each resource type), csv or parquet (one for each table "
     "of drop.view), or files (the records as they are)",
     "ndjson|csv|parquet|files"},
    {"drop.view", "", "Views whose tables are written: names, sets or files", {}, true},
    {"drop.vocabulary", "", "Folder with an OMOP vocabulary, for concept ids"},
    {"drop.records", "5000", "Maximum number of resources written together", "number 1 1e9"},
    {"drop.manifest", "manifest.json", "Name of the manifest, written last"},
};

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
  if (key.allowed == "path") {
    return is_below_base(value)
               ? std::string()
               : std::string(key.name) + " is not a path below the base URL: " + value;
  }
  if (key.allowed.empty()) return {};
  const auto words = split(key.allowed, key.allowed.starts_with("number ") ? ' ' : '|');
  if (words.front() != "number") {
    if (std::find(words.begin(), words.end(), value) != words.end()) return {};
    const std::string_view near = closest(value, words);
    std::string text =
        std::string(key.name) + " is not one of " + std::string(key.allowed) + ": " + value;
    return near.empty() ? text : text + " (did you mean '" + std::string(near) + "'?)";
  }
  const std::optional<double> number = number_in<double>(value);
  const double least = number_in<double>(words[1]).value_or(0);
  const double most = number_in<double>(words[2]).value_or(0);
  if (number && *number >= least && *number <= most) return {};
  return std::string(key.name) + " is not a number from " + std::string(words[1]) + " to " +
         std::string(words[2]) + ": " + value;
}

const std::vector<RegionKey>& region_keys() {
  static const std::vector<RegionKey> keys(std::begin(rows), std::end(rows));
  return keys;
}

}  // namespace lhcr::deliver
