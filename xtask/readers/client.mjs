// Opens configs in yaml-language-server over LSP, as an editor does, and checks what a person would see.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const folder = path.dirname(fileURLToPath(import.meta.url));
const SERVER = path.join(folder, "node_modules/yaml-language-server/bin/yaml-language-server");
const PATIENCE = 30_000;

const server = spawn(process.execPath, [SERVER, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
const answers = new Map();
const watchers = new Map();
let last = 0;
let buffer = Buffer.alloc(0);

server.stdout.on("data", (chunk) => {
  buffer = Buffer.concat([buffer, chunk]);
  for (;;) {
    const end = buffer.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, end).toString())[1]);
    if (buffer.length < end + 4 + length) return;
    const message = JSON.parse(buffer.subarray(end + 4, end + 4 + length).toString());
    buffer = buffer.subarray(end + 4 + length);
    receive(message);
  }
});
server.on("exit", (code) => code && fail(`the server ended with ${code}`));

function send(message) {
  const text = JSON.stringify({ jsonrpc: "2.0", ...message });
  server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

function receive(message) {
  if (message.method === "workspace/configuration") {
    send({ id: message.id, result: message.params.items.map((item) => SETTINGS[item.section] ?? null) });
  } else if (message.method && message.id !== undefined) {
    send({ id: message.id, result: null });
  } else if (message.method === "textDocument/publishDiagnostics") {
    watchers.get(message.params.uri)?.(message.params.diagnostics);
  } else if (answers.has(message.id)) {
    const { resolve, reject } = answers.get(message.id);
    answers.delete(message.id);
    if (message.error) reject(new Error(message.error.message));
    else resolve(message.result);
  }
}

function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer`)), PATIENCE);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function ask(method, params) {
  const id = ++last;
  const answer = new Promise((resolve, reject) => answers.set(id, { resolve, reject }));
  send({ id, method, params });
  return within(answer, method);
}

// The public catalogue of schemas is off: what is shown comes from the modeline alone.
const SETTINGS = {
  yaml: { validate: true, completion: true, hover: true, schemaStore: { enable: false }, schemas: {} },
};

function fail(message) {
  console.error(message);
  process.exit(1);
}

function expect(holds, what, seen) {
  if (!holds) fail(`${what}; seen: ${JSON.stringify(seen, null, 1)}`);
  done.push(what);
}
const done = [];

mkdirSync(path.join(folder, "configs"), { recursive: true });

/** Opens a text whose cursor stands at `|`; waits until the server has looked at it. */
async function open(name, schema, marked) {
  const text = `# yaml-language-server: $schema=../${schema}\n${marked}`;
  const at = text.indexOf("|");
  const clean = at < 0 ? text : text.slice(0, at) + text.slice(at + 1);
  const file = path.join(folder, "configs", name);
  writeFileSync(file, clean);
  const uri = pathToFileURL(file).href;
  const diagnostics = within(new Promise((resolve) => watchers.set(uri, resolve)), `diagnostics of ${name}`);
  send({ method: "textDocument/didOpen", params: { textDocument: { uri, languageId: "yaml", version: 1, text: clean } } });
  const before = clean.slice(0, Math.max(at, 0)).split("\n");
  const position = { line: before.length - 1, character: before.at(-1).length };
  return { diagnostics: await diagnostics, at: { textDocument: { uri }, position }, uri };
}

async function labels(document) {
  const list = await ask("textDocument/completion", document.at);
  return (list.items ?? list).map((item) => ({
    label: item.label,
    text: item.textEdit?.newText ?? item.insertText,
    doc: typeof item.documentation === "string" ? item.documentation : item.documentation?.value,
  }));
}

const words = (hover) => [hover?.contents].flat().map((part) => part?.value ?? part ?? "").join("\n");

async function config() {
  const key = await labels(await open("key.yaml", "config.schema.json", "shortname: orders\ninst|\n"));
  const found = key.find((item) => item.label === "instanceClass");
  expect(found?.doc?.includes("db.t4g.medium"), "a key is completed, with its description", key);

  const word = await labels(await open("enum.yaml", "config.schema.json", "shortname: orders\nstorageType: |\n"));
  const names = word.map((item) => item.label);
  expect(["gp3", "io2"].every((name) => names.includes(name)), "the words of a key are completed", names);

  const oneOf = await labels(await open("words.yaml", "config.schema.json", "shortname: orders\nauthentication: |\n"));
  const logins = oneOf.map((item) => item.label);
  expect(["password", "iam"].every((name) => logins.includes(name)), "described words are completed", logins);

  const flag = await labels(await open("flag.yaml", "config.schema.json", "shortname: orders\nmultiAz: |\n"));
  expect(flag.some((item) => item.label === "true"), "a yes or no is completed", flag);

  const hovered = await open("hover.yaml", "config.schema.json", "shortname: orders\npasswordRotation|Days: 7\n");
  const said = words(await ask("textDocument/hover", hovered.at));
  expect(/rotat/i.test(said) && said.includes("Default: 7"), "hovering shows description and default", said);

  const typo = await open("typo.yaml", "config.schema.json", "shortname: orders\ninstanceclass: db.t4g.medium\n");
  const [first] = typo.diagnostics;
  expect(
    typo.diagnostics.length === 1 && first.message.includes("instanceclass") && first.range.start.line === 2,
    "a misspelt key is underlined",
    typo.diagnostics,
  );

  const wrong = await open("wrong.yaml", "config.schema.json", "shortname: orders\nstorageType: gp4\n");
  expect(
    wrong.diagnostics.length === 1 && wrong.diagnostics[0].range.start.character === 13,
    "a wrong word is underlined",
    wrong.diagnostics,
  );

  const fleet = 'allocatedStorage: "50"\nnamespace: fleet\nshortname: fleet\nusername: postgres\n';
  const fine = await open("fleet.yaml", "config.schema.json", fleet);
  expect(fine.diagnostics.length === 0, "a config of the fleet is clean", fine.diagnostics);
}

async function workspace() {
  const key = await labels(await open("valet-key.yaml", "workspace.schema.json", "environments:\n  dev:\n    net|\n"));
  expect(key.some((item) => item.label === "network"), "a key of valet.yaml is completed", key);
  const typo = await open("valet-typo.yaml", "workspace.schema.json", "modulse:\n  source: x\n");
  expect(
    typo.diagnostics.some((item) => item.message.includes("modulse")),
    "a misspelt key of valet.yaml is underlined",
    typo.diagnostics,
  );
}

try {
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
  send({ method: "initialized", params: {} });
  send({ method: "workspace/didChangeConfiguration", params: { settings: SETTINGS } });
  await config();
  await workspace();
  await ask("shutdown", null);
  server.removeAllListeners("exit");
  send({ method: "exit" });
  console.log(`${done.length} checks: ${done.join("; ")}`);
} catch (error) {
  fail(error.stack);
}
