//! `create`: a config appears or changes in place, and never breaks.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use insta::assert_snapshot;

use crate::support::{
    command::{Ran, run, valet},
    folder::{city, copy},
    workspace::TODAY,
};

const SAMPLE: &str = "\
allocatedStorage: \"50\"
backupRetentionPeriod: 1
backupWindow: 16:00-17:00
encrypted: true
iamRoleName: test-dev-dev3-proxy-access
instanceClass: db.t3.large
maintenanceWindow: Sun:18:00-Sun:19:00
namespace: test-dev
serviceAccountName: test-dev-sa
shortname: testdev
username: postgres
";

/// What a new file begins with.
const FIRST: &str = "# yaml-language-server: $schema=../../schemas/config.schema.json\n";

const CONFIG: &str = "configs/dev3/test-dev.yaml";

/// The example workspace without the sample's config.
fn without_sample(name: &str) -> PathBuf {
    let city = city(&format!("create-{name}"));
    fs::remove_file(city.join(CONFIG)).unwrap();
    city
}

fn read(city: &Path) -> String {
    fs::read_to_string(city.join(CONFIG)).unwrap()
}

#[test]
fn only_what_is_given_is_written() {
    let city = without_sample("given");
    let ran = run(
        &city,
        "--environment dev3 --namespace test-dev create -i db.t3.large -s 50 -sn testdev",
    );
    assert_snapshot!(ran, @r#"
    exit code 0
    --- stdout ---
    # yaml-language-server: $schema=../../schemas/config.schema.json
    allocatedStorage: "50"
    instanceClass: db.t3.large
    shortname: testdev
    --- stderr ---
    note: schemas/config.schema.json, which the first line shows to editors, is not there: `mkdir -p schemas && valet-rds schema config > schemas/config.schema.json`
    created configs/dev3/test-dev.yaml
    next: run `valet-rds generate dev3/test-dev` and commit what both wrote for review
    "#);
    assert_eq!(read(&city), ran.out);
    assert_eq!(run(&city, "generate dev3/test-dev").code, 0);
}

#[test]
fn every_way_to_name_the_unit_and_the_options_means_the_same() {
    let options = "-i db.t3.large -s 50 -u postgres -sn testdev -en true -bw 16:00-17:00 -br 1 -mw Sun:18:00-Sun:19:00 --write-defaults";
    let long = "--instance-class=db.t3.large --allocated-storage 50 --username postgres --shortname testdev --encrypted --backup-window 16:00-17:00 --backup-retention-period 1 --maintenance-window Sun:18:00-Sun:19:00 --write-defaults";
    let sets = "--set instanceClass=db.t3.large --set allocatedStorage=50 --set shortname=testdev --set backupRetentionPeriod=1 --write-defaults";
    for (index, line) in [
        format!("--environment dev3 --namespace test-dev create {options}"),
        format!("create --environment dev3 --namespace test-dev {options}"),
        format!("--namespace test-dev create {options} --environment=dev3"),
        format!("create dev3/test-dev {long}"),
        format!("create {sets} dev3/test-dev"),
        format!(
            "create dev3/test-dev {}",
            options.replace("-sn testdev", "-sn=testdev")
        ),
    ]
    .iter()
    .enumerate()
    {
        let city = without_sample(&format!("ways-{index}"));
        let ran = run(&city, line);
        assert_eq!(ran.code, 0, "{line}: {}", ran.err);
        assert_eq!(ran.out, format!("{FIRST}{SAMPLE}"), "{line}");
        assert_eq!(read(&city), ran.out, "{line}");
    }
}

#[cfg(unix)]
#[test]
fn the_same_program_is_the_plugin_of_agoractl_under_its_name() {
    let city = without_sample("plugin");
    let plugin = city.join("agoractl-rds");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_valet-rds"), &plugin).unwrap();
    let run = |line: &str| {
        let output = Command::new(&plugin)
            .args(line.split(' '))
            .args(["--today", TODAY])
            .current_dir(&city)
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        Ran::of(output)
    };
    let made = run(
        "--environment dev3 --namespace test-dev create -i db.t3.large -s 50 -u postgres -sn testdev",
    );
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(
        made.err
            .contains("run `agoractl rds generate dev3/test-dev`"),
        "{}",
        made.err
    );
    let help = run("create --help").out;
    assert!(
        help.contains("Usage: agoractl rds create [OPTIONS] [UNIT]"),
        "{help}"
    );
    let wrong = run("create --no-such-option");
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.err.contains("Usage: agoractl rds create"),
        "{}",
        wrong.err
    );
}

#[test]
fn an_update_keeps_comments_order_quotes_and_keys_of_the_future() {
    let city = without_sample("keeps");
    let text = "\
# Ours.

username: postgres   # the old one
shortname: \"testdev\"
futureKey: {a: [1, 2]}
allocatedStorage: 50 # GiB
proxy:
    # seconds
    idleClientTimeout: 900
    later: x

# end
";
    fs::write(city.join(CONFIG), text).unwrap();
    let sets = "--set proxy.idleClientTimeout=600 --set proxy.maxConnectionsPercent=90 --set parameters.rds.log_retention_period=1440";
    let ran = run(
        &city,
        &format!("create dev3/test-dev -s 80 -i db.t4g.large {sets}"),
    );
    assert_snapshot!(ran, @r#"
    exit code 0
    --- stdout ---
    # Ours.

    username: postgres   # the old one
    shortname: "testdev"
    futureKey: {a: [1, 2]}
    allocatedStorage: 80 # GiB
    proxy:
        # seconds
        idleClientTimeout: 600
        later: x
        maxConnectionsPercent: 90

    # end
    instanceClass: db.t4g.large
    parameters:
      rds.log_retention_period: "1440"
    --- stderr ---
    note: `futureKey` is not known to this version; it is kept
    note: `proxy.later` is not known to this version; it is kept
    updated configs/dev3/test-dev.yaml
    next: run `valet-rds generate dev3/test-dev` and commit what both wrote for review
    "#);
    assert_eq!(read(&city), ran.out);
}

#[test]
fn the_same_call_twice_changes_nothing() {
    let city = without_sample("twice");
    let line = "create dev3/test-dev -sn testdev -s 50";
    run(&city, line);
    let before = fs::metadata(city.join(CONFIG)).unwrap().modified().unwrap();
    let ran = run(&city, line);
    assert!(
        ran.err
            .starts_with("unchanged: configs/dev3/test-dev.yaml\n"),
        "{}",
        ran.err
    );
    assert_eq!(
        fs::metadata(city.join(CONFIG)).unwrap().modified().unwrap(),
        before
    );
}

#[test]
fn a_file_that_is_broken_stays_as_it_is_and_the_place_is_shown() {
    for (name, text, span) in [
        (
            "syntax",
            &b"shortname: [testdev\n"[..],
            "test-dev.yaml:1:12",
        ),
        (
            "twice",
            b"shortname: a\nshortname: b\n",
            "test-dev.yaml:2:1",
        ),
        ("list", b"- shortname\n", "test-dev.yaml:1:1"),
        ("anchor", b"shortname: &a testdev\n", "test-dev.yaml:1:12"),
        ("latin", b"# caf\xe9\nshortname: a\n", "test-dev.yaml:1:6"),
        (
            "value",
            b"shortname: testdev\nport: high\n",
            "test-dev.yaml:2:7",
        ),
    ] {
        let city = without_sample(&format!("broken-{name}"));
        fs::write(city.join(CONFIG), text).unwrap();
        let count = || fs::read_dir(city.join("configs/dev3")).unwrap().count();
        let before = count();
        let ran = run(&city, "create dev3/test-dev -sn other");
        assert_eq!(ran.code, 1, "{name}: {}", ran.err);
        assert!(ran.err.contains(span), "{name}: {}", ran.err);
        assert_eq!(ran.out, "", "{name}");
        assert_eq!(fs::read(city.join(CONFIG)).unwrap(), text, "{name}");
        assert_eq!(count(), before, "{name}: nothing is left behind");
    }
}

#[test]
fn what_would_not_compile_is_not_written() {
    let city = without_sample("refused");
    let refused = |options: &str| {
        let ran = run(&city, &format!("create dev3/test-dev {options}"));
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{options}");
        ran.err
    };
    assert_snapshot!(refused("-sn agora"), @r"
    shortname-taken

      × `dev3/agora` already has the shortname `agora`
       ╭─[configs/dev3/test-dev.yaml:2:12]
     1 │ # yaml-language-server: $schema=../../schemas/config.schema.json
     2 │ shortname: agora
       ·            ─────
       ╰────
      help: choose another shortname

    Advice: 
      ☞ the other one is here
       ╭─[configs/dev3/agora.yaml:2:12]
     1 │ # The smallest config there is.
     2 │ shortname: agora
       ·            ─────
       ╰────

    1 error
    ");
    assert_snapshot!(refused("-sn testdev -i db.t9.large"), @r"
    unknown-class

      × there is no class family `t9`
       ╭─[configs/dev3/test-dev.yaml:2:16]
     1 │ # yaml-language-server: $schema=../../schemas/config.schema.json
     2 │ instanceClass: db.t9.large
       ·                ───────────
     3 │ shortname: testdev
       ╰────
      help: there are `m5`, `m5d`, `m6g`, `m6gd`, `m6i`, `m6id`, `m6idn`, `m6in`, `m7g`, `m7i`, `m8a`,
            `m8g`, `m8gd`, `m9g`, `r5`, `r5b`, `r5d`, `r6g`, `r6gd`, `r6i`, `r6id`, `r6idn`, `r6in`,
            `r7g`, `r7i`, `r8a`, `r8g`, `r8gd`, `t3`, `t4g`, `x2g`, `x2iedn`

    1 error
    ");
    assert_snapshot!(refused("-sn testdev -mw Sun:16:30-Sun:17:30"), @r"
    window-overlap

      × the backup window `16:00-17:00` overlaps the maintenance window `Sun:16:30-Sun:17:30`
       ╭─[configs/dev3/test-dev.yaml:2:20]
     1 │ # yaml-language-server: $schema=../../schemas/config.schema.json
     2 │ maintenanceWindow: Sun:16:30-Sun:17:30
       ·                    ───────────────────
     3 │ shortname: testdev
       ╰────
      help: move one of them; both are in UTC

    1 error
    ");
    assert_snapshot!(refused("-sn testdev -s lots"), @r"
    bad-format

      × `lots` does not have the form of `allocatedStorage`
       ╭─[configs/dev3/test-dev.yaml:2:19]
     1 │ # yaml-language-server: $schema=../../schemas/config.schema.json
     2 │ allocatedStorage: lots
       ·                   ────
     3 │ shortname: testdev
       ╰────
      help: write it like `allocatedStorage: 50`

    1 error
    ");
    assert_snapshot!(refused("-sn testdev --set iamRoleName=payments-iam-dev3-proxy-access"), @r"
    role-taken

      × `dev3/payments-iam` already has the IAM role `payments-iam-dev3-proxy-access`
       ╭─[configs/dev3/test-dev.yaml:2:14]
     1 │ # yaml-language-server: $schema=../../schemas/config.schema.json
     2 │ iamRoleName: payments-iam-dev3-proxy-access
       ·              ──────────────────────────────
     3 │ shortname: testdev
       ╰────
      help: choose another `iamRoleName`

    Advice: 
      ☞ the other one is here
       ╭─[configs/dev3/payments-iam.yaml:2:12]
     1 │ # Pods log in with an IAM token; only the application cluster may.
     2 │ namespace: payments-iam
       ·            ────────────
     3 │ shortname: payments
       ╰────

    1 error
    ");
    assert_snapshot!(refused("-sn testdev --set namespace=other"), @r"
    namespace-mismatch

      × the file is named `test-dev.yaml`, but the namespace is `other`
       ╭─[configs/dev3/test-dev.yaml:2:12]
     1 │ # yaml-language-server: $schema=../../schemas/config.schema.json
     2 │ namespace: other
       ·            ─────
     3 │ shortname: testdev
       ╰────
      help: write `namespace: test-dev`, or rename the file to `other.yaml`

    1 error
    ");
    assert!(!city.join(CONFIG).exists());
}

#[test]
fn the_first_config_of_an_environment_brings_its_folder_along() {
    let city = without_sample("first");
    fs::remove_dir_all(city.join("configs/dev3")).unwrap();
    let refused = run(&city, "create dev3/test-dev -sn testdev -s lots");
    assert_eq!(refused.code, 1, "{}", refused.err);
    assert!(!city.join("configs/dev3").exists());
    let ran = run(&city, "create dev3/test-dev -sn testdev");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(read(&city), ran.out);
    fs::remove_dir_all(city.join("configs/dev3")).unwrap();
    fs::write(city.join("configs/dev3"), "").unwrap();
    assert_eq!(run(&city, "create dev3/test-dev -sn testdev").code, 1);
}

#[test]
fn a_waiver_holds_while_a_config_is_made() {
    let city = without_sample("waiver");
    let valet_yaml = city.join("valet.yaml");
    let text = fs::read_to_string(&valet_yaml).unwrap();
    let policy = "configs: configs/dev3\n    policy: {requireMultiAz: true}";
    fs::write(&valet_yaml, text.replace("configs: configs/dev3", policy)).unwrap();
    let ran = run(&city, "create dev3/test-dev -sn testdev");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("policy-multi-az"), "{}", ran.err);
    let waiver = "waivers=[{rule: policy-multi-az, reason: a test, expires: \"2099-01-01\"}]";
    let arguments = ["create", "dev3/test-dev", "-sn", "testdev", "--set", waiver];
    let ran = valet(&city, &arguments);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(run(&city, "info dev3/test-dev").code, 0);
}

#[test]
fn problems_of_other_configs_are_not_ours() {
    let city = without_sample("others");
    fs::write(city.join("configs/dev3/agora.yaml"), "shortname: [\n").unwrap();
    fs::write(city.join("configs/prod/stray.yml"), "").unwrap();
    assert_eq!(run(&city, "create dev3/test-dev -sn testdev").code, 0);
}

#[test]
fn wrong_words_are_answered_with_the_right_ones() {
    let city = without_sample("words");
    let refused = |line: &str| {
        let ran = run(&city, line);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{line}");
        ran.err
    };
    assert_snapshot!(refused("create dev3/test-dev"), @"error: -sn/--shortname is missing");
    assert_snapshot!(refused("create --namespace test-dev -sn a"), @"error: --environment is missing; name the unit as ENVIRONMENT/NAMESPACE, or with --environment and --namespace");
    assert_snapshot!(refused("create --environment dev3 -sn a"), @"error: --namespace is missing; name the unit as ENVIRONMENT/NAMESPACE, or with --environment and --namespace");
    assert_snapshot!(refused("create dev9/test-dev -sn a"), @"error: there is no environment `dev9`; there are `dev3`, `prod`");
    assert_snapshot!(refused("create dev3/Test_Dev -sn a"), @"error: `Test_Dev` is not a namespace: use lower-case letters, digits and hyphens, at most 63");
    assert_snapshot!(refused("create dev3/../../etc/passwd -sn a"), @r"
    error: invalid value 'dev3/../../etc/passwd' for '[UNIT]': write ENVIRONMENT/NAMESPACE

    For more information, try '--help'.
    ");
    assert_snapshot!(refused("create --environment dev3 --namespace ../../etc/passwd -sn a"), @"error: `../../etc/passwd` is not a namespace: use lower-case letters, digits and hyphens, at most 63");
    assert_snapshot!(refused("create dev3/test-dev -snorders"), @r"
    error: `-snorders`: write `-sn orders`, or `--shortname=orders`

    Usage: valet-rds [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    assert_snapshot!(refused("create dev3/test-dev -sn a --set shortname=b"), @"error: `shortname` is set twice");
    assert_snapshot!(refused("create dev3/test-dev -sn a --set instanceclas=b"), @"error: there is no key `instanceclas`; did you mean `instanceClass`?");
    assert_snapshot!(refused("create dev3/test-dev -sn a --set tags={} --set tags.x=b"), @"error: `tags.x` is set twice");
    assert_snapshot!(refused("--environment prod create --environment dev3 --namespace a"), @"error: --environment is `prod` before the command and `dev3` after it");
    assert_snapshot!(refused("--environment prod check"), @"error: --environment and --namespace go with commands about one unit");
    assert_snapshot!(refused("create dev3/test-dev --environment dev3"), @r"
    error: the argument '[UNIT]' cannot be used with '--environment <ENVIRONMENT>'

    Usage: valet-rds create <UNIT>

    For more information, try '--help'.
    ");
    assert!(!city.join(CONFIG).exists());
}

#[cfg(unix)]
#[test]
fn nothing_is_written_outside_the_workspace() {
    use std::os::unix::fs::symlink;
    let city = without_sample("outside");
    let elsewhere = copy("fixtures/ok/minimal/configs/dev", "create-elsewhere");
    let theirs = elsewhere.join("orders.yaml");
    let before = fs::read(&theirs).unwrap();
    symlink(&theirs, city.join(CONFIG)).unwrap();
    let link = run(&city, "create dev3/test-dev -i db.t4g.large");
    assert_eq!(link.code, 2, "{}", link.err);
    assert!(
        link.err.contains("it leads out of this folder"),
        "{}",
        link.err
    );

    let valet = city.join("valet.yaml");
    let text = fs::read_to_string(&valet).unwrap();
    for folder in ["../create-elsewhere", "configs/link"] {
        fs::write(
            &valet,
            text.replace("configs: configs/dev3", &format!("configs: {folder}")),
        )
        .unwrap();
        let _ = symlink(&elsewhere, city.join("configs/link"));
        let ran = run(&city, "create dev3/fresh -sn fresh");
        assert_ne!(ran.code, 0, "{folder}: {}", ran.err);
        assert!(!elsewhere.join("fresh.yaml").exists(), "{folder}");
    }
    assert_eq!(fs::read(&theirs).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn permissions_and_line_ends_survive() {
    use std::os::unix::fs::PermissionsExt;
    let city = without_sample("permissions");
    let config = city.join(CONFIG);
    fs::write(&config, "shortname: testdev\r\nport: 5432 # here").unwrap();
    fs::set_permissions(&config, fs::Permissions::from_mode(0o640)).unwrap();
    let ran = run(
        &city,
        "create dev3/test-dev --set port=5433 -i db.t4g.large",
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        read(&city),
        "shortname: testdev\r\nport: 5433 # here\r\ninstanceClass: db.t4g.large\r\n"
    );
    assert_eq!(
        fs::metadata(&config).unwrap().permissions().mode() & 0o777,
        0o640
    );
}
