// Opens configs in yaml-language-server over LSP, as an editor does, and checks what a person would see.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import rpc from "vscode-jsonrpc/node.js";

const folder = path.dirname(fileURLToPath(import.meta.url));
const SERVER = path.join(folder, "node_modules/yaml-language-server/bin/yaml-language-server");
const PATIENCE = 30_000;
// The public catalogue of schemas is off: what is shown comes from the modeline alone.
const SETTINGS = {
  yaml: { validate: true, completion: true, hover: true, schemaStore: { enable: false }, schemas: {} },
};

const server = spawn(process.execPath, [SERVER, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
const editor = rpc.createMessageConnection(
  new rpc.StreamMessageReader(server.stdout),
  new rpc.StreamMessageWriter(server.stdin),
);
const watchers = new Map();
editor.onRequest("workspace/configuration", ({ items }) => items.map((item) => SETTINGS[item.section] ?? null));
editor.onRequest(() => null);
editor.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) => watchers.get(uri)?.(diagnostics));
editor.listen();

function within(promise, what) {
  const late = new Promise((_, reject) => setTimeout(reject, PATIENCE, new Error(`${what}: no answer`)).unref());
  return Promise.race([promise, late]);
}

const ask = (method, params) => within(editor.sendRequest(method, params), method);

const done = [];
function expect(holds, what, seen) {
  if (!holds) throw new Error(`${what}; seen: ${JSON.stringify(seen, null, 1)}`);
  done.push(what);
}

/** Opens a text whose cursor stands at `|`; waits until the server has looked at it. */
async function open(name, schema, marked) {
  const text = `# yaml-language-server: $schema=../${schema}\n${marked}`;
  const [before, after = ""] = text.split("|");
  const file = path.join(folder, "configs", name);
  writeFileSync(file, before + after);
  const uri = pathToFileURL(file).href;
  const diagnostics = within(new Promise((resolve) => watchers.set(uri, resolve)), `diagnostics of ${name}`);
  const textDocument = { uri, languageId: "yaml", version: 1, text: before + after };
  await editor.sendNotification("textDocument/didOpen", { textDocument });
  const lines = before.split("\n");
  const position = { line: lines.length - 1, character: lines.at(-1).length };
  return { diagnostics: await diagnostics, at: { textDocument: { uri }, position } };
}

/** What is offered at the cursor: label and description. */
async function offered(name, schema, marked) {
  const list = await ask("textDocument/completion", (await open(name, schema, marked)).at);
  return new Map(list.items.map((item) => [item.label, item.documentation?.value ?? item.documentation ?? ""]));
}

async function config() {
  const schema = "config.schema.json";
  const keys = await offered("key.yaml", schema, "shortname: orders\ninst|\n");
  expect(keys.get("instanceClass")?.includes("db.t4g.medium"), "a key is completed, with its description", [...keys]);

  for (const [what, key, words] of [
    ["the words of a key are completed", "storageType", ["gp3", "io2"]],
    ["described words are completed", "authentication", ["password", "iam"]],
    ["a yes or no is completed", "multiAz", ["true"]],
  ]) {
    const found = await offered(`${key}.yaml`, schema, `shortname: orders\n${key}: |\n`);
    expect(words.every((word) => found.has(word)), what, [...found.keys()]);
  }

  const hovered = await open("hover.yaml", schema, "shortname: orders\npasswordRotation|Days: 7\n");
  const said = (await ask("textDocument/hover", hovered.at)).contents.value;
  expect(/rotat/i.test(said) && said.includes("Default: 7"), "hovering shows description and default", said);

  const typo = await open("typo.yaml", schema, "shortname: orders\ninstanceclass: db.t4g.medium\n");
  const [first] = typo.diagnostics;
  const isTypo = typo.diagnostics.length === 1 && first.message.includes("instanceclass") && first.range.start.line === 2;
  expect(isTypo, "a misspelt key is underlined", typo.diagnostics);

  const wrong = await open("wrong.yaml", schema, "shortname: orders\nstorageType: gp4\n");
  const isWrong = wrong.diagnostics.length === 1 && wrong.diagnostics[0].range.start.character === 13;
  expect(isWrong, "a wrong word is underlined", wrong.diagnostics);

  const fleet = 'allocatedStorage: "50"\nnamespace: fleet\nshortname: fleet\nusername: postgres\n';
  const fine = await open("fleet.yaml", schema, fleet);
  expect(fine.diagnostics.length === 0, "a config of the fleet is clean", fine.diagnostics);
}

async function workspace() {
  const schema = "workspace.schema.json";
  const keys = await offered("valet-key.yaml", schema, "environments:\n  dev:\n    net|\n");
  expect(keys.has("network"), "a key of valet.yaml is completed", [...keys.keys()]);
  const { diagnostics } = await open("valet-typo.yaml", schema, "modulse:\n  source: x\n");
  const isSeen = diagnostics.some((item) => item.message.includes("modulse"));
  expect(isSeen, "a misspelt key of valet.yaml is underlined", diagnostics);
}

try {
  mkdirSync(path.join(folder, "configs"), { recursive: true });
  await ask("initialize", {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    capabilities: {
      workspace: { configuration: true },
      textDocument: {
        completion: { completionItem: { documentationFormat: ["markdown"] } },
        hover: { contentFormat: ["markdown"] },
        publishDiagnostics: {},
      },
    },
  });
  await editor.sendNotification("initialized", {});
  await editor.sendNotification("workspace/didChangeConfiguration", { settings: SETTINGS });
  await config();
  await workspace();
  console.log(`${done.length} checks: ${done.join("; ")}`);
} catch (error) {
  console.error(error.stack);
  process.exitCode = 1;
} finally {
  server.kill();
}
