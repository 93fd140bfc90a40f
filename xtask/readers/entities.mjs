// Holds the entities that `catalog` prints against the policies by which Backstage takes an entity.
import { execFileSync } from "node:child_process";

import {
  DefaultNamespaceEntityPolicy,
  EntityPolicies,
  FieldFormatEntityPolicy,
  NoForeignRootFieldsEntityPolicy,
  SchemaValidEntityPolicy,
  parseEntityRef,
  resourceEntityV1alpha1Validator,
  stringifyEntityRef,
} from "@backstage/catalog-model";
import { parseAllDocuments } from "yaml";

const [valet, workspace] = process.argv.slice(2);
const policy = EntityPolicies.allOf([
  new SchemaValidEntityPolicy(),
  new DefaultNamespaceEntityPolicy(),
  new NoForeignRootFieldsEntityPolicy(),
  new FieldFormatEntityPolicy(),
]);

function printed(format) {
  const command = ["--workspace", workspace, "--today", "2026-11-01", "catalog", "--format", format];
  return execFileSync(valet, command, { encoding: "utf8" });
}

async function complaint(entity) {
  try {
    const taken = await policy.enforce(entity);
    if (!(await resourceEntityV1alpha1Validator.check(taken))) return "not a Resource";
    const { owner, system, dependsOn = [], dependencyOf = [] } = taken.spec;
    for (const ref of [owner, system, ...dependsOn, ...dependencyOf].filter(Boolean)) parseEntityRef(ref, { defaultKind: "Group" });
    return undefined;
  } catch (error) {
    return error.message;
  }
}

const complaints = [];
const entities = parseAllDocuments(printed("yaml")).map((document) => document.toJS());
const listed = JSON.parse(printed("json"));
if (JSON.stringify(entities) !== JSON.stringify(listed)) complaints.push("YAML and JSON differ");
for (const entity of entities) {
  const said = await complaint(structuredClone(entity));
  if (said !== undefined) complaints.push(`${entity.metadata.name}: ${said}`);
}
const refs = new Set(entities.map((entity) => stringifyEntityRef(entity)));
if (refs.size !== entities.length || entities.length < 8) complaints.push(`${refs.size} names of ${entities.length} entities`);
if (!entities.some((entity) => entity.spec.dependencyOf?.includes("component:ledger-api"))) complaints.push("no component");
if (!entities.some((entity) => entity.metadata.links?.length === 2)) complaints.push("no links");

// A check that could not fail would prove nothing.
for (const spoil of [
  (entity) => (entity.metadata.name = "a b"),
  (entity) => (entity.metadata.name = "a".repeat(64)),
  (entity) => delete entity.spec.owner,
  (entity) => (entity.metadata.tags = ["A B"]),
  (entity) => (entity.metadata.labels["a b"] = "c"),
]) {
  const entity = structuredClone(entities[0]);
  spoil(entity);
  if ((await complaint(entity)) === undefined) complaints.push(`not seen: ${spoil}`);
}

for (const one of complaints) console.error(one);
console.log(`${entities.length} entities taken by Backstage`);
process.exit(complaints.length > 0 ? 1 : 0);
