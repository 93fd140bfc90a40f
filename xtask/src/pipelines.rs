//! `pipelines`: what others wrote to find mistakes, over the pipelines that `ci` writes, and over what this repository brings
//! along for pipelines.
//!
//! A linter that is silent may not be running: each has to find what was planted for it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use storage_valet_rds::yaml::Document;
use xshell::{Shell, cmd};

use crate::{files, node, python, roots, shell};

const FOLDER: &str = "target/pipelines";
const SYSTEMS: [&str; 3] = ["github", "gitlab", "buildkite"];
const FIXTURE: &str = "fixtures/ok/pipeline";

/// A repository with a pipeline: what it is called, where its workspace is, and what stands in for a text of its
/// `valet.yaml`.
type Variant = (&'static str, &'static str, (&'static str, &'static str));

const VARIANTS: [Variant; 3] = [
    ("full", "platform/db", ("", "")),
    ("bare", "", ("ci:\n", "# ci:\n")),
    ("push", "db", ("  image:", "  handoff: push\n  image:")),
];

/// What this repository brings along.
const OWN: [&str; 5] = [
    ".github/workflows/ci.yml",
    ".github/workflows/release.yml",
    ".pre-commit-hooks.yaml",
    "Dockerfile",
    "action.yml",
];

/// A linter, and the files that it reads; they are there.
type Linter = (
    &'static str,
    fn(&Tools, &Path) -> bool,
    fn(&Tools, &Path) -> Result<()>,
);

const LINTERS: [Linter; 7] = [
    ("actionlint", |_, file| is_workflow(file), actionlint),
    (
        "zizmor",
        |_, file| is_workflow(file) || is_action(file),
        zizmor,
    ),
    (
        "action-validator",
        |_, file| is_workflow(file) || is_action(file),
        action_validator,
    ),
    (
        "check-jsonschema",
        |_, file| schema(file).is_some(),
        check_jsonschema,
    ),
    (
        "shellcheck",
        |_, file| is_below(file, ".gitlab") || is_below(file, ".buildkite"),
        shellcheck,
    ),
    ("hadolint", |_, file| file.ends_with("Dockerfile"), hadolint),
    (
        "pre-commit",
        |_, file| file.ends_with(".pre-commit-hooks.yaml"),
        pre_commit,
    ),
];

/// A mistake: the linter that finds it, the file, a text of it, and what stands there instead.
type Mistake = (&'static str, &'static str, &'static str, &'static str);

const GITHUB: &str = "full/.github/workflows/valet-rds-platform-db.yml";
const GITLAB: &str = "full/.gitlab/valet-rds-platform-db.yml";
const BUILDKITE: &str = "full/.buildkite/valet-rds-platform-db.yml";

const MISTAKES: [Mistake; 16] = [
    ("actionlint", GITHUB, "needs: review\n", "needs: reveiw\n"),
    (
        "actionlint",
        GITHUB,
        "needs.review.outputs.prod ",
        "needs.review.output.prod ",
    ),
    (
        "actionlint",
        GITHUB,
        "$(head -n 1 comment.md)",
        "$(head -n 1 $FILE)",
    ),
    (
        "actionlint",
        GITHUB,
        "--check\n",
        "--check ${{ github.head_ref }}\n",
    ),
    (
        "zizmor",
        GITHUB,
        "--check\n",
        "--check ${{ github.head_ref }}\n",
    ),
    (
        "zizmor",
        GITHUB,
        "  pull_request:\n",
        "  pull_request_target:\n",
    ),
    (
        "zizmor",
        GITHUB,
        "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
        "@v7",
    ),
    (
        "zizmor",
        GITHUB,
        "permissions: {}\n",
        "permissions: write-all\n",
    ),
    (
        "action-validator",
        GITHUB,
        "timeout-minutes: 30",
        "timeout-minute: 30",
    ),
    (
        "check-jsonschema",
        GITHUB,
        "timeout-minutes: 30",
        "timeout-minutes: soon",
    ),
    ("check-jsonschema", GITLAB, "when: manual", "when: [manual]"),
    (
        "check-jsonschema",
        BUILDKITE,
        "timeout_in_minutes: 30",
        "timeout_in_minutes: soon",
    ),
    ("shellcheck", GITLAB, "<units.txt", "<$UNITS"),
    (
        "shellcheck",
        BUILDKITE,
        "--base \"$$BASE\"",
        "--base $$BASE",
    ),
    (
        "hadolint",
        "own/Dockerfile",
        "FROM alpine:3.22 AS",
        "FROM alpine AS",
    ),
    (
        "pre-commit",
        "own/.pre-commit-hooks.yaml",
        "  entry: valet-rds check\n",
        "",
    ),
];

/// Where the linters are.
struct Tools<'a> {
    sh: &'a Shell,
    /// Folder of those from Python.
    python: PathBuf,
    /// The one from Node.
    action_validator: PathBuf,
}

pub(crate) fn run(sh: &Shell) -> Result<String> {
    node::install(sh, "xtask/linters", "target/action-validator")?;
    let python = python::environment(sh, python::LINTERS)?;
    let tools = Tools {
        sh,
        python: python
            .parent()
            .context("an environment has a folder")?
            .to_owned(),
        action_validator: sh
            .current_dir()
            .join("target/action-validator/node_modules/.bin/action-validator"),
    };
    let all = write(sh)?;
    let mut problems = Vec::new();
    for file in &all {
        for (name, reads, lint) in LINTERS {
            if reads(&tools, file) {
                let said = lint(&tools, file);
                problems.extend(said.err().map(|error| format!("{name}: {error:#}")));
            }
        }
    }
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    for (name, file, from, to) in MISTAKES {
        plant(&tools, name, file, from, to)?;
    }
    Ok(format!(
        "{} files without a finding of {} linters, which found {} planted mistakes",
        all.len(),
        LINTERS.len(),
        MISTAKES.len()
    ))
}

/// Writes the pipelines of every variant, and copies what this repository has: all files.
fn write(sh: &Shell) -> Result<Vec<PathBuf>> {
    files::clear(sh, FOLDER)?;
    let valet_rds = shell::valet_rds(sh)?;
    let mut all = Vec::new();
    for (name, workspace, (from, to)) in VARIANTS {
        let top = Path::new(FOLDER).join(name);
        let workspace = top.join(workspace);
        roots::assemble(sh, Path::new(FIXTURE), &workspace)?;
        let valet = workspace.join("valet.yaml");
        let text = sh.read_file(&valet)?;
        ensure!(
            text.contains(from),
            "{name}: {from} is not in {}",
            valet.display()
        );
        sh.write_file(&valet, changed(&text, name, from, to))?;
        shell::output(cmd!(sh, "git init --quiet {top}"))?;
        for system in SYSTEMS {
            shell::output(cmd!(sh, "{valet_rds} --workspace {workspace} ci {system}"))?;
        }
        for folder in [".github/workflows", ".gitlab", ".buildkite"] {
            all.extend(sh.read_dir(top.join(folder))?);
        }
    }
    for path in OWN {
        let copy = Path::new(FOLDER).join("own").join(path);
        sh.create_dir(copy.parent().context("a file has a folder")?)?;
        sh.copy_file(path, &copy)?;
        all.push(copy);
    }
    Ok(all)
}

/// The `valet.yaml` of a variant; the bare one has no block `ci`.
fn changed(text: &str, name: &str, from: &str, to: &str) -> String {
    if name != "bare" {
        return text.replacen(from, to, 1);
    }
    let (before, after) = text.split_once(from).unwrap_or((text, ""));
    let after: Vec<_> = after
        .lines()
        .skip_while(|line| line.starts_with(' '))
        .collect();
    format!("{before}{}\n", after.join("\n"))
}

/// Has a linter find a mistake.
fn plant(tools: &Tools, name: &str, file: &str, from: &str, to: &str) -> Result<()> {
    let sh = tools.sh;
    let text = sh.read_file(Path::new(FOLDER).join(file))?;
    ensure!(text.contains(from), "{file} has no {from:?}");
    let planted = Path::new(FOLDER).join("planted").join(file);
    sh.create_dir(planted.parent().context("a file has a folder")?)?;
    sh.write_file(&planted, text.replacen(from, to, 1))?;
    let linter = LINTERS.iter().find(|(known, ..)| *known == name);
    let (_, _, lint) = linter.context("a linter")?;
    if lint(tools, &planted).is_ok() {
        bail!("{name} does not find {to:?} in {file}");
    }
    Ok(())
}

fn is_below(file: &Path, folder: &str) -> bool {
    file.components().any(|part| part.as_os_str() == folder)
}

fn is_workflow(file: &Path) -> bool {
    is_below(file, ".github")
}

fn is_action(file: &Path) -> bool {
    file.ends_with("action.yml")
}

/// The schema that comes with check-jsonschema for a file.
fn schema(file: &Path) -> Option<&'static str> {
    match file {
        file if is_workflow(file) => Some("vendor.github-workflows"),
        file if is_action(file) => Some("vendor.github-actions"),
        file if is_below(file, ".gitlab") => Some("vendor.gitlab-ci"),
        file if is_below(file, ".buildkite") => Some("vendor.buildkite"),
        _ => None,
    }
}

fn actionlint(tools: &Tools, file: &Path) -> Result<()> {
    let (actionlint, shellcheck) = (
        tools.python.join("actionlint"),
        tools.python.join("shellcheck"),
    );
    let told = cmd!(
        tools.sh,
        "{actionlint} -no-color -pyflakes= -shellcheck {shellcheck} {file}"
    );
    shell::output(told).map(drop)
}

fn zizmor(tools: &Tools, file: &Path) -> Result<()> {
    let zizmor = tools.python.join("zizmor");
    let told = cmd!(
        tools.sh,
        "{zizmor} --offline --no-progress --quiet --no-config --color never {file}"
    );
    shell::output(told).map(drop)
}

fn action_validator(tools: &Tools, file: &Path) -> Result<()> {
    let action_validator = &tools.action_validator;
    shell::output(cmd!(tools.sh, "{action_validator} {file}")).map(drop)
}

fn check_jsonschema(tools: &Tools, file: &Path) -> Result<()> {
    let check = tools.python.join("check-jsonschema");
    let schema = schema(file).context("a schema")?;
    shell::output(cmd!(tools.sh, "{check} --builtin-schema {schema} {file}")).map(drop)
}

/// The commands of each job of GitLab's and each step of Buildkite's, as the shell gets them.
fn shellcheck(tools: &Tools, file: &Path) -> Result<()> {
    let shellcheck = tools.python.join("shellcheck");
    let read = Document::parse(
        &file.display().to_string(),
        tools.sh.read_binary_file(file)?,
    );
    let Ok(document) = read else {
        bail!("{} cannot be read", file.display());
    };
    let jobs: Vec<&Value> = match document.value.get("steps") {
        Some(Value::Array(steps)) => steps.iter().collect(),
        _ => document
            .value
            .as_object()
            .into_iter()
            .flat_map(|jobs| jobs.values())
            .collect(),
    };
    let lines = |job: &Value, key: &str| -> Vec<String> {
        let lines = job[key].as_array().into_iter().flatten();
        lines.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut scripts = 0;
    for job in jobs {
        let script = [lines(job, "script"), lines(job, "commands")]
            .concat()
            .join("\n");
        if script.is_empty() {
            continue;
        }
        scripts += 1;
        // Buildkite halves each `$$` while it takes the steps. A helper of git's is given to git as it is written.
        let script = script.replace("$$", "$");
        let told = cmd!(tools.sh, "{shellcheck} --shell bash --exclude SC2016 -").stdin(script);
        shell::output(told).with_context(|| file.display().to_string())?;
    }
    ensure!(scripts > 0, "{} has no commands", file.display());
    Ok(())
}

fn hadolint(tools: &Tools, file: &Path) -> Result<()> {
    let hadolint = tools.python.join("hadolint");
    shell::output(cmd!(tools.sh, "{hadolint} --no-color {file}")).map(drop)
}

fn pre_commit(tools: &Tools, file: &Path) -> Result<()> {
    let pre_commit = tools.python.join("pre-commit");
    shell::output(cmd!(tools.sh, "{pre_commit} validate-manifest {file}")).map(drop)
}
