//! How long each stage takes for one config: `cargo bench`.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a benchmark reads its inputs, and ends without them"
)]

use std::{fs, hint::black_box, sync::Arc};

use criterion::{BatchSize, Criterion};
use storage_valet_rds::{
    compile,
    config::schema,
    model::{Environment, resolve::resolve, world::World},
    rules,
    terraform::{
        lower,
        print::{print_file, print_root},
    },
    text::date::Date,
    yaml::Document,
};

const TODAY: Date = Date::constant(2026, 1, 15);

fn city() -> Arc<Environment> {
    let workspace = fs::read("fixtures/city/valet.yaml").expect("the city is there");
    let environments = compile::open(workspace, None).expect("the city is valid");
    let found = environments.into_iter().find(|known| known.name == "prod");
    found.expect("the city has a prod")
}

/// A config of the fleet, a config with every key, and one that only the full reader of YAML takes.
fn configs() -> [(&'static str, Vec<u8>); 3] {
    let read = |path| fs::read(path).expect("the city has this config");
    let fleet = read("fixtures/city/configs/dev3/test-dev.yaml");
    let full = read("fixtures/city/configs/prod/ledger.yaml");
    let odd = [fleet.as_slice(), b"tags: {'team': 'fleet'}\n"].concat();
    [("fleet", fleet), ("every key", full), ("full reader", odd)]
}

fn stages(criterion: &mut Criterion) {
    let city = city();
    for (name, bytes) in configs() {
        let mut group = criterion.benchmark_group(name);
        let parse = |bytes| Document::parse("configs/prod/test-dev.yaml", bytes);
        let source = parse(bytes.clone()).expect("it is valid");
        let database = resolve(&source, "test-dev", &city).expect("it is valid");
        let root = lower::unit(&database);
        group.bench_function("parse", |bencher| {
            bencher.iter_batched(|| bytes.clone(), parse, BatchSize::SmallInput);
        });
        group.bench_function("schema", |bencher| {
            bencher.iter(|| schema::CONFIG.check(black_box(&source)));
        });
        group.bench_function("resolve", |bencher| {
            bencher.iter(|| resolve(black_box(&source), "test-dev", &city));
        });
        group.bench_function("rules", |bencher| {
            bencher.iter(|| rules::database(black_box(&database), "test-dev", World::on(TODAY)));
        });
        group.bench_function("lower", |bencher| {
            bencher.iter(|| lower::unit(black_box(&database)));
        });
        group.bench_function("print files", |bencher| {
            bencher.iter(|| {
                for file in &root.files {
                    black_box(print_file(&root.written_in, black_box(&file.blocks)));
                }
            });
        });
        group.bench_function("print root", |bencher| {
            bencher.iter(|| print_root(black_box(&root)));
        });
        group.finish();
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    stages(&mut criterion);
    criterion.final_summary();
}
