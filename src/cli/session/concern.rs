//! Whom a problem concerns: some units, or the workspace as a whole.

use std::collections::BTreeSet;

use super::Session;
use crate::{
    compile::{WORKSPACE_FILE, snapshot::Changes},
    diagnostic::{Diagnostics, Problem, report::Count, rule},
};

/// The place of an environment among those of the workspace, and the name of a config or root in it.
type Unit = (usize, String);

/// Whether it is a warning about a whole environment, which no service team can do anything about.
fn is_advice(problem: &Problem) -> bool {
    let code = problem.rule.code;
    let of_environments = rule::OF_ENVIRONMENTS.iter();
    problem.span.file.path == WORKSPACE_FILE
        && of_environments
            .chain([&&rule::WAIVER_UNUSED])
            .any(|rule| rule.code == code)
}

impl Session {
    /// Only the problems that concern some units: those in their configs and roots, and in `valet.yaml` as far as it
    /// concerns their environments and is more than advice to the platform team. All, when none is named.
    #[must_use]
    pub fn concerning(&self, problems: Diagnostics, paths: &[String]) -> Diagnostics {
        if paths.is_empty() {
            return problems;
        }
        let units = self.units_of(paths);
        let is_named = |path: &String| {
            let unit = self.unit_of(path);
            paths.contains(path) || unit.is_some_and(|unit| units.contains(&unit))
        };
        let concerns = |problem: &Problem| {
            let path = &problem.span.file.path;
            let also = problem.also.as_ref();
            is_named(path)
                || also.is_some_and(|(span, _)| is_named(&span.file.path))
                || (path == WORKSPACE_FILE
                    && !self.is_of_others(problem, paths)
                    && !is_advice(problem))
        };
        problems.into_iter().filter(concerns).collect()
    }

    /// Whether it is only the environment of other configs that lacks its folder.
    fn is_of_others(&self, problem: &Problem, paths: &[String]) -> bool {
        let place = &problem.span.range;
        let mut environments = self.environments.iter();
        let lacking = environments.find(|one| one.span("configs").range == *place);
        let is_own = |folder: &str| {
            let folder = format!("{folder}/");
            paths.iter().any(|path| path.starts_with(&folder))
        };
        problem.rule.code == rule::MISSING_CONFIGS.code
            && lacking.is_some_and(|one| !is_own(&one.spec.configs))
    }

    /// Only the problems that are not about the roots of some configs.
    #[must_use]
    pub fn not_about(&self, problems: Diagnostics, configs: &BTreeSet<String>) -> Diagnostics {
        let units = self.units_of(configs);
        let is_about = |problem: &Problem| {
            let unit = self.unit_of(&problem.span.file.path);
            unit.is_some_and(|unit| units.contains(&unit))
        };
        let problems = problems.into_iter();
        problems.filter(|problem| !is_about(problem)).collect()
    }

    /// The problems that a change has to answer for, and how many others there are. `valet.yaml` concerns every unit, but
    /// for what is advice to the platform team.
    #[must_use]
    pub fn touched_by(&self, changes: &Changes, problems: Diagnostics) -> (Diagnostics, Count) {
        if changes.touches(WORKSPACE_FILE) {
            return (problems, Count::default());
        }
        let touched: BTreeSet<Unit> = self
            .environments
            .iter()
            .enumerate()
            .flat_map(|(at, environment)| {
                let names = self.configs_of(environment, changes);
                names.into_iter().map(move |name| (at, name))
            })
            .collect();
        let is_untouched = |path: &str| {
            let unit = self.unit_of(path);
            unit.is_some_and(|unit| !touched.contains(&unit))
        };
        let is_elsewhere = |problem: &Problem| {
            let also = problem.also.as_ref().map(|(span, _)| &span.file.path);
            // What two units have together concerns both.
            let is_shared =
                also.is_some_and(|path| self.unit_of(path).is_some() && !is_untouched(path));
            is_advice(problem) || (is_untouched(&problem.span.file.path) && !is_shared)
        };
        let (elsewhere, here): (Vec<Problem>, Vec<Problem>) =
            problems.into_iter().partition(is_elsewhere);
        (here.into(), Count::of(&elsewhere))
    }

    fn units_of<'a>(&self, configs: impl IntoIterator<Item = &'a String>) -> BTreeSet<Unit> {
        let configs = configs.into_iter();
        configs.filter_map(|path| self.unit_of(path)).collect()
    }

    /// The unit whose config or root a path of the workspace belongs to.
    fn unit_of(&self, path: &str) -> Option<Unit> {
        let of = |folder: &str, path: &str| -> Option<String> {
            let rest = path.strip_prefix(folder)?.strip_prefix('/')?;
            Some(rest.to_owned())
        };
        self.environments.iter().enumerate().find_map(|(at, one)| {
            let config = of(&one.spec.configs, path)
                .and_then(|rest| rest.strip_suffix(".yaml").map(str::to_owned))
                .filter(|name| !name.contains('/'));
            let root = || {
                let rest = of(&format!("{}/{}", one.output, one.name), path)?;
                rest.split('/').next().map(str::to_owned)
            };
            Some((at, config.or_else(root)?))
        })
    }
}
