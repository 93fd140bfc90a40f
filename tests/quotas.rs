//! What an account takes when nobody has asked AWS for more, and how many units that is.

use std::{fs, path::Path};

use storage_valet_rds::diagnostic::Problem;

use crate::support::{
    folder::{edit, minimal},
    workspace::Workspace,
};

/// A workspace with so many units; the quotas that proxies and load balancers have by default are raised.
fn units(name: &str, count: usize) -> std::path::PathBuf {
    let folder = minimal(name);
    edit(
        &folder.join("valet.yaml"),
        "    defaults:",
        "    quotas: {proxies: 300, loadBalancers: 300, endpointsPerVpc: 300}\n    defaults:",
    );
    for number in 1..count {
        let text = format!("shortname: svc{number}\n");
        fs::write(folder.join(format!("configs/dev/svc{number}.yaml")), text).unwrap();
    }
    folder
}

/// What a check says about quotas, each as `code: message`.
fn said(folder: &Path) -> Vec<String> {
    let problems = Workspace::open(folder).problems;
    let of_quotas = |one: &&Problem| one.rule.code.starts_with("quota-");
    let found = problems.iter().filter(of_quotas);
    let mut said: Vec<_> = found
        .map(|one| format!("{}: {}", one.rule.code, one.message))
        .collect();
    said.sort();
    said
}

#[test]
fn an_account_ends_at_forty_databases() {
    assert_eq!(said(&units("quotas-31", 31)), Vec::<String>::new());
    let of = "account 111111111111 in eu-central-1 needs";
    let groups = "DB parameter groups, and one more for every major upgrade; its quota is 50";
    assert_eq!(
        said(&units("quotas-41", 41)),
        [
            format!("quota-exceeded: {of} 41 RDS instances; its quota is 40"),
            format!("quota-near: {of} 41 {groups}"),
        ]
    );
    assert_eq!(
        said(&units("quotas-220", 220)),
        [
            format!("quota-exceeded: {of} 220 {groups}"),
            format!("quota-exceeded: {of} 220 RDS instances; its quota is 40"),
        ]
    );
    let own = units("quotas-own-groups", 50);
    edit(
        &own.join("valet.yaml"),
        "    defaults:\n",
        "    defaults:\n      subnetGroup: own\n",
    );
    assert_eq!(
        said(&own),
        [
            format!("quota-exceeded: {of} 50 RDS instances; its quota is 40"),
            format!("quota-exceeded: {of} 51 DB subnet groups; its quota is 50"),
            format!("quota-near: {of} 50 {groups}"),
        ]
    );
}

#[test]
fn environments_of_one_account_share_its_roles_but_not_its_regions() {
    let folder = units("quotas-regions", 30);
    let path = folder.join("valet.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let (head, dev) = text.split_once("  dev:\n").unwrap();
    let more = dev
        .replace("configs/dev", "configs/east")
        .replace("storage-valet-rds/dev", "storage-valet-rds/east")
        .replace("region: eu-central-1", "region: us-east-1")
        .replace("apps:", "east:")
        .replace("/id/EXAMPLED", "/id/EXAMPLEE")
        .replace("proxies: 300", "proxies: 300, roles: 120");
    let dev = dev.replace("proxies: 300", "proxies: 300, roles: 110");
    fs::write(&path, format!("{head}  dev:\n{dev}  east:\n{more}")).unwrap();
    let east = folder.join("configs/east");
    fs::create_dir(&east).unwrap();
    for number in 0..30 {
        let text = format!("shortname: svc{number}\n");
        fs::write(east.join(format!("svc{number}.yaml")), text).unwrap();
    }
    // The larger of two stated quotas counts: 60 units with 2 roles, and 2 environments with 3.
    assert_eq!(
        said(&folder),
        ["quota-exceeded: account 111111111111 needs 126 IAM roles; its quota is 120"]
    );
}

#[test]
fn each_environment_with_a_topic_takes_four_of_an_accounts_event_subscriptions() {
    let folder = minimal("quotas-events");
    let path = folder.join("valet.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let (head, dev) = text.split_once("  dev:\n").unwrap();
    let write = |with_topic: usize, all: usize| {
        let environments = (0..all).map(|number| {
            let topic = if number < with_topic {
                "    alarmTopicArn: arn:aws:sns:eu-central-1:111111111111:alarms\n"
            } else {
                ""
            };
            let own = dev
                .replace("configs/dev", &format!("configs/dev{number}"))
                .replace("storage-valet-rds/dev", &format!("rds/dev{number}"));
            fs::create_dir_all(folder.join(format!("configs/dev{number}"))).unwrap();
            format!("  dev{number}:\n{topic}{own}")
        });
        fs::write(&path, head.to_owned() + &environments.collect::<String>()).unwrap();
    };
    let of = "account 111111111111 in eu-central-1 needs";
    write(3, 6);
    assert_eq!(said(&folder), Vec::<String>::new());
    write(5, 6);
    assert_eq!(
        said(&folder),
        [format!(
            "quota-near: {of} 20 RDS event subscriptions; its quota is 20"
        )]
    );
    write(6, 6);
    assert_eq!(
        said(&folder),
        [format!(
            "quota-exceeded: {of} 24 RDS event subscriptions; its quota is 20"
        )]
    );
}
