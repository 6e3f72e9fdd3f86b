// SPDX-License-Identifier: Apache-2.0
// The JSON Patch of two files by jsondiffpatch, entries matched by fullUrl: node peer.mjs A B
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const load = (name) => import(pathToFileURL(createRequire(`${process.cwd()}/`).resolve(name)).href);
const { create } = await load('jsondiffpatch');
const { format } = await load('jsondiffpatch/formatters/jsonpatch');
const [left, right] = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')));
const differ = create({ objectHash: (item, index) => item.fullUrl || item.url || item.value || `$${index}` });
console.log(format(differ.diff(left, right)).length);
