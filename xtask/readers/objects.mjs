// Holds the reviewed Kubernetes objects against the schemas that Kubernetes, Istio and External Secrets publish.
import { readFileSync } from "node:fs";

import * as secrets from "@kubernetes-models/external-secrets/external-secrets.io/v1";
import * as istio from "@kubernetes-models/istio/networking.istio.io/v1";
import * as apps from "kubernetes-models/apps/v1";
import * as core from "kubernetes-models/v1";
import yaml from "yaml";

const files = process.argv.slice(2);
const KINDS = { "apps/v1": apps, "external-secrets.io/v1": secrets, "networking.istio.io/v1": istio, v1: core };

/** Why an object does not fit its schema; nothing when it does. */
function complaint(object) {
  const Model = KINDS[object.apiVersion]?.[object.kind];
  if (!Model) return `there is no ${object.apiVersion} ${object.kind}`;
  try {
    new Model(object).validate();
  } catch (error) {
    return error.message;
  }
}

let failed = false;
let count = 0;
const objects = files.flatMap((file) => {
  const text = readFileSync(file, "utf8");
  const stream = text.slice(text.indexOf("---\napiVersion"));
  return yaml.parseAllDocuments(stream, { version: "1.1" }).map((document) => document.toJS());
});
for (const object of objects) {
  const message = complaint(object);
  count += 1;
  if (message) {
    console.error(`${object.kind}: ${message}`);
    failed = true;
  }
}

// A check that could not fail would prove nothing.
const SLIPS = {
  ServiceAccount: (object) => (object.metadata.annotations = ["role"]),
  ServiceEntry: (object) => (object.spec.ports[0].number = "5432"),
  SecretStore: (object) => (object.spec.provider.aws.service = "SecretManager"),
  ExternalSecret: (object) => delete object.spec.data[0].secretKey,
  ConfigMap: (object) => (object.data.port = 5432),
  Deployment: (object) => delete object.spec.selector,
};
for (const [kind, slip] of Object.entries(SLIPS)) {
  const object = structuredClone(objects.find((object) => object.kind === kind));
  slip(object);
  if (!complaint(object)) {
    console.error(`${kind}: a slip was not seen`);
    failed = true;
  }
}
console.log(`${count} objects fit their published schemas; ${Object.keys(SLIPS).length} slips were seen`);
process.exit(failed || count === 0 ? 1 : 0);
