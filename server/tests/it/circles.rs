//! No file of `app` or `server` imports another one that imports it, by whatever way. Parents and children aside: a module
//! and those inside of it are one house.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use crate::tidy::{rust_files, without_tests};

/// A module, as the path to it from the crate's root.
type Module = Vec<String>;

/// What a `use` tree names, each as one path: `a::{b, c::D}` names `a::b` and `a::c::D`.
fn paths(tree: &str) -> Vec<String> {
    let Some((before, rest)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        return vec![path.split_whitespace().collect()];
    };
    let inner = rest.rsplit_once('}').map_or(rest, |(inner, _)| inner);
    let (mut depth, mut branches) = (0, vec![String::new()]);
    for character in inner.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                branches.push(String::new());
                continue;
            }
            _ => {}
        }
        branches.last_mut().unwrap().push(character);
    }
    let before: String = before.split_whitespace().collect();
    branches
        .iter()
        .filter(|branch| !branch.trim().is_empty())
        .flat_map(|branch| paths(branch))
        .map(|path| format!("{before}{path}"))
        .collect()
}

/// The paths that a file names: in its imports, and in the midst of its code where they begin at the crate.
fn named(text: &str) -> Vec<String> {
    let mut named = Vec::new();
    for import in text.split("use ").skip(1) {
        if let Some((tree, _)) = import.split_once(';') {
            named.extend(paths(tree));
        }
    }
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
        named.push(rest[..end.unwrap_or(rest.len())].to_owned());
    }
    named
}

/// The module of these that a path leads into, seen from a module.
fn target(modules: &BTreeSet<Module>, from: &Module, path: &str) -> Option<Module> {
    let mut parts = path.split("::").peekable();
    let mut at = match parts.next()? {
        "crate" => Module::new(),
        "self" => from.clone(),
        "super" => {
            let mut above = from.clone();
            above.pop();
            while parts.next_if_eq(&"super").is_some() {
                above.pop();
            }
            above
        }
        _ => return None,
    };
    at.extend(parts.map(str::to_owned));
    while !modules.contains(&at) {
        at.pop()?;
    }
    Some(at)
}

fn module(source: &Path, file: &Path) -> Module {
    let within = file.strip_prefix(source).unwrap().with_extension("");
    let mut parts: Module = within
        .iter()
        .map(|part| part.to_str().unwrap().to_owned())
        .collect();
    if parts.last().is_some_and(|last| last == "mod") || parts == ["lib"] {
        parts.pop();
    }
    parts
}

fn imports(source: &Path) -> BTreeMap<Module, BTreeSet<Module>> {
    let files = rust_files(source);
    let modules: BTreeSet<_> = files.iter().map(|file| module(source, file)).collect();
    let of_each = files.iter().map(|file| {
        let from = module(source, file);
        let text = without_tests(&fs::read_to_string(file).unwrap());
        let named = named(&text).into_iter();
        let targets = named.filter_map(|path| target(&modules, &from, &path));
        let targets = targets.filter(|to| !to.starts_with(&from) && !from.starts_with(to));
        (from.clone(), targets.collect())
    });
    of_each.collect()
}

/// Those that lie on a circle: what is left when whoever imports nothing that is left is taken out, again and again.
fn circles(mut imports: BTreeMap<Module, BTreeSet<Module>>) -> BTreeMap<Module, BTreeSet<Module>> {
    loop {
        let before = imports.len();
        let left: BTreeSet<_> = imports.keys().cloned().collect();
        imports
            .values_mut()
            .for_each(|to| to.retain(|to| left.contains(to)));
        imports.retain(|_, to| !to.is_empty());
        if imports.len() == before {
            break;
        }
    }
    // And whoever is imported by nobody that is left only leads to one.
    loop {
        let before = imports.len();
        let imported: BTreeSet<_> = imports.values().flatten().cloned().collect();
        imports.retain(|from, _| imported.contains(from));
        if imports.len() == before {
            return imports;
        }
    }
}

#[test]
fn no_file_imports_itself_by_way_of_others() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for part in ["app", "server"] {
        let imports = imports(&root.join(part).join("src"));
        let edges: usize = imports.values().map(BTreeSet::len).sum();
        assert!(edges > 300, "{part}: only {edges} imports were found");
        let circles = circles(imports);
        assert!(circles.is_empty(), "{part}: {circles:#?}");
    }
}

#[test]
fn circles_of_any_length_are_found_and_what_only_leads_to_them_is_not_blamed() {
    let module = |name: &str| vec![name.to_owned()];
    for length in 2..6 {
        let names: Vec<_> = (0..length).map(|n| module(&n.to_string())).collect();
        let mut imports: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (n, from) in names.iter().enumerate() {
            let next = names[(n + 1) % length].clone();
            imports.insert(from.clone(), [next, module("leaf")].into());
        }
        imports.insert(module("leaf"), BTreeSet::new());
        imports.insert(module("before"), [names[0].clone()].into());
        let found: Vec<_> = circles(imports).into_keys().collect();
        assert_eq!(found, names);
    }
    let tree = "super::{a, b::{C, d as e}, self}";
    assert_eq!(
        paths(tree),
        ["super::a", "super::b::C", "super::b::d", "super::self"]
    );
}
