// SPDX-License-Identifier: Apache-2.0
// Medplum as a peer of tests/bench/run. Reads one job a line on standard input and answers with one line each:
//   WORK FILE WARM SECONDS [EXPRESSION]   ->  bytes seconds     (WORK: read query validate; FILE: NDJSON, R4; seconds of
//                                                                the processor)
//   outcome VERSION FILE TARGET           ->  done              (writes an OperationOutcome)
// With arguments `cold FILE` it validates one file; `prepare FOLDER` writes definitions.json from an unpacked package.
// The definitions are looked for beside node_modules, in the working folder.
const fs = require('fs');
const path = require('path');
const readline = require('readline');

const medplum = () => require(require.resolve('@medplum/core', { paths: [process.cwd()] }));

function prepare(folder) {
  const files = fs.readdirSync(folder).filter((name) => /^StructureDefinition-.*\.json$/.test(name));
  const all = files.map((name) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')));
  const base = all.filter((definition) => definition.kind !== 'logical' && definition.derivation !== 'constraint');
  for (const definition of base) ['text', 'differential', 'mapping'].forEach((name) => delete definition[name]);
  const bundle = { resourceType: 'Bundle', type: 'collection', entry: base.map((resource) => ({ resource })) };
  fs.writeFileSync('definitions.json', JSON.stringify(bundle));
}

let loaded;
function core() {
  if (!loaded) {
    loaded = medplum();
    loaded.indexStructureDefinitionBundle(JSON.parse(fs.readFileSync('definitions.json', 'utf8')));
  }
  return loaded;
}

function issues(resource) {
  try {
    return core().validateResource(resource);
  } catch (error) {
    return error.outcome ? error.outcome.issue : [{ severity: 'fatal', code: 'exception', diagnostics: String(error) }];
  }
}

function workOf(name, expression) {
  if (name === 'read') return (line) => JSON.parse(line);
  if (name === 'query') return (line) => core().evalFhirPath(expression, JSON.parse(line));
  if (name === 'validate') return (line) => issues(JSON.parse(line));
  throw new Error(name);
}

function processorSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

// Goes round the lines, sixteen between looks at the clock, until the time is up; gives the bytes done.
function spend(lines, state, seconds, work) {
  let bytes = 0;
  const end = processorSeconds() + seconds;
  while (processorSeconds() < end) {
    for (let count = 0; count < 16; ++count) {
      const line = lines[state.next++ % lines.length];
      work(line.text);
      bytes += line.bytes;
    }
  }
  return bytes;
}

function measure([name, file, warm, seconds, expression]) {
  const lines = fs.readFileSync(file, 'utf8').split('\n').filter(Boolean)
    .map((text) => ({ text, bytes: Buffer.byteLength(text) + 1 }));
  const work = workOf(name, expression);
  const state = { next: 0 };
  spend(lines, state, Number(warm), work);
  const start = processorSeconds();
  const bytes = spend(lines, state, Number(seconds), work);
  return `${bytes} ${processorSeconds() - start}`;
}

// What it cannot judge at all (STU3, XML) it lets pass.
function outcome([, version, file, target]) {
  let issue = [];
  try {
    if (version.startsWith('4.') && file.endsWith('.json')) issue = issues(JSON.parse(fs.readFileSync(file, 'utf8')));
  } catch (error) {
    issue = [{ severity: 'fatal', code: 'structure', diagnostics: String(error) }];
  }
  fs.writeFileSync(target, JSON.stringify({ resourceType: 'OperationOutcome', issue }));
  return 'done';
}

const [mode, argument] = process.argv.slice(2);
if (mode === 'prepare') {
  prepare(argument);
} else if (mode === 'cold') {
  console.log(issues(JSON.parse(fs.readFileSync(argument, 'utf8'))).length === 0);
} else {
  readline.createInterface({ input: process.stdin }).on('line', (line) => {
    const job = line.split('\t');
    console.log(job[0] === 'outcome' ? outcome(job) : measure(job));
  });
}
