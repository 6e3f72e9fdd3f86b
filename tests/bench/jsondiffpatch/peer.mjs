// SPDX-License-Identifier: Apache-2.0
// The number of operations in the JSON Patch of two files by jsondiffpatch, entries matched by fullUrl: node peer.mjs A B
import { readFileSync } from 'node:fs';
import { create } from 'jsondiffpatch';
import { format } from 'jsondiffpatch/formatters/jsonpatch';

const [left, right] = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')));
const differ = create({ objectHash: (item, index) => item.fullUrl || item.url || item.value || `$${index}` });
console.log(format(differ.diff(left, right)).length);
