//! Line ends are git's business: what it turns back itself is no difference, and what it keeps is one.

use std::fs;

use crate::support::monorepo::Monorepo;

const MAIN: &str = "generated/dev/orders/main.tf";

fn text(repo: &Monorepo, path: &str) -> String {
    fs::read_to_string(repo.workspace.join(path)).unwrap()
}

/// Every command that compares finds nothing, and nothing is written.
fn assert_clean(repo: &Monorepo) {
    for line in [
        "check",
        "generate --check",
        "affected --base HEAD",
        "diff --base HEAD --deny in-place",
    ] {
        let ran = repo.run(line);
        assert_eq!(ran.code, 0, "{line}: {ran}");
        assert!(ran.out.is_empty() || line.starts_with("diff"), "{ran}");
    }
    assert_eq!(repo.run("diff --base HEAD").out, "no unit changes\n");
    let before = text(repo, MAIN);
    let ran = repo.run("generate");
    let nothing = "0 created, 0 updated, 0 removed, 5 unchanged\n";
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", nothing));
    assert_eq!(text(repo, MAIN), before);
    assert_eq!(repo.git("status --short"), "");
}

#[test]
fn a_checkout_with_the_line_ends_of_windows_is_clean() {
    let repo = Monorepo::new("line-ends");
    let clone = repo.clone("windows", "--config core.autocrlf=true");
    assert!(text(&clone, MAIN).contains("\r\n"));
    assert_clean(&clone);
    // By an attribute instead of a setting.
    fs::write(repo.top.join(".gitattributes"), "* text eol=crlf\n").unwrap();
    repo.git("add --renormalize .");
    repo.commit();
    let clone = repo.clone("attribute", "");
    assert!(text(&clone, MAIN).contains("\r\n"));
    assert_clean(&clone);
}

#[test]
fn a_change_in_such_a_checkout_is_that_change_alone() {
    let repo = Monorepo::new("line-ends-change").clone("windows", "--config core.autocrlf=true");
    repo.edit(
        "configs/dev/orders.yaml",
        "shortname: orders\r\n",
        "shortname: orders\r\nport: 6000\r\n",
    );
    let ran = repo.run("generate --check");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.err.contains("1 root not up to date"), "{ran}");
    let ran = repo.run("generate");
    assert_eq!(ran.out, "updated generated/dev/orders\n", "{ran}");
    assert_eq!(repo.run("generate --check").code, 0);
    assert_eq!(repo.run("affected --base HEAD").out, "dev/orders\n");
    repo.commit();
    assert_eq!(repo.git("show --stat --format= HEAD").lines().count(), 3);
    assert_eq!(repo.run("generate --check").code, 0);
}

#[test]
fn line_ends_that_git_would_keep_are_told_and_mended() {
    let repo = Monorepo::new("line-ends-kept");
    let main = text(&repo, MAIN);
    repo.write(MAIN, &main.replace('\n', "\r\n"));
    for is_committed in [false, true] {
        if is_committed {
            repo.write(MAIN, &main.replace('\n', "\r\n"));
            repo.commit();
        }
        let ran = repo.run("generate --check");
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran}");
        let said =
            "only the line ends differ, and git would keep them: generated/dev/orders/main.tf";
        assert!(ran.err.contains(said), "{ran}");
        assert_eq!(repo.run("generate").out, "updated generated/dev/orders\n");
        assert_eq!(text(&repo, MAIN), main);
    }
}

#[test]
fn a_new_workspace_tells_git_its_line_ends() {
    let repo = Monorepo::new("line-ends-init");
    let new = repo.top.join("new");
    let ran = repo.run("init ../../new");
    assert_eq!(ran.code, 0, "{ran}");
    let attributes = fs::read_to_string(new.join(".gitattributes")).unwrap();
    assert_eq!(attributes.lines().last(), Some("generated/** text eol=lf"));
    let root = new.join("generated/dev/orders");
    fs::create_dir_all(&root).unwrap();
    fs::write(root.join("main.tf"), "# one\n").unwrap();
    repo.commit();
    let clone = repo.clone("windows", "--config core.autocrlf=true");
    let root = clone.top.join("new/generated/dev/orders/main.tf");
    assert_eq!(fs::read_to_string(root).unwrap(), "# one\n");
    // Attributes that are there stay as they are.
    let there = repo.top.join("there");
    fs::create_dir(&there).unwrap();
    fs::write(there.join(".gitattributes"), "* -text\n").unwrap();
    let ran = repo.run("init ../../there");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.err.contains("generated/** text eol=lf"), "{ran}");
    let attributes = fs::read_to_string(there.join(".gitattributes")).unwrap();
    assert_eq!(attributes, "* -text\n");
}
