//! A campaign as a page for people who decide on it: an issue, or a comment.

use super::{
    Campaign, Unit,
    human::{background, headline, stories, support, title},
};
use crate::text::markdown::Markdown;

/// The campaign as a page: a table of each wave, what is to be done folded below.
#[must_use]
pub fn markdown(campaign: &Campaign) -> Markdown {
    let mut page = Markdown::new()
        .own("### ")
        .prose(&headline(campaign))
        .own("\n\n");
    for line in background(campaign) {
        page = page.own("- ").prose(&line).own("\n");
    }
    for wave in campaign.waves.iter().filter(|wave| !wave.units.is_empty()) {
        page = page
            .own("\n#### ")
            .prose(&title(wave))
            .own("\n\n| unit | state | has | support | window |\n|---|---|---|---|---|\n");
        page = wave.units.iter().fold(page, row);
        for (story, units) in stories(wave) {
            page = page.own("\n<details><summary>");
            page = page.list(&units, ", ", |page, unit: &&Unit| {
                page.html_prose(&unit.id.to_string())
            });
            page = page.own("</summary>\n\n");
            page = story.iter().fold(page, |page, line| {
                page.own("- ").prose(line.trim()).own("\n")
            });
            page = page.own("\n</details>\n");
        }
    }
    page
}

fn row(page: Markdown, unit: &Unit) -> Markdown {
    page.own("| ")
        .code(&unit.id.to_string())
        .own(" | ")
        .own(unit.state.as_str())
        .own(" | ")
        .code(&unit.from.to_string())
        .own(" | ")
        .prose(&support(unit))
        .own(" | ")
        .code(&unit.window)
        .own(" |\n")
}
