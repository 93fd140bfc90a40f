//! Questions at a terminal: what `create` asks for.
#![cfg(unix)]

use std::fs;

use crate::support::{folder::city, terminal::Terminal};

#[test]
fn at_a_terminal_what_is_missing_is_asked_for_until_it_is_right() {
    let city = city("asked");
    let valet = city.join("valet.yaml");
    let text = fs::read_to_string(&valet).unwrap();
    fs::write(&valet, text.replacen("      username: postgres\n", "", 1)).unwrap();
    for unit in [
        "agora",
        "pinned",
        "a-namespace-which-is-exactly-as-long-as-kubernetes-lets-them-be",
    ] {
        fs::remove_file(city.join(format!("configs/dev3/{unit}.yaml"))).unwrap();
    }
    let mut terminal = Terminal::start(&city, &["create"]);
    terminal.answer("environment (dev3, prod): ", "dev9\n");
    terminal.wait_for("the environments are `dev3`, `prod`");
    terminal.answer("environment (dev3, prod): ", "dev3\n");
    terminal.answer("namespace: ", "My Orders\n");
    terminal.wait_for("use lower-case letters, digits and hyphens");
    terminal.answer("namespace: ", "orders-dev\n");
    terminal.answer("shortname [ordersdev]: ", "testdev\n");
    terminal
        .wait_for("`dev3/test-dev` already has the shortname `testdev`; choose another shortname");
    terminal.answer("shortname [ordersdev]: ", "\n");
    terminal.answer("username [postgres]: ", "pg_admin\n");
    terminal.answer("username [postgres]: ", "orders\n");
    terminal.answer("instanceClass [db.t4g.medium]: ", "db.t4g.lrage\n");
    terminal.wait_for("does not have the form of `instanceClass`");
    terminal.answer("instanceClass [db.t4g.medium]: ", "\n");
    terminal.answer("allocatedStorage [50]: ", "5\n");
    terminal.answer("allocatedStorage [50]: ", "100\n");
    let (code, shown) = terminal.end();
    assert_eq!(code, 0, "{shown}");
    let text = fs::read_to_string(city.join("configs/dev3/orders-dev.yaml")).unwrap();
    assert_eq!(
        text,
        "# yaml-language-server: $schema=../../schemas/config.schema.json\nallocatedStorage: \"100\"\nshortname: ordersdev\nusername: orders\n"
    );
    assert!(
        shown.contains(&text) && shown.contains("created configs/dev3/orders-dev.yaml"),
        "{shown}"
    );
}

#[test]
fn who_leaves_in_the_middle_leaves_nothing_behind() {
    let city = city("left");
    let mut terminal = Terminal::start(&city, &["create", "dev3/fresh"]);
    terminal.answer("shortname [fresh]: ", "fresh\n");
    terminal.answer("instanceClass [db.t4g.medium]: ", "\u{4}");
    let (code, shown) = terminal.end();
    assert_eq!(code, 2);
    assert!(shown.contains("error: nothing was written"), "{shown}");
    assert!(!city.join("configs/dev3/fresh.yaml").exists());
}

#[test]
fn nothing_is_asked_when_nothing_is_missing() {
    let city = city("unasked");
    let terminal = Terminal::start(&city, &["create", "dev3/fresh", "-sn", "fresh"]);
    let (code, shown) = terminal.end();
    assert_eq!(code, 0, "{shown}");
    assert!(shown.starts_with("# yaml-language-server: "), "{shown}");
}
