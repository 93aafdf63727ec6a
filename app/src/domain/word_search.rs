//! Searches texts for filtered words. Only the server does, so that no page downloads Unicode tables.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::{
    folding::without_case,
    held::HeldWords,
    unseen::{is_ignorable, is_unsearched},
};

impl HeldWords {
    /// A search for these words, built once for many texts.
    pub fn finder(&self) -> Finder {
        Finder(
            self.words()
                .iter()
                .map(|word| Wanted::new(word.as_str()))
                .collect(),
        )
    }
}

/// Searches texts for words.
#[derive(Clone, Debug, Default)]
pub struct Finder(Vec<Wanted>);

/// One filtered word, or several, in searchable form.
#[derive(Clone, Debug)]
enum Wanted {
    /// Words that follow each other; the last one may be a prefix.
    Words {
        words: Vec<String>,
        is_beginning: bool,
    },
    /// Letters of a script that puts no spaces between words: they match anywhere.
    Letters(String),
}

impl Wanted {
    fn new(raw: &str) -> Self {
        let plain = plain(raw);
        let words = words_of(&plain);
        if words.iter().any(|word| word.chars().any(has_no_spaces)) {
            return Self::Letters(words.concat());
        }
        Self::Words {
            words,
            is_beginning: plain.trim_end().ends_with('*'),
        }
    }
}

impl Finder {
    /// Whether a text contains one of the words.
    pub fn finds(&self, text: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let text = words_of(&plain(text));
        let letters = text.concat();
        self.0.iter().any(|wanted| match wanted {
            Wanted::Words {
                words,
                is_beginning,
            } => stands_in(words, *is_beginning, &text),
            Wanted::Letters(wanted) => letters.contains(wanted.as_str()),
        })
    }
}

/// Whether a character is part of a word as its script writes it: letters, digits, and the marks on them.
pub fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// The words of a plain text: runs of letters and digits. Where letters of a script without spaces meet others, a word ends.
fn words_of(plain: &str) -> Vec<String> {
    let mut words = Vec::new();
    for run in plain.split(|c: char| !c.is_alphanumeric()) {
        let mut rest = run;
        while let Some(first) = rest.chars().next() {
            let is_other = |c| has_no_spaces(c) != has_no_spaces(first);
            let (word, behind) = rest.split_at(rest.find(is_other).unwrap_or(rest.len()));
            words.push(word.to_owned());
            rest = behind;
        }
    }
    words
}

/// One spelling for what a reader takes for the same: without case, and with full-width letters, ligatures, composed and
/// decomposed ones in one form (NFKC). Left out are invisible characters, and marks that make no other letter of the one
/// before them.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !is_ignorable(*c))
        .nfkc()
        // The upper case of a loose iota below is a letter.
        .filter(|c| *c != '\u{345}')
        .flat_map(without_case)
        // Only now: a letter without its case may be one with a mark, and a mark have to be composed with it.
        .nfkc()
        .filter(|c| !is_left_out(*c))
        .collect()
}

/// Whether a mark makes no other letter of the one before it: what strikes it through or is piled on it, vowels that most
/// people don't write, and in Indic and other scripts what Unicode doesn't call alphabetic (viramas, nuktas, tones).
fn is_left_out(c: char) -> bool {
    is_unsearched(c) || (is_combining_mark(c) && !c.is_alphanumeric())
}

/// Whether a letter's script puts no spaces between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese (`Blocks.txt`).
fn has_no_spaces(c: char) -> bool {
    matches!(
        c,
        '\u{e00}'..='\u{eff}'
            | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{17ff}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3040}'..='\u{30ff}'
            | '\u{31f0}'..='\u{31ff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{323af}'
    )
}

/// Whether these words follow each other in a text; the last one may be a prefix.
fn stands_in(held: &[String], is_beginning: bool, text: &[String]) -> bool {
    let Some((last, first)) = held.split_last() else {
        return false;
    };
    text.windows(held.len()).any(|window| {
        window.split_last().is_some_and(|(end, start)| {
            start == first && (end == last || (is_beginning && end.starts_with(last.as_str())))
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn held(raw: &str) -> Finder {
        HeldWords::parse(raw).unwrap().finder()
    }

    #[test]
    fn a_word_counts_where_it_stands_alone_in_whatever_case() {
        let held = held("ass, Żmija");
        for text in ["Ass", "you ASS!", "ass-hat", "żmija!", "(ŻMIJA)"] {
            assert!(held.finds(text), "{text}");
        }
        for text in ["classic", "assassin", "", "żmijka"] {
            assert!(!held.finds(text), "{text}");
        }
    }

    #[test]
    fn a_star_stands_for_the_rest_of_a_word() {
        let held = held("spoil*");
        assert!(held.finds("Spoilers ahead") && held.finds("spoil"));
        assert!(!held.finds("unspoiled"));
    }

    #[test]
    fn nothing_unseen_and_no_other_form_of_a_letter_hides_a_word() {
        let held = held("badword, café");
        for text in [
            "bad\u{200b}word",
            "b\u{ad}adwor\u{2060}d",
            "ｂａｄｗｏｒｄ",
            "𝐛𝐚𝐝𝐰𝐨𝐫𝐝",
            "BADWORD",
            "cafe\u{301}",
            "CAFÉ",
            "b\u{336}a\u{336}d\u{336}w\u{336}o\u{336}r\u{336}d\u{336}",
            "bad\u{308}wo\u{20dd}rd",
            "b\u{335}\u{1ab4}adword",
            "cafe\u{301}\u{336}",
        ] {
            assert!(held.finds(text), "{text}");
        }
        assert!(!held.finds("bad word") && !held.finds("cafe"));
    }

    #[test]
    fn where_a_script_has_no_spaces_a_word_counts_wherever_it_stands() {
        let held = held("バカ, 笨蛋, ไอ้บ้า");
        for text in [
            "このバカめ",
            "このﾊﾞｶめ",
            "バ・カ",
            "你这个笨蛋！",
            "แกมันไอ้บ้าจริง",
        ] {
            assert!(held.finds(text), "{text}");
        }
        assert!(!held.finds("バナナ") && !held.finds("蛋"));
    }

    #[test]
    fn a_word_counts_in_either_case_of_any_script() {
        for (word, texts) in [
            ("siktir", ["SİKTİR", "SIKTIR", "Siktir"]),
            ("piç", ["PİÇ", "PIÇ", "PI\u{307}C\u{327}"]),
            ("İT", ["it", "İT", "IT"]),
            ("bitch", ["BI\u{307}TCH", "bi\u{336}\u{307}tch", "Bİtch"]),
            ("scheiße", ["SCHEISSE", "SCHEI\u{1e9e}E", "Scheisse"]),
            ("SCHEISSE", ["scheiße", "Scheiße", "ſcheiße"]),
            ("σκας", ["ΣΚΑΣ", "Σκας", "σκασ"]),
            ("ΣΚΑΣ*", ["ΣΚΑΣΕ", "σκασε", "σκας"]),
            ("ǰǰ", ["J\u{30c}J\u{30c}", "ǰǰ", "j\u{30c}ǰ"]),
        ] {
            for text in texts {
                assert!(held(word).finds(text), "{text} by {word}");
            }
        }
    }

    #[test]
    fn a_mark_of_its_script_parts_no_word() {
        for (word, text) in [("बस, ता", "बस्ता"), ("மா, அம", "அம்மா"), ("כל", "כּ\u{5b6}לב")]
        {
            assert!(!held(word).finds(text), "{text} by {word}");
        }
        for (word, text) in [
            ("बस्ता", "यह बस्ता है"),
            ("पढ़ो", "पढो!"),
            ("كلب", "كـــلب"),
            ("كلب", "يا كَلْب"),
            ("כלב", "כֶּלֶב"),
            ("badword", "bad\u{e49}\u{e49}wo\u{94d}rd\u{64b}"),
        ] {
            assert!(held(word).finds(text), "{text} by {word}");
        }
    }

    #[test]
    fn a_word_within_a_script_without_spaces_stands_alone() {
        let held = held("fuck, ass, 씨발, блин");
        for text in [
            "お前fuckだよ",
            "你FUCK吧",
            "ไอ้ｆｕｃｋนะ",
            "人々fuck",
            "バカ씨발バカ",
            "死ねблинだ",
        ] {
            assert!(held.finds(text), "{text}");
        }
        assert!(!held.finds("お前classicだよ") && !held.finds("お前assassinだよ"));
    }

    #[test]
    fn the_commas_and_stars_of_other_scripts_are_commas_and_stars() {
        for list in ["バカ、アホ", "バカ，アホ", "バカ､アホ", "バカ﹐アホ"] {
            let held = held(list);
            assert!(held.finds("バカだ") && held.finds("アホだ"), "{list}");
        }
        let arabic = held("كلب، حمار");
        assert!(arabic.finds("كلب") && arabic.finds("يا حمار"));
        for star in ["spoil＊", "spoil﹡", "spoil *", "spoil*\u{200b}"] {
            assert!(held(star).finds("Spoilers"), "{star}");
        }
    }

    #[test]
    fn every_character_is_refused_or_holds_itself() {
        for c in '\0'..=char::MAX {
            let text = c.to_string();
            let held = HeldWords::parse(&text).unwrap_or_default();
            for text in [text.to_uppercase(), text.to_lowercase(), text] {
                assert!(
                    held.words().is_empty() || held.finder().finds(&text),
                    "{c:?}"
                );
            }
        }
    }

    #[test]
    fn several_words_count_where_they_follow_each_other() {
        let held = held("final boss");
        assert!(held.finds("the final, BOSS dies"));
        assert!(!held.finds("boss final") && !held.finds("final big boss"));
    }

    proptest! {
        #[test]
        fn unseen_characters_and_strokes_hide_no_word(
            at in 0_usize..=7,
            unseen in "[\\u{ad}\\u{200b}-\\u{200d}\\u{2060}-\\u{206f}\\u{fe00}-\\u{fe0f}\\u{feff}\\u{334}-\\u{338}\\u{20d0}-\\u{20ff}]{1,5}",
        ) {
            let mut text = "badword".to_owned();
            text.insert_str(at, &unseen);
            prop_assert!(held("badword").finds(&text));
        }

        #[test]
        fn a_word_holds_its_own_upper_and_lower_case(word in "[\\p{L}\\p{Nd}]{1,8}|[a-zA-Zçğıİöşüßǰ]{1,8}|([\\p{Latin}\\p{Cyrillic}][\u{300}-\u{344}]{0,2}){1,6}") {
            // Marks alone are no word.
            if let Ok(held) = HeldWords::parse(&word) && !held.words().is_empty() {
                for text in [word.to_uppercase(), word.to_lowercase(), word.to_uppercase().to_lowercase()] {
                    prop_assert!(held.finder().finds(&text), "{text} by {word}");
                }
            }
        }

        #[test]
        fn marks_of_another_script_hide_no_word(
            at in 1_usize..=7,
            mark in "[\u{591}-\u{5bd}\u{64b}-\u{65f}\u{93c}\u{94d}\u{9cd}\u{bcd}\u{e48}-\u{e4b}\u{3099}\u{309a}]{1,5}",
        ) {
            let mut text = "badword".to_owned();
            text.insert_str(at, &mark);
            prop_assert!(held("badword").finds(&text));
        }

        #[test]
        fn whatever_is_typed_is_refused_or_holds_its_own_words(raw in "[\\s\\S]{0,80}") {
            if let Ok(held) = HeldWords::parse(&raw) {
                for word in held.words() {
                    prop_assert!(held.finder().finds(word.as_str()), "{word}");
                }
            }
        }

        #[test]
        fn without_words_nothing_is_held(text in "[\\s\\S]{0,120}") {
            prop_assert!(!HeldWords::default().finder().finds(&text));
        }
    }
}
