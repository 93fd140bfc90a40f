//! `catalog`: databases as entities of Backstage, whose own validator `cargo xtask readers` asks.

use std::{collections::BTreeSet, fs, path::PathBuf};

use serde_json::{Value, json};

use crate::support::{
    command::run,
    folder::{city, edit},
};

const BLOCK: &str = "catalog: {ownerTag: team, systemTag: system, componentTag: component, dependsOnTag: needs}\nrepositoryUrl: https://git.example.com/db/blob/main\nmodules:";

fn workspace(name: &str) -> PathBuf {
    let city = city(name);
    edit(&city.join("valet.yaml"), "modules:", BLOCK);
    edit(
        &city.join("valet.yaml"),
        "cost-center: agora",
        "cost-center: agora\n      team: user:default/jo",
    );
    city
}

fn entities(folder: &std::path::Path) -> Vec<Value> {
    let ran = run(folder, "catalog --format json");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn an_entity_says_whose_a_database_is_and_who_uses_it() {
    let city = workspace("catalog-whole");
    edit(
        &city.join("configs/prod/ledger.yaml"),
        "tags:\n",
        "tags:\n  system: ledger\n  component: ledger-api component:jobs/ledger-worker\n  needs: resource:default/backups\n",
    );
    let all = entities(&city);
    let named = |name: &str| {
        all.iter()
            .find(|one| one["metadata"]["name"] == name)
            .unwrap()
    };
    let ledger = named("prod.ledger");
    assert_eq!(ledger["apiVersion"], "backstage.io/v1alpha1");
    assert_eq!(ledger["kind"], "Resource");
    assert_eq!(
        ledger["spec"],
        json!({
            "type": "database",
            "lifecycle": "active",
            "owner": "group:ledger",
            "system": "system:ledger",
            "dependsOn": ["resource:default/backups"],
            "dependencyOf": ["component:ledger-api", "component:jobs/ledger-worker"],
        })
    );
    assert_eq!(ledger["metadata"]["title"], "prod/ledger");
    let links: Vec<_> = ledger["metadata"]["links"]
        .as_array()
        .unwrap()
        .iter()
        .map(|link| link["url"].as_str().unwrap())
        .collect();
    assert!(
        links[0].starts_with("https://git.example.com/db/blob/main/")
            && links[0].ends_with("/configs/prod/ledger.yaml")
    );
    assert!(links[1].ends_with("/generated/prod/ledger"));
    assert_eq!(named("dev3.pinned")["spec"]["owner"], "user:default/jo");
    let different: BTreeSet<_> = all
        .iter()
        .map(|one| one["metadata"]["name"].as_str().unwrap())
        .collect();
    assert_eq!((different.len(), all.len()), (12, 12));
    for name in different {
        assert!(name.len() <= 63, "{name}");
    }
    let yaml = run(&city, "catalog").out;
    assert_eq!(yaml.matches("---\n").count(), 12);
}

#[test]
fn a_renamed_database_keeps_its_entity() {
    let city = workspace("catalog-renamed");
    let name = |city: &std::path::Path, title: &str| {
        let all = entities(city);
        let it = all
            .into_iter()
            .find(|one| one["metadata"]["title"] == title);
        it.unwrap()["metadata"]["name"].clone()
    };
    let before = name(&city, "dev3/agora");
    let configs = city.join("configs/dev3");
    let text = fs::read_to_string(configs.join("agora.yaml")).unwrap();
    fs::remove_file(configs.join("agora.yaml")).unwrap();
    fs::write(
        configs.join("forum.yaml"),
        text.replace("namespace: agora\n", "namespace: forum\n"),
    )
    .unwrap();
    assert_eq!(name(&city, "dev3/forum"), before);
}

#[test]
fn a_database_without_an_owner_is_a_problem_and_nothing_is_printed() {
    let city = city("catalog-ownerless");
    let without = run(&city, "catalog");
    assert_eq!((without.code, without.out.as_str()), (1, ""));
    assert!(without.err.contains("`catalog` is missing") && without.err.contains("valet.yaml"));
    edit(&city.join("valet.yaml"), "modules:", BLOCK);
    let ownerless = run(&city, "catalog");
    assert_eq!((ownerless.code, ownerless.out.as_str()), (1, ""));
    assert!(
        ownerless
            .err
            .contains("no tag `team` says who owns dev3/agora"),
        "{ownerless}"
    );
    let check = run(&city, "check");
    assert_eq!(check.code, 0);
    assert!(check.err.contains("catalog-owner"));
    // One that is gone belongs to nobody.
    for config in walkdir::WalkDir::new(city.join("configs")) {
        let path = config.unwrap().into_path();
        if path.is_file() && !path.ends_with("prod/ledger.yaml") {
            fs::remove_file(path).unwrap();
        }
    }
    assert_eq!(entities(&city).len(), 1);
}
