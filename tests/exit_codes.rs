//! What every command ends with: 0 fine; 1 problems; 2 wrong usage, or the machine refuses, told apart in words.
#![cfg(target_os = "linux")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::json;

use crate::support::{
    command::{Ran, command, run},
    described::{by_hand, document, merge},
    folder::{ANY, adoptable, edit, minimal, modules},
    outputs::applied,
    repository::init,
    terraform::Fake,
};

/// What a run can end with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Fine,
    Problems,
    Usage,
    Machine,
}
use End::{Fine, Machine, Problems, Usage};

/// Where a run takes place.
#[derive(Clone, Copy, Debug)]
enum At {
    /// A workspace with nothing wrong.
    Sound,
    /// The same with a config that does not compile, and one that is gone though its database is not.
    Wrong,
    /// The sound one, with a full disk behind standard output.
    Full,
}
use At::{Full, Sound, Wrong};

const ROWS: &[(At, &str, End)] = &[
    (Sound, "adopt dev3/found --from found.json --dry-run", Fine),
    (Sound, "adopt dev3/found --from valet.yaml", Problems),
    (Wrong, "adopt dev3/found --from found.json", Problems),
    (Sound, "adopt dev3/found", Usage),
    (Sound, "adopt dev3/found --from none.json", Machine),
    (Full, "adopt dev3/found --from found.json --report", Machine),
    (Sound, "affected --base HEAD", Fine),
    (Wrong, "affected --base HEAD", Problems),
    (Sound, "affected", Usage),
    (Full, "affected --base HEAD --format json", Machine),
    (Sound, "catalog", Fine),
    (Wrong, "catalog", Problems),
    (Sound, "catalog --format xml", Usage),
    (Full, "catalog", Machine),
    (Sound, "check", Fine),
    (Wrong, "check", Problems),
    (Sound, "check dev3/none", Usage),
    (Sound, "check --workspace no-such-folder", Machine),
    (Sound, "ci gitlab", Fine),
    (Wrong, "ci gitlab --check", Problems),
    (Sound, "ci", Usage),
    (Full, "ci github", Machine),
    (Sound, "completions bash", Fine),
    (Sound, "completions tcsh", Usage),
    (Full, "completions bash", Machine),
    (Sound, "create dev3/agora -i db.t4g.large", Fine),
    (Wrong, "create prod/search -i db.t4g.large", Problems),
    (Sound, "create dev3/fresh", Usage),
    (Full, "create dev3/agora -i db.t4g.large", Machine),
    (Sound, "diff --base HEAD", Problems),
    (Sound, "generate", Fine),
    (Sound, "diff --base HEAD", Fine),
    (Wrong, "diff --base HEAD", Problems),
    (Sound, "diff", Usage),
    (Full, "diff --base HEAD", Machine),
    (Sound, "explain dev3/agora", Fine),
    (Wrong, "explain prod/search", Problems),
    (Sound, "explain dev3/none", Usage),
    (Full, "explain dev3/agora", Machine),
    (Sound, "generate", Fine),
    (Wrong, "generate", Problems),
    (Sound, "generate dev3/none", Usage),
    (Sound, "generate --workspace no-such-folder", Machine),
    (Sound, "graph dev3/agora", Fine),
    (Wrong, "graph prod/search", Problems),
    (Sound, "graph", Usage),
    (Full, "graph dev3/agora", Machine),
    (Sound, "handoff dev3/agora", Fine),
    (Wrong, "handoff prod/search", Problems),
    (Sound, "handoff", Usage),
    (Full, "handoff dev3/agora", Machine),
    (Sound, "handoff --all --check", Problems),
    (Wrong, "handoff --all", Problems),
    (Sound, "handoff --all", Fine),
    (Sound, "handoff --all --check", Fine),
    (Sound, "handoff --all dev3/agora", Usage),
    (Sound, "handoff --all --out generated", Machine),
    (Sound, "info dev3/agora", Fine),
    (Wrong, "info prod/search", Problems),
    (Sound, "info", Usage),
    (Full, "info dev3/agora", Machine),
    (Sound, "init new", Fine),
    (Sound, "init new", Usage),
    (Sound, "init valet.yaml/new", Machine),
    (Sound, "k8s dev3/agora", Fine),
    (Wrong, "k8s prod/search", Problems),
    (Sound, "k8s", Usage),
    (Full, "k8s dev3/agora", Machine),
    (Sound, "list", Fine),
    (Wrong, "list", Problems),
    (Sound, "list --where color=red", Usage),
    (Full, "list", Machine),
    (Sound, "lock --platform linux", Usage),
    (Sound, "lock --workspace no-such-folder", Machine),
    (Sound, "preview dev3/agora", Fine),
    (Wrong, "preview prod/search", Problems),
    (Sound, "preview", Usage),
    (Full, "preview dev3/agora", Machine),
    (Sound, "privatelink dev3/agora", Fine),
    (Wrong, "privatelink prod/search", Problems),
    (Sound, "privatelink", Usage),
    (Full, "privatelink dev3/pinned", Machine),
    (Sound, "report", Fine),
    (Wrong, "report", Problems),
    (Sound, "report dev3/agora", Usage),
    (Full, "report", Machine),
    (Sound, "retire dev3/pinned", Fine),
    (Wrong, "retire prod/search", Problems),
    (Sound, "retire dev3/none", Usage),
    (Full, "retire dev3/pinned", Machine),
    (Sound, "rules", Fine),
    (Sound, "rules no-such-rule", Usage),
    (Full, "rules", Machine),
    (Sound, "schema config", Fine),
    (Sound, "schema", Usage),
    (Full, "schema config", Machine),
    (Sound, "upgrade plan --engine postgres --to 18", Fine),
    (Sound, "upgrade status --engine mysql --to 8.4", Fine),
    (Wrong, "upgrade plan --engine postgres --to 18", Problems),
    (Sound, "upgrade plan --engine postgres --to 19", Usage),
    (
        Sound,
        "upgrade apply --engine postgres --to 18 --wave early",
        Usage,
    ),
    (Full, "upgrade status --engine postgres --to 18", Machine),
];

/// The example workspace, applied and committed, with a private-link repository.
fn sound(name: &str) -> PathBuf {
    let city = applied(&format!("{name}/platform/city"));
    let links = city.join("network");
    fs::create_dir(&links).unwrap();
    fs::write(links.join("endpoints.yaml"), "# Ours.\n").unwrap();
    edit(
        &city.join("valet.yaml"),
        "modules:",
        "privatelink: {repository: network, file: endpoints.yaml}\ncatalog: {ownerTag: cost-center}\nmodules:",
    );
    adoptable(&city, ANY);
    let mut found = by_hand("found-2019");
    let arn = "arn:aws:rds:ap-northeast-1:111111111111:db:found-2019";
    merge(&mut found, &json!({"DBInstanceArn": arn}));
    fs::write(city.join("found.json"), document(&[found])).unwrap();
    modules(&city.join("../../modules"));
    // What a run before this one has written beside the workspace.
    let _ = fs::remove_dir_all(city.join("../../.github"));
    init(&city);
    city
}

fn wrong(name: &str) -> PathBuf {
    let city = sound(name);
    fs::write(city.join("configs/prod/search.yaml"), "shortname: [\n").unwrap();
    fs::remove_file(city.join("configs/dev3/agora.yaml")).unwrap();
    city
}

fn run_full(folder: &Path, line: &str) -> Ran {
    let words: Vec<_> = line.split(' ').collect();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut command = command(folder, &words);
    let child = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    Ran::of(child.wait_with_output().unwrap())
}

fn assert_ends(ran: &Ran, end: End, line: &str) {
    let code = match end {
        Fine => 0,
        Problems => 1,
        Usage | Machine => 2,
    };
    assert_eq!(ran.code, code, "{line}: {ran}");
    let is_said = |start| ran.err.lines().any(|line: &str| line.starts_with(start));
    assert_eq!(is_said("error: "), end == Usage, "{line}: {ran}");
    assert_eq!(is_said("system error: "), end == Machine, "{line}: {ran}");
}

#[test]
fn every_command_ends_with_the_code_of_its_result() {
    let (sound, wrong) = (sound("exit-sound"), wrong("exit-wrong"));
    for (at, line, end) in ROWS {
        let ran = match at {
            Sound => run(&sound, line),
            Wrong => run(&wrong, line),
            Full => run_full(&sound, line),
        };
        assert_ends(&ran, *end, line);
    }
}

/// The gate asks for one unit, and for plans.
#[test]
fn the_gate_ends_with_the_code_of_its_verdict() {
    let folder = minimal("exit-gate");
    let plan = |name: &str| {
        let path = fs::canonicalize(format!("fixtures/plans/{name}.json")).unwrap();
        format!("gate {} --unit dev/orders", path.display())
    };
    for (line, end) in [
        (plan("in-place"), Fine),
        (plan("replace-instance"), Problems),
        (plan("in-place").replace("orders", "none"), Usage),
        ("gate no-such-plan.json".to_owned(), Machine),
    ] {
        assert_ends(&run(&folder, &line), end, &line);
    }
    assert_ends(&run_full(&folder, &plan("in-place")), Machine, "gate");
}

/// It asks for plans.
#[test]
fn drift_ends_with_the_code_of_what_was_found() {
    let folder = minimal("exit-drift");
    let plans = fs::canonicalize("fixtures/drift").unwrap();
    let of = |name: &str| format!("drift {}/{name}", plans.display());
    let kept = |name: &str| format!("drift --plans {}/{name}", plans.display());
    for (line, end) in [
        (kept("quiet"), Fine),
        (kept("changed"), Problems),
        (of("unit.json"), Problems),
        (of("workspace/valet.yaml"), Usage),
        (kept("workspace"), Usage),
        ("drift".to_owned(), Usage),
        ("drift --plans a b".to_owned(), Usage),
        (kept("nowhere"), Machine),
        (of("nowhere.json"), Machine),
    ] {
        assert_ends(&run(&folder, &line), end, &line);
    }
    assert_ends(&run_full(&folder, &kept("quiet")), Machine, "drift");
}

/// They ask for a Terraform.
#[test]
fn runs_end_with_the_code_of_what_comes_of_their_units() {
    let folder = minimal("exit-runs");
    let fake = Fake::new(
        &folder.with_file_name("exit-runs-terraform"),
        &["_environment", "orders"],
    );
    let plan = fs::read_to_string("fixtures/plans/in-place.json").unwrap();
    fake.says("orders", "plan.json", &plan);
    let apply = "apply --plans valet-plans";
    for (line, end) in [
        ("plan dev/orders", Problems),
        ("generate", Fine),
        ("plan dev/orders", Fine),
        ("plan", Usage),
        ("plan dev/orders --terraform nowhere/terraform", Machine),
        (apply, Fine),
        ("apply --plans generated", Usage),
        ("apply --plans nowhere", Machine),
    ] {
        let named = if line.starts_with("generate") || line.contains("--terraform") {
            line.to_owned()
        } else {
            format!("{line} --terraform {}", fake.program)
        };
        assert_ends(&run(&folder, &named), end, line);
    }
    fs::write(folder.join("configs/dev/orders.yaml"), "shortname: [\n").unwrap();
    let line = format!("{apply} --terraform {}", fake.program);
    assert_ends(&run(&folder, &line), Problems, apply);
}

#[test]
fn no_command_is_left_out() {
    let mut ends: BTreeMap<&str, BTreeSet<End>> = BTreeMap::new();
    for (_, line, end) in ROWS {
        let name = line.split(' ').next().unwrap();
        ends.entry(name).or_default().insert(*end);
    }
    let root = storage_valet_rds::cli::command("valet-rds");
    let names = root.get_subcommands().map(clap::Command::get_name);
    let names: BTreeSet<_> = names
        .filter(|name| !["apply", "drift", "gate", "plan"].contains(name))
        .collect();
    assert_eq!(ends.keys().copied().collect::<BTreeSet<_>>(), names);
    for (name, ends) in ends {
        let count = match name {
            // They read no config, so they have no problems.
            "completions" | "init" | "rules" | "schema" => 3,
            // It reads none either; with Terraform it is tried in a file of its own.
            "lock" => 2,
            _ => 4,
        };
        assert_eq!(ends.len(), count, "{name}: {ends:?}");
    }
}
