//! The rules about the catalogue of services.

use super::{Rule, Severity, rules};

rules! {
    CATALOG_OWNER = Warning "catalog-owner":
        "Nobody says who owns the database.",
        "valet.yaml has a `catalog`, whose `ownerTag` names the tag that says it. `valet-rds catalog` prints nothing as long as a database has no owner.",
        "no tag team where catalog has ownerTag: team";
    CATALOG_REFERENCE = Warning "catalog-reference":
        "A tag does not refer to an entity of the catalogue.",
        "The tags that `catalog` of valet.yaml names say names of entities, or references such as `group:default/team-a`, as Backstage reads them. `valet-rds catalog` prints nothing as long as one of them is something else.",
        "team: \"Team A!\"";
}
