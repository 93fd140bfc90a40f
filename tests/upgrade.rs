//! Upgrade campaigns: every step is one that AWS offers, nothing else of a config changes, and nobody goes before his wave.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
};

use storage_valet_rds::{
    aws::{
        engine::{Engine, Upgrades},
        engine_version::EngineVersion,
    },
    compile::{self, Compiled, ConfigFile},
    diagnostic::rule::Severity,
    model::{
        Database, Environment,
        identity::UnitId,
        wave::Waves,
        world::{Asked, ByApply, Roots, World},
    },
    review::campaign::{Campaign, Goal, State, Unit, campaign},
};

use crate::support::{
    command::run,
    folder::{QUOTAS, city, edit, modules, paths},
    random::Random,
    repository::{commit, repository},
    workspace::today,
};

/// What was applied last, by unit.
#[derive(Default)]
struct Account(BTreeMap<UnitId, EngineVersion>);

impl Roots for Account {
    fn root_of(&self, database: &Database) -> Option<String> {
        Some(database.directory())
    }

    fn asked(&self, database: &Database) -> Asked {
        let by_apply = match self.0.get(&database.unit()) {
            None => ByApply::NoRecord,
            Some(version) => ByApply::Version {
                version: *version,
                waits: false,
            },
        };
        Asked {
            by_root: None,
            by_apply,
        }
    }
}

/// Configs by path, in one environment, and what was applied of them.
struct Fleet {
    environments: Vec<Arc<Environment>>,
    configs: BTreeMap<String, String>,
    account: Account,
}

impl Fleet {
    fn of(configs: BTreeMap<String, String>) -> Self {
        let valet = fs::read_to_string("fixtures/valet.yaml").unwrap();
        let room = "{clusters: 9999, clusterParameterGroups: 9999, ";
        let valet = format!("{valet}{}", QUOTAS.replace('{', room));
        let environments = compile::open(valet.into_bytes(), None).unwrap();
        let mut fleet = Self {
            environments,
            configs,
            account: Account::default(),
        };
        fleet.apply();
        fleet
    }

    fn compile(&self) -> Compiled {
        let file = |(path, text): (&String, &String)| ConfigFile {
            environment: "dev".to_owned(),
            path: path.clone(),
            bytes: text.clone().into_bytes(),
        };
        let files = self.configs.iter().map(file).collect();
        let world = World::new(today(), &self.account);
        let compiled = compile::compile(&self.environments, files, world);
        let errors: Vec<_> = compiled
            .problems
            .iter()
            .filter(|one| one.rule.severity == Severity::Error)
            .map(|one| format!("{}: {}", one.span.file.path, one.message))
            .collect();
        assert_eq!(errors, Vec::<String>::new());
        assert_eq!(compiled.databases.len(), self.configs.len());
        compiled
    }

    /// Everything is applied as it stands.
    fn apply(&mut self) {
        let versions = self.compile().databases.into_iter();
        let versions = versions.map(|one| (one.unit(), one.engine_version.value));
        self.account.0 = versions.collect();
    }

    fn campaign(&self, goal: Goal) -> Campaign {
        let compiled = self.compile();
        let world = World::new(today(), &self.account);
        let waves = Waves::of(&self.environments);
        campaign(goal, &compiled.databases, world, &waves)
    }

    /// Edits some of what can be edited.
    fn edit(&mut self, goal: Goal, is_meant: &mut dyn FnMut() -> bool) -> usize {
        let campaign = self.campaign(goal);
        let mut count = 0;
        for unit in campaign.units().filter(|unit| unit.state == State::Open) {
            let text = unit.edited.clone().unwrap();
            let old = &self.configs[&unit.file];
            assert_one_line(old, &text, unit);
            if is_meant() {
                self.configs.insert(unit.file.clone(), text);
                count += 1;
            }
        }
        count
    }

    /// Takes everything as far as it goes.
    fn finish(&mut self, goal: Goal) {
        for _ in 0..10 {
            if self.edit(goal, &mut || true) == 0 {
                return;
            }
            self.apply();
        }
        panic!("it never ends");
    }
}

/// That nothing but the version is another.
fn assert_one_line(old: &str, new: &str, unit: &Unit) {
    let rest = |text: &str| -> Vec<String> {
        let lines = text.lines().map(str::to_owned);
        lines
            .filter(|line| !line.starts_with("engineVersion:"))
            .collect()
    };
    assert_eq!(rest(old), rest(new));
    let to = unit.way[0].to;
    let line = format!("engineVersion: \"{to}\"");
    assert!(new.lines().any(|one| one.starts_with(&line)), "{new}");
}

/// That AWS offers an upgrade in one step, by the file of the engine alone: told in another way than the code under test.
fn assert_offered(engine: Engine, from: EngineVersion, to: EngineVersion) {
    let facts = engine.facts();
    let place = |version: EngineVersion| {
        facts
            .majors
            .iter()
            .position(|major| version.is_of(major.version))
            .unwrap()
    };
    let (before, after) = (place(from), place(to));
    let minors = |at: usize| facts.majors[at].minors().collect::<Vec<_>>();
    let is_major_alone = |at: usize, version| facts.majors[at].version == version;
    if !is_major_alone(after, to) {
        assert!(minors(after).contains(&to), "{from} to {to}");
        let closing = facts.majors[after].closing(to);
        assert!(
            closing.is_none_or(|closing| today() < closing.creation),
            "{to}"
        );
    }
    if before == after {
        assert!(from < to, "{from} to {to}");
        return;
    }
    assert!(before < after, "{from} to {to}");
    match facts.upgrades {
        Upgrades::ToNext => assert_eq!(before + 1, after, "{from} to {to}"),
        Upgrades::ToAny => {}
        Upgrades::ToAnyAsNew if is_major_alone(after, to) => {
            assert!(is_major_alone(before, from), "{from} to {to}");
        }
        Upgrades::ToAnyAsNew => {
            let since = |at: usize, version| {
                let all = minors(at);
                all.len() - 1 - all.iter().position(|one| *one == version).unwrap()
            };
            let runs = if is_major_alone(before, from) {
                0
            } else {
                since(before, from)
            };
            assert!(since(after, to) <= runs, "{from} to {to}");
        }
    }
}

/// Without it, no major upgrade of a cluster is let through.
const AT_ONCE: &str =
    "applyImmediately: {reason: an evening without the database, expires: 2026-12-31}\n";

fn mixed(random: &mut Random, count: usize) -> BTreeMap<String, String> {
    let unit = |number: usize| {
        let engine = random.one_of(Engine::ALL);
        let facts = engine.facts();
        let major = &facts.majors[random.below(facts.majors.len())];
        let minors: Vec<_> = major.minors().collect();
        let version = match random.below(4) {
            0 => None,
            1 => Some(major.version),
            _ => Some(minors[random.below(minors.len())]),
        };
        let mut text = format!(
            "# Unit {number}.\nshortname: s{number}\nengine: {}  # theirs\n",
            engine.as_str()
        );
        if let Some(version) = version {
            text += &[
                "engineVersion: \"",
                &version.to_string(),
                "\"   # since long\n",
            ]
            .concat();
        }
        if !facts.default_database_is_for_pods {
            text.push_str("databaseName: app\n");
        }
        if facts.is_cluster() {
            text.push_str("instanceClass: db.r7g.large\n");
            if random.below(2) == 0 {
                text.push_str(AT_ONCE);
            }
        }
        if random.below(5) == 0 && engine == Engine::Postgres {
            text.push_str("parameters:\n  work_mem: \"65536\" # kB\n");
        }
        (format!("configs/dev/u{number}.yaml"), text)
    };
    (0..count).map(unit).collect()
}

#[test]
fn a_thousand_databases_go_only_ways_that_aws_offers_and_an_interrupted_campaign_ends_the_same() {
    let mut random = Random::new(17);
    let mut fleet = Fleet::of(mixed(&mut random, 1000));
    let version = |text: &str| text.parse().unwrap();
    let (mut seen, mut cannot_wait) = (BTreeSet::new(), 0);
    for (engine, to) in [
        (Engine::Postgres, "16.13"),
        (Engine::Postgres, "17"),
        (Engine::Postgres, "18.4"),
        (Engine::AuroraPostgresql, "17.9"),
        (Engine::AuroraPostgresql, "18"),
        (Engine::AuroraMysql, "8.0.mysql_aurora.3.12.0"),
        (Engine::AuroraMysql, "8.4"),
        (Engine::Mysql, "8.4"),
        (Engine::Mariadb, "11.4.10"),
        (Engine::Mariadb, "11.8"),
    ] {
        let goal = Goal {
            engine,
            to: version(to),
        };
        let start = fleet.campaign(goal);
        for unit in start.units() {
            let mut from = unit.from;
            for hop in &unit.way {
                assert_offered(engine, from, hop.to);
                from = hop.to;
            }
            assert_eq!(
                unit.state == State::Open,
                !unit.way.is_empty(),
                "{}",
                unit.id
            );
            assert_eq!(
                unit.state == State::Open,
                unit.edited.is_some(),
                "{}",
                unit.id
            );
            assert_eq!(
                unit.state == State::Blocked,
                !unit.why.is_empty(),
                "{}",
                unit.why
            );
            seen.insert(unit.state);
            cannot_wait += usize::from(unit.why.ends_with("(upgrade-waits)"));
            if unit.state == State::Open {
                assert!(!from.is_older_than(goal.to), "{} ends at {from}", unit.id);
            }
        }
        let mut interrupted = Fleet {
            environments: fleet.environments.clone(),
            configs: fleet.configs.clone(),
            account: Account(fleet.account.0.clone()),
        };
        fleet.finish(goal);
        let mut left = random.below(120);
        let mut some = || {
            left = left.saturating_sub(1);
            left > 0
        };
        interrupted.edit(goal, &mut some);
        // What is edited and not applied is left alone by the next run.
        interrupted.edit(goal, &mut || true);
        interrupted.apply();
        interrupted.finish(goal);
        assert_eq!(
            interrupted.configs,
            fleet.configs,
            "{} to {to}",
            engine.as_str()
        );
        let end = fleet.campaign(goal);
        let states: BTreeSet<_> = end.units().map(|unit| unit.state).collect();
        assert!(
            states.is_subset(&[State::Done, State::Blocked].into()),
            "{states:?}"
        );
        assert_eq!(end.count(State::Blocked), start.count(State::Blocked));
    }
    assert_eq!(seen, [State::Done, State::Open, State::Blocked].into());
    // What a review would refuse is not written.
    assert!(cannot_wait > 50, "{cannot_wait}");
}

const WAVES: &str = "upgrades:\n  waves:\n  - {name: early, environments: [dev3]}\n  - {name: late, units: [\"prod/*\"]}\nmodules:";

fn texts(folder: &Path) -> BTreeMap<String, String> {
    let files = walkdir::WalkDir::new(folder.join("configs")).into_iter();
    let files = files
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).unwrap();
            (
                path.display().to_string(),
                fs::read_to_string(entry.path()).unwrap(),
            )
        })
        .collect()
}

/// Records that everything is applied as it stands.
fn record(folder: &Path, environment: &str, version: &str) {
    let roots = fs::read_dir(folder.join("generated").join(environment)).unwrap();
    for root in roots.map(|entry| entry.unwrap().path()) {
        let text = format!(
            "{{\"formatVersion\": \"1.0\", \"commit\": null, \"inputs\": {{\"root\": \"\", \"lock\": \"\", \"modules\": \"\"}}, \"state\": {{\"lineage\": \"x\", \"serial\": 1}}, \"waiting\": {{}}, \"engineVersion\": \"{version}\"}}\n"
        );
        fs::write(root.join("applied.json"), text).unwrap();
    }
}

#[test]
fn one_wave_goes_after_the_other() {
    let folder = city("upgrade-waves");
    edit(&folder.join("valet.yaml"), "modules:", WAVES);
    assert_eq!(run(&folder, "generate").code, 0);
    let before = texts(&folder);
    let line = "upgrade apply --engine postgres --to 18";
    let dry = run(&folder, &format!("{line} --dry-run"));
    assert!(
        dry.out.contains("would update configs/dev3/agora.yaml: "),
        "{dry}"
    );
    assert_eq!(texts(&folder), before);
    let refused = run(&folder, &format!("{line} --wave late"));
    assert_eq!(refused.code, 1, "{refused}");
    assert!(
        refused
            .err
            .contains("left prod/agora: the wave `early` is not through: "),
        "{refused}"
    );
    assert_eq!(texts(&folder), before);
    let first = run(&folder, line);
    assert!(
        first.out.contains("updated configs/dev3/agora.yaml: "),
        "{first}"
    );
    let after = texts(&folder);
    for (path, text) in &after {
        let is_of_wave = path.starts_with("configs/dev3/");
        assert!(is_of_wave || before[path] == *text, "{path}");
    }
    assert_ne!(after, before);
    let second = run(&folder, line);
    assert!(
        second.out.contains("wave early: 0 configs written"),
        "{second}"
    );
    assert_eq!(texts(&folder), after);
    // By hand it is no better.
    let config = folder.join("configs/prod/search.yaml");
    let text = fs::read_to_string(&config).unwrap();
    assert_eq!(run(&folder, "generate").code, 0);
    record(&folder, "dev3", "17");
    fs::write(&config, format!("{text}engineVersion: \"18\"\n")).unwrap();
    let check = run(&folder, "check");
    assert_eq!(check.code, 1, "{check}");
    assert!(check.err.contains("policy-upgrade-wave"), "{check}");
    assert_eq!(run(&folder, "generate").code, 1);
    let waiver =
        "waivers:\n- {rule: policy-upgrade-wave, reason: it goes first, expires: 2026-12-31}\n";
    fs::write(&config, format!("{text}engineVersion: \"18\"\n{waiver}")).unwrap();
    assert!(!run(&folder, "check").err.contains("policy-upgrade-wave"));
    fs::write(&config, &text).unwrap();
    // Once all of the first wave is applied, the second one goes.
    record(&folder, "dev3", "18");
    let late = run(&folder, line);
    assert!(
        late.out.contains("updated configs/prod/search.yaml: "),
        "{late}"
    );
    let status = run(
        &folder,
        "upgrade status --engine postgres --to 18 --wave late",
    );
    assert!(status.out.contains("waiting   prod/search"), "{status}");
}

/// Another version of the modules in one environment is a change of that environment alone.
#[test]
fn modules_of_one_wave_leave_every_other_unit_byte_for_byte() {
    let folder = repository("upgrade-modules");
    assert_eq!(run(&folder, "generate").code, 0);
    commit(&folder);
    let roots = |environment: &str| {
        let folder = folder.join("generated").join(environment);
        let inner = paths(&folder).into_iter();
        let files = inner.filter(|path| folder.join(path).is_file());
        files
            .map(|path| (fs::read(folder.join(&path)).unwrap(), path))
            .collect::<Vec<_>>()
    };
    let (dev, prod) = (roots("dev3"), roots("prod"));
    modules(&folder.join("../../modules-next"));
    edit(
        &folder.join("valet.yaml"),
        "    configs: configs/dev3\n",
        "    configs: configs/dev3\n    modules: {source: ../../modules-next}\n",
    );
    assert_eq!(run(&folder, "generate").code, 0);
    assert_eq!(roots("prod"), prod);
    assert_ne!(roots("dev3"), dev);
    let diff = run(&folder, "diff --base HEAD --format json");
    let diff: serde_json::Value = serde_json::from_str(&diff.out).unwrap();
    let units = diff["units"].as_array().unwrap();
    let of_wave = fs::read_dir(folder.join("generated/dev3")).unwrap().count();
    assert_eq!(units.len(), of_wave);
    for unit in units {
        assert!(
            unit["unit"].as_str().unwrap().starts_with("dev3/"),
            "{unit}"
        );
    }
}
