// Holds the reports of bad workspaces against what others wrote: the toolkit of GitHub Actions, the schema of SARIF.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import * as actions from "@actions/core";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";

const [valet, folder] = process.argv.slice(2);
const SCHEMA = "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";

const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats(ajv);
const isSarif = ajv.compile(JSON.parse(readFileSync(createRequire(import.meta.url).resolve(SCHEMA), "utf8")));

function report(workspace, format) {
  const command = ["--workspace", workspace, "--today", "2026-11-01", "check", "--format", format];
  try {
    return execFileSync(valet, command, { encoding: "utf8" });
  } catch (error) {
    // A workspace with errors ends with 1; anything else is a surprise.
    if (error.status === 1) return error.stdout;
    throw error;
  }
}

/** What the toolkit of GitHub Actions prints for the same problems. */
function toolkit(problems) {
  const write = process.stdout.write;
  let printed = "";
  process.stdout.write = (text) => (printed += text);
  try {
    for (const problem of problems) {
      const help = problem.help === null ? "" : `\nhelp: ${problem.help}`;
      actions[problem.severity](`${problem.message}${help}`, {
        title: problem.code,
        file: problem.file,
        startLine: problem.line,
        endLine: problem.endLine,
        startColumn: problem.column,
        endColumn: problem.endColumn,
      });
    }
  } finally {
    process.stdout.write = write;
  }
  return printed;
}

const complaints = [];
let count = 0;
let last;
for (const name of readdirSync(folder).sort()) {
  const workspace = join(folder, name);
  const { problems } = JSON.parse(report(workspace, "json"));
  count += problems.length;
  const expected = toolkit(problems);
  const annotations = report(workspace, "github");
  if (annotations !== expected) complaints.push(`${name}: annotations\n${annotations}toolkit\n${expected}`);
  last = JSON.parse(report(workspace, "sarif"));
  if (!isSarif(last)) complaints.push(`${name}: ${ajv.errorsText(isSarif.errors)}`);
  const results = last.runs[0].results;
  if (results.length !== problems.length) complaints.push(`${name}: ${results.length} results of ${problems.length}`);
}

// A check that could not fail would prove nothing.
last.runs[0].results[0].locations[0].physicalLocation.region.startLine = "1";
if (isSarif(last)) complaints.push("a slip in SARIF was not seen");
if (count === 0) complaints.push("no problems at all");

for (const complaint of complaints) console.error(complaint);
console.log(`${count} problems read alike by the toolkit of GitHub Actions and by the schema of SARIF 2.1.0`);
process.exit(complaints.length > 0 ? 1 : 0);
