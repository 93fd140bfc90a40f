//! The guardrails of an environment: a problem points at the value and at the policy that forbids it.

use wildmatch::WildMatch;

use super::Found;
use crate::{
    diagnostic::{
        Problem,
        rule::{self, Rule},
    },
    model::Origin,
    text::suggest,
};

/// Whether one of these names it, with `*` for any characters.
pub(super) fn is_among(globs: &[String], value: &str) -> bool {
    globs.iter().any(|glob| WildMatch::new(glob).matches(value))
}

impl Found<'_> {
    pub(super) fn policy(&mut self) {
        let database = self.database;
        let policy = &database.environment.spec.policy;
        let allowed = |globs: &Option<Vec<String>>, value: &str| {
            globs.as_ref().is_none_or(|globs| is_among(globs, value))
        };
        let list = |globs: &Option<Vec<String>>| suggest::list(globs.as_deref().unwrap_or(&[]));
        let class = &database.instance_class;
        if !allowed(&policy.instance_classes, &class.value.to_string()) {
            let message = format!("`{}` is not allowed here", class.value);
            let help = format!("use a class like {}", list(&policy.instance_classes));
            self.forbidden(
                &rule::POLICY_INSTANCE_CLASS,
                class.origin,
                "instanceClasses",
                message,
                help,
            );
        }
        let version = &database.engine_version;
        if !allowed(&policy.engine_versions, &version.value.to_string()) {
            let message = format!("version `{}` is not allowed here", version.value);
            let help = format!("use a version like {}", list(&policy.engine_versions));
            self.forbidden(
                &rule::POLICY_ENGINE_VERSION,
                version.origin,
                "engineVersions",
                message,
                help,
            );
        }
        let engine = &database.engine;
        if !allowed(&policy.engines, engine.value.as_str()) {
            let message = format!("`{}` is not allowed here", engine.value.as_str());
            let help = format!("use an engine like {}", list(&policy.engines));
            self.forbidden(
                &rule::POLICY_ENGINE,
                engine.origin,
                "engines",
                message,
                help,
            );
        }
        self.storage_policy();
        self.safety_policy();
        self.tag_policy();
    }

    fn storage_policy(&mut self) {
        let database = self.database;
        let Some(most) = database.environment.spec.policy.max_allocated_storage else {
            return;
        };
        if database.facts().is_cluster() {
            return;
        }
        for given in [&database.allocated_storage, &database.max_allocated_storage] {
            if given.value > most {
                let message = format!("{} GiB are more than {most}", given.value);
                let help =
                    format!("use {most} or less for `allocatedStorage` and `maxAllocatedStorage`");
                self.forbidden(
                    &rule::POLICY_STORAGE,
                    given.origin,
                    "maxAllocatedStorage",
                    message,
                    help,
                );
                return;
            }
        }
    }

    fn safety_policy(&mut self) {
        let database = self.database;
        let policy = &database.environment.spec.policy;
        let retention = &database.backup_retention_period;
        if let Some(least) = policy.min_backup_retention_period
            && retention.value < least
        {
            let message = format!(
                "backups are kept {} days, fewer than {least}",
                retention.value
            );
            let help = format!("use {least} or more");
            self.forbidden(
                &rule::POLICY_BACKUPS,
                retention.origin,
                "minBackupRetentionPeriod",
                message,
                help,
            );
        }
        let rotation = &database.password_rotation_days;
        if let Some(most) = policy.max_password_rotation_days
            && rotation.value > most
        {
            let message = format!(
                "the password rotates every {} days, more than {most}",
                rotation.value
            );
            let help = format!("use {most} or less");
            self.forbidden(
                &rule::POLICY_ROTATION,
                rotation.origin,
                "maxPasswordRotationDays",
                message,
                help,
            );
        }
        if policy.require_app_user
            && let Some(origin) = database.master_in_pods()
        {
            let message = "pods may not log in as the master here".to_owned();
            let help =
                "write `appUser`, and remove `masterLogin` once the pods have gone over".to_owned();
            self.forbidden(
                &rule::POLICY_APP_USER,
                origin,
                "requireAppUser",
                message,
                help,
            );
        }
        let (has_standby, origin, help) = if database.facts().is_cluster() {
            let replicas = &database.replicas;
            (
                replicas.value > 0,
                replicas.origin,
                "write `replicas: 1`, or more",
            )
        } else {
            let multi_az = &database.multi_az;
            (multi_az.value, multi_az.origin, "write `multiAz: true`")
        };
        if policy.require_multi_az && !has_standby {
            let message = "a standby is required here".to_owned();
            self.forbidden(
                &rule::POLICY_MULTI_AZ,
                origin,
                "requireMultiAz",
                message,
                help.to_owned(),
            );
        }
        if policy.require_encryption && !database.encrypted.value {
            let message = "encryption is required here".to_owned();
            let help = "write `encrypted: true`, or remove the key".to_owned();
            self.forbidden(
                &rule::POLICY_ENCRYPTION,
                database.encrypted.origin,
                "requireEncryption",
                message,
                help,
            );
        }
    }

    fn tag_policy(&mut self) {
        let database = self.database;
        let required = database
            .environment
            .spec
            .policy
            .require_tags
            .iter()
            .flatten();
        for tag in required.filter(|tag| !database.tags.contains_key(*tag)) {
            let message = format!("the tag `{tag}` is required here");
            let help = format!("write it under `tags`, for example `{tag}: …`");
            self.forbidden(
                &rule::POLICY_TAGS,
                Origin::BuiltIn,
                "requireTags",
                message,
                help,
            );
        }
    }

    fn forbidden(
        &mut self,
        rule: &'static Rule,
        origin: Origin,
        key: &str,
        message: String,
        help: String,
    ) {
        let span = self.database.span(origin);
        let policy = self.database.environment.span(&format!("policy/{key}"));
        let name = &self.database.environment.name;
        self.problems.push(
            Problem::new(rule, span, message)
                .help(help)
                .also(policy, format!("the policy of `{name}`")),
        );
    }
}
