//! The parser: it takes what serde_json takes, with the same result.

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// The same tree. A number that is not whole has no value.
fn expected(value: &serde_json::Value) -> Value<'_> {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Boolean(*value),
        serde_json::Value::Number(number) => number.as_i64().map_or(Value::Number, Value::Integer),
        serde_json::Value::String(text) => Value::Text(Cow::Borrowed(text)),
        serde_json::Value::Array(items) => Value::Array(items.iter().map(expected).collect()),
        serde_json::Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, value)| (Cow::Borrowed(name.as_str()), expected(value)))
                .collect(),
        ),
    }
}

fn values() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|value| json!(value)),
        any::<i64>().prop_map(|value| json!(value)),
        any::<f64>().prop_map(|value| json!(value)),
        ".*".prop_map(|text| json!(text)),
    ];
    leaf.prop_recursive(4, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(|items| json!(items)),
            prop::collection::btree_map(".{0,5}", inner, 0..6).prop_map(|fields| json!(fields)),
        ]
    })
}

#[test]
fn escapes_are_read_as_what_they_stand_for() {
    let all = r#""\"\\\/\b\f\n\r\t\u00e4\ud83c\udfae \u0000""#;
    let text = "\"\\/\u{8}\u{c}\n\r\tä🎮 \0";
    assert_eq!(parse(all), Some(Value::Text(text.into())));
}

#[test]
fn what_is_not_json_is_refused() {
    for not_json in [
        "",
        " ",
        "{",
        "[1",
        "[1,]",
        "[,]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "nul",
        "truefalse",
        "1 2",
        "01",
        "-",
        "+1",
        ".5",
        "\"",
        "\"\n\"",
        r#""\x""#,
        r#""\u12""#,
        r#""\u+123""#,
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800\u0041""#,
        "NaN",
        "[1}",
        "'a'",
        "\u{a0}1",
    ] {
        assert_eq!(parse(not_json), None, "{not_json:?}");
        assert!(
            serde_json::from_str::<serde_json::Value>(not_json).is_err(),
            "{not_json:?}"
        );
    }
}

#[test]
fn what_is_nested_too_deeply_is_refused() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&nested(usize::from(DEEPEST))).is_some());
    assert_eq!(parse(&nested(usize::from(DEEPEST) + 1)), None);
    assert_eq!(parse(&nested(1_000_000)), None);
}

proptest! {
    #[test]
    fn any_value_is_read_as_serde_json_reads_it_however_it_is_spaced(value in values()) {
        let pretty = serde_json::to_string_pretty(&value).expect("JSON");
        for json in [value.to_string(), pretty] {
            prop_assert_eq!(parse(&json), Some(expected(&value)));
        }
    }

    #[test]
    fn what_is_damaged_is_refused_as_serde_json_refuses_it(
        value in values(),
        at in any::<prop::sample::Index>(),
        instead in prop::option::of("[\\x00-\\x7fäé\u{d7ff}]"),
    ) {
        let mut json = value.to_string();
        let starts: Vec<_> = json.char_indices().map(|(start, _)| start).collect();
        let start = starts[at.index(starts.len())];
        let end = start + json[start..].chars().next().map_or(0, char::len_utf8);
        json.replace_range(start..end, instead.as_deref().unwrap_or_default());
        match serde_json::from_str::<serde_json::Value>(&json) {
            Ok(_) => prop_assert!(parse(&json).is_some(), "{}", json),
            // How large a fraction is doesn't matter to who doesn't read it.
            Err(error) if error.to_string().contains("out of range") => {}
            Err(_) => prop_assert_eq!(parse(&json), None, "{}", json),
        }
    }

    #[test]
    fn numbers_are_written_as_serde_json_wants_them(written in "-?[0-9]{0,3}([.][0-9]{0,2})?([eE][+-]?[0-9]{0,2})?") {
        // Which serde_json keeps as a fraction, for its sign.
        prop_assume!(written != "-0");
        let expected = serde_json::from_str::<serde_json::Value>(&written).ok();
        prop_assert_eq!(parse(&written), expected.as_ref().map(self::expected));
    }
}
