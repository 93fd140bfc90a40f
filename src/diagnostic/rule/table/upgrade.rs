//! Rules about upgrades of many databases.

use super::{Rule, Severity, rules};

rules! {
    BAD_WAVE = Error "bad-wave":
        "A wave of upgrades names nobody, or what is not there.",
        "Each of `upgrades.waves` has a name of its own, and names environments of this workspace, or units of them. A misspelt one would let its databases go last, or first.",
        "waves: [{name: early, environments: [dve3]}]";
    EMPTY_WAVE = Warning "empty-wave":
        "No unit is called as a wave of upgrades says.",
        "The unit is gone, or misspelt: then it goes last, with all that no wave names.",
        "waves: [{name: early, units: [dev3/agroa]}]";
    POLICY_UPGRADE_WAVE = Error "policy-upgrade-wave":
        "The database goes to a new major before its wave.",
        "`upgrades.waves` says who goes first, so that what an upgrade breaks is seen where it hurts least. A wave is through when each of its databases of this engine has the major in its config, the record of the last apply says so, and nothing waits for a maintenance window. A waiver lets this database go ahead; in the config of one that stays behind, it lets all others pass it.",
        "engineVersion: \"17\" in prod while dev3 has 16";
}
