// SPDX-License-Identifier: Apache-2.0
// @medplum/ccda as a peer of tests/bench/convert: peer.cjs FILE [ROUNDS] converts a C-CDA document to a FHIR Bundle as JSON.
// Prints the bytes of the result, and with ROUNDS the seconds of the fastest round.
const fs = require('fs');

// The package wants a browser's socket at load time and never opens one.
globalThis.WebSocket = globalThis.WebSocket || class {};
const { convertXmlToCcda, convertCcdaToFhir } = require('@medplum/ccda');

const [file, rounds] = process.argv.slice(2);
let best = Infinity;
let size = 0;
for (let round = 0; round < Number(rounds || 1); ++round) {
  const start = process.hrtime.bigint();
  size = JSON.stringify(convertCcdaToFhir(convertXmlToCcda(fs.readFileSync(file, 'utf8')))).length;
  best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9);
}
console.log(size, best);
