//! Files in the folder of a root that nobody has generated, but that Terraform reads.

use super::{change::Line, impact::Impact};
use crate::{
    compile::snapshot::{Content, Files},
    connect::outputs,
    terraform::{
        applied,
        lock::{self, Locked},
        lower,
        read::Root,
    },
};

/// What Terraform does with a file in a root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One of those that the generator writes.
    Generated,
    /// It selects the versions of providers.
    Lock,
    /// It changes what the generated files say.
    Override,
    /// It adds to what the generated files say.
    Configuration,
    /// What an apply has told: ours, and nothing for Terraform.
    Told,
    /// It is read only where something names it.
    Other,
}

/// What Terraform does with a file, by its name in the folder of the root.
#[must_use]
pub fn kind(name: &str) -> Kind {
    let lower_case = name.to_lowercase();
    // Terraform passes over hidden files and what editors leave.
    let is_ignored = name.starts_with('.')
        || name.ends_with('~')
        || (name.starts_with('#') && name.ends_with('#'));
    let stem = [".tf", ".tofu", ".tf.json", ".tofu.json"]
        .iter()
        .find_map(|extension| lower_case.strip_suffix(extension));
    let is_variables = [".tfvars", ".tfvars.json"]
        .iter()
        .any(|extension| lower_case.ends_with(extension));
    match stem {
        // Folders of Terraform's own, with its choice of a state in them.
        _ if name.starts_with(".terraform/") => Kind::Configuration,
        _ if name.contains('/') => Kind::Other,
        _ if lower::FILES.contains(&name) => Kind::Generated,
        _ if name == lock::FILE => Kind::Lock,
        _ if [outputs::FILE, applied::FILE].contains(&name) => Kind::Told,
        Some(_) if is_ignored => Kind::Other,
        Some(stem) if stem == "override" || stem.ends_with("_override") => Kind::Override,
        Some(_) => Kind::Configuration,
        None if is_variables || lower_case.ends_with(".tfstate") => Kind::Configuration,
        None => Kind::Other,
    }
}

/// What the files beside the generated ones do to a change from one root to another.
pub(super) fn lines(old: Option<(&Files, &Root)>, new: Option<(&Files, &Root)>) -> Vec<Line> {
    let sides = [old, new];
    let mut names: Vec<&String> = sides
        .iter()
        .flatten()
        .flat_map(|(files, _)| files.keys())
        .collect();
    names.sort();
    names.dedup();
    let foreign = |name: &&&String| [Kind::Override, Kind::Configuration].contains(&kind(name));
    let may_read = names.iter().any(|name| foreign(&name))
        || sides
            .iter()
            .flatten()
            .any(|(_, root)| root.calls_functions());
    let get = |side: Option<(&Files, &Root)>, name: &String| {
        side.and_then(|(files, _)| files.get(name).cloned())
    };
    let line = |name: &&String| {
        let (old, new) = (get(old, name), get(new, name));
        let differs = old != new || old == Some(Content::Unread);
        let verb = match (&old, &new) {
            (None, _) => "is new",
            (_, None) => "is gone",
            _ => "differs",
        };
        match kind(name) {
            Kind::Override if differs => Some(Line::worst(
                *name,
                format!(
                    "a file that was not generated {verb}, and Terraform lets it change the generated ones"
                ),
            )),
            Kind::Override => Some(Line::worst(
                *name,
                "Terraform lets this file change the generated ones, so what they say is not what happens",
            )),
            Kind::Configuration if differs => Some(Line::worst(
                *name,
                format!(
                    "a file that was not generated {verb}, and Terraform reads it: it may do anything"
                ),
            )),
            Kind::Other if differs && may_read => Some(Line::worst(
                *name,
                format!("a file {verb} that the root may read"),
            )),
            // That a new root has one is no change of the provider.
            Kind::Lock if differs => Some(lock(name, old.as_ref(), new.as_ref()))
                .filter(|line| sides.iter().all(Option::is_some) || line.grade > Impact::InPlace),
            _ => None,
        }
    };
    names.iter().filter_map(line).collect()
}

/// The one provider that roots are locked to.
const PROVIDER: &str = "registry.terraform.io/hashicorp/aws";

/// What another lock file does.
fn lock(name: &str, old: Option<&Content>, new: Option<&Content>) -> Line {
    let (Ok(old), Ok(new)) = (locked(old), locked(new)) else {
        return Line::worst(
            name,
            "the lock file selects providers in a way that is not known here",
        );
    };
    if new.as_ref().is_some_and(|new| !new.is_held()) {
        return Line::worst(
            name,
            "the lock file has no `h1:` checksum of the provider: Terraform would take whatever it is given",
        );
    }
    let version = |locked: Option<Locked>| locked.map(|locked| locked.version);
    let (old, new) = (version(old), version(new));
    let is_same = old == new;
    let (grade, why) = if is_same {
        (
            Impact::None,
            "the same version of the provider; only its checksums differ",
        )
    } else {
        (
            Impact::InPlace,
            "only a plan shows what another version of the provider does",
        )
    };
    Line {
        address: name.to_owned(),
        becomes: "the provider's version".to_owned(),
        old: old.unwrap_or_default(),
        new: new.unwrap_or_default(),
        grade,
        why: why.to_owned(),
        ..Line::default()
    }
}

/// The one provider; none without a lock file.
fn locked(content: Option<&Content>) -> Result<Option<Locked>, ()> {
    let text = match content {
        None => return Ok(None),
        Some(Content::Text(text)) => text,
        Some(Content::Unreadable(_) | Content::Unread) => return Err(()),
    };
    match lock::read(text).as_deref() {
        Some([one]) if one.source == PROVIDER => Ok(Some(one.clone())),
        _ => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind};

    #[test]
    fn every_file_that_terraform_reads_is_known_by_its_name() {
        for (name, expected) in [
            ("main.tf", Kind::Generated),
            ("extra.tf", Kind::Configuration),
            ("extra.tf.json", Kind::Configuration),
            ("extra.tofu", Kind::Configuration),
            ("override.tf", Kind::Override),
            ("main_override.tf.json", Kind::Override),
            ("terraform.tfvars", Kind::Configuration),
            ("z.auto.tfvars.json", Kind::Configuration),
            ("terraform.tfstate", Kind::Configuration),
            (".terraform/environment", Kind::Configuration),
            (".terraform.lock.hcl", Kind::Lock),
            (".extra.tf", Kind::Other),
            ("main.tf~", Kind::Other),
            (".auto.tfvars", Kind::Configuration),
            ("outputs.json", Kind::Told),
            ("applied.json", Kind::Told),
            ("README.md", Kind::Other),
            ("inner/main.tf", Kind::Other),
        ] {
            assert_eq!(kind(name), expected, "{name}");
        }
    }
}
