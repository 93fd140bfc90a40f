//! `report`: the page of a fleet, as far as no browser is needed. `cargo xtask report` looks at it in one.

use std::{collections::BTreeMap, fs, path::Path};

use data_encoding::BASE64;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use storage_valet_rds::{inspect::resolved, text::screen::Screen};

use crate::support::{
    command::{Ran, run},
    folder::{city, edit},
    workspace::Workspace,
};

fn page(folder: &Path) -> String {
    let Ran { code, out, err } = run(folder, "report");
    assert_eq!((code, err.as_str()), (0, ""));
    out
}

/// What stands between two texts.
fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = page.split_once(start).unwrap();
    rest.split_once(end).unwrap().0
}

fn data(page: &str) -> Value {
    let start = "<script type=\"application/json\" id=\"data\">";
    serde_json::from_str(between(page, start, "</script>")).unwrap()
}

/// Every value of a unit in the data, as the script of the page puts it together.
fn values(data: &Value, unit: &Value) -> BTreeMap<String, (String, String)> {
    let text = |number: &Value| {
        let number = usize::try_from(number.as_u64().unwrap()).unwrap();
        data["strings"][number].as_str().unwrap().to_owned()
    };
    let environment = &data["environments"][usize::try_from(unit["e"].as_u64().unwrap()).unwrap()];
    let mut said: BTreeMap<u64, [Value; 2]> = BTreeMap::new();
    for most in environment["values"].as_array().unwrap() {
        let pair = [most[1][0].clone(), most[1][1].clone()];
        said.insert(most[0].as_u64().unwrap(), pair);
    }
    let none = Vec::new();
    for own in unit["v"].as_array().unwrap_or(&none).chunks(3) {
        let key = own[0].as_u64().unwrap();
        if own[1] == -1 {
            said.remove(&key);
        } else {
            said.insert(key, [own[1].clone(), own[2].clone()]);
        }
    }
    let config = format!(
        "{}/{}.yaml",
        environment["configs"].as_str().unwrap(),
        unit["n"].as_str().unwrap()
    );
    said.into_iter()
        .map(|(key, [value, origin])| {
            let key = data["keys"][usize::try_from(key).unwrap()]
                .as_str()
                .unwrap();
            let origin = match origin.as_i64().unwrap() {
                line if line < 0 => format!("{config}:{}", -line),
                _ => text(&origin),
            };
            (key.to_owned(), (text(&value), origin))
        })
        .collect()
}

#[test]
fn the_page_runs_one_script_by_its_hash_and_loads_nothing() {
    let page = page(Path::new("fixtures/city"));
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\"");
    let hash = |text: &str| format!("'sha256-{}'", BASE64.encode(&Sha256::digest(text)));
    let script = hash(between(&page, "</script>\n<script>", "</script>"));
    let style = hash(between(&page, "<style>", "</style>"));
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; script-src {script}; style-src {style}; base-uri 'none'; form-action 'none'"
        )
    );
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("<style").count(), 1);
    for forbidden in [
        " src=",
        " style=",
        " onclick",
        "url(",
        "@import",
        "http://",
        "innerHTML",
        "eval(",
    ] {
        let markup = page
            .replace("http://www.w3.org/2000/svg", "")
            .replace("url(#", "");
        assert!(!markup.contains(forbidden), "{forbidden}");
    }
    assert!(Screen::takes(&page));
}

#[test]
fn every_value_is_there_with_its_origin() {
    let city = Workspace::open(Path::new("fixtures/city"));
    let data = data(&page(Path::new("fixtures/city")));
    let units = data["units"].as_array().unwrap();
    assert_eq!(units.len(), city.databases.len());
    for (unit, database) in units.iter().zip(&city.databases) {
        let expected: BTreeMap<_, _> = resolved::entries(database)
            .into_iter()
            .filter(|entry| !entry.value.is_null())
            .map(|entry| {
                let pair = (resolved::shown(&entry.value), entry.place(database));
                (entry.key.join("."), pair)
            })
            .collect();
        assert_eq!(values(&data, unit), expected, "{}", database.unit());
    }
}

#[test]
fn text_of_users_is_data() {
    let city = city("report-hostile");
    let hostile = "</script><img src=x onerror=alert(1)><!--";
    let config = city.join("configs/dev3/pinned.yaml");
    let text = fs::read_to_string(&config).unwrap();
    let more = format!(
        "proxy: {{initQuery: '{hostile}'}}\nwaivers: [{{rule: version-ending, reason: '{hostile}', expires: 2027-01-31}}]\n"
    );
    fs::write(&config, text + &more).unwrap();
    let page = page(&city);
    assert_eq!(page.matches("</script>").count(), 2);
    assert!(!page.contains("<img") && !page.contains("<!--"));
    let data = data(&page);
    let all = data["strings"].as_array().unwrap();
    assert!(all.contains(&json!(hostile)));
    assert!(page.contains("&#60;/script&#62;&#60;img src=x"));
}

#[test]
fn a_page_that_lacks_units_says_so() {
    let city = city("report-broken");
    fs::write(city.join("configs/prod/search.yaml"), "shortname: [\n").unwrap();
    let ran = run(&city, "report");
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("Not all is here: 1 error"));
    assert_eq!(data(&ran.out)["units"].as_array().unwrap().len(), 11);
    assert!(ran.err.contains("configs/prod/search.yaml"));
}

#[test]
fn links_lead_to_where_people_read_the_repository() {
    let city = city("report-links");
    assert_eq!(data(&page(&city))["files"], "");
    edit(
        &city.join("valet.yaml"),
        "modules:",
        "repositoryUrl: https://git.example.com/db/blob/main\nmodules:",
    );
    let files = data(&page(&city))["files"].as_str().unwrap().to_owned();
    assert!(
        files.starts_with("https://git.example.com/db/blob/main/") && files.ends_with('/'),
        "{files}"
    );
    edit(&city.join("valet.yaml"), "https://git", "javascript:");
    assert_eq!(run(&city, "report").code, 1);
}

#[test]
fn what_waits_for_a_window_is_there() {
    let city = city("report-waits");
    let root = city.join("generated/dev3/pinned");
    fs::create_dir_all(&root).unwrap();
    let record = json!({
        "formatVersion": "1.0", "commit": null,
        "inputs": {"root": "", "lock": "", "modules": ""},
        "state": {"lineage": "", "serial": 1},
        "waiting": {"module.rds.aws_db_instance.this": {"engine_version": [{"known": "17.9"}, {"known": "17.10"}]}},
    });
    fs::write(root.join("applied.json"), record.to_string()).unwrap();
    let page = page(&city);
    assert!(page.contains("<b>1</b> wait for a maintenance window"));
    let data = data(&page);
    let unit = data["units"]
        .as_array()
        .unwrap()
        .iter()
        .find(|unit| unit["n"] == "pinned");
    let waiting = unit.unwrap()["q"].as_array().unwrap();
    assert_eq!(waiting.len(), 1);
}
