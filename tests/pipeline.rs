//! `ci`: the files of a pipeline, what they may not hold, and that they go with `valet.yaml`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use insta::assert_snapshot;
use serde_json::Value;
use storage_valet_rds::yaml::Document;

use crate::support::{
    command::run,
    folder::{copy, edit, modules, paths},
    repository::{commit, git, init},
    snapshot,
};

const SYSTEMS: [&str; 3] = ["github", "gitlab", "buildkite"];

/// A workspace two folders below the top of a repository, and that top.
fn workspace(name: &str) -> (PathBuf, PathBuf) {
    let top = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&top);
    let folder = copy("fixtures/ok/pipeline", &format!("{name}/platform/db"));
    edit(
        &folder.join("valet.yaml"),
        "../../../modules",
        "../../modules",
    );
    modules(&top.join("modules"));
    init(&folder);
    (folder, top)
}

/// The files of every system, by their paths in the repository.
fn written(name: &str) -> BTreeMap<String, String> {
    let (folder, top) = workspace(name);
    for system in SYSTEMS {
        let ran = run(&folder, &format!("ci {system}"));
        assert_eq!(ran.code, 0, "{ran}");
    }
    let folders = [".buildkite", ".github", ".gitlab"];
    let files = folders.iter().flat_map(|folder| {
        let paths = paths(&top.join(folder)).into_iter();
        paths.map(move |path| format!("{folder}/{path}"))
    });
    files
        .filter(|path| path.contains("valet-rds"))
        .map(|path| (path.clone(), fs::read_to_string(top.join(&path)).unwrap()))
        .collect()
}

fn document(path: &str, text: &str) -> Value {
    let read = Document::parse(path, text.as_bytes().to_vec());
    read.unwrap_or_else(|problems| panic!("{path}: {problems:#?}"))
        .value
}

/// Every value of a key of this name, wherever it is.
fn all<'a>(value: &'a Value, key: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                if name == key {
                    found.push(value);
                }
                all(value, key, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| all(item, key, found)),
        _ => {}
    }
}

fn values<'a>(document: &'a Value, key: &str) -> Vec<&'a Value> {
    let mut found = Vec::new();
    all(document, key, &mut found);
    found
}

fn github(name: &str) -> Vec<(String, Value)> {
    let files = written(name);
    let files = files.iter().filter(|(path, _)| path.starts_with(".github"));
    files
        .map(|(path, text)| (path.clone(), document(path, text)))
        .collect()
}

#[test]
fn the_files_are_as_reviewed() {
    let files = written("pipeline-files");
    for (path, text) in &files {
        let name = path.trim_start_matches('.').replace('/', "-");
        let name = name.trim_end_matches(".yml").to_owned();
        snapshot::settings("pipeline").bind(|| assert_snapshot!(name, text));
        assert!(!text.contains("#:"), "{path}");
        document(path, text);
    }
    assert_eq!(files.len(), 5);
}

#[test]
fn what_is_stale_is_named_and_what_somebody_else_wrote_stays() {
    let (folder, top) = workspace("pipeline-check");
    assert_snapshot!(run(&folder, "ci github --check"), @"
    exit code 1
    --- stdout ---
    missing .github/workflows/valet-rds-platform-db.yml
    missing .github/workflows/valet-rds-platform-db-apply.yml
    missing .github/workflows/valet-rds-platform-db-drift.yml
    --- stderr ---
    3 files of the pipeline not up to date: run `valet-rds ci github` and commit the result
    ");
    assert_eq!(run(&folder, "ci github").code, 0);
    assert_snapshot!(run(&folder, "ci github --check"), @"exit code 0");
    assert_snapshot!(run(&folder, "ci github"), @"
    exit code 0
    --- stderr ---
    without roles in `ci.environments` these use the credentials of the runners: sandbox
    the top of the files says which settings no file can make
    ");
    edit(&folder.join("valet.yaml"), "17 4 * * 1-5", "17 5 * * 1-5");
    assert_snapshot!(run(&folder, "ci github --check"), @"
    exit code 1
    --- stdout ---
    stale .github/workflows/valet-rds-platform-db-drift.yml
    --- stderr ---
    1 file of the pipeline not up to date: run `valet-rds ci github` and commit the result
    ");
    let review = top.join(".github/workflows/valet-rds-platform-db.yml");
    edit(&review, "timeout-minutes: 30", "timeout-minutes: 31");
    assert_snapshot!(run(&folder, "ci github --check"), @"
    exit code 1
    --- stdout ---
    stale .github/workflows/valet-rds-platform-db.yml
    stale .github/workflows/valet-rds-platform-db-drift.yml
    --- stderr ---
    2 files of the pipeline not up to date: run `valet-rds ci github` and commit the result
    ");
    assert_snapshot!(run(&folder, "ci github"), @"
    exit code 0
    --- stdout ---
    updated .github/workflows/valet-rds-platform-db.yml
    updated .github/workflows/valet-rds-platform-db-drift.yml
    --- stderr ---
    without roles in `ci.environments` these use the credentials of the runners: sandbox
    the top of the files says which settings no file can make
    ");
    // What git makes of line ends does not count.
    let text = fs::read_to_string(&review).unwrap();
    fs::write(&review, text.replace('\n', "\r\n")).unwrap();
    assert_eq!(run(&folder, "ci github --check").code, 0);

    fs::write(&review, "name: ours\n").unwrap();
    assert_snapshot!(run(&folder, "ci github"), @"
    exit code 2
    --- stderr ---
    error: .github/workflows/valet-rds-platform-db.yml is not of this workspace's pipeline; nothing is overwritten
    ");
    assert_eq!(run(&folder, "ci github --check").code, 2);
    assert_eq!(fs::read_to_string(&review).unwrap(), "name: ours\n");
    // Another workspace whose folders give the same name.
    fs::write(
        &review,
        text.replace("from platform/db/", "from platform-db/"),
    )
    .unwrap();
    assert_eq!(run(&folder, "ci github").code, 2);
}

#[test]
fn a_workspace_needs_a_repository_and_a_plain_path_in_it() {
    let (folder, top) = workspace("pipeline-path");
    for name in ["$(id)", "a b", "${{ github.token }}", "-x", "a;b", "\u{e9}"] {
        let moved = top.join("platform").join(name);
        fs::rename(&folder, &moved).unwrap();
        for system in SYSTEMS {
            let ran = run(&moved, &format!("ci {system}"));
            assert_eq!(ran.code, 2, "{name}: {ran}");
            assert!(
                ran.err.contains("cannot stand in a pipeline"),
                "{name}: {ran}"
            );
        }
        fs::rename(&moved, &folder).unwrap();
    }
    assert!(!top.join(".github").exists());
}

#[test]
fn the_action_may_be_a_folder_of_the_repository() {
    for (name, action, is_fine) in [
        ("plain", "./action", true),
        ("usual", "./.github/actions/valet-rds", true),
        ("bare", "action", false),
        ("up", "./../action", false),
        ("up-again", "./action/../..", false),
        ("twice", "./..", false),
        ("here", "./.", false),
        ("hidden-option", "./a//b", false),
    ] {
        let folder = copy("fixtures/ok/pipeline", &format!("pipeline-action-{name}"));
        let text = fs::read_to_string(folder.join("valet.yaml")).unwrap();
        let commit = "example/storage-valet-rds@0123456789abcdef0123456789abcdef01234567";
        fs::write(folder.join("valet.yaml"), text.replace(commit, action)).unwrap();
        let ran = run(&folder, "check");
        assert_eq!(ran.code == 0, is_fine, "{name}: {ran}");
        let is_shown = ran.out.contains("./.github/actions/valet-rds")
            || ran.err.contains("./.github/actions/valet-rds");
        assert!(is_fine || is_shown, "{name}: {ran}");
    }
}

/// What somebody has to set by hand stands where the pages say that it does: in the first lines of a file.
#[test]
fn what_no_file_can_set_is_at_the_top_of_the_files() {
    let files = written("pipeline-tops");
    let top = |path: &str| -> String {
        let lines = files[path].lines().take_while(|line| line.starts_with('#'));
        lines.collect::<Vec<_>>().join(" ").replace(" # ", " ")
    };
    let token = "`VALET_RDS_TOKEN`";
    for (path, words) in [
        (
            ".github/workflows/valet-rds-platform-db.yml",
            "have to exist, and have no rules",
        ),
        (".github/workflows/valet-rds-platform-db-apply.yml", token),
        (".gitlab/valet-rds-platform-db.yml", "VALET_RDS_TOKEN"),
    ] {
        let top = top(path);
        assert!(top.contains(words), "{path}: {top}");
    }
}

#[test]
fn no_workflow_may_do_more_than_it_says() {
    for (path, workflow) in github("pipeline-github-a") {
        assert_eq!(workflow["permissions"], serde_json::json!({}), "{path}");
        let on = workflow["on"].as_object().unwrap();
        for event in ["pull_request_target", "workflow_run", "issue_comment"] {
            assert!(!on.contains_key(event), "{path}: {event}");
        }
        for permissions in values(&workflow, "permissions") {
            let permissions = permissions
                .as_object()
                .unwrap_or_else(|| panic!("{path}: {permissions}"));
            let writes = permissions.iter().filter(|(_, level)| *level == "write");
            let writes: Vec<_> = writes.map(|(name, _)| name.as_str()).collect();
            let is_known = matches!(
                writes.as_slice(),
                [] | ["id-token" | "pull-requests"] | ["contents", "pull-requests"]
            );
            assert!(is_known, "{path}: {writes:?}");
        }
        for action in values(&workflow, "uses") {
            let (_, commit) = action.as_str().unwrap().split_once('@').unwrap();
            let is_commit =
                commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_commit, "{path}: {action}");
        }
        for steps in values(&workflow, "steps") {
            let checkout = steps.as_array().unwrap().iter().find(|step| {
                step["uses"]
                    .as_str()
                    .is_some_and(|uses| uses.starts_with("actions/checkout"))
            });
            if let Some(checkout) = checkout {
                assert_eq!(checkout["with"]["persist-credentials"], false, "{path}");
            }
        }
    }
}

/// Texts that whoever opens a pull request has written.
const UNTRUSTED: [&str; 8] = [
    "github.head_ref",
    "github.ref_name",
    "github.actor",
    "event.pull_request.title",
    "event.pull_request.body",
    "event.pull_request.head.ref",
    "event.head_commit",
    "event.commits",
];

#[test]
fn nothing_that_somebody_else_wrote_becomes_a_part_of_a_command() {
    for (path, workflow) in github("pipeline-github-b") {
        for command in values(&workflow, "run") {
            let command = command.as_str().unwrap_or_default();
            assert!(!command.contains("${{"), "{path}: {command}");
        }
        let text = workflow.to_string();
        for word in UNTRUSTED {
            assert!(!text.contains(word), "{path}: {word}");
        }
    }
    let files = written("pipeline-commands");
    // GitLab gives variables to the shell; the text of a merge request is in none that is used.
    let used = &files[".gitlab/valet-rds-platform-db.yml"];
    for word in [
        "TITLE",
        "MESSAGE",
        "DESCRIPTION",
        "REF_NAME",
        "REF_SLUG",
        "BRANCH_NAME",
        "AUTHOR",
        "eval",
    ] {
        assert!(!used.contains(word), "{word}");
    }
    // Buildkite puts variables into the text of a step when it is uploaded, unless their `$` is doubled.
    let steps = &files[".buildkite/valet-rds-platform-db.yml"];
    assert!(!steps.replace("$$", "").contains('$'), "{steps}");
    let steps = document("steps", steps);
    for commands in values(&steps, "commands") {
        let commands = commands.to_string();
        let named = commands
            .matches("$$BUILDKITE_PULL_REQUEST_BASE_BRANCH")
            .count();
        let quoted = commands
            .matches("\\\"refs/heads/$$BUILDKITE_PULL_REQUEST_BASE_BRANCH\\\"")
            .count();
        assert_eq!(named, quoted, "{commands}");
        assert_eq!(commands.matches("BUILDKITE_").count(), named, "{commands}");
    }
}

#[test]
fn a_job_has_the_role_of_its_environment_and_no_other() {
    let roles = |job: &Value| -> Vec<String> {
        let roles = values(job, "role-to-assume").into_iter();
        roles
            .map(|role| role.as_str().unwrap().to_owned())
            .collect()
    };
    for (path, workflow) in github("pipeline-github-c") {
        for (name, job) in workflow["jobs"].as_object().unwrap() {
            let expected: Vec<String> = match name.split_once('-') {
                Some((_, "sandbox")) | None => Vec::new(),
                Some((kind, environment)) => {
                    let account = if environment == "prod" {
                        "333333333333"
                    } else {
                        "111111111111"
                    };
                    let kind = if kind == "apply" { "apply" } else { "plan" };
                    vec![format!("arn:aws:iam::{account}:role/valet-{kind}")]
                }
            };
            assert_eq!(roles(job), expected, "{path}: {name}");
            let has_token = job["permissions"].get("id-token").is_some();
            assert_eq!(has_token, !expected.is_empty(), "{path}: {name}");
            let writes_here = job["permissions"]["contents"] == "write";
            assert!(!(writes_here && has_token), "{path}: {name}");
            // Credentials are for the repository's own branches.
            if path.ends_with("db.yml") && has_token {
                let condition = job["if"].as_str().unwrap();
                assert!(
                    condition.contains("head.repo.full_name == github.repository"),
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn environments_are_applied_one_after_the_other() {
    let (_, apply) = github("pipeline-github-d")
        .into_iter()
        .find(|(path, _)| path.ends_with("-apply.yml"))
        .unwrap();
    let needs = |job: &str| apply["jobs"][job]["needs"].to_string();
    assert_eq!(needs("apply-staging"), r#"["units","plan-staging"]"#);
    assert_eq!(
        needs("apply-prod"),
        r#"["units","plan-staging","apply-staging","plan-prod"]"#
    );
    assert_eq!(
        needs("apply-sandbox"),
        r#"["units","plan-staging","apply-staging","plan-prod","apply-prod","plan-sandbox"]"#
    );
    assert_eq!(apply["concurrency"]["cancel-in-progress"], false);
    for (name, job) in apply["jobs"].as_object().unwrap() {
        if let Some(environment) = name.strip_prefix("apply-") {
            assert_eq!(job["environment"], environment);
        }
    }
    let files = written("pipeline-order");
    let gitlab = document("gitlab", &files[".gitlab/valet-rds-platform-db.yml"]);
    let job = |name: &str| &gitlab[format!("valet-rds-platform-db-{name}")];
    assert_eq!(job("apply-prod")["rules"][0]["when"], "manual");
    assert_eq!(job("apply-prod")["rules"][0]["allow_failure"], false);
    assert_eq!(job("apply-staging")["rules"][0].get("when"), None);
    assert!(
        job("apply-prod")["needs"]
            .to_string()
            .contains("db-apply-staging")
    );
    let steps = document("steps", &files[".buildkite/valet-rds-platform-db.yml"]);
    let blocks: Vec<_> = values(&steps, "block");
    assert_eq!(blocks, ["apply prod"]);
}

#[test]
fn one_check_always_runs_and_fails_with_any_job() {
    let (_, review) = github("pipeline-github-e")
        .into_iter()
        .find(|(path, _)| path.ends_with("db.yml"))
        .unwrap();
    let jobs = review["jobs"].as_object().unwrap();
    let verdict = &jobs["verdict"];
    assert_eq!(verdict["if"], "${{ always() }}");
    let needed = verdict["needs"].as_array().unwrap();
    for name in jobs
        .keys()
        .filter(|name| name.starts_with("plan-") || *name == "review")
    {
        assert!(needed.contains(&Value::from(name.as_str())), "{name}");
    }
    assert!(review["on"].get("merge_group").is_some());
    #[cfg(unix)]
    {
        let command = verdict["steps"][0]["run"].as_str().unwrap();
        for (results, code) in [
            ("success success", 0),
            ("success skipped", 0),
            ("failure skipped", 1),
            ("success cancelled", 1),
            ("failure", 1),
        ] {
            let mut bash = std::process::Command::new("bash");
            let ran = bash
                .args(["-eo", "pipefail", "-c", command])
                .env("RESULTS", results);
            assert_eq!(ran.status().unwrap().code(), Some(code), "{results}");
        }
    }
}

/// Adds what is committed as a folder of a root whose name no config can have.
fn plant(folder: &Path, name: &str) {
    let from = folder.join("generated/staging/orders");
    let to = folder.join("generated/staging").join(name);
    fs::create_dir_all(&to).unwrap();
    for file in ["main.tf", "terraform.tf", "outputs.tf"] {
        let text = fs::read_to_string(from.join(file)).unwrap();
        fs::write(
            to.join(file),
            text.replace("staging/orders", "staging/other"),
        )
        .unwrap();
    }
}

#[cfg(unix)]
#[test]
fn no_name_of_a_folder_gets_out_that_no_config_can_have() {
    let (folder, top) = workspace("pipeline-hostile");
    assert_eq!(run(&folder, "generate").code, 0);
    commit(&folder);
    git(&top, &["tag", "sound"]);
    for name in ["$(id)", "a b", "a;id", "a\"'`\\|*", "a\nb", "-x", "\u{e9}"] {
        git(&top, &["reset", "--quiet", "--hard", "sound"]);
        git(&top, &["clean", "--quiet", "--force", "-d"]);
        plant(&folder, name);
        commit(&folder);
        for format in ["lines", "json", "matrix", "github"] {
            let line = format!("affected --base HEAD~1 --format {format}");
            let ran = run(&folder, &line);
            assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{name:?}: {ran}");
            assert!(
                ran.err.contains("no name that a config can have"),
                "{name:?}: {ran}"
            );
        }
        // A config of such a name is refused before anything is known of it.
        let config = folder.join("configs/staging").join(format!("{name}.yaml"));
        fs::write(&config, "shortname: other\n").unwrap();
        let ran = run(&folder, "affected --all");
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{name:?}: {ran}");
        assert!(ran.err.contains("bad-file-name"), "{name:?}: {ran}");
    }
}

#[test]
fn what_was_applied_last_is_the_base_of_the_next_apply() {
    let (folder, top) = workspace("pipeline-since");
    assert_eq!(run(&folder, "generate").code, 0);
    commit(&folder);
    let line = "affected --since applied --environment prod --jobs 1 --format github";
    assert_snapshot!(run(&folder, line), @r#"
    exit code 0
    --- stdout ---
    prod=[{"job":1,"units":"prod/_environment prod/orders"}]
    --- stderr ---
    there is no applied yet: every unit
    "#);
    git(&top, &["branch", "applied"]);
    assert_snapshot!(run(&folder, line).out, @"prod=[]");
    fs::write(folder.join("configs/prod/mail.yaml"), "shortname: mail\n").unwrap();
    assert_eq!(run(&folder, "generate").code, 0);
    commit(&folder);
    assert_snapshot!(run(&folder, line).out, @r#"prod=[{"job":1,"units":"prod/mail"}]"#);
    assert_snapshot!(run(&folder, "affected --since applied --format github").out, @r#"
    prod=[{"job":1,"units":"prod/mail"}]
    sandbox=[]
    staging=[]
    "#);
    assert_snapshot!(run(&folder, "affected --all --environment prod").out, @"
    prod/_environment
    prod/mail
    prod/orders
    ");
    // A run of a commit before what was applied would take it back.
    git(&top, &["branch", "--force", "applied"]);
    git(&top, &["reset", "--quiet", "--hard", "HEAD~1"]);
    let older = run(&folder, line);
    assert_eq!(older.code, 2, "{older}");
    assert!(
        older.err.contains("HEAD does not contain applied"),
        "{older}"
    );
    for wrong in [
        "affected",
        "affected --all --base HEAD",
        "affected --all --first",
        "affected --all --jobs 0",
    ] {
        assert_eq!(run(&folder, wrong).code, 2, "{wrong}");
    }
    assert_eq!(run(&folder, "affected --all --environment dev").code, 2);
}

/// The commands of the pipeline, run as GitHub runs them, with a Terraform that finds nothing to do.
#[cfg(unix)]
mod commands {
    use std::{
        fs,
        os::unix::fs::{PermissionsExt, symlink},
        path::{Path, PathBuf},
        process::Command,
    };

    use serde_json::Value;
    use storage_valet_rds::connect::outputs;

    use super::{document, workspace};
    use crate::support::{
        command::run,
        folder::edit,
        outputs::outputs_of,
        repository::{commit, git},
        terraform::Fake,
        workspace::Workspace,
    };

    /// What stands in for GitHub's own program: it notes what it is told, and has nothing to list.
    const GH: &str =
        "#!/bin/sh\necho \"$*\" >>\"$(dirname \"$0\")/told\"\n[ \"$2\" != list ] || echo 0\n";

    struct Runner {
        top: PathBuf,
        tools: PathBuf,
    }

    impl Runner {
        fn new(top: &Path) -> Self {
            let tools = top.with_file_name(format!(
                "{}-tools",
                top.file_name().unwrap().to_str().unwrap()
            ));
            let _ = fs::remove_dir_all(&tools);
            fs::create_dir(&tools).unwrap();
            Fake::new(&tools, &["orders", "_environment"]);
            symlink(env!("CARGO_BIN_EXE_valet-rds"), tools.join("valet-rds")).unwrap();
            fs::write(tools.join("gh"), GH).unwrap();
            fs::set_permissions(tools.join("gh"), fs::Permissions::from_mode(0o755)).unwrap();
            Self {
                top: top.to_owned(),
                tools,
            }
        }

        fn workflow(&self, name: &str) -> Value {
            let path = format!(".github/workflows/valet-rds-platform-db{name}.yml");
            document(&path, &fs::read_to_string(self.top.join(&path)).unwrap())
        }

        /// Runs every command of a job.
        fn job(&self, workflow: &Value, name: &str, variables: &[(&str, &str)]) {
            let job = &workflow["jobs"][name];
            let tools = self.tools.display();
            let path = format!("{tools}:{tools}/fake:{}", std::env::var("PATH").unwrap());
            // A job begins with a checkout: what it needs of an earlier one it downloads.
            if !name.starts_with("apply") {
                let _ = fs::remove_dir_all(self.top.join("valet-plans"));
            }
            for step in job["steps"].as_array().unwrap() {
                let Some(text) = step["run"].as_str() else {
                    continue;
                };
                let mut bash = Command::new("bash");
                bash.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", text])
                    .current_dir(&self.top)
                    .env("PATH", &path)
                    .env("GITHUB_OUTPUT", self.tools.join("output"))
                    .env("GITHUB_STEP_SUMMARY", self.tools.join("summary"))
                    .env("GITHUB_REPOSITORY", "example/databases")
                    .env("NUMBER", "7");
                for scope in [&workflow["env"], &job["env"]] {
                    for (name, value) in scope.as_object().into_iter().flatten() {
                        bash.env(name, value.as_str().unwrap());
                    }
                }
                let ran = bash.envs(variables.iter().copied()).output().unwrap();
                let said = String::from_utf8_lossy(&ran.stderr);
                assert!(ran.status.success(), "{name}: {text}\n{said}");
            }
        }

        fn read(&self, name: &str) -> String {
            fs::read_to_string(self.tools.join(name)).unwrap()
        }

        /// The units of an environment, as the last step has put them out.
        fn units(&self, environment: &str) -> Value {
            let output = self.read("output");
            let line = output
                .lines()
                .rfind(|line| line.starts_with(&format!("{environment}=")));
            serde_json::from_str(line.unwrap().split_once('=').unwrap().1).unwrap()
        }
    }

    #[test]
    fn the_commands_of_a_pull_request_and_of_its_merge_run() {
        let (folder, top) = workspace("pipeline-run");
        let runner = Runner::new(&top);
        for line in ["generate", "ci github"] {
            assert_eq!(run(&folder, line).code, 0);
        }
        commit(&folder);
        let origin = top.with_file_name("pipeline-run-origin");
        let _ = fs::remove_dir_all(&origin);
        git(
            &top,
            &["clone", "--quiet", "--bare", ".", origin.to_str().unwrap()],
        );
        git(&top, &["remote", "add", "origin", origin.to_str().unwrap()]);
        edit(
            &folder.join("configs/prod/orders.yaml"),
            "orders\n",
            "orders\nport: 6000\n",
        );
        assert_eq!(run(&folder, "generate").code, 0);
        commit(&folder);

        let review = runner.workflow("");
        runner.job(&review, "review", &[("BASE", "HEAD^1")]);
        assert!(runner.read("summary").contains("### Databases: "));
        assert_eq!(runner.units("staging"), serde_json::json!([]));
        let units = runner.units("prod");
        assert_eq!(
            units,
            serde_json::json!([{"job": 1, "units": "prod/orders"}])
        );
        fs::remove_dir_all(top.join("pages")).unwrap();
        runner.job(
            &review,
            "plan-prod",
            &[("UNITS", "prod/orders"), ("JOB", "1"), ("BASE", "HEAD^1")],
        );
        let page = fs::read_to_string(top.join("pages/prod-1.md")).unwrap();
        assert!(page.starts_with("<!-- valet-rds plan -->\n"), "{page}");
        runner.job(&review, "comment", &[]);
        assert!(
            runner
                .read("told")
                .contains("--method POST repos/example/databases/issues/7/comments")
        );
        let comment = fs::read_to_string(top.join("comment.md")).unwrap();
        assert!(
            comment.starts_with("<!-- valet-rds review platform/db/ -->\n"),
            "{comment}"
        );
        git(&top, &["clean", "--quiet", "--force", "-d"]);

        git(&top, &["push", "--quiet", "origin", "main"]);
        git(&top, &["fetch", "--quiet", "origin"]);
        let apply = runner.workflow("-apply");
        runner.job(&apply, "units", &[]);
        let all = "prod/_environment prod/orders";
        assert_eq!(
            runner.units("prod"),
            serde_json::json!([{"job": 1, "units": all}])
        );
        runner.job(&apply, "plan-prod", &[("UNITS", all)]);
        runner.job(&apply, "apply-prod", &[]);
        assert!(runner.read("summary").contains("<!-- valet-rds apply -->"));
        // What the step before it fetches: the outputs that the apply has left.
        for database in Workspace::open(&folder).databases {
            if database.environment.name == "prod" {
                let path = folder.join(database.directory()).join(outputs::FILE);
                fs::write(path, format!("{:#}\n", outputs_of(&database))).unwrap();
            }
        }
        runner.job(&apply, "handoff", &[]);
        git(&top, &["fetch", "--quiet", "origin"]);
        let known = Command::new("git")
            .args(["branch", "--remotes", "--format=%(refname:short)"])
            .current_dir(&top)
            .output()
            .unwrap();
        let known = String::from_utf8(known.stdout).unwrap();
        for branch in ["applied-prod", "handoff"] {
            let branch = format!("origin/valet-rds-platform-db/{branch}\n");
            assert!(known.contains(&branch), "{known}");
        }
        let told = runner.read("told");
        assert!(
            told.contains("pr create --head valet-rds-platform-db/handoff --base main"),
            "{told}"
        );
        let handed = Command::new("git")
            .args([
                "diff",
                "--name-only",
                "origin/main",
                "origin/valet-rds-platform-db/handoff",
            ])
            .current_dir(&top)
            .output()
            .unwrap();
        let handed = String::from_utf8(handed.stdout).unwrap();
        assert!(
            handed.contains("platform/db/generated/prod/orders/outputs.json\n"),
            "{handed}"
        );
        assert!(handed.contains("platform/db/handoff/"), "{handed}");
        // The next plan is explained by what was applied.
        runner.job(&apply, "plan-prod", &[("UNITS", "prod/orders")]);
        let drift = runner.workflow("-drift");
        runner.job(&drift, "units", &[]);
        runner.job(&drift, "drift-prod", &[("UNITS", all)]);
    }
}
