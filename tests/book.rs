//! The book: each of its pages is in the table of contents, each link leads somewhere, and each command that a page shows
//! prints what the page shows.
#![cfg(unix)]

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

use crate::support::book::Reader;

/// The page with which a reader begins; the others begin where it ends.
const FIRST: &str = "docs/tutorial.md";

/// The pages of the book, without the table of contents.
fn pages() -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new("docs").sort_by_file_name();
    let paths = entries.into_iter().map(|entry| entry.unwrap().into_path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .filter(|path| path != Path::new("docs/SUMMARY.md"))
        .collect()
}

/// Where the links of a page lead, outside of code.
fn links(page: &Path) -> Vec<String> {
    let text = fs::read_to_string(page).unwrap();
    let mut is_code = false;
    let prose = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    });
    prose
        .flat_map(|line| {
            line.split("](")
                .skip(1)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
        .filter(|link| !link.contains("://"))
        .collect()
}

/// The anchors that a page has, as GitHub and mdBook make them of its headings.
fn anchors(page: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(page).unwrap();
    let headings = text.lines().filter_map(|line| line.strip_prefix('#'));
    headings
        .map(|heading| {
            let heading = heading.trim_start_matches('#').trim().to_lowercase();
            let kept = |letter: &char| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter);
            heading
                .chars()
                .filter(kept)
                .collect::<String>()
                .replace(' ', "-")
        })
        .collect()
}

#[test]
fn every_page_is_in_the_table_of_contents_once() {
    let listed = links(Path::new("docs/SUMMARY.md"));
    let unique: BTreeSet<_> = listed
        .iter()
        .map(|link| Path::new("docs").join(link))
        .collect();
    assert_eq!(unique.len(), listed.len(), "{listed:?}");
    assert_eq!(unique, pages().into_iter().collect());
}

#[test]
fn every_link_leads_to_a_file_and_a_heading_of_it() {
    let others = [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
    ];
    let mut count = 0;
    for page in pages().into_iter().chain(others.map(PathBuf::from)) {
        for link in links(&page) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => page.clone(),
                file => page.parent().unwrap().join(file),
            };
            assert!(target.exists(), "{}: {link}", page.display());
            let is_there = anchor.is_empty() || anchors(&target).contains(anchor);
            assert!(is_there, "{}: {link}", page.display());
            count += 1;
        }
    }
    assert!(count > 40, "{count}");
}

/// A page of the book is read by whoever has only the book: what is beside it in the repository is not there.
#[test]
fn the_book_leads_to_itself_alone() {
    for page in pages() {
        for link in links(&page) {
            let up = link.matches("../").count();
            let depth = page.components().count() - 2;
            assert!(up <= depth, "{}: {link}", page.display());
        }
    }
}

#[test]
fn every_command_prints_what_its_page_shows() {
    let is_blessed = env::var("INSTA_UPDATE").is_ok_and(|value| value == "always");
    let mut counts = Vec::new();
    let mut wrong = Vec::new();
    let mut hold = |page: &Path, reader: &mut Reader| {
        let before = fs::read_to_string(page).unwrap();
        let (now, count) = reader.read(page);
        if count.run + count.not_run > 0 {
            assert!(reader.is_back(), "{}: not on a clean main", page.display());
            counts.push(format!(
                "{}: {} run, {} not",
                page.display(),
                count.run,
                count.not_run
            ));
        }
        if now != before {
            let diff = similar::TextDiff::from_lines(&before, &now);
            wrong.push(format!("{}\n{}", page.display(), diff.unified_diff()));
            if is_blessed {
                fs::write(page, &now).unwrap();
            }
        }
    };
    let mut first = Reader::new("book");
    hold(Path::new(FIRST), &mut first);
    for page in pages().iter().filter(|page| *page != Path::new(FIRST)) {
        let name = page.display().to_string().replace(['/', '.'], "-");
        hold(page, &mut Reader::after(&first, &name));
    }
    assert!(
        wrong.is_empty() || is_blessed,
        "`cargo xtask bless` takes what is printed:\n{}",
        wrong.join("\n")
    );
    insta::assert_snapshot!(counts.join("\n"), @"
    docs/tutorial.md: 6 run, 0 not
    docs/catalog.md: 3 run, 0 not
    docs/change.md: 6 run, 0 not
    docs/day-two/adopt.md: 2 run, 4 not
    docs/day-two/break-glass.md: 1 run, 2 not
    docs/day-two/drift.md: 4 run, 0 not
    docs/day-two/environment.md: 3 run, 0 not
    docs/day-two/rename.md: 3 run, 0 not
    docs/day-two/resize.md: 5 run, 0 not
    docs/day-two/restore.md: 1 run, 1 not
    docs/day-two/retire.md: 6 run, 0 not
    docs/day-two/rotate.md: 4 run, 1 not
    docs/day-two/upgrade.md: 4 run, 1 not
    docs/day-two/users.md: 5 run, 0 not
    docs/first-run.md: 0 run, 9 not
    docs/fleet.md: 4 run, 1 not
    docs/handoff.md: 4 run, 0 not
    docs/pipeline.md: 1 run, 0 not
    ");
}
