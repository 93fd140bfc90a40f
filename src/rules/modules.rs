//! Where an environment takes its modules from: an address that Terraform reads as it is meant, and that stays what it is.

use crate::{
    diagnostic::{Problem, rule},
    model::Environment,
    terraform::{lower, read},
};

/// The key of the address.
const SOURCE: &str = "modules/source";

/// What is wrong with the source of an environment's modules.
pub(super) fn check(environment: &Environment) -> Option<Problem> {
    let (message, help) = wrong(&environment.modules.written)?;
    Some(Problem::new(&rule::MODULE_SOURCE, environment.span(SOURCE), message).help(help))
}

/// The problem of a local folder of modules that is not there.
#[must_use]
pub fn missing(environment: &Environment, folder: &str) -> Problem {
    let message = format!("there is no folder of modules `{folder}`");
    Problem::new(&rule::MISSING_MODULES, environment.span(SOURCE), message).help(
        "correct the address; in a sparse checkout, or one without submodules, check the folder out, too",
    )
}

/// What is wrong with a source, and what to write instead.
fn wrong(source: &str) -> Option<(String, String)> {
    let is_local = read::is_local(source) || [".", ".."].contains(&source);
    let (address, query) = source.split_once('?').unwrap_or((source, ""));
    let name = read::module_name(source);
    if lower::MODULES.contains(&name) {
        let cut = address.trim_end_matches('/');
        let cut = cut.strip_suffix(name).unwrap_or(cut).trim_end_matches('/');
        return Some((
            format!("`{source}` ends in a module of its own"),
            format!("end before the module's name: `{cut}`"),
        ));
    }
    if is_local {
        return None;
    }
    if let Some((version, folder)) = query.split_once("//") {
        return Some((
            format!("`{source}`: Terraform takes the folder for a part of the version"),
            format!("write the folder first: `{address}//{folder}?{version}`"),
        ));
    }
    let is_git = source.starts_with("git::")
        || source.starts_with("git@")
        || ["github.com/", "bitbucket.org/"]
            .iter()
            .any(|host| source.starts_with(host));
    let has_ref = query.split('&').any(|part| {
        part.strip_prefix("ref=")
            .is_some_and(|version| !version.is_empty())
    });
    if is_git && !has_ref {
        return Some((
            format!("`{source}` names no version, so the modules change by themselves"),
            "name a tag or commit: `?ref=v1.4.0`".to_owned(),
        ));
    }
    let is_address = is_git || source.contains("::") || source.contains("://");
    if !is_address {
        return Some((
            format!("Terraform takes `{source}` for a module of a registry"),
            format!("a folder beside this file starts with `./` or `../`: `./{source}`"),
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::wrong;

    #[test]
    fn a_source_says_which_modules_and_which_version() {
        for good in [
            "../../modules",
            "./modules",
            ".",
            "git::https://example.com/platform.git//modules?ref=v1.4.0",
            "git::ssh://git@example.com/platform.git//modules?ref=v1.4.0",
            "github.com/example/platform//modules?ref=v1.4.0",
            "https://example.com/modules-1.4.0.zip",
            "s3::https://s3.eu-central-1.amazonaws.com/modules/1.4.0.zip",
        ] {
            assert_eq!(wrong(good), None, "{good}");
        }
        for (bad, help) in [
            ("modules", "`./modules`"),
            ("platform/modules", "`./platform/modules`"),
            ("../../modules/rds", "`../../modules`"),
            ("../../modules/rds/", "`../../modules`"),
            (
                "git::https://example.com/platform.git//modules/irsa-role?ref=v1",
                "`git::https://example.com/platform.git//modules`",
            ),
            ("git::https://example.com/platform.git//modules", "ref="),
            (
                "git::https://example.com/platform.git//modules?ref=",
                "ref=",
            ),
            (
                "git::https://example.com/platform.git//modules?depth=1",
                "ref=",
            ),
            ("github.com/example/platform//modules", "ref="),
            ("git@example.com:platform.git//modules", "ref="),
            (
                "git::https://example.com/platform.git?ref=v1//modules",
                "`git::https://example.com/platform.git//modules?ref=v1`",
            ),
        ] {
            let (_, found) = wrong(bad).unwrap_or_else(|| panic!("{bad}"));
            assert!(found.contains(help), "{bad}: {found}");
        }
    }
}
