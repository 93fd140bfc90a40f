//! What an adopted instance or cluster can be, and what does not go together with it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Found,
    arn::{self, Shares},
    policy::is_among,
    tags,
};
use crate::{
    aws::{
        engine::Form,
        engine_version::EngineVersion,
        window::{SHORTEST, Window},
    },
    config::{Authentication, adoption::Adoption},
    diagnostic::{
        Problem,
        rule::{self, Rule},
    },
    model::Origin,
    text::pointer,
};

/// The longest for which Performance Insights keeps data, in days, and the shortest, which is free of charge.
const LONGEST_INSIGHTS: u32 = 731;
const SHORTEST_INSIGHTS: u32 = 7;
/// What else it can be is a multiple of this.
const MONTH: u32 = 31;

/// The most characters of an identifier of an instance.
const LONGEST_IDENTIFIER: usize = 63;

const CREDENTIALS: &str = "adopt/credentials";
const PARAMETER_GROUP: &str = "adopt/parameterGroup";

/// The name of a secret in its ARN, without what AWS puts at its end.
fn secret_name(arn: &str) -> &str {
    let name = arn.splitn(7, ':').last().unwrap_or(arn);
    let is_suffix =
        |end: &str| end.len() == 6 && end.chars().all(|letter| letter.is_ascii_alphanumeric());
    match name.rsplit_once('-') {
        Some((name, end)) if is_suffix(end) => name,
        _ => name,
    }
}

impl Found<'_> {
    /// What AWS would not make; an instance that is there keeps it.
    pub(super) fn add_unless_kept(
        &mut self,
        rule: &'static Rule,
        origin: Origin,
        message: String,
        help: String,
    ) {
        if self.database.adopted().is_none() {
            self.add(rule, origin, message, help);
        } else {
            let help = format!(
                "leave it: nothing happens to it; to change it, go to what there is: {help}"
            );
            self.add(&rule::ADOPTED_AS_IS, origin, message, help);
        }
    }

    /// Whether what `adopt` says goes together, with itself and with the other keys.
    pub(super) fn adoption(&mut self) {
        let Some(adopted) = self.database.adopted() else {
            return;
        };
        self.adoptable(adopted);
        self.credentials(adopted);
        self.adopted_version(adopted);
        self.adopted_parameters(adopted);
        self.adopted_instances(adopted);
        self.adopted_values(adopted);
        self.adopted_tags("adopt/tags", "", adopted.tags.as_ref());
        let arns = [
            (
                "adopt/monitoringRoleArn",
                &adopted.monitoring_role_arn,
                [Shares::Account].as_slice(),
            ),
            (
                "adopt/performanceInsightsKmsKeyArn",
                &adopted.performance_insights_kms_key_arn,
                &[Shares::Region],
            ),
        ];
        for (key, value, shares) in arns {
            self.elsewhere(key, value.as_ref(), shares);
        }
    }

    fn bad(&mut self, key: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.add(&rule::BAD_ADOPTION, Origin::Config(key), message, help);
    }

    /// An ARN of something that AWS takes from the same account and Region alone.
    fn elsewhere(&mut self, key: &'static str, arn: Option<&String>, shares: &[Shares]) {
        let environment = &self.database.environment;
        let differs = |arn: &String| {
            shares
                .iter()
                .find_map(|shares| arn::elsewhere(environment, arn, *shares))
        };
        let Some((message, help)) = arn.and_then(differs) else {
            return;
        };
        self.add(&rule::FOREIGN_ARN, Origin::Config(key), message, help);
    }

    /// Whether those who own the account let configs have the instance and the secret.
    fn adoptable(&mut self, adopted: &Adoption) {
        let environment = &self.database.environment;
        let adoptable = environment.spec.adoptable.as_ref();
        let instances = adoptable.map_or(&[][..], |one| &one.instances);
        let secrets = adoptable.map_or(&[][..], |one| &one.secrets);
        let name = &environment.name;
        let mut refuse = |key, what: &str, found: &str, list: &str| {
            let span = self.database.span(Origin::Config(key));
            let message = format!("`{name}` does not let configs have the {what} `{found}`");
            let help = format!(
                "have the owners of the account add it to `{list}` of `environments.{name}.adoptable` in valet.yaml"
            );
            let problem = Problem::new(&rule::NOT_ADOPTABLE, span, message).help(help);
            let list = environment.span("adoptable");
            self.problems.push(if list.range.is_empty() {
                problem
            } else {
                problem.also(list, "what they may have")
            });
        };
        if !is_among(instances, &adopted.identifier) {
            refuse(
                "adopt/identifier",
                self.database.facts().form.as_str(),
                &adopted.identifier,
                "instances",
            );
        }
        let credentials = adopted.credentials.as_ref();
        if let Some(arn) = credentials.and_then(|one| one.secret_arn.as_ref()) {
            let secret = secret_name(arn);
            if !is_among(secrets, secret) {
                refuse("adopt/credentials/secretArn", "secret", secret, "secrets");
            }
        }
    }

    fn credentials(&mut self, adopted: &Adoption) {
        let database = self.database;
        let Some(credentials) = &adopted.credentials else {
            if database.app_user.value.is_some() {
                self.add(
                    &rule::BAD_ADOPTION,
                    database.app_user.origin,
                    "nothing leads to the database yet, so nobody can make users in it",
                    "write `adopt.credentials` first, and apply",
                );
            }
            return;
        };
        match (&credentials.secret_arn, credentials.managed) {
            (Some(_), None | Some(false)) | (None, Some(true)) => {}
            (Some(_), Some(true)) => self.bad(
                CREDENTIALS,
                "the password is either that of `secretArn`, or one that RDS makes",
                "remove `managed` to keep the password, or `secretArn` for a new one",
            ),
            (None, _) => self.bad(
                CREDENTIALS,
                "there is no secret that the proxy could log in with",
                "write `secretArn`, or `managed: true` for a new password that RDS makes",
            ),
        }
        if credentials.kms_key_arn.is_some() && credentials.secret_arn.is_none() {
            self.bad(
                CREDENTIALS,
                "`kmsKeyArn` is the key of `secretArn`, and there is none",
                "remove it: RDS encrypts its secret with the environment's key",
            );
        }
        self.elsewhere(
            "adopt/credentials/secretArn",
            credentials.secret_arn.as_ref(),
            &[Shares::Region, Shares::Account],
        );
        self.elsewhere(
            "adopt/credentials/kmsKeyArn",
            credentials.kms_key_arn.as_ref(),
            &[Shares::Region],
        );
        let is_of_rds = |arn: &String| arn.contains(":secret:rds!");
        if database.app_user.value.is_some()
            && credentials
                .secret_arn
                .as_ref()
                .is_some_and(|arn| !is_of_rds(arn))
        {
            self.add(
                &rule::BAD_ADOPTION,
                database.app_user.origin,
                "the function that makes users reads the master's secret only where RDS has made it",
                "go over to `credentials: {managed: true}` first",
            );
        }
    }

    fn adopted_version(&mut self, adopted: &Adoption) {
        let database = self.database;
        let facts = database.facts();
        let version = database.engine_version.value;
        if let Some(found) = adopted.major_version
            && let Some(major) = facts.major(found)
            && major.version != found
        {
            self.bad(
                "adopt/majorVersion",
                format!("`{found}` is an exact version"),
                format!("write the major, `\"{}\"`", major.version),
            );
        }
        // While none is asked for, AWS installs what it likes.
        let is_asked_for = adopted.major_version != Some(version);
        if adopted.minor_upgrades == Some(true) && is_asked_for && !database.minors_follow() {
            self.bad(
                "adopt/minorUpgrades",
                format!("AWS would install minors over the exact version `{version}`, and the next apply go back"),
                "name a major in `engineVersion`, or remove the key",
            );
        }
    }

    fn adopted_parameters(&mut self, adopted: &Adoption) {
        let database = self.database;
        let groups = [
            (
                "adopt/clusterParameterGroup",
                &adopted.cluster_parameter_group,
            ),
            (PARAMETER_GROUP, &adopted.parameter_group),
        ];
        for (key, group) in groups {
            if let Some(group) = group {
                self.adopted_family(key, group, adopted.major_version);
            }
        }
        let Some(group) = database.borrowed_parameters() else {
            return;
        };
        let own = database
            .parameters
            .iter()
            .find(|(_, given)| matches!(given.origin, Origin::Config(_)));
        if let Some((name, given)) = own {
            let span = database.span_below(given.origin, &format!("/{}", pointer::escape(name)));
            let (form, key) = match database.facts().form {
                Form::Instance => ("instance", "adopt.parameterGroup"),
                Form::Cluster => ("cluster", "adopt.clusterParameterGroup"),
            };
            let message = format!("`{name}` says nothing while the {form} has the group `{group}`");
            let problem = Problem::new(&rule::BAD_ADOPTION, span, message);
            let help = format!("remove `parameters`, or `{key}` for a group of its own");
            self.problems.push(problem.help(help));
        }
    }

    /// Whether a group of somebody else's is of the family that the version needs.
    fn adopted_family(&mut self, key: &'static str, group: &str, found: Option<EngineVersion>) {
        let facts = self.database.facts();
        let family = facts.family(self.database.engine_version.value);
        match found {
            None => self.bad(
                key,
                format!("nobody knows the family of `{group}`"),
                "write `adopt.majorVersion`, too",
            ),
            Some(found) if facts.family(found) != family => self.bad(
                key,
                format!(
                    "`{group}` is of the family {}, and `engineVersion` needs one of {family}",
                    facts.family(found)
                ),
                "remove it together with the upgrade, and write what it sets into `parameters`",
            ),
            Some(_) => {}
        }
    }

    /// The instances of a cluster, and the group that they are in.
    fn adopted_instances(&mut self, adopted: &Adoption) {
        const INSTANCES: &str = "adopt/instances";
        let database = self.database;
        if !database.facts().is_cluster() {
            return;
        }
        let Some(instances) = &adopted.instances else {
            self.bad(
                "adopt",
                "a cluster is taken over with its instances, and there are none",
                "write `adopt.instances`, each with its `identifier`: `valet-rds adopt` does it",
            );
            return;
        };
        let (named, wanted) = (instances.len(), database.members().count());
        if named > wanted {
            self.bad(
                INSTANCES,
                format!("{named} instances are named, and with `replicas: {}` the cluster has {wanted}", database.readers()),
                format!("write `replicas: {}`; to remove readers, take the last ones out of the list, too", named - 1),
            );
        }
        let mut seen = BTreeSet::new();
        let twice = database.members().find(|name| !seen.insert(name.clone()));
        if let Some(name) = twice {
            self.bad(
                INSTANCES,
                format!("two instances of the cluster would be called `{name}`"),
                "name each instance once; those that are made beside them are called by the cluster and their number: leave such a name at the place of its number",
            );
        }
        let longest = database
            .members()
            .find(|name| name.len() > LONGEST_IDENTIFIER);
        if let Some(name) = longest {
            self.bad(
                "replicas",
                format!("a new instance would be called `{name}`, and AWS takes {LONGEST_IDENTIFIER} characters"),
                "leave the readers as many as they are",
            );
        }
        for (place, instance) in instances.iter().enumerate() {
            self.adopted_tags(INSTANCES, &format!("/{place}/tags"), instance.tags.as_ref());
            let minutes = instance.maintenance_window.as_ref().map(Window::minutes);
            if let Some(minutes) = minutes.filter(|minutes| *minutes < SHORTEST) {
                let span = database.span_below(
                    Origin::Config(INSTANCES),
                    &format!("/{place}/maintenanceWindow"),
                );
                let message = format!(
                    "the window of `{}` lasts {minutes} minutes",
                    instance.identifier
                );
                let help = format!("make it at least {SHORTEST} minutes");
                self.problems
                    .push(Problem::new(&rule::WINDOW_TOO_SHORT, span, message).help(help));
            }
        }
        // Of another major it has to be another one, and AWS then takes the instances there.
        let stays =
            adopted.major_version == Some(database.facts().major_of(database.engine_version.value));
        if stays && adopted.parameter_group.is_none() {
            self.bad(
                "adopt/majorVersion",
                "AWS takes the instances of a cluster to another parameter group with a major upgrade only",
                "write `adopt.parameterGroup`, the group that they have, until then",
            );
        }
    }

    fn adopted_values(&mut self, adopted: &Adoption) {
        let database = self.database;
        if let Some(days) = adopted.performance_insights_days {
            let is_offered =
                [0, SHORTEST_INSIGHTS, LONGEST_INSIGHTS].contains(&days) || days % MONTH == 0;
            if !is_offered {
                self.bad(
                    "adopt/performanceInsightsDays",
                    format!("Performance Insights does not keep data for {days} days"),
                    format!(
                        "use 0, {SHORTEST_INSIGHTS}, a multiple of {MONTH}, or {LONGEST_INSIGHTS}"
                    ),
                );
            }
        }
        if adopted.iam_authentication == Some(true)
            && database.authentication.value == Authentication::Password
            && database.has_path()
        {
            self.bad(
                "adopt/iamAuthentication",
                "the proxy of a database with IAM authentication takes tokens alone",
                "write `authentication: iam`, or remove `iamAuthentication`",
            );
        }
        if database.restore_from.value.is_some() {
            self.add(
                &rule::BAD_ADOPTION,
                database.restore_from.origin,
                "a database that is there is not made from a snapshot",
                "remove `restoreFrom`, or `adopt`",
            );
        }
    }

    /// Tags of one thing alone: those of a key, or below a part of what it holds.
    fn adopted_tags(
        &mut self,
        key: &'static str,
        part: &str,
        tags: Option<&BTreeMap<String, String>>,
    ) {
        for (name, value) in tags.into_iter().flatten() {
            if let Some(wrong) = tags::wrong(name, value) {
                let below = format!("{part}/{}{}", pointer::escape(name), wrong.part);
                let span = self.database.span_below(Origin::Config(key), &below);
                self.problems
                    .push(Problem::new(wrong.rule, span, wrong.message).help(wrong.help));
            }
        }
    }
}
