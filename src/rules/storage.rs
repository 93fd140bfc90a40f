//! What a volume can be: size, growth, performance.

use super::{
    Found,
    arn::{self, Shares},
};
use crate::{
    aws::engine::StorageType,
    diagnostic::rule,
    model::{Origin, Resolved, resolve::LARGEST_VOLUME},
    text::suggest,
};

impl Found<'_> {
    pub(super) fn storage(&mut self) {
        let database = self.database;
        let kind = database.storage_type.value;
        let size = database.allocated_storage.value;
        let smallest = match kind {
            StorageType::Gp2 | StorageType::Gp3 => 20,
            StorageType::Io1 | StorageType::Io2 => 100,
            // It has no size.
            StorageType::Aurora | StorageType::AuroraIopt1 => return,
        };
        if !(smallest..=LARGEST_VOLUME).contains(&size) {
            self.add_unless_kept(
                &rule::STORAGE_SIZE,
                database.allocated_storage.origin,
                format!("volumes of type `{}` cannot have {size} GiB", kind.as_str()),
                format!("use {smallest} to {LARGEST_VOLUME}"),
            );
        }
        let ceiling = database.max_allocated_storage.value;
        if ceiling > LARGEST_VOLUME || (ceiling != 0 && ceiling * 10 < size * 11) {
            let least = (size * 11).div_ceil(10);
            self.add(
                &rule::STORAGE_CEILING,
                database.max_allocated_storage.origin,
                format!("a volume of {size} GiB cannot grow to {ceiling} GiB"),
                format!("use {least} to {LARGEST_VOLUME}, or 0 so that it does not grow by itself"),
            );
        }
        self.performance(kind, size);
    }

    /// Whether a restore says what the snapshot decides.
    pub(super) fn restore(&mut self) {
        let database = self.database;
        let Some(snapshot) = &database.restore_from.value else {
            return;
        };
        if let Some((message, help)) =
            arn::elsewhere(&database.environment, snapshot, Shares::Region)
        {
            self.add(
                &rule::FOREIGN_ARN,
                database.restore_from.origin,
                message,
                help,
            );
        }
        let is_cluster = database.facts().is_cluster();
        if snapshot.starts_with("arn:") && snapshot.contains(":cluster-snapshot:") != is_cluster {
            let title = database.facts().title;
            let form = database.facts().form.as_str();
            self.add(
                &rule::ENGINE_VALUE,
                database.restore_from.origin,
                format!("{title} is not restored from a snapshot of this kind"),
                format!("name a snapshot of an RDS {form}"),
            );
        }
        let size = (!is_cluster).then_some(("allocatedStorage", database.allocated_storage.origin));
        let written: Vec<_> = [("engineVersion", database.engine_version.origin)]
            .into_iter()
            .chain(size)
            .chain([("encrypted", database.encrypted.origin)])
            .collect();
        let is_missing = |(_, origin): &&(&str, Origin)| !matches!(origin, Origin::Config(_));
        let missing: Vec<_> = written
            .iter()
            .filter(is_missing)
            .map(|(key, _)| key)
            .collect();
        if missing.is_empty() {
            return;
        }
        let verb = if missing.len() == 1 { "is" } else { "are" };
        self.add(
            &rule::RESTORE_INCOMPLETE,
            database.restore_from.origin,
            format!("{} {verb} not written beside `restoreFrom`", suggest::list(&missing)),
            if is_cluster {
                "look them up in the snapshot, and write them in this file: `engineVersion` and `encrypted` (as it is)"
            } else {
                "look them up in the snapshot, and write them in this file: `engineVersion`, `allocatedStorage` (its size or more) and `encrypted` (as it is)"
            },
        );
    }

    fn performance(&mut self, kind: StorageType, size: u32) {
        let database = self.database;
        let Resolved {
            value: iops,
            origin,
        } = &database.iops;
        let range = match kind {
            StorageType::Gp2 | StorageType::Aurora | StorageType::AuroraIopt1 => None,
            StorageType::Gp3 if size < 400 => None,
            StorageType::Gp3 => Some((12_000, 64_000.min(size * 500))),
            StorageType::Io1 => Some(((size / 2).max(1000), 256_000.min(size * 50))),
            StorageType::Io2 => Some(((size / 2).max(1000), 256_000.min(size * 1000))),
        };
        let needed = matches!(kind, StorageType::Io1 | StorageType::Io2);
        match (iops, range) {
            (Some(iops), None) => self.add(
                &rule::STORAGE_PERFORMANCE,
                *origin,
                format!(
                    "volumes of type `{}` with {size} GiB have fixed performance, not {iops} IOPS",
                    kind.as_str()
                ),
                "remove `iops`; a `gp3` volume takes it from 400 GiB",
            ),
            (Some(iops), Some((low, high))) if !(low..=high).contains(iops) => self.add(
                &rule::STORAGE_PERFORMANCE,
                *origin,
                format!(
                    "volumes of type `{}` with {size} GiB cannot have {iops} IOPS",
                    kind.as_str()
                ),
                format!("use {low} to {high}"),
            ),
            (None, Some((low, high))) if needed => self.add(
                &rule::STORAGE_PERFORMANCE,
                database.storage_type.origin,
                format!("volumes of type `{}` need `iops`", kind.as_str()),
                format!("write `iops:` with a value from {low} to {high}"),
            ),
            _ => {}
        }
        let Resolved {
            value: throughput,
            origin,
        } = &database.storage_throughput;
        let Some(throughput) = *throughput else {
            return;
        };
        let most = iops.unwrap_or(12_000) / 4;
        if kind != StorageType::Gp3 || size < 400 {
            self.add(
                &rule::STORAGE_PERFORMANCE,
                *origin,
                format!(
                    "volumes of type `{}` with {size} GiB take no throughput",
                    kind.as_str()
                ),
                "remove `storageThroughput`; a `gp3` volume takes it from 400 GiB",
            );
        } else if throughput > most {
            self.add(
                &rule::STORAGE_PERFORMANCE,
                *origin,
                format!(
                    "{throughput} MiB/s are too much for {} IOPS",
                    iops.unwrap_or(12_000)
                ),
                format!("use at most {most}, a quarter of the IOPS"),
            );
        }
    }
}
