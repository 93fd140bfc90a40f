//! Text from a checkout, a plan or a command line steers nobody: no terminal, no log of a pipeline, no comment.
#![cfg(unix)]

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use storage_valet_rds::{connect::outputs, diagnostic::Problem};

use crate::support::{
    command::{Ran, command},
    folder::minimal,
    harmless::{assert_harmless, is_command},
    outputs::applied,
    repository::{commit, git, repository},
    workspace::Workspace,
};

/// What somebody would like to be read as something else, on one line of YAML, JSON or HCL.
const WRITTEN: &str = r"\u001b[2J\n::error file=x::pwned\n##[group]pwned \u202e\u200b\u2066 ` | @team #1 [a](http://a.b) <img src=x> {{ .password }}";

/// The same as it is.
const RAW: &str = "\u{1b}[2J\n::error file=x::pwned\n##[group]pwned \u{202e}\u{200b}\u{2066} ` | @team #1 [a](http://a.b) <img src=x> {{ .password }}";

/// Runs a command, whatever comes of it: all that it says is harmless.
fn run(folder: &Path, arguments: &[&str]) -> Ran {
    let output = command(folder, arguments)
        .env("GITHUB_ACTIONS", "true")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let ran = Ran::of(output);
    assert!((0..=2).contains(&ran.code), "{arguments:?} {ran}");
    assert_harmless(&ran.err);
    if arguments.contains(&"github") {
        let ours =
            |line: &str| line.starts_with("::error title=") || line.starts_with("::warning title=");
        for line in ran.out.lines() {
            assert!(ours(line), "{line}");
            let (_, message) = line[2..].split_once("::").unwrap();
            assert_harmless(&message.replace("%0A", "\n"));
        }
    } else {
        assert_harmless(&ran.out);
    }
    if arguments.contains(&"json") && !ran.out.is_empty() {
        serde_json::from_str::<Value>(&ran.out).unwrap();
    }
    if arguments.contains(&"markdown") {
        for hostile in ["](http", "<img", "@team ["] {
            let outside: String = outside_of_code(&ran.out);
            assert!(!outside.contains(hostile), "{outside}");
        }
    }
    ran
}

/// The text of a comment without its code.
fn outside_of_code(markdown: &str) -> String {
    let mut outside = String::new();
    let mut fence: Option<&str> = None;
    for line in markdown.lines() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            None if ticks.len() > 2 => fence = Some(ticks),
            None => {
                // Runs of backticks of one length enclose code.
                let mut rest = line;
                while let Some(at) = rest.find('`') {
                    outside.push_str(&rest[..at]);
                    let run = rest[at..].len() - rest[at..].trim_start_matches('`').len();
                    let ticks = "`".repeat(run);
                    let behind = &rest[at + run..];
                    let mut from = 0;
                    rest = loop {
                        let Some(end) = behind[from..].find(&ticks) else {
                            break "";
                        };
                        let end = from + end;
                        let is_end =
                            !behind[end + run..].starts_with('`') && !behind[..end].ends_with('`');
                        if is_end {
                            break &behind[end + run..];
                        }
                        from = end + 1;
                    };
                }
                outside.push_str(rest);
                outside.push('\n');
            }
        }
    }
    outside
}

/// Every command that says what a unit is or becomes.
fn run_all(folder: &Path, unit: &str) -> Vec<Ran> {
    let config = format!("configs/{unit}.yaml");
    let lines: &[&[&str]] = &[
        &["check"],
        &["check", "--format", "json"],
        &["check", "--format", "github"],
        &["check", "--format", "sarif"],
        &["generate"],
        &["generate", "--check"],
        &["preview", unit],
        &["explain", unit],
        &["explain", unit, "--format", "json"],
        &["explain", &config],
        &["info", unit],
        &["info", unit, "--format", "json"],
        &["info", unit, "--format", "yaml"],
        &["graph", unit],
        &["graph", unit, "--format", "dot"],
        &["graph", unit, "--format", "svg"],
        &["k8s", unit],
        &["k8s", unit, "--format", "bazel"],
        &["handoff", unit, "--dry-run"],
        &["handoff", "--all"],
        &["handoff", "--all", "--check"],
        &["create", unit, "--set", "port=5433"],
        &["check", "--fix"],
    ];
    lines.iter().map(|words| run(folder, words)).collect()
}

/// What tells why a config is wrong.
fn run_rejected(folder: &Path, unit: &str) {
    for words in [
        &["check"][..],
        &["check", "--format", "json"],
        &["check", "--format", "github"],
        &["check", "--format", "sarif"],
        &["preview", unit],
        &["create", unit, "--set", "port=5433"],
        &["check", "--fix"],
    ] {
        run(folder, words);
    }
}

fn review_all(folder: &Path, base: &str) -> Vec<Ran> {
    let lines: &[&[&str]] = &[
        &["diff"],
        &["diff", "--format", "json"],
        &["diff", "--format", "markdown"],
        &["diff", "--deny", "in-place"],
        &["affected"],
        &["affected", "--format", "json"],
        &["affected", "--format", "matrix"],
    ];
    lines
        .iter()
        .map(|words| run(folder, &[words, &["--base", base][..]].concat()))
        .collect()
}

#[test]
fn values_of_a_config_are_data_to_every_command() {
    let city = applied("inject-values");
    let config = city.join("configs/dev3/agora.yaml");
    let text = fs::read_to_string(&config).unwrap();
    let reason =
        |key: &str, expires: &str| format!("{key}, reason: \"{WRITTEN}\", expires: {expires}}}]\n");
    for (is_right, more) in [
        (
            true,
            [
                format!("proxy: {{initQuery: \"{WRITTEN}\"}}\n# a\n# ::error::pwned\n"),
                "port: 5432 # ##[group]pwned\nencrypted: false\n".to_owned(),
                reason("allow: [{change: replace", "2026-12-01"),
                reason("waivers: [{rule: unencrypted", "2026-12-01"),
            ]
            .concat(),
        ),
        (
            false,
            format!("parameters: {{application_name: \"{WRITTEN}\"}}\n"),
        ),
        (false, format!("tags: {{\"{WRITTEN}\": \"{WRITTEN}\"}}\n")),
        (false, format!("\"{WRITTEN}\": 1\n")),
        (false, format!("instanceClass: \"{WRITTEN}\"\n")),
        (false, format!("iamRoleName: \"{WRITTEN}\"\n")),
        (false, reason("allow: [{change: replace", "2026-01-01")),
        (
            false,
            reason(&format!("waivers: [{{rule: \"{WRITTEN}\""), "2026-12-01"),
        ),
        (false, "tags: {a: b\n  ::error::pwned}\n".to_owned()),
        (
            false,
            format!("iamRoleName: {} ::error::pwned::x\n", "a".repeat(80)),
        ),
        (
            false,
            format!("\"{} ::error::pwned::x\": 1\n", "a".repeat(70)),
        ),
    ] {
        fs::write(&config, format!("{text}{more}")).unwrap();
        if is_right {
            for ran in run_all(&city, "dev3/agora") {
                assert_eq!(ran.code, 0, "{ran}");
            }
        } else {
            run_rejected(&city, "dev3/agora");
        }
        fs::write(&config, &text).unwrap();
    }
}

#[test]
fn a_query_goes_to_terraform_as_it_is_and_through_a_log_unread() {
    let folder = minimal("inject-query");
    let config = folder.join("configs/dev/orders.yaml");
    fs::write(
        &config,
        format!("shortname: orders\nproxy: {{initQuery: \"{WRITTEN}\"}}\n"),
    )
    .unwrap();
    let ran = run(&folder, &["preview", "dev/orders"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let line = ran
        .out
        .lines()
        .find(|line| line.contains("init_query"))
        .unwrap();
    assert!(
        line.contains(r"\u001B[2J\n::error file=x::pwned\n\u0023#[group]pwned \u202E\u200B\u2066"),
        "{line}"
    );
    let yaml = run(&folder, &["info", "dev/orders", "--format", "yaml"]);
    let read: Value = serde_yaml::from_str(&yaml.out).unwrap();
    assert!(read.to_string().contains("pwned"), "{yaml}");
}

#[test]
fn names_of_files_and_folders_are_data() {
    let city = repository("inject-names");
    assert_eq!(run(&city, &["generate"]).code, 0);
    commit(&city);
    let name: String = RAW.replace('/', ":").chars().take(100).collect();
    fs::write(
        city.join(format!("configs/dev3/{name}.yaml")),
        "shortname: x\n",
    )
    .unwrap();
    fs::write(city.join(format!("configs/dev3/{name}")), "shortname: x\n").unwrap();
    fs::create_dir_all(city.join(format!("configs/{name}"))).unwrap();
    let root = city.join(format!("generated/dev3/{name}"));
    fs::create_dir_all(&root).unwrap();
    fs::copy(
        city.join("generated/dev3/agora/main.tf"),
        root.join("main.tf"),
    )
    .unwrap();
    fs::write(city.join(format!("generated/dev3/agora/{name}.tf")), "").unwrap();
    fs::write(
        city.join(format!("generated/dev3/agora/{name}.auto.tfvars")),
        "",
    )
    .unwrap();
    run_rejected(&city, "dev3/agora");
    run(&city, &["generate", "--check"]);
    run(&city, &["generate"]);
    for words in review_all(&city, "HEAD") {
        assert_ne!(words.code, 0, "{words}");
    }
    run(&city, &["check", &name]);
    run(&city, &["check", &format!("configs/dev3/{name}.yaml")]);
    run(&city, &["preview", &format!("configs/dev3/{name}.yaml")]);
    run(&city, &["explain", &format!("configs/dev3/{name}.yaml")]);
    let completed = Command::new(env!("CARGO_BIN_EXE_valet-rds"))
        .current_dir(&city)
        .envs([
            ("VALET_RDS_COMPLETE", "bash"),
            ("_CLAP_COMPLETE_INDEX", "2"),
            ("_CLAP_IFS", "\n"),
        ])
        .args(["--", "valet-rds", "check", ""])
        .output()
        .unwrap();
    let offered = String::from_utf8(completed.stdout).unwrap();
    assert!(offered.contains("dev3/test-dev"), "{offered}");
    assert!(!offered.contains("pwned"), "{offered:?}");
}

#[test]
fn a_workspace_may_be_in_a_folder_of_any_name() {
    let name: String = RAW.replace('/', ":").chars().take(100).collect();
    let folder = minimal(&format!("inject-folder/{name}"));
    let above = folder.parent().unwrap();
    fs::write(
        folder.join("configs/dev/orders.yaml"),
        "shortname: orders\nencrypted: false\nnope: 1\n",
    )
    .unwrap();
    for format in ["human", "json", "github", "sarif"] {
        let ran = run(above, &["--workspace", &name, "check", "--format", format]);
        assert_eq!(ran.code, 1, "{ran}");
    }
    fs::write(
        folder.join("configs/dev/orders.yaml"),
        "shortname: orders\n",
    )
    .unwrap();
    assert_eq!(run(above, &["--workspace", &name, "generate"]).code, 0);
    run(above, &["--workspace", &name, "generate", "--check"]);
    run(above, &["--workspace", &name, "info", "dev/orders"]);
    run(above, &["--workspace", &name, "explain", "dev/orders"]);
    run(above, &["--workspace", &name, "diff", "--base", "main"]);
    run(above, &["--workspace", &name, "diff", "--base-dir", &name]);
    run(above, &["init", &format!("new-{name}")]);
    let lone = format!("{name}.yaml");
    fs::write(above.join(&lone), "shortname: orders\n").unwrap();
    assert_eq!(run(above, &["preview", &lone]).code, 1);
}

#[test]
fn the_names_of_environments_are_data() {
    let folder = minimal("inject-environments");
    let valet = fs::read_to_string(folder.join("valet.yaml")).unwrap();
    for (from, to) in [
        ("  dev:", format!("  \"{WRITTEN}\":")),
        (
            "configs: configs/dev",
            format!("configs: \"configs/{WRITTEN}\""),
        ),
        (
            "environments:",
            format!("output: \"{WRITTEN}\"\nenvironments:"),
        ),
        ("eu-central-1", format!("\"{WRITTEN}\"")),
        (
            "keyPrefix: storage-valet-rds/dev",
            format!("keyPrefix: \"{WRITTEN}\""),
        ),
    ] {
        assert!(valet.contains(from), "{from}");
        fs::write(folder.join("valet.yaml"), valet.replace(from, &to)).unwrap();
        run_rejected(&folder, "dev/orders");
    }
}

#[test]
fn words_of_the_command_line_are_data() {
    let city = applied("inject-words");
    for words in [
        &["check", RAW][..],
        &["check", "--format", RAW],
        &[RAW],
        &["preview", RAW],
        &["explain", RAW],
        &["explain", "dev3/agora", RAW],
        &["info", RAW],
        &["info", "dev3/agora", "--outputs", RAW],
        &["graph", RAW],
        &["rules", RAW],
        &["create", "dev3/agora", "--set", RAW],
        &["create", "dev3/agora", "--set", &format!("tags.a={RAW}")],
        &["create", RAW],
        &["k8s", "dev3/agora", "-p", RAW],
        &["k8s", "dev3/agora", "-s", RAW],
        &[
            "k8s",
            "dev3/agora",
            "-s",
            &format!("arn:aws:secretsmanager:ap-northeast-1:111111111111:secret:{RAW}"),
        ],
        &["k8s", "dev3/agora", "--format", "bazel", "-n", RAW],
        &[
            "k8s",
            "dev3/agora",
            "--format",
            "bazel",
            "--terraform-target",
            RAW,
        ],
        &["k8s", "dev3/agora", "--vpc-endpoint", RAW],
        &[
            "k8s",
            "dev3/agora",
            "--external-secret-refresh-interval",
            RAW,
        ],
        &["privatelink", "dev3/agora", "-e", RAW],
        &["privatelink", "dev3/agora", "-c", RAW],
        &["privatelink", "dev3/agora", "--privatelink-repository", RAW],
        &["--today", RAW, "check"],
        &["--workspace", RAW, "check"],
        &["diff", "--base-dir", RAW],
        &["diff", "--deny", RAW, "--base", "main"],
        &["gate", RAW],
        &["gate", "-", "--unit", RAW],
        &["retire", RAW],
        &["generate", RAW],
        &["handoff", RAW],
        &["schema", RAW],
    ] {
        let ran = run(&city, words);
        assert_ne!(ran.code, 0, "{words:?}");
        assert!(
            !ran.err.is_empty() && !ran.err.lines().any(is_command),
            "{words:?}"
        );
    }
}

#[test]
fn names_of_references_are_data_and_so_is_what_git_says_of_them() {
    let city = repository("inject-references");
    assert_eq!(run(&city, &["generate"]).code, 0);
    commit(&city);
    let branch = "a\u{202e}b\u{200b}##c";
    git(&city, &["branch", branch]);
    let config = city.join("configs/dev3/agora.yaml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{text}port: 6000\n")).unwrap();
    assert_eq!(run(&city, &["generate"]).code, 0);
    for ran in review_all(&city, branch) {
        assert_ne!(ran.code, 2, "{ran}");
        assert!(ran.err.contains("\\u{202e}"), "{ran}");
    }
    for reference in [
        RAW,
        "::error::pwned",
        "##[group]pwned",
        "HEAD@{\u{1b}[2J}",
        "-\u{1b}[2J",
        "\u{1b}[2J..HEAD",
    ] {
        for ran in review_all(&city, reference) {
            assert_eq!(ran.code, 2, "{ran}");
        }
    }
}

#[test]
fn roots_that_somebody_has_written_by_hand_are_data() {
    let city = repository("inject-roots");
    assert_eq!(run(&city, &["generate"]).code, 0);
    commit(&city);
    let main = city.join("generated/dev3/agora/main.tf");
    let text = fs::read_to_string(&main).unwrap();
    for hand in [
        format!("{text}\n# {RAW}\n"),
        text.replace("source ", &format!("\"{WRITTEN}\" = 1\n  source ")),
        text.replace("module \"rds\"", &format!("module \"{WRITTEN}\"")),
        text.replacen("= \"db.", &format!("= \"{WRITTEN}db."), 1),
        format!("{text}\nresource \"{WRITTEN}\" \"x\" {{\n  ::error::pwned\n}}\n"),
        format!("{text}\n/*\n::error::pwned\n  ::warning::pwned\n*/\n"),
        format!("{text}\nlocals {{\n  x = <<EOT\n::error::pwned\n```\n</details>\nEOT\n}}\n"),
        RAW.to_owned(),
        format!("# Generated by valet-rds from {RAW}. Do not edit.\n"),
    ] {
        fs::write(&main, hand).unwrap();
        for ran in review_all(&city, "HEAD") {
            assert!(
                ran.out.contains("agora") || ran.err.contains("agora"),
                "{ran}"
            );
        }
        for words in [
            &["check"][..],
            &["check", "--format", "github"],
            &["generate", "--check"],
            &["explain", "generated/dev3/agora/main.tf:3"],
        ] {
            run(&city, words);
        }
        commit(&city);
        // Now the base is what was written by hand.
        fs::write(&main, &text).unwrap();
        review_all(&city, "HEAD");
        commit(&city);
    }
}

#[test]
fn a_plan_is_data() {
    let city = applied("inject-plan");
    let plan = fs::read_to_string("fixtures/plans/create.json").unwrap();
    let mut plan: Value = serde_json::from_str(&plan).unwrap();
    let change = json!({
        "address": format!("module.rds.aws_db_instance.this[\"{RAW}\"]"),
        "mode": "managed",
        "type": format!("aws_db_instance{RAW}"),
        "name": RAW,
        "change": {
            "actions": ["delete", "create"],
            "before": {"tags_all": {"valet-rds:environment": RAW, "valet-rds:shortname": RAW}},
            "after": {},
            "replace_paths": [[RAW]],
        },
    });
    let file = city.join("plan.json");
    for actions in [
        json!(["delete", "create"]),
        json!(["delete"]),
        json!([RAW, "create"]),
        json!(["update"]),
    ] {
        let mut change = change.clone();
        let is_update = actions == json!(["update"]);
        change["change"]["actions"] = actions;
        plan["resource_changes"] = json!([change]);
        plan["resource_drift"] = json!([change]);
        fs::write(&file, plan.to_string()).unwrap();
        for format in ["human", "markdown", "json"] {
            for more in [&[][..], &["--unit", "dev3/agora"]] {
                let words = [&["gate", "plan.json", "--format", format], more].concat();
                let ran = run(&city, &words);
                assert!(ran.code != 0 || is_update, "{ran}");
            }
        }
    }
    for text in [
        RAW.to_owned(),
        json!(RAW).to_string(),
        json!({RAW: RAW}).to_string(),
        json!({"format_version": RAW}).to_string(),
    ] {
        fs::write(&file, text).unwrap();
        assert_eq!(run(&city, &["gate", "plan.json"]).code, 2);
    }
}

#[test]
fn outputs_have_the_form_that_aws_gives_them_or_are_refused_at_their_key() {
    let city = applied("inject-outputs");
    let file = city.join("generated/dev3/agora/outputs.json");
    let good: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let databases = Workspace::open(&city).databases;
    let agora = databases
        .iter()
        .find(|one| one.namespace.value == "agora")
        .unwrap();
    let keys: Vec<String> = good.as_object().unwrap().keys().cloned().collect();
    let with = |key: &str, value: &Value| {
        let mut outputs = good.clone();
        outputs[key] = json!({"sensitive": false, "type": "string", "value": value});
        outputs.to_string()
    };
    for key in keys.iter().map(String::as_str).chain(["database_name"]) {
        let value = &good[key]["value"];
        let own = value.as_str().unwrap_or("orders");
        let around = |odd: &str| [format!("{own}{odd}"), format!("{odd}{own}"), odd.to_owned()];
        let odd = [
            "\u{1b}[2J",
            "\n::error::x::y",
            "##[group]x",
            "{{ .password }}",
            "\" , \"x",
            "?sslmode=disable",
            "/../x",
            ".evil.example",
            "x@evil.example/",
            " ",
            "`",
            "|",
            "<b>",
            "é",
            "#",
        ];
        let odd = odd.into_iter().flat_map(around).map(Value::from);
        for wrong in odd.chain([
            json!(""),
            json!({"a": 1}),
            json!(0),
            json!(true),
            json!([own]),
        ]) {
            let read = outputs::read("outputs.json", with(key, &wrong).into_bytes(), agora);
            let problems = read.expect_err(&format!("{key}: {wrong}"));
            let is_at_key = |one: &Problem| one.message.contains(&format!("`{key}`"));
            assert!(
                problems.iter().any(is_at_key),
                "{key}: {wrong} {problems:?}"
            );
        }
        assert!(outputs::read("outputs.json", with(key, value).into_bytes(), agora).is_ok());
        fs::write(&file, with(key, &json!(format!("{own}{RAW}")))).unwrap();
        for words in [
            &["k8s", "dev3/agora"][..],
            &["handoff", "dev3/agora", "--dry-run"],
            &["handoff", "--all"],
        ] {
            let ran = run(&city, words);
            assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran}");
        }
    }
    for text in [
        RAW.to_owned(),
        json!({RAW: {"value": RAW}}).to_string(),
        json!([RAW]).to_string(),
    ] {
        fs::write(&file, text).unwrap();
        assert_eq!(run(&city, &["info", "dev3/agora"]).code, 1);
    }
}
