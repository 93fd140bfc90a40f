//! The fuzz targets for a moment: the same questions, asked with inputs that are the same in every run.

use std::fs;

use crate::support::{
    oracle,
    random::{PIECES, Random, text},
};

fn seeds() -> Vec<Vec<u8>> {
    let files = walkdir::WalkDir::new("fixtures").sort_by_file_name();
    let files = files.into_iter().map(Result::unwrap);
    let yaml = files.filter(|entry| entry.path().extension().is_some_and(|name| name == "yaml"));
    let seeds: Vec<_> = yaml
        .filter_map(|entry| fs::read(entry.path()).ok())
        .collect();
    assert!(seeds.len() > 50);
    seeds
}

/// A file with a few pieces put in, cut out or taken from another file.
fn mutated(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        let end = bytes.len().min(at + random.below(12));
        let piece = match random.below(4) {
            0 => Vec::new(),
            1 => vec![u8::try_from(random.below(256)).unwrap()],
            2 => random.one_of(PIECES).as_bytes().to_vec(),
            _ => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len());
                other[from..other.len().min(from + 40)].to_vec()
            }
        };
        bytes.splice(at..end, piece);
    }
    bytes
}

#[test]
fn any_bytes_are_rejected_or_compiled() {
    let seeds = seeds();
    let mut random = Random::new(1);
    for _ in 0..3000 {
        let bytes = mutated(&mut random, &seeds);
        oracle::bytes_are_rejected_or_compiled(&bytes);
    }
}

#[test]
fn any_text_survives_in_hcl() {
    let mut random = Random::new(2);
    for _ in 0..3000 {
        oracle::text_survives(&text(&mut random));
    }
}
